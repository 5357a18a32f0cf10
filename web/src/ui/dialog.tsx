import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

interface DialogProps {
  label: string;
  className?: string;
  onClose: () => void;
  children: ReactNode;
}

/** A modal dialog: the browser traps the focus, gives it back, and closes on Escape. */
export function Dialog({ label, className = '', onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) {
      dialog.showModal();
      // What is to be filled in comes first, not the button that closes.
      dialog.querySelector<HTMLElement>('[autofocus], :is(input, select, textarea):not([type=checkbox])')?.focus();
    }
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref} className={`dialog ${className}`} aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      {children}
    </dialog>
  );
}
