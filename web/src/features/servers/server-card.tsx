import { FlaskConical } from 'lucide-react';
import { Link } from 'wouter';
import type { Server } from '../../api/types.gen';
import { worstExpiry } from '../../lib/expiry';
import { witnessName } from '../../lib/evidence';
import { isMissing, stateOf } from '../../lib/health';
import { placeName } from '../../lib/place';
import { cx, sentence, visible } from '../../lib/text';
import { age, duration, fullMoment, moment } from '../../lib/time';
import { plural } from '../../lib/units';
import { useFreshness, useLive, useSessions } from '../../live/use-live';
import { Flag } from '../../ui/flag';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';
import { Bytes, Rate } from '../../ui/text';
import { PoolBar } from './pool-bar';
import { ServerLink, countsAttempts } from './server-link';

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return <div className="server-fact"><dt>{name}</dt><dd>{children}</dd></div>;
}

const none = <span className="t3">n/a</span>;

export function ServerCard({ server }: { server: Server }) {
  const live = useLive();
  const { stale, age_seconds } = useFreshness();
  const name = visible(server.name);
  const sessions = useSessions([server.name]);
  const state = stateOf(server);
  const now = live.at + age_seconds;
  const scoped = useScoped();
  const listens = server.listens_on ?? [server.local_address, server.transport].filter(Boolean).join(' ');
  const expiring = worstExpiry(server.expiries, now);
  const down = sessions.reduce((sum, session) => sum + session.tx_bps, 0);
  const up = sessions.reduce((sum, session) => sum + session.rx_bps, 0);
  const answered = server.last_snapshot_at === undefined ? undefined : Math.max(0, now - server.last_snapshot_at);
  const silent = isMissing(server);
  const looking = server.witnesses.filter((one) => one.state === 'looking').length;
  const when = stale || silent ? 'last known' : 'now';
  // No rate of a server that does not answer is not a rate of zero.
  const counting = countsAttempts(server);
  // Only OpenVPN could tell all of it: of others, what is known is shown.
  const whole = server.source === 'openvpn';
  const unknown = silent && down + up === 0;
  return (
    <article className={cx('server-card', `server-${state.shape}`, (stale || silent) && 'server-old')} aria-label={`Server ${name}`} data-testid="server-card" data-state={server.state}>
      <header className="server-head">
        <Shape kind={state.shape} />
        <h2 className="ell"><bdi>{name}</bdi></h2>
        {server.lab && <span className="tag"><FlaskConical size={11} />lab</span>}
        <span className="grow" />
        <span className={`st st-${state.shape} fs12`}>{state.word}</span>
      </header>
      <p className="server-health">{sentence(visible(server.health))} <span className="t3 nowrap" title={fullMoment(server.since_at)}>Since {moment(server.since_at, now)}.</span></p>
      {!counting && <div className="server-figures">
        <div><div className="server-figure">{server.sessions}</div><div className="fs11 t3">{server.sessions === 1 ? 'client' : 'clients'}{silent && ', last known'}</div></div>
        <div><div className="server-figure">{unknown ? <span className="t3">n/a</span> : <Rate bps={down} />}</div><div className="fs11 t3">down, {when}</div></div>
        <div><div className="server-figure">{unknown ? <span className="t3">n/a</span> : <Rate bps={up} />}</div><div className="fs11 t3">up, {when}</div></div>
      </div>}
      <dl className="server-facts">
        {(whole || server.version) && <Fact name={whole ? 'Version' : 'Program'}>{server.version ? <bdi>{visible(server.version)}</bdi> : none}{server.dco && <span className="t3">, offload on</span>}</Fact>}
        {(whole || server.started_at) && <Fact name="Up for">{server.state === 'down' ? none : server.started_at ? <span title={fullMoment(server.started_at)}>{duration(now - server.started_at)}</span> : none}</Fact>}
        {!counting && <Fact name="Traffic"><Bytes amount={server.tx_bytes} /> <span className="t3">down,</span> <Bytes amount={server.rx_bytes} /> <span className="t3">up</span></Fact>}
        {(whole || listens) && <Fact name="Listens">{listens ? <bdi dir="ltr" className="addr">{visible(listens)}</bdi> : none}</Fact>}
        {(whole || server.place) && <Fact name="Place">{server.place ? <span className="place"><Flag code={server.place.country_code} /><bdi className="ell">{visible(placeName(server.place))}</bdi></span> : none}</Fact>}
        {(whole || answered !== undefined) && <Fact name="Last answer">{answered === undefined ? none : <>{age(answered)} ago</>}</Fact>}
        {server.pool_size !== undefined && <Fact name="Pool"><PoolBar used={server.pool_used ?? server.sessions} size={server.pool_size} /></Fact>}
        {expiring && <Fact name="Expires"><span className={`st st-${expiring.clock.shape} server-expiry`} title={`${expiring.clock.what}: ${expiring.clock.word}`}><Shape kind={expiring.clock.shape} size={10} /><span className="ell">{expiring.clock.what}: {expiring.clock.word}</span></span></Fact>}
        {server.witnesses.length > 0 && <Fact name="Witnesses">{looking < server.witnesses.length ? <span className="t2" title={server.witnesses.filter((one) => one.state !== 'looking').map((one) => visible(one.text)).join(' ')}>{looking} of {server.witnesses.length} looking</span> : <>{server.witnesses.map((one) => visible(witnessName(one.kind))).join(', ')}</>}</Fact>}
        {server.fence && <Fact name="Firewall"><span title={server.fence.allow.map(visible).join(', ')}>{server.fence.refused_packets === undefined ? 'by country' : `${plural(server.fence.refused_packets, 'packet')} refused by country`}</span></Fact>}
        {server.warnings.length > 0 && <Fact name="Warnings"><span className="st st-warn" title={server.warnings.map(visible).join(' ')}><Shape kind="warn" size={10} />{plural(server.warnings.length, 'known fault')}</span></Fact>}
        {server.problems > 0 && <Fact name="Problems"><span className="st st-warn"><Shape kind="warn" size={10} />{plural(server.problems, 'line')} not understood or refused</span></Fact>}
      </dl>
      <div className="row server-links">
        <Link className="btn btn-small" href={scoped(`/servers/${encodeURIComponent(server.name)}`)} aria-label={`Details of ${name}`} data-testid="server-details">Details</Link>
        <ServerLink server={server} className="btn btn-small btn-ghost" />
      </div>
    </article>
  );
}
