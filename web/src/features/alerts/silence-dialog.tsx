import { X } from 'lucide-react';
import { useState } from 'react';
import { addSilence } from '../../api/alerts';
import type { Incident } from '../../api/types.gen';
import { conditionOf } from '../../lib/incident';
import { visible } from '../../lib/text';
import { toLocalInput } from '../../lib/until';
import { Button, Check, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Choices, Field, FieldGroup } from '../../ui/field';
import { Shape } from '../../ui/shape';
import type { SilenceDraft, Until } from './silence-form';
import { toSilence } from './silence-form';

const ends: { value: Until; label: string }[] = [{ value: 'hour', label: '1 hour' }, { value: 'four', label: '4 hours' }, { value: 'midnight', label: 'Midnight' }, { value: 'week', label: 'A week' }, { value: 'date', label: 'A date' }];

interface SilenceFieldsProps {
  draft: SilenceDraft;
  errors: ReturnType<typeof toSilence>['errors'];
  change: (part: Partial<SilenceDraft>) => void;
}

export function SilenceFields({ draft, errors, change }: SilenceFieldsProps) {
  return (
    <>
      {draft.maintenance && <Field label="From" error={errors.from} hint="Empty: from now on.">{(ids) => <input {...ids} className="input" type="datetime-local" value={draft.from} onChange={(event) => change({ from: event.target.value })} />}</Field>}
      <FieldGroup label="Until" error={errors.until}>
        <Choices<Until> label="Until" value={draft.until} options={ends} onChange={(until) => change({ until, date: draft.date || toLocalInput(Date.now() / 1000 + 86_400) })} />
        {draft.until === 'date' && <input className="input" type="datetime-local" aria-label="Date and time" value={draft.date} onChange={(event) => change({ date: event.target.value })} />}
      </FieldGroup>
      <Field label="Reason" error={errors.reason}>{(ids) => <input {...ids} className="input" type="text" data-testid="silence-reason" maxLength={500} value={draft.reason} onChange={(event) => change({ reason: event.target.value })} />}</Field>
      <Check on={draft.maintenance} onChange={(maintenance) => change({ maintenance })}>Maintenance window <span className="t3">(its downtime does not count)</span></Check>
    </>
  );
}

/** Tells nobody of one alert for a while. It stays on the page, hatched. */
export function SilenceDialog({ incident, onDone, onClose }: { incident: Incident; onDone: () => void; onClose: () => void }) {
  const [draft, setDraft] = useState<SilenceDraft>({ subject: incident.subject, condition: incident.condition, maintenance: false, until: 'hour', date: '', from: '', reason: '' });
  const [errors, setErrors] = useState<ReturnType<typeof toSilence>['errors']>({});
  const [general, setGeneral] = useState<string>();
  const change = (part: Partial<SilenceDraft>) => (setDraft((now) => ({ ...now, ...part })), setErrors({}), setGeneral(undefined));
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    const made = toSilence(draft, Date.now() / 1000);
    setErrors(made.errors);
    if (Object.keys(made.errors).length > 0) return;
    try {
      await addSilence(made.silence);
      onDone();
      onClose();
    } catch (error) {
      setGeneral(error instanceof Error ? error.message : 'The reason is not known.');
    }
  };
  return (
    <Dialog label="Silence" className="alert-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">Silence</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      <form className="form" onSubmit={(event) => void send(event)} noValidate data-testid="silence-form">
        <FieldGroup label="What">
          <Choices<'one' | 'all'> label="What" value={draft.condition ? 'one' : 'all'} onChange={(what) => change({ condition: what === 'one' ? incident.condition : undefined })} options={[{ value: 'one', label: conditionOf(incident.condition).words }, { value: 'all', label: 'Everything' }]} />
          <div className="field-hint">about <bdi>{visible(incident.subject)}</bdi></div>
        </FieldGroup>
        <SilenceFields draft={draft} errors={errors} change={change} />
        {general && <div className="field-error" role="alert"><Shape kind="crit" size={10} />{general}</div>}
        <div className="form-foot"><span className="grow" /><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" data-testid="silence-save">Silence</Button></div>
      </form>
    </Dialog>
  );
}
