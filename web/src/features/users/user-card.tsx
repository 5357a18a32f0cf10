import type { User } from '../../api/types.gen';
import { countryName } from '../../lib/place';
import { percent, ratioOf, toneOf } from '../../lib/quota';
import { visible } from '../../lib/text';
import { moment } from '../../lib/time';
import { plural } from '../../lib/units';
import { Flag } from '../../ui/flag';
import { Bytes, Live } from '../../ui/text';
import { Shape } from '../../ui/shape';
import type { UserContext } from './columns';
import { BlockedMark, isOnline } from './columns';

export function UserCard({ user, context }: { user: User; context: UserContext }) {
  const { now } = context;
  const quota = context.quotas.get(user.user);
  const tone = quota ? toneOf(ratioOf(quota)) : 'calm';
  return (
    <>
      <span className="card-flag"><Flag code={user.country_code} width={22} /></span>
      <span className="grow">
        <span className="row card-name">
          <bdi className="ell">{visible(user.user)}</bdi>
          {context.blocked.has(user.user) ? <BlockedMark /> : quota && tone !== 'calm' && <span className={`st st-${tone} fs12 normal`}><Shape kind={tone} size={10} />quota {percent(ratioOf(quota))}</span>}
        </span>
        <span className="card-line ell" style={{ display: 'block' }}>{user.country_code ? countryName(user.country_code) : 'Place not known'} · {plural(user.sessions, 'session')}</span>
        <span className="card-line ell" style={{ display: 'block' }}>first seen {moment(user.first_seen_at, now)}</span>
      </span>
      <span className="card-end">
        <Bytes amount={user.tx_bytes} />
        <span className="card-line">{isOnline(user) ? <Live>Online</Live> : moment(user.last_seen_at, now)}</span>
      </span>
    </>
  );
}
