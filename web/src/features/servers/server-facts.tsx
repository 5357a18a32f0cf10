import type { ReactNode } from 'react';
import type { Server } from '../../api/types.gen';
import { isMissing } from '../../lib/health';
import { placeName } from '../../lib/place';
import { visible } from '../../lib/text';
import { age, duration, fullMoment } from '../../lib/time';
import { Flag } from '../../ui/flag';
import { Bytes } from '../../ui/text';

const none = <span className="t3">n/a</span>;
const modes: Record<string, string> = { server: 'Server', client: 'Client', point_to_point: 'Point to point' };
const plain = (value: string) => <bdi>{visible(value)}</bdi>;
const address = (value: string) => <bdi dir="ltr" className="addr">{visible(value)}</bdi>;

/** What is known of a server. Only OpenVPN could tell all of it: of others, what they do not tell is left out. */
export function ServerFacts({ server, now }: { server: Server; now: number }) {
  const whole = server.source === 'openvpn';
  const answered = server.last_snapshot_at === undefined ? undefined : Math.max(0, now - server.last_snapshot_at);
  const fact = (name: string, value: ReactNode, wide = false) =>
    (whole || value !== undefined) && <><dt>{name}</dt><dd className={wide ? 'facts-wide' : undefined}>{value ?? none}</dd></>;
  return (
    <dl className="facts">
      {fact('Clients', <>{server.sessions}{isMissing(server) && <span className="t3">, last known</span>}</>)}
      {fact('Up for', server.state === 'down' || !server.started_at ? undefined : <span title={fullMoment(server.started_at)}>{duration(now - server.started_at)}</span>)}
      {fact('Down', <Bytes amount={server.tx_bytes} />)}
      {fact('Up', <Bytes amount={server.rx_bytes} />)}
      {fact(whole ? 'Version' : 'Program', server.version && <span title={visible(server.version)}>{plain(server.version)}</span>)}
      {fact('Process', server.process_id)}
      {fact('Mode', server.mode && (modes[server.mode] ?? visible(server.mode)))}
      {fact('Answered', answered === undefined ? undefined : `${age(answered)} ago`)}
      {fact('Listens on', server.listens_on && address(server.listens_on), true)}
      {fact('Local', server.local_address && address(server.local_address), true)}
      {fact('Public', server.public_address ? address(server.public_address) : whole ? <span className="t3">not configured, and not looked up unasked</span> : undefined, true)}
      {whole && fact('Offload', <>{server.dco === undefined ? none : server.dco ? 'On: the kernel moves the packets' : 'Off'} <span className="t3">(data channel)</span></>, true)}
      {server.place && fact('Place', <span className="place"><Flag code={server.place.country_code} /><bdi className="ell">{visible(placeName(server.place))}</bdi></span>, true)}
    </dl>
  );
}
