import { useAbout } from '../../api/queries';
import { Empty } from '../../ui/states';

/** Nothing is connected yet: what to do, in the order it is done. */
export function FirstRun() {
  const about = useAbout().data;
  return (
    <Empty title="No server yet">
      <p>Davylamp runs{about ? ` on ${about.host}` : ''}, but it has nothing to watch.</p>
      <ol className="first-run">
        <li><code className="mono">davylamp discover --toml</code> on that host writes the configuration for what it finds there.</li>
        <li>
          By hand, in the configuration of Davylamp:
          <ul>
            <li>OpenVPN: <code className="mono">[[source.openvpn]]</code> with its management socket</li>
            <li>WireGuard: <code className="mono">[[source.wireguard]]</code> with its interface</li>
            <li>Anything else, such as Psiphon or Shadowsocks: <code className="mono">[[source.watch]]</code> with its ports; it is seen from outside</li>
          </ul>
        </li>
        <li>Start Davylamp again. Who is connected appears here without more ado.</li>
      </ol>
    </Empty>
  );
}
