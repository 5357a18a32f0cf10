import { X } from 'lucide-react';
import { useState } from 'react';
import { removeFactor } from '../../api/accounts';
import { Button, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FormProblem } from '../../ui/form-problem';
import { tell } from '../../ui/later';
import type { FactorErrors } from './factor-problem';
import { placeFactorProblem } from './factor-problem';

/** Asks for both, the password and a code: a screen that was left open must not be enough. */
export function RemoveFactorDialog({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [errors, setErrors] = useState<FactorErrors>({});
  const [busy, setBusy] = useState(false);
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    if (!password || !code.trim()) return setErrors({ ...(password ? {} : { password: 'Say your password.' }), ...(code.trim() ? {} : { code: 'Type a code.' }) });
    setBusy(true);
    try {
      await removeFactor(password, code.trim());
      tell('The second factor is removed. Your password alone signs you in.');
      onClose();
    } catch (error) {
      setErrors(placeFactorProblem(error));
      setBusy(false);
    }
  };
  return (
    <Dialog label="Remove the second factor" className="grant-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">Remove the second factor?</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      <form className="form" onSubmit={(event) => void send(event)} noValidate>
        <p className="t2">From then on your password alone signs you in. The recovery codes do not count any more.</p>
        <Field label="Your password" error={errors.password}>{(ids) => <input {...ids} className="input" type="password" autoComplete="current-password" value={password} onChange={(event) => (setPassword(event.target.value), setErrors({}))} />}</Field>
        <Field label="A code of the device, or a recovery code" error={errors.code}>{(ids) => <input {...ids} className="input mono" type="text" autoComplete="one-time-code" spellCheck={false} value={code} onChange={(event) => (setCode(event.target.value), setErrors({}))} />}</Field>
        <FormProblem text={errors.general} />
        <div className="form-foot"><span className="grow" /><Button onClick={onClose}>Cancel</Button><Button type="submit" className="btn-danger" disabled={busy}>Remove it</Button></div>
      </form>
    </Dialog>
  );
}
