import type { Quota, Session } from '../../api/types.gen';
import { witnessName } from '../../lib/evidence';
import { endReason } from '../../lib/health';
import { visible } from '../../lib/text';
import { age, duration, fullMoment, moment } from '../../lib/time';
import { sparkSlots } from '../../live/store';
import { liveStore } from '../../live/use-live';
import type { Column } from '../../ui/columns';
import { ConfidenceBadge } from '../../ui/confidence-badge';
import { QuotaCell } from '../../ui/quota-bar';
import { PlaceText } from '../../ui/place-text';
import { Loss, Rtt } from '../../ui/quality';
import { Spark } from '../../ui/spark';
import { Address, Bytes, Live, Rate } from '../../ui/text';

export interface RowContext {
  now: number;
  silent: ReadonlySet<string>;
  /** The quota that stops each user first. */
  quotas: ReadonlyMap<string, Quota>;
}

const oldSeconds = 10;

/** Rows of a server that does not answer are as old as its last word. A busy server may still be read in another way. */
export const isOld = (session: Session, context: RowContext): boolean =>
  session.state === 'open' && context.silent.has(session.server) && context.now - session.last_seen_at > oldSeconds;

export const sessionSeconds = (session: Session, now: number): number => (session.closed_at ?? Math.max(now, session.last_seen_at)) - session.opened_at;

function RateCell({ session, context }: { session: Session; context: RowContext }) {
  if (session.state === 'closed') return <span className="t3">ended</span>;
  if (isOld(session, context)) return <span className="t3">{age(context.now - session.last_seen_at)} old</span>;
  return (
    <span className="rate-cell">
      <Spark values={liveStore.spark(session.id)} width={62} height={18} slots={sparkSlots} />
      <span className="num"><Rate bps={session.tx_bps} /></span>
    </span>
  );
}

function Ended({ session, now }: { session: Session; now: number }) {
  if (session.closed_at === undefined) return <Live>Online</Live>;
  return <span title={fullMoment(session.closed_at)}>{moment(session.closed_at, now)}</span>;
}

/** Every column there is, in the order they are drawn. */
export function sessionColumns(context: RowContext): Column<Session>[] {
  const { now } = context;
  return [
    { key: 'user', title: 'User', width: 'minmax(120px,1.1fr)', min: 120, sort: 'user', rank: 0, cell: (s) => <bdi className="grid-user">{visible(s.user)}</bdi> },
    { key: 'server', title: 'Server', width: 'minmax(52px,.5fr)', min: 52, sort: 'server', rank: 1, cell: (s) => <bdi className="t2">{visible(s.server)}</bdi> },
    { key: 'protocol', title: 'Protocol', width: '88px', min: 88, rank: 7, cell: (s) => <>{visible(witnessName(s.source))} <span className="u">{s.transport}</span></> },
    { key: 'real', title: 'Real address', width: 'minmax(160px,1.25fr)', min: 160, sort: 'real_address', rank: 2, cell: (s) => <Address address={s.real_address} port={s.real_port} /> },
    { key: 'place', title: 'Location, network', width: 'minmax(118px,1.6fr)', min: 118, sort: 'country', rank: 1, cell: (s) => <PlaceText place={s.place} /> },
    { key: 'virtual', title: 'Virtual', width: 'minmax(86px,.7fr)', min: 86, sort: 'virtual_address', rank: 6, cell: (s) => (s.virtual_address ? <Address address={s.virtual_address} /> : <span className="t3" title="The server has not assigned one, or it was not learnt">n/a</span>) },
    { key: 'virtual6', title: 'Virtual IPv6', width: 'minmax(120px,.9fr)', min: 120, rank: 9, cell: (s) => (s.virtual_address6 ? <Address address={s.virtual_address6} /> : <span className="t3">n/a</span>) },
    { key: 'client', title: 'Client', width: 'minmax(90px,.7fr)', min: 90, rank: 9, cell: (s) => <bdi className="t2">{visible([s.platform, s.client_version].filter(Boolean).join(' ') || 'n/a')}</bdi> },
    { key: 'cipher', title: 'Cipher', width: 'minmax(90px,.6fr)', min: 90, rank: 9, cell: (s) => <bdi className="t2">{visible(s.cipher ?? 'n/a')}</bdi> },
    { key: 'opened', title: 'Opened', width: '92px', min: 92, sort: 'opened_at', rank: 8, cell: (s) => <span className="t2" title={fullMoment(s.opened_at)}>{moment(s.opened_at, now)}</span> },
    { key: 'ended', title: 'Ended', width: '92px', min: 92, sort: 'closed_at', rank: 0, cell: (s) => <Ended session={s} now={now} /> },
    { key: 'why', title: 'Why', width: 'minmax(96px,.9fr)', min: 96, rank: 5, cell: (s) => <span className="t2" title={s.state === 'open' ? '' : endReason(s.end_reason)}>{s.state === 'open' ? '' : s.end_reason === 'away' ? 'Unwatched' : endReason(s.end_reason)}</span> },
    { key: 'online', title: 'Online for', width: '70px', min: 70, sort: 'opened_at', end: true, rank: 3, cell: (s) => <bdi dir="ltr" className="t2">{duration(sessionSeconds(s, now))}</bdi> },
    { key: 'down', title: 'Down', width: '70px', min: 70, sort: 'tx_bytes', end: true, rank: 4, cell: (s) => <Bytes amount={s.tx_bytes} /> },
    { key: 'up', title: 'Up', width: '66px', min: 66, sort: 'rx_bytes', end: true, rank: 5, cell: (s) => <span className="t2"><Bytes amount={s.rx_bytes} /></span> },
    { key: 'quota', title: 'Quota', width: '116px', min: 116, rank: 6, cell: (s) => { const quota = context.quotas.get(s.user); return quota ? <QuotaCell quota={quota} /> : <span className="t3">none</span>; } },
    { key: 'rtt', title: 'RTT', width: '54px', min: 54, end: true, rank: 8, cell: (s) => <Rtt quality={s.quality} /> },
    { key: 'loss', title: 'Loss', width: '70px', min: 70, end: true, rank: 9, cell: (s) => <Loss part={s.quality?.rx_loss} method={s.quality?.loss_method} /> },
    { key: 'sure', title: 'Sure', width: '54px', min: 54, rank: 8, cell: (s) => <ConfidenceBadge session={s} /> },
    { key: 'flows', title: 'Flows', width: '56px', min: 56, end: true, rank: 9, cell: (s) => (s.flows === undefined ? <span className="t3">n/a</span> : <>{s.flows}</>) },
    { key: 'rate', title: 'Rate down', width: '154px', min: 154, sort: 'tx_bps', end: true, rank: 0, cell: (s) => <RateCell session={s} context={context} /> },
    { key: 'rate_up', title: 'Rate up', width: '88px', min: 88, sort: 'rx_bps', end: true, rank: 9, cell: (s) => <span className="t2"><Rate bps={s.rx_bps} /></span> },
  ];
}

export const defaultColumns: Record<'open' | 'closed' | 'all', string[]> = {
  open: ['user', 'server', 'protocol', 'real', 'place', 'virtual', 'online', 'down', 'up', 'quota', 'rtt', 'sure', 'rate'],
  closed: ['user', 'server', 'protocol', 'real', 'place', 'virtual', 'ended', 'why', 'online', 'down', 'up'],
  all: ['user', 'server', 'protocol', 'real', 'place', 'virtual', 'opened', 'ended', 'online', 'down', 'up'],
};
