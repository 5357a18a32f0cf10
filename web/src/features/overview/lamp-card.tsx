import { useMemo } from 'react';
import { Link } from 'wouter';
import { useLosses } from '../../api/queries';
import { clock } from '../../lib/time';
import { openTroubles } from '../../lib/troubles';
import { useFreshness, useLive } from '../../live/use-live';
import { Lamp } from '../../ui/lamp';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';

const minute = 60;

/** The worst open problem, in words. Nothing when there is none. */
export function LampCard() {
  const live = useLive();
  const losses = useLosses().data?.items;
  const scoped = useScoped();
  const { stale } = useFreshness();
  // Dates are told in days: once a minute is often enough to look at them.
  const now = Math.floor(live.at / minute) * minute;
  const troubles = useMemo(() => openTroubles({ servers: live.servers, quotas: live.quotas.values(), losses: losses ?? [], now }), [live.servers, live.quotas, losses, now]);
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
