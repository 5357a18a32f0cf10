import type { User } from '../../api/types.gen';
import { countryName } from '../../lib/place';
import { visible } from '../../lib/text';
import { moment } from '../../lib/time';
import { plural } from '../../lib/units';
import { Flag } from '../../ui/flag';
import { Bytes, Live } from '../../ui/text';
import { isOnline } from './columns';

export function UserCard({ user, now }: { user: User; now: number }) {
  return (
    <>
      <span className="card-flag"><Flag code={user.country_code} width={22} /></span>
      <span className="grow">
        <bdi className="card-name ell" style={{ display: 'block' }}>{visible(user.user)}</bdi>
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
