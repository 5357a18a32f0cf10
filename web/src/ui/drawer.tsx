import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { IconButton } from './controls';

interface DrawerProps {
  label: string;
  title: ReactNode;
  onClose: () => void;
  onPrevious?: (() => void) | undefined;
  onNext?: (() => void) | undefined;
  actions?: ReactNode;
  /** Pinned to the lower edge: what can be done. */
  footer?: ReactNode;
  children: ReactNode;
}

/** 456 px at the end side; the page beside it makes room. On a phone it takes the whole width. */
export function Drawer({ label, title, onClose, onPrevious, onNext, actions, footer, children }: DrawerProps) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Reached by keyboard or by a link, a reader should hear what opened; the table keeps its place for j and k.
    if (document.activeElement === document.body) head.current?.focus();
  }, []);
  return (
    <aside className="drawer" aria-label={label}>
      <header className="drawer-head">
        <h2 ref={head} tabIndex={-1}>{title}</h2>
        <span className="grow" />
        {actions}
        <IconButton className="desk-only" label="Previous row (k)" disabled={!onPrevious} onClick={onPrevious}><ChevronUp size={16} /></IconButton>
        <IconButton className="desk-only" label="Next row (j)" disabled={!onNext} onClick={onNext}><ChevronDown size={16} /></IconButton>
        <IconButton label="Close (Esc)" onClick={onClose}><X size={16} /></IconButton>
      </header>
      <div className="drawer-body" tabIndex={0} role="group" aria-label={`${label}, details`}>{children}</div>
      {footer && <footer className="drawer-foot">{footer}</footer>}
    </aside>
  );
}

export function DrawerSection({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="drawer-section">
      <h3>
        {title}
        <span className="grow" />
        {note && <span className="t3 normal">{note}</span>}
      </h3>
      {children}
    </section>
  );
}
