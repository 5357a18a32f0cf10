import { percent } from '../../lib/quota';
import { count } from '../../lib/units';
import { RatioBar } from '../../ui/quota-bar';

/** How full the pool of virtual addresses is. Its end is the limit that the tick marks. */
export function PoolBar({ used, size }: { used: number; size: number }) {
  const ratio = size > 0 ? used / size : 0;
  return (
    <span className="pool">
      <RatioBar used={ratio} forecast={ratio} slim />
      <span className="nowrap">{count(used)} <span className="u">of {count(size)}, {percent(ratio)}</span></span>
    </span>
  );
}
