import type { Attempt } from '../../api/types.gen';
import type { ShapeKind } from '../../lib/health';
import { placeName } from '../../lib/place';
import { visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { count } from '../../lib/units';
import type { Column } from '../../ui/columns';
import { Flag } from '../../ui/flag';
import { PlaceText } from '../../ui/place-text';
import { Shape } from '../../ui/shape';
import { Address } from '../../ui/text';

export const outcomes: Record<Attempt['outcome'], { shape: ShapeKind; word: string; says: string }> = {
  refused: { shape: 'warn', word: 'Refused', says: 'The firewall did not let it pass' },
  failed: { shape: 'crit', word: 'Failed', says: 'It came through and the VPN refused it' },
  accepted: { shape: 'ok', word: 'Accepted', says: 'The firewall let it pass' },
};

const reasons: Record<string, string> = {
  tls_error: 'TLS failed', auth_failed: 'Wrong name or password', certificate_rejected: 'Certificate rejected', bad_packet: 'Packet not understood',
};

/** Why, in words; a prefix of the firewall's log stays as it is. */
export const whyText = (why: string): string => reasons[why] ?? (why ? (/^[a-z_]+$/.test(why) ? why.replaceAll('_', ' ') : why) : 'no reason told');

export const rowKey = (row: Attempt): string => [row.address, row.protocol, row.port, row.outcome, row.why, row.user, row.server].join(' ');

export function Outcome({ outcome }: { outcome: Attempt['outcome'] }) {
  const { shape, word, says } = outcomes[outcome];
  return <span className={`st st-${shape}`} title={says}><Shape kind={shape} size={10} />{word}</span>;
}

const target = (row: Attempt): string => [row.protocol, row.port].filter((part) => part !== undefined && part !== '').join(' ');

function From({ row }: { row: Attempt }) {
  return row.address ? <Address address={row.address} /> : <span className="t3" title="More than are kept apart, or the privacy mode does not keep addresses">others together</span>;
}

export function attemptColumns(now: number): Column<Attempt>[] {
  return [
    { key: 'outcome', title: 'Outcome', width: '96px', min: 96, rank: 0, cell: (row) => <Outcome outcome={row.outcome} /> },
    { key: 'address', title: 'From', width: 'minmax(150px,1.2fr)', min: 150, rank: 0, cell: (row) => <From row={row} /> },
    { key: 'place', title: 'Location, network', width: 'minmax(130px,1.6fr)', min: 130, rank: 2, cell: (row) => <PlaceText place={row.place} /> },
    { key: 'target', title: 'At', width: '88px', min: 88, rank: 3, cell: (row) => <bdi className="t2">{visible(target(row)) || 'n/a'}</bdi> },
    { key: 'why', title: 'Why', width: 'minmax(130px,1.2fr)', min: 130, rank: 1, cell: (row) => <bdi className="t2" title={visible(row.why)}>{visible(whyText(row.why))}</bdi> },
    { key: 'user', title: 'As', width: 'minmax(80px,.7fr)', min: 80, rank: 4, cell: (row) => (row.user ? <bdi>{visible(row.user)}</bdi> : <span className="t3">n/a</span>) },
    { key: 'server', title: 'Server', width: 'minmax(80px,.6fr)', min: 80, rank: 5, cell: (row) => <bdi className="t2">{visible(row.server)}</bdi> },
    { key: 'count', title: 'Attempts', width: '92px', min: 92, sort: 'count', end: true, rank: 0, cell: (row) => count(row.count) },
    { key: 'first', title: 'First', width: '104px', min: 104, end: true, rank: 6, cell: (row) => <span className="t2" title={fullMoment(row.first_at)}>{moment(row.first_at, now)}</span> },
    { key: 'last', title: 'Last', width: '104px', min: 104, sort: 'last_at', end: true, rank: 1, cell: (row) => <span className="t2" title={fullMoment(row.last_at)}>{moment(row.last_at, now)}</span> },
  ];
}

/** A row on a phone. */
export function AttemptCard({ row, now }: { row: Attempt; now: number }) {
  return (
    <>
      <span className="card-flag"><Flag code={row.place?.country_code} width={22} /></span>
      <span className="grow">
        <span className="row card-name"><span className="ell"><From row={row} /></span></span>
        <span className="card-line ell" style={{ display: 'block' }}>{visible(placeName(row.place))}{target(row) && ` · ${visible(target(row))}`}</span>
        <span className="card-line ell" style={{ display: 'block' }}>{visible(whyText(row.why))}{row.user && `, as ${visible(row.user)}`}</span>
      </span>
      <span className="card-end">
        <span className="num">{count(row.count)}</span>
        <span className="card-line"><Outcome outcome={row.outcome} /></span>
        <span className="card-line">{moment(row.last_at, now)}</span>
      </span>
    </>
  );
}
