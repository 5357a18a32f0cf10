import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { removeRule, saveRule, useChannels } from '../../api/alerts';
import type { AlertRule } from '../../api/types.gen';
import { conditionOf, conditions } from '../../lib/incident';
import type { Condition } from '../../lib/incident';
import { visible } from '../../lib/text';
import { Button, Check } from '../../ui/controls';
import { Choices, Field, FieldGroup } from '../../ui/field';
import { Shape } from '../../ui/shape';
import type { RuleDraft, RuleErrors } from './rule-form';
import { toRule } from './rule-form';

const severityChoices: { value: AlertRule['severity']; label: string }[] = [{ value: 'notice', label: 'Notice' }, { value: 'warning', label: 'Warning' }, { value: 'critical', label: 'Critical' }];

interface RuleFormProps {
  initial: RuleDraft;
  /** Chosen from all conditions; the common ones about users have theirs. */
  free: boolean;
  onDone: () => void;
  onCancel: () => void;
}

function Channels({ draft, change }: { draft: RuleDraft; change: (part: Partial<RuleDraft>) => void }) {
  const channels = useChannels().data?.items ?? [];
  const names = [...new Set([...channels.map(({ name }) => name), ...draft.channels])];
  return (
    <FieldGroup label="Who is told">
      <Check on={draft.channels.length === 0} onChange={() => change({ channels: [] })}>Every channel</Check>
      {names.map((name) => <Check key={name} on={draft.channels.includes(name)} onChange={(on) => change({ channels: on ? [...draft.channels, name] : draft.channels.filter((one) => one !== name) })}><bdi>{visible(name)}</bdi></Check>)}
    </FieldGroup>
  );
}

export function RuleForm({ initial, free, onDone, onCancel }: RuleFormProps) {
  const [draft, setDraft] = useState(initial);
  const [errors, setErrors] = useState<RuleErrors>({});
  const [general, setGeneral] = useState<string>();
  const [sure, setSure] = useState(false);
  const change = (part: Partial<RuleDraft>) => (setDraft((now) => ({ ...now, ...part })), setErrors({}), setGeneral(undefined));
  const run = async (work: () => Promise<unknown>) => {
    try {
      await work();
      onDone();
    } catch (error) {
      setGeneral(error instanceof Error ? error.message : 'The reason is not known.');
    }
  };
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    const made = toRule(draft);
    setErrors(made.errors);
    if (Object.keys(made.errors).length === 0) void run(() => saveRule(made.rule));
  };
  const text = (key: 'subject' | 'name' | 'hold' | 'clear' | 'repeat' | 'zone' | 'by_clock' | 'needed' | 'of', placeholder = '') => (ids: object) => <input {...ids} className="input" type="text" spellCheck={false} placeholder={placeholder} value={draft[key]} onChange={(event) => change({ [key]: event.target.value })} />;
  const user = draft.condition.startsWith('user_');
  const occasion = ['user_connected', 'user_disconnected', 'user_new_country', 'agent_exit_changed'].includes(draft.condition);
  return (
    <form className="form" onSubmit={send} noValidate data-testid="rule-form">
      {free && !draft.id ? (
        <Field label="When">{(ids) => <select {...ids} className="input" value={draft.condition} onChange={(event) => change({ condition: event.target.value as Condition })}>{Object.entries(conditions).map(([key, { words }]) => <option key={key} value={key}>{words}</option>)}</select>}</Field>
      ) : <div className="t2">{conditionOf(draft.condition).words}</div>}
      <div className="form-row">
        <Field label={user ? 'User' : 'About'} error={errors.subject} hint="A name, or a pattern such as office-*. Empty: all.">{text('subject')}</Field>
        <Field label="Name of the rule" hint="Empty: made from the rest.">{text('name')}</Field>
      </div>
      {draft.condition === 'user_absent' && <div className="form-row"><Field label="By" error={errors.by_clock}>{text('by_clock', '09:00')}</Field><Field label="Time zone" error={errors.zone}>{text('zone', 'Europe/Berlin')}</Field></div>}
      {!occasion && draft.condition !== 'user_absent' && (
        <>
          <div className="form-row"><Field label="It must hold for" error={errors.hold}>{text('hold')}</Field><Field label="And be away for" error={errors.clear} hint="Before it counts as over.">{text('clear')}</Field></div>
          <FieldGroup label="So many of the last looks" error={errors.needed}><div className="rule-looks">{text('needed')({ 'aria-label': 'Needed' })}<span className="t3">of</span>{text('of')({ 'aria-label': 'Of the last' })}</div></FieldGroup>
        </>
      )}
      <FieldGroup label="Severity"><Choices<AlertRule['severity']> label="Severity" value={draft.severity} options={severityChoices} onChange={(severity) => change({ severity })} /></FieldGroup>
      {!occasion && <Field label="Say it again every" error={errors.repeat} hint="While nobody takes it. Empty: once.">{text('repeat', '30 min')}</Field>}
      <Channels draft={draft} change={change} />
      {general && <div className="field-error" role="alert"><Shape kind="crit" size={10} />{general}</div>}
      <div className="form-foot">
        {draft.id > 0 && !sure && <Button look="ghost" onClick={() => setSure(true)}><Trash2 size={13} />Remove</Button>}
        {draft.id > 0 && sure && <Button className="btn-danger" onClick={() => void run(() => removeRule(draft.id))}>Remove the rule</Button>}
        <span className="grow" /><Button onClick={onCancel}>Cancel</Button><Button type="submit" look="primary" data-testid="rule-save">{draft.id ? 'Save' : 'Add rule'}</Button>
      </div>
    </form>
  );
}
