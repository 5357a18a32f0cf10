import { ChevronDown, ChevronRight, X } from 'lucide-react';
import { useState } from 'react';
import { issueToken, saveAgent } from '../../api/alerts';
import type { AgentSettings } from '../../api/types.gen';
import { visible } from '../../lib/text';
import { liveStore } from '../../live/use-live';
import { Button, Check, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { placeProblem } from '../../ui/form-problem';
import { Shape } from '../../ui/shape';
import type { Draft, Errors } from './agent-form';
import { toDraft, toSettings } from './agent-form';
import { useAgentRefresh } from './queries';
import { TokenPanel } from './token-dialog';

interface MoreProps {
  draft: Draft;
  errors: Errors;
  change: (part: Partial<Draft>) => void;
}

/** What is expected of its tunnel. Left alone, the exit that is seen first, undisturbed, is what is expected. */
function More({ draft, errors, change }: MoreProps) {
  const text = (key: 'exit' | 'resolver' | 'real_networks' | 'grace_seconds' | 'learning_heartbeats', placeholder = '') => (ids: object) => <input {...ids} className="input" type="text" spellCheck={false} placeholder={placeholder} value={draft[key]} onChange={(event) => change({ [key]: event.target.value })} />;
  return (
    <>
      <Field label="Exit may be" error={errors.exit} hint="Country codes, AS numbers, networks. Empty: anywhere, or what is learned.">{text('exit', 'NL, AS64500, 192.0.2.0/24')}</Field>
      <Check on={draft.learned} onChange={(learned) => change({ learned })}>Learn the exit where nothing is written</Check>
      <div className="form-row">
        <Field label="Resolver may be in">
          {(ids) => (
            <select {...ids} className="input" value={draft.tolerance} onChange={(event) => change({ tolerance: event.target.value as Draft['tolerance'] })}>
              <option value="country">The exit’s country</option>
              <option value="listed">Listed countries</option>
              <option value="strict">The exit’s network only</option>
              <option value="off">Anywhere, no verdict</option>
            </select>
          )}
        </Field>
        <Field label="IPv6 may leave">
          {(ids) => (
            <select {...ids} className="input" value={draft.ipv6} onChange={(event) => change({ ipv6: event.target.value as Draft['ipv6'] })}>
              <option value="sealed">Through the tunnel, or not at all</option>
              <option value="none">Not at all</option>
              <option value="ignored">As it likes, no verdict</option>
            </select>
          )}
        </Field>
      </div>
      <Field label="Other resolvers that are expected" error={errors.resolver}>{text('resolver', 'AS64501, 198.51.100.53')}</Field>
      <Field label="Real addresses of the site" error={errors.real_networks} hint="Seen as the exit, they mean that traffic goes round the tunnel.">{text('real_networks', '203.0.113.0/24')}</Field>
      <div className="form-row">
        <Field label="Grace, seconds" error={errors.grace_seconds} hint="0: twice the interval.">{text('grace_seconds')}</Field>
        <Field label="Reports to learn from" error={errors.learning_heartbeats}>{text('learning_heartbeats')}</Field>
      </div>
    </>
  );
}

/** Adds an agent and then shows, once, what lets it in; or changes what is expected of one. */
export function AgentDialog({ settings, onClose }: { settings: AgentSettings | undefined; onClose: () => void }) {
  const refresh = useAgentRefresh();
  const [draft, setDraft] = useState(() => toDraft(settings));
  const [errors, setErrors] = useState<Errors>({});
  const [general, setGeneral] = useState<string>();
  const [more, setMore] = useState(settings !== undefined);
  const [busy, setBusy] = useState(false);
  const [token, setToken] = useState<string>();
  const change = (part: Partial<Draft>) => (setDraft((now) => ({ ...now, ...part })), setErrors({}), setGeneral(undefined));
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    const made = toSettings(draft);
    // Saving would change the one that is there.
    if (!settings && liveStore.state().agents.has(made.settings.name)) made.errors.name = 'There is an agent of this name already.';
    setErrors(made.errors);
    if (Object.keys(made.errors).length > 0) return setMore(more || !('name' in made.errors || 'interval_seconds' in made.errors));
    setBusy(true);
    try {
      await saveAgent(made.settings);
      refresh(made.settings.name);
      if (settings) return onClose();
      setToken((await issueToken(made.settings.name, true)).token);
    } catch (error) {
      const placed = placeProblem(error, Object.keys(draft));
      setErrors(placed.errors as Errors);
      setGeneral(placed.general);
    }
    setBusy(false);
  };
  const title = token ? <>Let <bdi>{visible(draft.name)}</bdi> in</> : settings ? <>Agent <bdi>{visible(settings.name)}</bdi></> : 'Add agent';
  return (
    <Dialog label={settings ? `Agent ${visible(settings.name)}` : 'Add agent'} className="agent-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">{title}</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      {token ? <TokenPanel name={draft.name.trim()} token={token} interval_seconds={Number(draft.interval_seconds)} onClose={onClose} /> : (
        <form className="form" onSubmit={(event) => void send(event)} noValidate data-testid="agent-form">
          {!settings && <Field label="Name" error={errors.name} hint="How it is called here and in alerts.">{(ids) => <input {...ids} className="input" type="text" autoFocus spellCheck={false} value={draft.name} onChange={(event) => change({ name: event.target.value })} />}</Field>}
          <div className="form-row">
            <Field label="Site" error={errors.site} hint="Agents of a site share a fate.">{(ids) => <input {...ids} className="input" type="text" value={draft.site} maxLength={100} onChange={(event) => change({ site: event.target.value })} />}</Field>
            <Field label="Label" error={errors.label} hint="WireGuard, OpenVPN, …">{(ids) => <input {...ids} className="input" type="text" value={draft.label} maxLength={100} onChange={(event) => change({ label: event.target.value })} />}</Field>
          </div>
          <Field label="Reports every, seconds" error={errors.interval_seconds} hint="What the agent says itself wins.">{(ids) => <input {...ids} className="input" type="text" inputMode="numeric" value={draft.interval_seconds} onChange={(event) => change({ interval_seconds: event.target.value })} />}</Field>
          <button type="button" className="form-more" aria-expanded={more} onClick={() => setMore(!more)}>{more ? <ChevronDown size={14} /> : <ChevronRight size={14} />}More: what is expected of its tunnel</button>
          {more && <More draft={draft} errors={errors} change={change} />}
          {general && <div className="field-error" role="alert"><Shape kind="crit" size={10} />{general}</div>}
          <div className="form-foot"><span className="grow" /><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={busy} data-testid="agent-save">{settings ? 'Save' : 'Add agent'}</Button></div>
        </form>
      )}
    </Dialog>
  );
}
