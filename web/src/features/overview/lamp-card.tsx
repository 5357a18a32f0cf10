import { Link } from 'wouter';
import { clock } from '../../lib/time';
import { useFreshness } from '../../live/use-live';
import { useTroubles } from '../../live/use-troubles';
import { Lamp } from '../../ui/lamp';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';

/** The worst open problem, in words. Nothing when there is none. */
export function LampCard() {
  const scoped = useScoped();
  const { stale } = useFreshness();
  const troubles = useTroubles();
  const worst = troubles[0];
  if (!worst) return null;
  return (
    <div className={`lamp-card lamp-card-${worst.shape}`} role="alert">
      <div className="row">
        <Lamp state={stale ? 'out' : 'cap'} size={26} />
        <span className={`st st-${worst.shape} fs12`}><Shape kind={worst.shape} size={10} />{worst.label}</span>
      </div>
      <div className="lamp-card-title"><span className="lamp-card-mark"><Shape kind={worst.shape} size={12} /></span>{worst.title}</div>
      <div className="fs12 t2 lamp-card-text" title={worst.text}><span className="lamp-card-why">{worst.text}</span>{worst.since_at !== undefined && ` Since ${clock(worst.since_at)}.`}</div>
      <div className="row">
        <Link className="btn btn-small" href={scoped(worst.path)}>{worst.link}</Link>
        {troubles.length > 1 && <span className="fs12 t3">and {troubles.length - 1} more</span>}
      </div>
    </div>
  );
}
