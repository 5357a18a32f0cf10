import { useId } from 'react';
import type { ReactNode } from 'react';
import { cx } from '../lib/text';
import { Shape } from './shape';

export interface FieldIds {
  id: string;
  'aria-invalid'?: true;
  'aria-describedby'?: string;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
  children: (ids: FieldIds) => ReactNode;
}

/** A control with its label, what it means, and what is wrong with it. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const note = `${id}-note`;
  const described = error || hint ? { 'aria-describedby': note } : {};
  return (
    <div className={cx('field', className)}>
      <label htmlFor={id}>{label}</label>
      {children({ id, ...described, ...(error ? { 'aria-invalid': true as const } : {}) })}
      {error ? <div id={note} className="field-error" role="alert"><Shape kind="crit" size={10} />{error}</div> : hint && <div id={note} className="field-hint">{hint}</div>}
    </div>
  );
}

/** Several controls below one heading. */
export function FieldGroup({ label, error, children }: { label: string; error?: string | undefined; children: ReactNode }) {
  return (
    <fieldset className="field">
      <legend>{label}</legend>
      {children}
      {error && <div className="field-error" role="alert"><Shape kind="crit" size={10} />{error}</div>}
    </fieldset>
  );
}

interface ChoicesProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
}

/** One of a few, as buttons of equal width; the chosen one is in hand, so it is amber. */
export function Choices<T extends string>({ label, value, options, onChange }: ChoicesProps<T>) {
  return (
    <div className="choices" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === value} onClick={() => onChange(option.value)}>{option.label}</button>
      ))}
    </div>
  );
}
