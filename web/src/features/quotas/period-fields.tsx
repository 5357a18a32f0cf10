import type { PeriodKind } from '../../lib/quota';
import { Combobox } from '../../ui/combobox';
import { Choices, Field, FieldGroup } from '../../ui/field';
import type { Draft, Errors } from './limit-form';
import { calendarKinds } from './limit-form';

const kinds: { value: PeriodKind; label: string }[] = [
  { value: 'day', label: 'Day' }, { value: 'week', label: 'Week' }, { value: 'month', label: 'Month' },
  { value: 'anniversary', label: 'From a day' }, { value: 'rolling', label: 'Rolling' }, { value: 'once', label: 'Once' },
];

const meanings: Record<PeriodKind, string> = {
  day: 'From midnight to midnight.',
  week: 'From Monday’s midnight.',
  month: 'From the first of the month.',
  anniversary: 'A month that begins on a day of your choice; in a shorter month its last day stands in.',
  rolling: 'The last days, moving on by whole hours. Nothing resets; old bytes drop out.',
  once: 'One stretch of time. Without an end it counts for ever.',
};

let zones: string[] | undefined;
/** The names that the browser knows; UTC is not among them everywhere. */
export const knownZones = (): string[] => (zones ??= [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])]);

interface PeriodFieldsProps {
  draft: Draft;
  errors: Errors;
  onChange: (part: Partial<Draft>) => void;
}

/** How often a limit begins anew, and the members that this kind of period has. */
export function PeriodFields({ draft, errors, onChange }: PeriodFieldsProps) {
  const { kind } = draft;
  return (
    <>
      <FieldGroup label="Period">
        <Choices<PeriodKind> label="Kind of period" value={kind} onChange={(next) => onChange({ kind: next })} options={kinds} />
        <div className="field-hint">{meanings[kind]}</div>
      </FieldGroup>
      <div className="form-row">
        {kind === 'anniversary' && (
          <Field label="Begins on day" error={errors.anchor_day}>
            {(ids) => <input {...ids} className="input num" type="text" inputMode="numeric" value={draft.anchor_day} onChange={(event) => onChange({ anchor_day: event.target.value })} />}
          </Field>
        )}
        {kind === 'rolling' && (
          <Field label="Days" error={errors.days}>
            {(ids) => <input {...ids} className="input num" type="text" inputMode="numeric" value={draft.days} onChange={(event) => onChange({ days: event.target.value })} />}
          </Field>
        )}
        {calendarKinds.includes(kind) && (
          <Field label="Time zone" error={errors.zone}>
            {(ids) => <Combobox ids={ids} value={draft.zone} onChange={(zone) => onChange({ zone })} options={knownZones()} placeholder="Europe/Berlin" />}
          </Field>
        )}
        {kind === 'once' && (
          <>
            <Field label="Starts" hint="Empty: with the first byte on record." error={errors.starts_at}>
              {(ids) => <input {...ids} className="input" type="datetime-local" value={draft.starts_at} onChange={(event) => onChange({ starts_at: event.target.value })} />}
            </Field>
            <Field label="Ends" hint="Empty: never." error={errors.ends_at}>
              {(ids) => <input {...ids} className="input" type="datetime-local" value={draft.ends_at} onChange={(event) => onChange({ ends_at: event.target.value })} />}
            </Field>
          </>
        )}
      </div>
    </>
  );
}
