import { useQueryClient } from '@tanstack/react-query';
import { Eye, EyeOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { ApiError } from '../../api/client';
import { login } from '../../api/login';
import { useAbout } from '../../api/queries';
import { Button } from '../../ui/controls';
import { Lamp } from '../../ui/lamp';
import { Shape } from '../../ui/shape';
import { duration } from '../../lib/time';
import { useNow } from '../../lib/use-now';
import './login.css';
import { TunnelArt } from './tunnel-art';

/** Only a path of this page may follow a login, never another host. */
export const safeNext = (search: string): string => {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/';
};

const refusal = (error: unknown): string => {
  if (!(error instanceof ApiError)) return 'Signing in failed for a reason that is not known. Try again.';
  if (error.status === 401) return 'This user and password do not go together.';
  return error.message;
};

export default function LoginPage() {
  const about = useAbout().data;
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const search = useSearch();
  const now = useNow(1000);
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [locked_until_ms, setLockedUntil] = useState(0);
  const wait = Math.max(0, Math.ceil((locked_until_ms - Math.max(now, Date.now())) / 1000));
  useEffect(() => {
    document.title = 'Sign in · Davylamp';
  }, []);
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    if (busy || wait > 0) return;
    setBusy(true);
    setProblem('');
    try {
      client.setQueryData(['me'], await login(account, password));
      navigate(safeNext(search), { replace: true });
    } catch (error) {
      if (error instanceof ApiError && error.status === 429) setLockedUntil(Date.now() + (error.problem.retry_after_seconds ?? 30) * 1000);
      else setProblem(refusal(error));
      setPassword('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="login" data-theme="dark">
      <TunnelArt />
      <form className="login-form" onSubmit={(event) => void submit(event)}>
        <div className="login-brand"><Lamp size={26} />davylamp</div>
        <h1>Sign in to <bdi>{about?.host ?? location.hostname}</bdi></h1>
        <p className="t2">See who is in your tunnels, from where, and how much they move.</p>
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
        <div className="login-problem" role="alert">
          {problem && wait === 0 && <span className="st st-crit"><Shape kind="crit" size={10} />{problem}</span>}
          {locked_until_ms > 0 && wait > 0 && <span className="st st-warn"><Shape kind="warn" size={10} />Too many attempts. Signing in opens again after the wait.</span>}
        </div>
        <p className="fs12 t3 login-first">
          {about?.setup_needed && <span className="t1">No account exists yet. </span>}
          First run? The first account is printed by <code className="mono">./dev run</code> or made with <code className="mono">davylamp user add --admin</code>
        </p>
      </form>
      <div className="login-foot fs12 t3">
        {about && <span>Davylamp {about.version}</span>}
        <span>{location.protocol === 'https:' ? 'Encrypted with TLS' : 'Not encrypted: plain HTTP'}</span>
      </div>
    </main>
  );
}
