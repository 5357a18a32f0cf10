import type { Server } from '../../api/types.gen';
import { stateOf } from '../../lib/health';
import { useShortcuts } from '../../lib/shortcuts';
import { sentence, visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { plural } from '../../lib/units';
import { useFreshness, useLive } from '../../live/use-live';
import { Drawer, DrawerSection } from '../../ui/drawer';
import { Shape } from '../../ui/shape';
import { Clocks } from './clocks';
import { PoolBar } from './pool-bar';
import { ServerFacts } from './server-facts';
import { ServerLink, countsAttempts } from './server-link';
import { Fence, Interfaces, Witnesses } from './witnesses';

interface ServerDrawerProps {
  server: Server;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

/** Everything known of one server. */
export function ServerDrawer({ server, onClose, onPrevious, onNext }: ServerDrawerProps) {
  const live = useLive();
  const { age_seconds } = useFreshness();
  const now = live.at + age_seconds;
  const state = stateOf(server);
  const name = visible(server.name);
  useShortcuts({ Escape: onClose });
  return (
    <Drawer
      label={`Server ${name}`} onClose={onClose} onPrevious={onPrevious} onNext={onNext}
      title={<><Shape kind={state.shape} /><bdi className="ell">{name}</bdi><span className={`st st-${state.shape} fs12`}>{state.word}</span></>}
      footer={<ServerLink server={server} className="btn" />}
    >
      <p className="server-drawer-health">{sentence(visible(server.health))} <span className="t3" title={fullMoment(server.since_at)}>Since {moment(server.since_at, now)}.</span></p>
      {server.warnings.map((warning) => (
        <div key={warning} className="server-warning"><Shape kind="warn" size={11} /><span>{sentence(visible(warning))}</span></div>
      ))}
      {!countsAttempts(server) && <ServerFacts server={server} now={now} />}
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
