import type { Session } from '../../api/types.gen';
import { endReason } from '../../lib/health';
import { networkName, placeName } from '../../lib/place';
import { visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { Address, Rate } from '../../ui/text';

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return <><dt>{name}</dt><dd>{children}</dd></>;
}

const known = (value: string | undefined) => (value ? <bdi>{visible(value)}</bdi> : <span className="t3">n/a</span>);

export function SessionFacts({ session, now }: { session: Session; now: number }) {
  const place = session.place;
  const full = place ? [placeName(place), place.city && place.country, networkName(place)].filter((part): part is string => Boolean(part)).map(visible).join(', ') : '';
  const named = session.common_name !== undefined && session.common_name !== session.user;
  return (
    <dl className="facts">
      <Fact name="Server"><bdi>{visible(session.server)}</bdi>{session.transport && `, ${session.transport}`}{session.flows !== undefined && session.flows > 1 && `, ${session.flows} flows`}</Fact>
      <Fact name="Virtual v4">{session.virtual_address ? <Address address={session.virtual_address} /> : <span className="t3">n/a</span>}</Fact>
      <Fact name="Client">{known([session.platform, session.client_version].filter(Boolean).join(' '))}</Fact>
      <Fact name="Virtual v6">{session.virtual_address6 ? <Address address={session.virtual_address6} /> : <span className="t3">n/a</span>}</Fact>
      <Fact name="Opened"><span title={fullMoment(session.opened_at)}>{moment(session.opened_at, now)}</span></Fact>
      <Fact name="Cipher">{known(session.cipher)}</Fact>
      {session.state === 'open' ? (
        <><Fact name="Down now"><Rate bps={session.tx_bps} /></Fact><Fact name="Up now"><Rate bps={session.rx_bps} /></Fact></>
      ) : (
        <><Fact name="Ended">{session.closed_at !== undefined && <span title={fullMoment(session.closed_at)}>{moment(session.closed_at, now)}</span>}</Fact><Fact name="Why"><span title={endReason(session.end_reason)}>{endReason(session.end_reason)}</span></Fact></>
      )}
      <dt>Address</dt><dd className="facts-wide"><Address address={session.real_address} port={session.real_port} cut={false} /></dd>
      {full && <><dt>Place</dt><dd className="facts-wide">{full}{place?.precision === 'country' && <span className="t3"> (country only)</span>}</dd></>}
      {named && <><dt>Certificate</dt><dd className="facts-wide">{known(session.common_name)}</dd></>}
    </dl>
  );
}
