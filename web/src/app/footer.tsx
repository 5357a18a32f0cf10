import { useLocation } from 'wouter';
import { useMay } from '../api/queries';
import { openProblems, stateOf } from '../lib/health';
import { visible } from '../lib/text';
import { age, clock, zone } from '../lib/time';
import { useCutOff, useFreshness, useLive } from '../live/use-live';
import { Shape } from '../ui/shape';
import { Kbd, Live } from '../ui/text';
import { Attribution } from './attribution';
import { isHidden, pageName } from './pages';

const pageKeys: Record<string, [string, string][]> = {
  Overview: [['m', 'map layers'], ['Space', 'pause']],
  Sessions: [['j k', 'move'], ['x', 'select'], ['Enter', 'open'], ['y', 'copy address']],
  Users: [['j k', 'move'], ['Enter', 'open']],
  Quotas: [['j k', 'move'], ['+', 'grant'], ['e', 'edit limit']],
  Agents: [['j k', 'move'], ['Enter', 'open'], ['n', 'add agent']],
  Alerts: [['j k', 'move'], ['a', 'acknowledge'], ['s', 'silence']],
  Servers: [['g s', 'sessions']],
  Settings: [['n', 'add']],
};

/** Those that do something there: nothing can be added to the audit log, nor to a page that is not for this account. */
function useKeys(location: string): [string, string][] {
  const may = useMay();
  const idle = isHidden(location, may) || location.startsWith('/settings/audit') || (location.startsWith('/settings') && !may.administer);
  return idle ? [] : (pageKeys[pageName(location)] ?? []);
}

function Sources() {
  const { servers } = useLive();
  const up = servers.filter((server) => server.state === 'up').length;
  const worst = openProblems(servers)[0];
  if (servers.length === 0) return <span>no server known</span>;
  return (
    <>
      <span className="foot-item"><Shape kind={up === servers.length ? 'ok' : up ? 'warn' : 'crit'} size={9} />{up} of {servers.length} servers answer</span>
      {worst && (
        <span className="foot-item foot-problem ell" title={visible(worst.health)}>
          <Shape kind={stateOf(worst).shape === 'ok' ? 'warn' : stateOf(worst).shape} size={9} />
          <span className="ell"><bdi>{visible(worst.name)}</bdi>: {visible(worst.health)}</span>
        </span>
      )}
    </>
  );
}

export function Footer({ onHelp }: { onHelp: () => void }) {
  const [location] = useLocation();
  const keysHere = useKeys(location);
  const live = useLive();
  const { stale, age_seconds } = useFreshness();
  const cutOff = useCutOff();
  const { name, offset } = zone();
  return (
    <footer className="foot">
      <Live off={stale || cutOff || !live.has_snapshot}>{!live.has_snapshot ? 'Connecting' : stale ? 'Not live' : cutOff ? 'Reconnecting' : 'Live'}</Live>
      {live.has_snapshot && <span>data as of <b>{clock(live.at)}</b>, <bdi dir="ltr">{age(age_seconds)}</bdi> old</span>}
      <Sources />
      <span className="grow" />
      <span className="foot-attribution"><Attribution /></span>
      <span className="foot-keys">{keysHere.map(([keys, what]) => <span key={keys} className="foot-key"><Kbd keys={keys} /> {what}</span>)}</span>
      <button type="button" className="foot-key" onClick={onHelp}><Kbd keys="?" /> all keys</button>
      <span className="foot-zone">{name === 'UTC' || name.startsWith('GMT') ? <b>{name === 'UTC' ? name : offset}</b> : <><b>{name}</b> {offset}</>}</span>
    </footer>
  );
}
