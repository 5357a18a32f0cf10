import type { Endpoint } from '../../api/types.gen';
import { networkName, placeName } from '../../lib/place';
import { cx, visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { Address } from '../../ui/text';

/** Where the client came from, newest first. */
export function Endpoints({ endpoints, open, now }: { endpoints: readonly Endpoint[]; open: boolean; now: number }) {
  const sorted = [...endpoints].sort((a, b) => b.first_seen_at - a.first_seen_at);
  return (
    <ul className="endpoints">
      {sorted.map((endpoint, index) => (
        <li key={`${endpoint.real_address} ${endpoint.real_port} ${endpoint.first_seen_at}`} className={cx('endpoint', open && index === 0 && 'endpoint-now')}>
          <span className="endpoint-time" title={fullMoment(endpoint.first_seen_at)}>{moment(endpoint.first_seen_at, now)}</span>
          <span className="endpoint-dot" />
          <Address address={endpoint.real_address} port={endpoint.real_port} />
          <span className="t3 ell">{[placeName(endpoint.place), networkName(endpoint.place)].filter(Boolean).map(visible).join(', ')}</span>
        </li>
      ))}
    </ul>
  );
}
