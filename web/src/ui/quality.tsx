import type { Quality } from '../api/types.gen';
import { lossPercent, lossTone, methodName, milliseconds } from '../lib/evidence';
import { Shape } from './shape';
import { Qty } from './text';

const none = (why: string) => <span className="t3" title={why}>n/a</span>;
const unknown = 'Nothing that passes tells it; nothing is sent to find out';

/** Round-trip time, as short as a cell. */
export function Rtt({ quality }: { quality: Quality | undefined }) {
  if (quality?.rtt_milliseconds === undefined) return none(unknown);
  return <span title={methodName(quality.rtt_method)}><Qty of={{ value: milliseconds(quality.rtt_milliseconds), unit: 'ms' }} /></span>;
}

export function Loss({ part, method }: { part: number | undefined; method: string | undefined }) {
  if (part === undefined) return none(unknown);
  const tone = lossTone(part);
  const text = <Qty of={{ value: lossPercent(part), unit: '%' }} />;
  if (tone === 'calm') return <span title={methodName(method)}>{text}</span>;
  return <span className={`st st-${tone}`} title={methodName(method)}><Shape kind={tone} size={10} />{text}</span>;
}
