import { X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, IconButton } from './controls';
import { Dialog } from './dialog';
import { Field } from './field';
import { actLater } from './later';

interface DangerDialogProps {
  /** The question, as text and as it is drawn. */
  label: string;
  title: ReactNode;
  /** How far it reaches. */
  children: ReactNode;
  button: string;
  doing: string;
  /** Carries it out, and resolves to what came of it. */
  run: (reason: string) => Promise<string>;
  onClose: () => void;
}

/** Says how far a dangerous act reaches and asks why; it can be stopped for ten seconds. */
export function DangerDialog({ label, title, children, button, doing, run, onClose }: DangerDialogProps) {
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    const why = reason.trim();
    if (!why) return;
    onClose();
    actLater({ doing, run: () => run(why) });
  };
  return (
    <Dialog label={label} className="grant-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">{title}</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      <form className="form" onSubmit={send} noValidate>
        <p className="t2">{children}</p>
        <Field label="Reason, kept in the audit log" error={tried && !reason.trim() ? 'Say why; it is kept in the audit log.' : undefined}>
          {(ids) => <input {...ids} className="input" type="text" value={reason} maxLength={200} autoComplete="off" onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <div className="form-foot">
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" className="btn-danger" data-testid="danger-submit"><span className="ell">{button}</span></Button>
        </div>
      </form>
    </Dialog>
  );
}
