import { Link } from 'wouter';
import type { CountryCount, UserRate } from '../../lib/aggregate';
import { visible } from '../../lib/text';
import { count } from '../../lib/units';
import { sparkSlots } from '../../live/store';
import { liveStore } from '../../live/use-live';
import { Flag } from '../../ui/flag';
import { useScoped } from '../../ui/navigation';
import { Spark } from '../../ui/spark';
import { Rate } from '../../ui/text';

const shownRows = 6;

export function TopCountries({ countries, sessions }: { countries: readonly CountryCount[]; sessions: number }) {
  const scoped = useScoped();
  const top = countries.slice(0, shownRows);
  const most = top[0]?.sessions ?? 1;
  const unknown = sessions - countries.reduce((sum, country) => sum + country.sessions, 0);
  const rest = sessions - top.reduce((sum, country) => sum + country.sessions, 0);
  return (
    <section className="panel" aria-label="Countries">
      <div className="panel-head"><h2>Countries</h2><span className="panel-sub">{countries.length}</span><span className="grow" /><span className="fs11 t3">sessions</span></div>
      <ul className="toplist">
        {top.map((country) => (
          <li key={country.code}>
            <Link className="top-row top-country" href={scoped(`/sessions?country=${country.code}`)}>
              <Flag code={country.code} />
              <span className="ell">{country.name}</span>
              <span className="bar"><span style={{ width: `${(country.sessions / most) * 100}%` }} /></span>
              <span className="num">{count(country.sessions)}</span>
            </Link>
          </li>
        ))}
        {rest > 0 && (
          <li className="top-row top-rest">
            <span /><span className="ell">{countries.length > shownRows ? `${countries.length - shownRows} ${countries.length === shownRows + 1 ? 'other' : 'others'}${unknown > 0 ? ' and unknown' : ''}` : 'Unknown'}</span><span className="num">{count(rest)}</span>
          </li>
        )}
        {sessions === 0 && <li className="top-none t3">Nobody is connected.</li>}
      </ul>
    </section>
  );
}

/** The rate of someone with several sessions is the sum of their sparks. */
function sumSparks(ids: readonly number[]): number[] {
  const lines = ids.map((id) => liveStore.spark(id));
  const length = Math.max(0, ...lines.map((line) => line.length));
  return Array.from({ length }, (_, index) => lines.reduce((sum, line) => sum + (line[index - length + line.length] ?? 0), 0));
}

export function TopUsers({ users }: { users: readonly UserRate[] }) {
  const scoped = useScoped();
  const rest = users.slice(shownRows);
  return (
    <section className="panel" aria-label="Users">
      <div className="panel-head"><h2>Users</h2><span className="panel-sub">by rate now</span><span className="grow" /><span className="fs11 t3">down</span></div>
      <ul className="toplist">
        {users.slice(0, shownRows).map((user) => (
          <li key={user.user}>
            <Link className="top-row top-user" href={scoped(`/users/${encodeURIComponent(user.user)}`)}>
              <Flag code={user.country_code} />
              <bdi className="ell">{visible(user.user)}</bdi>
              <Spark values={sumSparks(user.ids)} width={58} height={18} slots={sparkSlots} area />
              <span className="num"><Rate bps={user.tx_bps} /></span>
            </Link>
          </li>
        ))}
        {rest.length > 0 && (
          <li className="top-row top-rest">
            <span /><span>{count(rest.length)} others</span><span className="num"><Rate bps={rest.reduce((sum, user) => sum + user.tx_bps, 0)} /></span>
          </li>
        )}
        {users.length === 0 && <li className="top-none t3">Nobody is connected.</li>}
      </ul>
    </section>
  );
}
