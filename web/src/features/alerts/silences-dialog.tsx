import { X } from 'lucide-react';
import { useState } from 'react';
import { addSilence, endSilence, useSilences } from '../../api/alerts';
import { useMay } from '../../api/queries';
import type { Silence } from '../../api/types.gen';
import { conditionOf } from '../../lib/incident';
import { visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { Button, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { tellFailure } from '../../ui/later';
import { Shape } from '../../ui/shape';
import { ErrorNote, SkeletonRows } from '../../ui/states';
import { SilenceFields } from './silence-dialog';
import type { SilenceDraft } from './silence-form';
import { toSilence } from './silence-form';

const fresh: SilenceDraft = { subject: '', condition: undefined, maintenance: true, until: 'four', date: '', from: '', reason: '' };

function Row({ silence, now, onEnd }: { silence: Silence; now: number; onEnd: (() => void) | undefined }) {
  return (
    <li className="rule-row">
      <span className="silence-hatch" aria-hidden="true" />
      <div className="rule-words">
        <div className="ell"><bdi className="w5">{visible(silence.subject) || 'Everything'}</bdi>{silence.condition && <span className="t3"> {conditionOf(silence.condition).words}</span>}{silence.maintenance && <span className="tag">maintenance</span>}</div>
        <div className="fs12 t3 ell" title={fullMoment(silence.ends_at)}>{silence.starts_at > now ? `from ${moment(silence.starts_at, now)} ` : ''}until {moment(silence.ends_at, now)}, <bdi>{visible(silence.made_by)}</bdi>: <bdi>{visible(silence.reason)}</bdi></div>
      </div>
      {onEnd && <Button size="small" onClick={onEnd}>{silence.starts_at > now ? 'Drop' : 'End now'}</Button>}
    </li>
  );
}

/** What nobody is told of now, and windows of maintenance that are planned. */
export function SilencesDialog({ onChanged, onClose }: { onChanged: () => void; onClose: () => void }) {
  const may = useMay();
  const query = useSilences();
  const [draft, setDraft] = useState<SilenceDraft>();
  const [errors, setErrors] = useState<ReturnType<typeof toSilence>['errors']>({});
  const [general, setGeneral] = useState<string>();
  const now = Date.now() / 1000;
  const silences = (query.data?.items ?? []).filter(({ ends_at }) => ends_at > now).sort((a, b) => a.starts_at - b.starts_at || a.id - b.id);
  const end = async (silence: Silence) => {
    try {
      await endSilence(silence.id);
      onChanged();
    } catch (error) {
      tellFailure('Ending the silence', error);
    }
  };
  const change = (part: Partial<SilenceDraft>) => (setDraft((known) => ({ ...(known ?? fresh), ...part })), setErrors({}), setGeneral(undefined));
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    const made = toSilence(draft ?? fresh, Date.now() / 1000);
    setErrors(made.errors);
    if (Object.keys(made.errors).length > 0) return;
    try {
      await addSilence(made.silence);
      setDraft(undefined);
      onChanged();
    } catch (error) {
      setGeneral(error instanceof Error ? error.message : 'The reason is not known.');
    }
  };
  return (
    <Dialog label="Silences and maintenance" className="alert-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">Silences and maintenance</h2><span className="grow" />{may.act && !draft && <Button size="small" onClick={() => setDraft(fresh)}>New</Button>}<IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      {draft && (
        <form className="form" onSubmit={(event) => void send(event)} noValidate>
          <Field label="About" hint="A name, or a pattern such as office-*. Empty: everything. A server or a site silences what hangs on it.">{(ids) => <input {...ids} className="input" type="text" spellCheck={false} value={draft.subject} onChange={(event) => change({ subject: event.target.value })} />}</Field>
          <SilenceFields draft={draft} errors={errors} change={change} />
          {general && <div className="field-error" role="alert"><Shape kind="crit" size={10} />{general}</div>}
          <div className="form-foot"><span className="grow" /><Button onClick={() => setDraft(undefined)}>Cancel</Button><Button type="submit" look="primary">{draft.maintenance ? 'Plan' : 'Silence'}</Button></div>
        </form>
      )}
      {query.isPending && <SkeletonRows rows={3} height={44} />}
      {query.isError && <ErrorNote what="Could not load silences" error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && silences.length === 0 && !draft && <p className="dialog-none t2">Nothing is silenced, and no maintenance is planned.</p>}
      <ul className="rule-list">{silences.map((silence) => <Row key={silence.id} silence={silence} now={now} onEnd={may.act ? () => void end(silence) : undefined} />)}</ul>
    </Dialog>
  );
}
