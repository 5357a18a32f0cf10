import { Link } from 'wouter';
import { useMay } from '../../api/queries';
import { clock } from '../../lib/time';
import { useFreshness, useLive } from '../../live/use-live';
import { useTroubles } from '../../live/use-troubles';
import { Button } from '../../ui/controls';
import { Lamp } from '../../ui/lamp';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';
import { useAcknowledge } from '../../ui/use-acknowledge';

/** The worst open problem, in words. Nothing when there is none. What is critical is said aloud by the layout, not here. */
export function LampCard() {
  const scoped = useScoped();
  const { stale } = useFreshness();
  const { incidents } = useLive();
  const may = useMay();
  const acknowledge = useAcknowledge();
  const troubles = useTroubles();
  const worst = troubles[0];
  if (!worst) return null;
  const alerts = troubles.filter(({ path }) => path.startsWith('/alerts/')).length;
  const more = troubles.length - 1;
  const incident = worst.incident_id === undefined ? undefined : incidents.get(worst.incident_id);
  return (
    <section className={`lamp-card lamp-card-${worst.shape}`} aria-label="Worst open problem">
      <div className="row">
        <Lamp state={stale ? 'out' : 'cap'} size={26} />
        <span className={`st st-${worst.shape} fs12`}><Shape kind={worst.shape} size={10} />{worst.label}</span>
      </div>
      <div className="lamp-card-title"><span className="lamp-card-mark"><Shape kind={worst.shape} size={12} /></span>{worst.title}</div>
      <div className="fs12 t2 lamp-card-text" title={worst.text}><span className="lamp-card-why">{worst.text}</span>{worst.since_at !== undefined && ` Since ${clock(worst.since_at)}.`}</div>
      <div className="row lamp-card-acts">
        <Link className="btn btn-small" href={scoped(worst.path)}>{worst.link}</Link>
        {incident && may.act && <Button size="small" look="ghost" className="desk-only" onClick={() => void acknowledge(incident)}>Acknowledge</Button>}
        {more > 0 && (alerts > 1 ? <Link className="fs12 link" href={scoped('/alerts')}>and {more} more</Link> : <span className="fs12 t3">and {more} more</span>)}
      </div>
    </section>
  );
}
