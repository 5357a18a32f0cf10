import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { get } from '../../api/client';
import type { Server, ServerList } from '../../api/types.gen';
import { serverStates, stateOf } from '../../lib/health';
import { cx } from '../../lib/text';
import { count } from '../../lib/units';
import { useLive } from '../../live/use-live';
import { useScope } from '../../ui/navigation';
import { Shape } from '../../ui/shape';
import { Empty, ErrorNote, SkeletonRows } from '../../ui/states';
import '../../styles/grid.css';
import { ServerCard } from './server-card';
import { ServerDrawer } from './server-drawer';
import './servers.css';

const order = Object.keys(serverStates) as Server['state'][];

/** Worst first, then by name: a server keeps its place while nothing happens to it. */
const worstFirst = (a: Server, b: Server): number => stateOf(a).rank - stateOf(b).rank || a.name.localeCompare(b.name);

export default function ServersPage({ name }: { name: string | undefined }) {
  const [, navigate] = useLocation();
  const live = useLive();
  const scope = useScope();
  const [only, setOnly] = useState<Server['state']>();
  // The stream carries the same servers; the list is asked for only until it speaks.
  const query = useQuery({
    queryKey: ['servers'], enabled: !live.has_snapshot, queryFn: ({ signal }) => get<ServerList>('/api/v1/servers', {}, signal),
  });
  const servers = live.has_snapshot ? live.servers : (query.data?.items ?? []);
  const shown = useMemo(
    () => servers.filter((server) => (!scope.length || scope.includes(server.name)) && (!only || server.state === only)).sort(worstFirst),
    [servers, scope, only],
  );
  const states = order.map((state) => ({ state, n: servers.filter((server) => server.state === state).length })).filter(({ n }) => n > 0);
  const pending = !live.has_snapshot && query.isPending;
  const selected = servers.find((server) => server.name === name);
  const open = (server: Server | undefined) => navigate(`/servers${server ? `/${encodeURIComponent(server.name)}` : ''}${location.search}`, { replace: name !== undefined });
  const at = shown.findIndex((server) => server.name === name);
  const step = (by: number) => {
    const next = shown[at + by];
    return at >= 0 && next ? () => open(next) : undefined;
  };
  return (
    <div className={cx('list-page', selected && 'list-open')}>
      <div className="page-bar">
        <h1>Servers</h1>
        <span className="t3">{pending ? '' : count(servers.length)}</span>
        <div className="state-chips" role="group" aria-label="States">
          {states.map(({ state, n }) => (
            <button key={state} type="button" className={cx('chip', 'state-chip')} aria-pressed={only === state} onClick={() => setOnly(only === state ? undefined : state)}>
              <Shape kind={serverStates[state].shape} size={10} />{serverStates[state].word}<span className="t3">{n}</span>
            </button>
          ))}
        </div>
      </div>
      <div className="servers-scroll" tabIndex={0} role="group" aria-label="Servers">
        {pending && <SkeletonRows rows={8} />}
        {!live.has_snapshot && query.isError && <ErrorNote what="Could not load servers" error={query.error} onRetry={() => void query.refetch()} />}
        {!pending && !query.isError && servers.length === 0 && <Empty title="No server yet">Name what to watch in the configuration (<code className="mono">davylamp discover --toml</code> proposes it), and it appears here.</Empty>}
        {servers.length > 0 && shown.length === 0 && <Empty title="No server is in this state">Choose another state above.</Empty>}
        <div className="server-grid">{shown.map((server) => <ServerCard key={server.name} server={server} />)}</div>
      </div>
      {selected && <ServerDrawer server={selected} onClose={() => open(undefined)} onPrevious={step(-1)} onNext={step(1)} />}
    </div>
  );
}
