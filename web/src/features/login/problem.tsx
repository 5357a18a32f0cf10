import { Shape } from '../../ui/shape';
import type { Notice } from './refusals';

export function Problem({ notice, locked }: { notice: Notice | undefined; locked: boolean }) {
  return (
    <div className="login-problem" role="alert">
      {notice && !locked && <span className={notice.good ? 'st st-ok' : 'st st-crit'}><Shape kind={notice.good ? 'ok' : 'crit'} size={10} />{notice.text}</span>}
      {locked && <span className="st st-warn"><Shape kind="warn" size={10} />Too many attempts. Signing in opens again after the wait.</span>}
    </div>
  );
}
