import type { Session } from '../../api/types.gen';
import { endReason } from '../../lib/health';
import { percent, ratioOf, toneOf } from '../../lib/quota';
import { networkName, placeName } from '../../lib/place';
import { visible } from '../../lib/text';
import { age, duration, moment } from '../../lib/time';
import { sparkSlots } from '../../live/store';
import { liveStore } from '../../live/use-live';
import { Flag } from '../../ui/flag';
import { Shape } from '../../ui/shape';
import { Spark } from '../../ui/spark';
import { Bytes, Rate } from '../../ui/text';
import type { RowContext } from './columns';
import { isOld, sessionSeconds } from './columns';

/** A row on a phone: three lines, 78 px. */
export function SessionCard({ session, context }: { session: Session; context: RowContext }) {
  const quota = session.state === 'open' ? context.quotas.get(session.user) : undefined;
  const tone = quota ? toneOf(ratioOf(quota)) : 'calm';
  const network = visible(networkName(session.place));
  return (
    <>
      <span className="card-flag"><Flag code={session.place?.country_code} width={22} /></span>
      <span className="grow">
        <span className="row card-name"><bdi className="ell">{visible(session.user)}</bdi>{quota && tone !== 'calm' && <span className={`st st-${tone} fs12 normal`}><Shape kind={tone} size={10} />quota {percent(ratioOf(quota))}</span>}</span>
        <span className="card-line ell" style={{ display: 'block' }}>{visible(placeName(session.place))}{network && `, ${network}`}</span>
        <span className="card-line ell" style={{ display: 'block' }}>
          <bdi>{visible(session.server)}</bdi> · {session.virtual_address && <><bdi dir="ltr" className="mono">{session.virtual_address}</bdi> · </>}{duration(sessionSeconds(session, context.now))}
        </span>
      </span>
      <span className="card-end">
        {session.state === 'open' ? (
          isOld(session, context) ? <span className="card-line">{age(context.now - session.last_seen_at)} old</span> : <><Rate bps={session.tx_bps} /><Spark values={liveStore.spark(session.id)} width={76} height={18} slots={sparkSlots} /></>
        ) : (
          <><Bytes amount={session.tx_bytes} /><span className="card-line">{session.closed_at && moment(session.closed_at, context.now)}</span><span className="card-line">{endReason(session.end_reason)}</span></>
        )}
      </span>
    </>
  );
}
