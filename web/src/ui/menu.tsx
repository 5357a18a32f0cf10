import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { cx } from '../lib/text';

interface MenuProps {
  label: string;
  button: ReactNode;
  buttonClass: string;
  align?: 'start' | 'end';
  children: (close: () => void) => ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** A button that opens a panel below it. Escape, a click elsewhere or leaving it by Tab closes. */
export function Menu({ label, button, buttonClass, align = 'start', children, open: forced, onOpenChange }: MenuProps) {
  const [inner, setInner] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const open = forced ?? inner;
  const setOpen = (next: boolean) => {
    setInner(next);
    onOpenChange?.(next);
  };
  const close = () => {
    setOpen(false);
    trigger.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('.menu-panel button, .menu-panel a, .menu-panel input')?.focus();
    const onPointer = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', onPointer);
    return () => removeEventListener('pointerdown', onPointer);
    // The setters are stable in what they do; only opening matters here.
  }, [open]);
  return (
    <div
      className="menu" ref={root}
      onKeyDown={(event) => {
        if (!open || event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        close();
      }}
      onBlur={(event) => {
        if (open && event.relatedTarget && !root.current?.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button ref={trigger} type="button" className={buttonClass} aria-label={label} aria-expanded={open} aria-haspopup="true" onClick={() => setOpen(!open)}>
        {button}
      </button>
      {/* Focusable, so that a click on its text does not send the focus elsewhere and close it. */}
      {open && <div tabIndex={-1} className={cx('menu-panel', align === 'end' && 'menu-end')}>{children(close)}</div>}
    </div>
  );
}
