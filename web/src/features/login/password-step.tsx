import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import type { LoginStep } from '../../api/login';
import { login } from '../../api/login';
import { duration } from '../../lib/time';
import { Button } from '../../ui/controls';
import { Problem } from './problem';
import type { Notice } from './refusals';
import { passwordRefusal } from './refusals';
import { useLock } from './use-lock';

interface PasswordStepProps {
  /** Said until somebody tries. */
  notice: Notice | undefined;
  onStep: (step: LoginStep) => void;
}

/** User and password: a local account, or one of the directory; the server knows which. */
export function PasswordStep({ notice, onStep }: PasswordStepProps) {
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(notice);
  const { wait, take } = useLock();
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    if (busy || wait > 0) return;
    setBusy(true);
    setProblem(undefined);
    try {
      onStep(await login(account, password));
    } catch (error) {
      if (!take(error)) setProblem({ text: passwordRefusal(error) });
      setPassword('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label htmlFor="account">User</label>
      <div className="login-field">
        <input
          id="account" data-testid="login-account" name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus
          value={account} onChange={(event) => setAccount(event.target.value)}
        />
      </div>
      <label htmlFor="password">Password</label>
      <div className="login-field">
        <input
          id="password" data-testid="login-password" name="password" type={shown ? 'text' : 'password'} autoComplete="current-password" required
          value={password} onChange={(event) => setPassword(event.target.value)}
        />
        <button type="button" className="icon-btn" aria-label={shown ? 'Hide the password' : 'Show the password'} aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? <EyeOff size={16} /> : <Eye size={16} />}
        </button>
      </div>
      <Button type="submit" look="primary" size="large" className="login-submit" data-testid="login-submit" disabled={busy || wait > 0}>
        {wait > 0 ? `Wait ${duration(wait)}` : busy ? 'Signing in' : 'Sign in'}
      </Button>
      <Problem notice={problem} locked={wait > 0} />
    </form>
  );
}
