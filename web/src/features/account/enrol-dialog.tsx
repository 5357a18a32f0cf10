import { X } from 'lucide-react';
import { useState } from 'react';
import { beginFactor, confirmFactor } from '../../api/accounts';
import type { Enrolment } from '../../api/types.gen';
import { Button, IconButton } from '../../ui/controls';
import { CodeBlock } from '../../ui/code-block';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FormProblem } from '../../ui/form-problem';
import { Qr } from '../../ui/qr';
import type { FactorErrors } from './factor-problem';
import { placeFactorProblem } from './factor-problem';
import { RecoveryPanel } from './recovery-panel';

/** In fours, as it is easier to type from. */
export const inFours = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

function PasswordForm({ onBegun }: { onBegun: (enrolment: Enrolment) => void }) {
  const [password, setPassword] = useState('');
  const [errors, setErrors] = useState<FactorErrors>({});
  const [busy, setBusy] = useState(false);
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    if (!password) return setErrors({ password: 'Say your password first.' });
    setBusy(true);
    try {
      onBegun(await beginFactor(password));
    } catch (error) {
      setErrors(placeFactorProblem(error));
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void send(event)} noValidate>
      <Field label="Your password" error={errors.password} hint="So that nobody sets it up at a screen that was left open.">
        {(ids) => <input {...ids} className="input" type="password" autoComplete="current-password" value={password} onChange={(event) => (setPassword(event.target.value), setErrors({}))} />}
      </Field>
      <FormProblem text={errors.general} />
      <div className="form-foot"><span className="grow" /><Button type="submit" look="primary" disabled={busy}>Go on</Button></div>
    </form>
  );
}

function ConfirmForm({ enrolment, onConfirmed }: { enrolment: Enrolment; onConfirmed: (codes: string[]) => void }) {
  const [code, setCode] = useState('');
  const [errors, setErrors] = useState<FactorErrors>({});
  const [busy, setBusy] = useState(false);
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    if (code.length !== 6) return setErrors({ code: 'The code has six digits.' });
    setBusy(true);
    try {
      onConfirmed((await confirmFactor(code)).items);
    } catch (error) {
      setErrors(placeFactorProblem(error));
      setCode('');
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void send(event)} noValidate>
      <div className="enrol">
        <Qr text={enrolment.url} label="QR code of the second factor; the secret stands beside it as text" />
        <div className="enrol-words">
          <p className="t2">Scan it with an authenticator program, or type the secret there: TOTP, 6 digits, 30 seconds.</p>
          <CodeBlock label="Secret" text={inFours(enrolment.secret)} />
        </div>
      </div>
      <Field label="The code that the program shows now" error={errors.code}>
        {(ids) => <input {...ids} className="input mono enrol-code" type="text" inputMode="numeric" autoComplete="one-time-code" autoFocus data-testid="enrol-code" value={code} onChange={(event) => (setCode(event.target.value.replace(/\D/g, '').slice(0, 6)), setErrors({}))} />}
      </Field>
      <FormProblem text={errors.general} />
      <div className="form-foot"><span className="fs12 t3">It counts once the code was right.</span><span className="grow" /><Button type="submit" look="primary" disabled={busy} data-testid="enrol-confirm">Turn it on</Button></div>
    </form>
  );
}

/** Password, QR code and a first code, recovery codes. Until the code was right nothing has changed. */
export function EnrolDialog({ account, onClose }: { account: string; onClose: () => void }) {
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const [codes, setCodes] = useState<string[]>();
  const title = codes ? 'Recovery codes' : 'Set up a second factor';
  return (
    <Dialog label={title} className="enrol-dialog sheet" onClose={codes ? () => undefined : onClose}>
      <div className="form-head"><h2 className="ell">{title}</h2><span className="grow" />{!codes && <IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton>}</div>
      {codes ? <RecoveryPanel account={account} codes={codes} onDone={onClose} /> : enrolment ? <ConfirmForm enrolment={enrolment} onConfirmed={setCodes} /> : <PasswordForm onBegun={setEnrolment} />}
    </Dialog>
  );
}
