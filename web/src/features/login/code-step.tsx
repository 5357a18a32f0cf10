import { useEffect, useState } from 'react';
import { answerChallenge } from '../../api/login';
import type { Me } from '../../api/types.gen';
import { duration } from '../../lib/time';
import { Button } from '../../ui/controls';
import { Problem } from './problem';
import type { Notice } from './refusals';
import { codeRefusal } from './refusals';
import { useLock } from './use-lock';

interface CodeStepProps {
  challenge: string;
  onSignedIn: (me: Me) => void;
  /** Back to the password; with a word of why when it was not asked for. */
  onBack: (why?: string) => void;
}

/** A challenge holds for five minutes; a little earlier it is not worth typing a code for. */
const challengeMs = 290_000;

/** The code of the second factor, or one of the recovery codes. */
export function CodeStep({ challenge, onSignedIn, onBack }: CodeStepProps) {
  const [recovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Notice>();
  const { wait, take } = useLock();
  useEffect(() => {
    const timer = setTimeout(() => onBack('The second step took too long. Sign in again.'), challengeMs);
    return () => clearTimeout(timer);
    // Only a new challenge begins the time anew.
  }, [challenge]);
  const send = async (typed: string) => {
    if (busy || wait > 0 || !typed.trim()) return;
    setBusy(true);
    setProblem(undefined);
    try {
      onSignedIn(await answerChallenge({ challenge, code: typed.trim() }));
    } catch (error) {
      if (!take(error)) setProblem({ text: codeRefusal(error, recovery) });
      setCode('');
    } finally {
      setBusy(false);
    }
  };
  const typeCode = (text: string) => {
    const digits = text.replace(/\D/g, '').slice(0, 6);
    setCode(digits);
    // What a device fills in is complete at once.
    if (digits.length === 6) void send(digits);
  };
  return (
    <form onSubmit={(event) => (event.preventDefault(), void send(code))} data-testid="code-step">
      <label htmlFor="code">{recovery ? 'Recovery code' : 'Code of six digits'}</label>
      <div className="login-field">
        {recovery ? (
          <input key="recovery" id="code" data-testid="login-recovery" className="mono" autoComplete="off" autoCapitalize="none" spellCheck={false} autoFocus required value={code} onChange={(event) => setCode(event.target.value)} />
        ) : (
          <input key="code" id="code" data-testid="login-code" className="mono login-code" name="one-time-code" inputMode="numeric" autoComplete="one-time-code" autoFocus required value={code} onChange={(event) => typeCode(event.target.value)} />
        )}
      </div>
      <Button type="submit" look="primary" size="large" className="login-submit" data-testid="login-submit" disabled={busy || wait > 0}>
        {wait > 0 ? `Wait ${duration(wait)}` : busy ? 'Signing in' : 'Sign in'}
      </Button>
      <Problem notice={problem} locked={wait > 0} />
      <div className="login-ways">
        <button type="button" className="link" data-testid="login-other" onClick={() => (setRecovery(!recovery), setCode(''), setProblem(undefined))}>{recovery ? 'Use a code of the device' : 'Use a recovery code'}</button>
        <button type="button" className="link" onClick={() => onBack()}>Start again</button>
      </div>
    </form>
  );
}
