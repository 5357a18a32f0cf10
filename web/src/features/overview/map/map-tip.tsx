import { visible } from '../../../lib/text';
import { join, plural, rate } from '../../../lib/units';
import { Flag } from '../../../ui/flag';
import { Kbd } from '../../../ui/text';
import type { MapPoint } from './flows';

const tipWidth = 226;

export function MapTip({ point, width, height }: { point: MapPoint; width: number; height: number }) {
  const first = point.cities[0];
  if (!first) return null;
  const down = point.cities.reduce((sum, city) => sum + city.tx_bps, 0);
  const up = point.cities.reduce((sum, city) => sum + city.rx_bps, 0);
  const servers = new Map<string, number>();
  for (const city of point.cities) for (const [name, n] of Object.entries(city.servers)) servers.set(name, (servers.get(name) ?? 0) + n);
  const left = point.x + 18 + tipWidth > width ? point.x - 18 - tipWidth : point.x + 18;
  return (
    <div className="tip" style={{ left: Math.max(4, left), top: Math.max(4, Math.min(height - 96, point.y - 22)), width: tipWidth }}>
      <div className="row w5">
        <Flag code={first.country_code} />
        <span className="ell grow">{visible(first.name)}{point.cities.length > 1 && <span className="t3 normal"> and {point.cities.length - 1} near</span>}</span>
        <span className="nowrap">{plural(point.sessions, 'session')}</span>
      </div>
      <div className="t2">{join(rate(down))} down, {join(rate(up))} up</div>
      <div className="tip-foot t3">
        <span className="ell grow">
          {[...servers].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([name, n]) => <span key={name}>{visible(name)} <span className="t2">{n}</span>{'  '}</span>)}
        </span>
        <span className="nowrap"><Kbd keys="Enter" /> filter</span>
      </div>
    </div>
  );
}
