import { useQueryClient } from '@tanstack/react-query';
import { LogIn } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { providerPath, useLoginOptions } from '../../api/login';
import { useAbout } from '../../api/queries';
import type { LoginOptions, Me } from '../../api/types.gen';
import { visible } from '../../lib/text';
import { Lamp } from '../../ui/lamp';
import { CodeStep } from './code-step';
import './login.css';
import { PasswordStep } from './password-step';
import { Problem } from './problem';
import type { Notice } from './refusals';
import { noticeOf } from './refusals';
import { TunnelArt } from './tunnel-art';

/** Only a path of this page may follow a login, never another host. */
export const safeNext = (search: string): string => {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/';
};

const passwordOnly: LoginOptions = { local: true, ldap: false };

function Provider({ name, alone }: { name: string; alone: boolean }) {
  return (
    <div className="login-provider">
      <a className={`btn btn-large${alone ? ' btn-primary' : ''}`} href={providerPath()} data-testid="login-provider"><LogIn size={16} /><span className="ell">Continue with <bdi>{visible(name)}</bdi></span></a>
      {!alone && <div className="login-or fs12 t3"><span>or with a password</span></div>}
    </div>
  );
}

function FirstRun({ needed }: { needed: boolean }) {
  return (
    <p className="fs12 t3 login-first">
      {needed && <span className="t1">No account exists yet. </span>}
      First run? The first account is printed by <code className="mono">./dev run</code> or made with <code className="mono">davylamp user add --admin</code>
    </p>
  );
}

export default function LoginPage() {
  const about = useAbout().data;
  const query = useLoginOptions();
  const options = query.data ?? (query.isError ? passwordOnly : undefined);
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const search = useSearch();
  const [challenge, setChallenge] = useState<string>();
  const [notice, setNotice] = useState<Notice | undefined>(() => noticeOf(location.hash));
  // Nothing is drawn until it is known what there is: a form that moves under the hand is worse than none for a moment.
  const withPassword = options !== undefined && (options.local || options.ldap);
  useEffect(() => {
    document.title = 'Sign in · Davylamp';
  }, []);
  const enter = (me: Me) => {
    client.setQueryData(['me'], me);
    navigate(safeNext(search), { replace: true });
  };
  return (
    <main className="login" data-theme="dark">
      <TunnelArt />
      <div className="login-form">
        <div className="login-brand"><Lamp size={26} />davylamp</div>
        {challenge ? (
          <>
            <h1>One more step</h1>
            <p className="t2">Your account has a second factor. Type the code that your device shows now.</p>
            <CodeStep challenge={challenge} onSignedIn={enter} onBack={(why) => (setNotice(why ? { text: why } : undefined), setChallenge(undefined))} />
          </>
        ) : (
          <>
            <h1>Sign in to <bdi>{about?.host ?? location.hostname}</bdi></h1>
            <p className="t2">See who is in your tunnels, from where, and how much they move.</p>
            {options?.oidc && <Provider name={options.oidc.name} alone={!withPassword} />}
            {withPassword ? <PasswordStep notice={notice} onStep={(step) => ('me' in step ? enter(step.me) : setChallenge(step.challenge))} /> : options && <Problem notice={notice} locked={false} />}
            {withPassword && <FirstRun needed={about?.setup_needed ?? false} />}
          </>
        )}
      </div>
      <div className="login-foot fs12 t3">
        {about && <span>Davylamp {about.version}</span>}
        <span>{location.protocol === 'https:' ? 'Encrypted with TLS' : 'Not encrypted: plain HTTP'}</span>
      </div>
    </main>
  );
}
