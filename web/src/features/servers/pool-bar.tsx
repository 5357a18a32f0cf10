import { percent } from '../../lib/quota';
import { count } from '../../lib/units';
import { PartBar } from '../../ui/quota-bar';

/** How full the pool of virtual addresses is. */
export function PoolBar({ used, size }: { used: number; size: number }) {
  const ratio = size > 0 ? used / size : 0;
  return (
    <span className="pool">
      <PartBar part={ratio} />
      <span className="nowrap">{count(used)} <span className="u">of {count(size)}, {percent(ratio)}</span></span>
    </span>
  );
}
