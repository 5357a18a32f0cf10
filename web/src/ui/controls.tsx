import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { cx } from '../lib/text';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'plain' | 'ghost' | 'primary';
  size?: 'small' | 'normal' | 'large';
}

export function Button({ look = 'plain', size = 'normal', className, type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} className={cx('btn', look !== 'plain' && `btn-${look}`, size !== 'normal' && `btn-${size}`, className)} />;
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
}

export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <button {...rest} type="button" className={cx('icon-btn', className)} aria-label={label} title={label}>
      {children}
    </button>
  );
}

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: ReactNode; name?: string }[];
  onChange: (value: T) => void;
}

/** One of a few, all visible. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  return (
    <div className="seg" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value} type="button" aria-pressed={option.value === value} onClick={() => onChange(option.value)}
          {...(option.name ? { 'aria-label': option.name, title: option.name } : {})}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

interface ToggleProps {
  on: boolean;
  onChange: (on: boolean) => void;
  children: ReactNode;
}

export function Toggle({ on, onChange, children }: ToggleProps) {
  return (
    <button type="button" aria-pressed={on} onClick={() => onChange(!on)}>
      {children}
    </button>
  );
}

export function Check({ on, onChange, children }: ToggleProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      <span>{children}</span>
    </label>
  );
}
