import { Link } from 'wouter';
import { openProblems, stateOf } from '../../lib/health';
import { sentence, visible } from '../../lib/text';
import { clock } from '../../lib/time';
import { plural } from '../../lib/units';
import { useFreshness, useLive } from '../../live/use-live';
import { Lamp } from '../../ui/lamp';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';

/** The worst open problem, in words. Nothing when there is none. */
export function LampCard() {
  const { servers } = useLive();
  const scoped = useScoped();
  const { stale } = useFreshness();
  const problems = openProblems(servers);
  const worst = problems[0];
  if (!worst) return null;
  const state = stateOf(worst);
  const shape = state.shape === 'ok' ? 'warn' : state.shape;
  const name = visible(worst.name);
  return (
    <div className={`lamp-card lamp-card-${shape}`} role="alert">
      <div className="row">
        <Lamp state={stale ? 'out' : 'cap'} size={26} />
        <span className={`st st-${shape} fs12`}><Shape kind={shape} size={10} />{problems.length} of {plural(servers.length, 'server')}</span>
      </div>
      <div className="lamp-card-title"><span className="lamp-card-mark"><Shape kind={shape} size={12} /></span><bdi>{name}</bdi> {worst.state === 'up' ? 'needs a look' : `is ${state.word.toLowerCase()}`}</div>
      <div className="fs12 t2 lamp-card-text" title={visible(worst.health)}><span className="lamp-card-why">{sentence(visible(worst.health))}</span> Since {clock(worst.since_at)}.</div>
      <div className="row">
        <Link className="btn btn-small" href={scoped('/servers')}>Look at it</Link>
        {problems.length > 1 && <span className="fs12 t3">and {problems.length - 1} more</span>}
      </div>
    </div>
  );
}
