import { Shape } from '../../ui/shape';

export function Problem({ text, locked }: { text: string | undefined; locked: boolean }) {
  return (
    <div className="login-problem" role="alert">
      {text && !locked && <span className="st st-crit"><Shape kind="crit" size={10} />{text}</span>}
      {locked && <span className="st st-warn"><Shape kind="warn" size={10} />Too many attempts. Signing in opens again after the wait.</span>}
    </div>
  );
}
