import { Link } from 'wouter';
import type { Server } from '../../api/types.gen';
import { isMissing, stateOf } from '../../lib/health';
import { placeName } from '../../lib/place';
import { useShortcuts } from '../../lib/shortcuts';
import { sentence, visible } from '../../lib/text';
import { age, duration, fullMoment, moment } from '../../lib/time';
import { plural } from '../../lib/units';
import { useFreshness, useLive } from '../../live/use-live';
import { Drawer, DrawerSection } from '../../ui/drawer';
import { Flag } from '../../ui/flag';
import { Shape } from '../../ui/shape';
import { Bytes } from '../../ui/text';
import { Clocks } from './clocks';
import { PoolBar } from './pool-bar';
import { Fence, Interfaces, Witnesses } from './witnesses';

interface ServerDrawerProps {
  server: Server;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

const none = <span className="t3">n/a</span>;
const text = (value: string | undefined) => (value ? <bdi>{visible(value)}</bdi> : none);
const address = (value: string | undefined) => (value ? <bdi dir="ltr" className="addr">{visible(value)}</bdi> : none);
const modes: Record<string, string> = { server: 'Server', client: 'Client', point_to_point: 'Point to point' };

function DcoText({ server }: { server: Server }) {
  if (server.dco === undefined) return none;
  return <>{server.dco ? 'On: the kernel moves the packets' : 'Off'}</>;
}

/** Everything known of one server. */
export function ServerDrawer({ server, onClose, onPrevious, onNext }: ServerDrawerProps) {
  const live = useLive();
  const { age_seconds } = useFreshness();
  const now = live.at + age_seconds;
  const state = stateOf(server);
  const name = visible(server.name);
  const answered = server.last_snapshot_at === undefined ? undefined : Math.max(0, now - server.last_snapshot_at);
  useShortcuts({ Escape: onClose });
  return (
    <Drawer
      label={`Server ${name}`} onClose={onClose} onPrevious={onPrevious} onNext={onNext}
      title={<><Shape kind={state.shape} /><bdi className="ell">{name}</bdi><span className={`st st-${state.shape} fs12`}>{state.word}</span></>}
      footer={<Link className="btn" href={`/sessions?server=${encodeURIComponent(server.name)}`}>Show its {plural(server.sessions, 'session')}</Link>}
    >
      <p className="server-drawer-health">{sentence(visible(server.health))} <span className="t3" title={fullMoment(server.since_at)}>Since {moment(server.since_at, now)}.</span></p>
      {server.warnings.map((warning) => (
        <div key={warning} className="server-warning"><Shape kind="warn" size={11} /><span>{sentence(visible(warning))}</span></div>
      ))}
      <dl className="facts">
        <dt>Clients</dt><dd>{server.sessions}{isMissing(server) && <span className="t3">, last known</span>}</dd>
        <dt>Up for</dt><dd>{server.state === 'down' || !server.started_at ? none : <span title={fullMoment(server.started_at)}>{duration(now - server.started_at)}</span>}</dd>
        <dt>Down</dt><dd><Bytes amount={server.tx_bytes} /></dd>
        <dt>Up</dt><dd><Bytes amount={server.rx_bytes} /></dd>
        <dt>Version</dt><dd title={visible(server.version ?? '')}>{text(server.version)}</dd>
        <dt>Process</dt><dd>{server.process_id ?? none}</dd>
        <dt>Mode</dt><dd>{server.mode ? (modes[server.mode] ?? visible(server.mode)) : none}</dd>
        <dt>Answered</dt><dd>{answered === undefined ? none : `${age(answered)} ago`}</dd>
        <dt>Listens on</dt><dd className="facts-wide">{address(server.listens_on)}</dd>
        <dt>Local</dt><dd className="facts-wide">{address(server.local_address)}</dd>
        <dt>Public</dt><dd className="facts-wide">{server.public_address ? address(server.public_address) : <span className="t3">not configured, and not looked up unasked</span>}</dd>
        <dt>Offload</dt><dd className="facts-wide"><DcoText server={server} /> <span className="t3">(data channel)</span></dd>
        {server.place && <><dt>Place</dt><dd className="facts-wide"><span className="place"><Flag code={server.place.country_code} /><bdi className="ell">{visible(placeName(server.place))}</bdi></span></dd></>}
      </dl>
      <Witnesses server={server} />
      <Interfaces interfaces={server.interfaces} />
      <Fence fence={server.fence} now={now} />
      {server.source === 'openvpn' && <DrawerSection title="Address pool">
        {server.pool_size === undefined ? <div className="t3 fs12">The configuration of this server could not be read, so its size is not known.</div> : <PoolBar used={server.pool_used ?? server.sessions} size={server.pool_size} />}
      </DrawerSection>}
      {server.source === 'openvpn' && <DrawerSection title="Certificates" note={server.expiries.length > 0 && 'of the coming year'}>
        {server.expiries.length ? <Clocks expiries={server.expiries} now={now} /> : <div className="t3 fs12">None known. Let Davylamp read the configuration of this server, and their dates appear here.</div>}
      </DrawerSection>}
      {server.problems > 0 && <DrawerSection title="Problems"><div className="st st-warn"><Shape kind="warn" size={10} />{plural(server.problems, 'line')} not understood or refused since Davylamp started</div></DrawerSection>}
    </Drawer>
  );
}
