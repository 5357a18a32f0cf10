import type { Quota, User } from '../../api/types.gen';
import { countryName } from '../../lib/place';
import { visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { count } from '../../lib/units';
import type { Column } from '../../ui/columns';
import { Flag } from '../../ui/flag';
import { QuotaCell } from '../../ui/quota-bar';
import { Shape } from '../../ui/shape';
import { Bytes, Live } from '../../ui/text';

export const isOnline = (user: User): boolean => user.open_sessions > 0;

export interface UserContext {
  now: number;
  /** The quota that stops each user first. */
  quotas: ReadonlyMap<string, Quota>;
  blocked: ReadonlySet<string>;
}

export const BlockedMark = () => <span className="st st-crit blocked-mark fs12"><Shape kind="crit" size={9} />Blocked</span>;

export function userColumns({ now, quotas, blocked }: UserContext): Column<User>[] {
  return [
    { key: 'user', title: 'User', width: 'minmax(140px,1.4fr)', min: 140, sort: 'user', rank: 0, cell: (u) => <span className="row"><bdi className="grid-user ell">{visible(u.user)}</bdi>{blocked.has(u.user) && <BlockedMark />}</span> },
    {
      key: 'place', title: 'Last from', width: 'minmax(120px,1fr)', min: 120, rank: 3,
      cell: (u) => <span className="place"><Flag code={u.country_code} /><span className="ell t2">{u.country_code ? countryName(u.country_code) : 'Not known'}</span></span>,
    },
    { key: 'open', title: 'Now', width: 'minmax(96px,.8fr)', min: 96, rank: 0, cell: (u) => (isOnline(u) ? <Live>{u.open_sessions === 1 ? 'Online' : `${count(u.open_sessions)} sessions`}</Live> : <span className="t3">Offline</span>) },
    { key: 'sessions', title: 'Sessions', width: '84px', min: 84, sort: 'sessions', end: true, rank: 2, cell: (u) => count(u.sessions) },
    { key: 'down', title: 'Down', width: '90px', min: 90, sort: 'tx_bytes', end: true, rank: 0, cell: (u) => <Bytes amount={u.tx_bytes} /> },
    { key: 'up', title: 'Up', width: '90px', min: 90, sort: 'rx_bytes', end: true, rank: 2, cell: (u) => <span className="t2"><Bytes amount={u.rx_bytes} /></span> },
    ...(quotas.size > 0 ? [{ key: 'quota', title: 'Quota', width: 'minmax(116px,.8fr)', min: 116, rank: 1, cell: (u: User) => { const quota = quotas.get(u.user); return quota ? <QuotaCell quota={quota} /> : <span className="t3">none</span>; } }] : []),
    { key: 'first', title: 'First seen', width: '110px', min: 110, sort: 'first_seen_at', end: true, rank: 4, cell: (u) => <span className="t2" title={fullMoment(u.first_seen_at)}>{moment(u.first_seen_at, now)}</span> },
    { key: 'last', title: 'Last seen', width: '110px', min: 110, sort: 'last_seen_at', end: true, rank: 1, cell: (u) => <span className="t2" title={fullMoment(u.last_seen_at)}>{isOnline(u) ? 'now' : moment(u.last_seen_at, now)}</span> },
  ];
}
