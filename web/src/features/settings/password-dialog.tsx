import { X } from 'lucide-react';
import { useState } from 'react';
import { changeAccount } from '../../api/accounts';
import { visible } from '../../lib/text';
import { Button, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { FormProblem, placeProblem } from '../../ui/form-problem';
import { tell } from '../../ui/later';
import { PasswordField } from './password-field';

/** A new password for somebody who lost theirs. */
export function PasswordDialog({ account, onClose }: { account: string; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [error, setError] = useState<{ password?: string; general?: string | undefined }>({});
  const [busy, setBusy] = useState(false);
  const who = visible(account);
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    if ([...password].length < 10) return setError({ password: 'At least 10 characters.' });
    setBusy(true);
    try {
      await changeAccount(account, { password });
      tell(`${who} has a new password; every login of theirs has ended.`);
      onClose();
    } catch (refusal) {
      const { errors, general } = placeProblem(refusal, ['password']);
      setError({ ...errors, general });
      setBusy(false);
    }
  };
  return (
    <Dialog label={`New password for ${who}`} className="grant-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">New password for <bdi>{who}</bdi></h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      <form className="form" onSubmit={(event) => void send(event)} noValidate>
        <p className="t2">Every login of theirs ends. Their second factor stays.</p>
        <PasswordField value={password} error={error.password} onChange={(next) => (setPassword(next), setError({}))} />
        <FormProblem text={error.general} />
        <div className="form-foot"><span className="grow" /><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={busy}>Set it</Button></div>
      </form>
    </Dialog>
  );
}
