import { useAbout } from '../../api/queries';
import { Empty } from '../../ui/states';

/** Nothing is connected yet: what to do, in the order it is done. */
export function FirstRun() {
  const about = useAbout().data;
  return (
    <Empty title="No server yet">
      <p>Davylamp runs{about ? ` on ${about.host}` : ''}, but it has no VPN server to watch.</p>
      <ol className="first-run">
        <li>Give OpenVPN a management socket: <code className="mono">management /run/openvpn/server.sock unix</code></li>
        <li>Name it in the configuration of Davylamp and start Davylamp again.</li>
        <li>The first sessions appear here by themselves.</li>
      </ol>
    </Empty>
  );
}
