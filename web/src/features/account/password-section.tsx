import { useState } from 'react';
import { changePassword } from '../../api/accounts';
import { ApiError, announceSignedOut } from '../../api/client';
import type { Me } from '../../api/types.gen';
import { Button } from '../../ui/controls';
import { Field } from '../../ui/field';
import { FormProblem } from '../../ui/form-problem';
import { leaveTo } from './leave';
import { passwordProblem } from './passwords';

type Errors = Partial<Record<'old' | 'next' | 'again', string>>;

function place(error: unknown): { errors: Errors; general?: string } {
  if (!(error instanceof ApiError)) return { errors: {}, general: 'The reason is not known.' };
  if (error.status === 401) return { errors: { old: 'This is not the password of your account.' } };
  if (error.status === 429) return { errors: {}, general: `Too many attempts. Try again in ${error.problem.retry_after_seconds ?? 30} s.` };
  return error.status === 422 ? { errors: { next: error.problem.members?.new_password ?? error.message } } : { errors: {}, general: error.message };
}

function Form() {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [errors, setErrors] = useState<Errors>({});
  const [general, setGeneral] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    const found: Errors = {};
    if (!old) found.old = 'Say the password as it is now.';
    const weak = passwordProblem(next, old);
    if (weak) found.next = weak;
    else if (again !== next) found.again = 'The two are not the same.';
    setErrors(found);
    setGeneral(undefined);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      await changePassword(old, next);
      announceSignedOut();
      leaveTo('/login#signed-out=password-changed');
    } catch (error) {
      const placed = place(error);
      setErrors(placed.errors);
      setGeneral(placed.general);
      setBusy(false);
    }
  };
  const input = (value: string, change: (text: string) => void, complete: string) => (ids: object) => (
    <input {...ids} className="input" type="password" autoComplete={complete} value={value} onChange={(event) => (change(event.target.value), setErrors({}))} />
  );
  return (
    <form className="form part-form" onSubmit={(event) => void send(event)} noValidate data-testid="password-form">
      <Field label="Password now" error={errors.old}>{input(old, setOld, 'current-password')}</Field>
      <Field label="New password" error={errors.next} hint="At least 10 characters. A few words that do not belong together are better than signs.">{input(next, setNext, 'new-password')}</Field>
      <Field label="New password again" error={errors.again}>{input(again, setAgain, 'new-password')}</Field>
      <FormProblem text={general} />
      <div className="part-foot"><Button type="submit" disabled={busy}>Change the password</Button><span className="fs12 t3">Signs you out everywhere, here too.</span></div>
    </form>
  );
}

/** The password of a local account; of others, where it is kept. */
export function PasswordSection({ me }: { me: Me }) {
  return (
    <section className="part card" aria-label="Password">
      <h2>Password</h2>
      {me.origin === 'local' ? <Form /> : <p className="t2">{me.origin === 'ldap' ? 'Your password is that of the directory, and is changed there.' : 'You sign in with the identity provider, which keeps your password.'}</p>}
    </section>
  );
}
