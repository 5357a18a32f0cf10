import { useQuery } from '@tanstack/react-query';
import { Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { removeLimit, saveLimit } from '../../api/acts';
import { get } from '../../api/client';
import type { Group, Limit, UserPage } from '../../api/types.gen';
import { visible } from '../../lib/text';
import { Button, Check, IconButton } from '../../ui/controls';
import { Combobox } from '../../ui/combobox';
import { Dialog } from '../../ui/dialog';
import { Choices, Field, FieldGroup } from '../../ui/field';
import { Shape } from '../../ui/shape';
import { useRefresh } from '../../ui/use-refresh';
import { VolumeInput } from '../../ui/volume-input';
import type { Draft, Errors } from './limit-form';
import { draftOf, placeProblem, toLimit } from './limit-form';
import { PeriodFields } from './period-fields';

interface LimitDialogProps {
  /** Absent: a new one. */
  limit: Limit | undefined;
  subject: string | undefined;
  groups: readonly Group[];
  onClose: () => void;
}

const everyone = 'everyone';

/** Names for the subject: groups, or users on record that contain what is typed. */
function useSubjects(draft: Draft, groups: readonly Group[]): string[] {
  const users = useQuery({
    queryKey: ['users', 'subject', draft.subject], enabled: draft.subject_kind === 'user',
    queryFn: ({ signal }) => get<UserPage>('/api/v1/users', { q: draft.subject, limit: 20 }, signal),
  });
  if (draft.subject_kind === 'user') return (users.data?.items ?? []).map(({ user }) => user);
  return [...new Set([everyone, ...groups.map(({ name }) => name)])];
}

export function LimitDialog({ limit, subject, groups, onClose }: LimitDialogProps) {
  const refresh = useRefresh();
  const [draft, setDraft] = useState<Draft>(() => draftOf(limit, subject));
  const [errors, setErrors] = useState<Errors>({});
  const [general, setGeneral] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [sure, setSure] = useState(false);
  const subjects = useSubjects(draft, groups);
  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setErrors({});
    setGeneral(undefined);
  };
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
      refresh();
      onClose();
    } catch (error) {
      const placed = placeProblem(error);
      setErrors(placed.errors);
      setGeneral(placed.general);
      setBusy(false);
    }
  };
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    const made = toLimit(draft);
    if (Object.keys(made.errors).length > 0) return setErrors(made.errors);
    return void run(() => saveLimit(made.limit));
  };
  const title = limit ? <>Limit of <bdi>{visible(limit.subject)}</bdi></> : 'New limit';
  return (
    <Dialog label={limit ? `Limit of ${visible(limit.subject)}` : 'New limit'} className="limit-dialog sheet" onClose={onClose}>
      <div className="form-head">
        <h2 className="ell">{title}</h2><span className="grow" />
        <IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton>
      </div>
      <form className="form" onSubmit={send} noValidate data-testid="limit-form">
        <FieldGroup label="Whom it binds">
          <Choices<Draft['subject_kind']>
            label="Whom it binds" value={draft.subject_kind} onChange={(subject_kind) => change({ subject_kind, subject: subject_kind !== 'user' && draft.subject_kind === 'user' ? everyone : subject_kind === 'user' ? '' : draft.subject })}
            options={[{ value: 'user', label: 'One user' }, { value: 'each', label: 'Each member of a group' }, { value: 'group', label: 'A group together' }]}
          />
        </FieldGroup>
        <div className="form-row">
          <Field label={draft.subject_kind === 'user' ? 'User' : 'Group'} error={errors.subject} hint={draft.subject_kind === 'user' ? 'A user’s own limit replaces those for each member.' : undefined}>
            {(ids) => <Combobox ids={ids} value={draft.subject} onChange={(next) => change({ subject: next })} options={subjects} placeholder={draft.subject_kind === 'user' ? 'As in the certificate or login' : everyone} />}
          </Field>
          <Field label="Allows" error={errors.bytes}>
            {(ids) => <VolumeInput label="Allows" id={ids.id} invalid={errors.bytes !== undefined} {...draft.amount} onChange={(amount) => change({ amount })} />}
          </Field>
        </div>
        <FieldGroup label="Counts">
          <Choices<Draft['direction']>
            label="Counts" value={draft.direction} onChange={(direction) => change({ direction })}
            options={[{ value: 'both', label: 'Down and up' }, { value: 'down', label: 'Download only' }, { value: 'up', label: 'Upload only' }]}
          />
        </FieldGroup>
        <PeriodFields draft={draft} errors={errors} onChange={change} />
        <div className="form-row">
          <Field label="Tell at, percent" error={errors.thresholds} hint="An event is written when each is passed.">
            {(ids) => <input {...ids} className="input" type="text" value={draft.thresholds} onChange={(event) => change({ thresholds: event.target.value })} />}
          </Field>
          <Field label="Stop early by" error={errors.buffer_bytes} hint="Stopped when so little is left.">
            {(ids) => <VolumeInput label="Stop early by" id={ids.id} invalid={errors.buffer_bytes !== undefined} {...draft.buffer} onChange={(buffer) => change({ buffer })} />}
          </Field>
        </div>
        <div>
          <Check on={draft.enforce} onChange={(enforce) => change({ enforce })}>Stop who reaches it <span className="t3">(off: only told)</span></Check>
          {draft.enforce && <Check on={draft.kernel_stop} onChange={(kernel_stop) => change({ kernel_stop })}>Also stop in the kernel, by nftables on the virtual address</Check>}
          {errors.kernel_stop && <div className="field-error" role="alert"><Shape kind="crit" size={10} />{errors.kernel_stop}</div>}
        </div>
        <Field label="Note" error={errors.note}>
          {(ids) => <input {...ids} className="input" type="text" value={draft.note} maxLength={200} onChange={(event) => change({ note: event.target.value })} />}
        </Field>
        {general && <div className="field-error" role="alert"><Shape kind="crit" size={10} />{general}</div>}
        <div className="form-foot">
          {limit && !sure && <Button look="ghost" onClick={() => setSure(true)}><Trash2 size={13} />Remove</Button>}
          {limit && sure && <Button className="btn-danger" disabled={busy} onClick={() => void run(() => removeLimit(limit.id))}>Remove, with its grants</Button>}
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy} data-testid="limit-save">{limit ? 'Save' : 'Make limit'}</Button>
        </div>
      </form>
    </Dialog>
  );
}
