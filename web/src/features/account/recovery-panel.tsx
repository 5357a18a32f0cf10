import { Copy, Printer } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../../lib/clipboard';
import { visible } from '../../lib/text';
import { Button, Check } from '../../ui/controls';

interface RecoveryProps {
  account: string;
  codes: readonly string[];
  onDone: () => void;
}

/** The recovery codes, this once. It is left only by saying that they are kept. */
export function RecoveryPanel({ account, codes, onDone }: RecoveryProps) {
  const [kept, setKept] = useState(false);
  const [copied, setCopied] = useState(false);
  return (
    <div className="form" data-testid="recovery-panel">
      <p className="t2">The second factor is on. When the device is lost, each of these codes lets you in once. They are shown this once: keep them where the device is not.</p>
      <div className="recovery printable">
        <div className="print-only">Recovery codes of {visible(account)} for Davylamp at {location.host}</div>
        <ul className="recovery-codes mono" aria-label="Recovery codes">{codes.map((code) => <li key={code} dir="ltr">{code}</li>)}</ul>
      </div>
      <div className="row">
        <Button size="small" onClick={() => void copyText(codes.join('\n')).then(setCopied)}><Copy size={13} />{copied ? 'Copied' : 'Copy all'}</Button>
        <Button size="small" onClick={() => print()}><Printer size={13} />Print</Button>
      </div>
      <Check on={kept} onChange={setKept}>I have kept them in a safe place</Check>
      <div className="form-foot"><span className="grow" /><Button look="primary" disabled={!kept} onClick={onDone} data-testid="recovery-done">Done</Button></div>
    </div>
  );
}
