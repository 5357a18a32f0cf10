import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { get } from '../../api/client';
import type { AttemptPage, Attempt } from '../../api/types.gen';
import { count } from '../../lib/units';
import { usePhone } from '../../lib/use-now';
import { useLive } from '../../live/use-live';
import '../../styles/grid.css';
import { Button, Segments } from '../../ui/controls';
import { DataGrid } from '../../ui/data-grid';
import { useQueryState } from '../../ui/navigation';
import { Empty, ErrorNote, SkeletonRows, Working } from '../../ui/states';
import './attempts.css';
import { AttemptCard, attemptColumns, outcomes, rowKey } from './columns';
import { Countries } from './countries';

const pageRows = 200;
type Span = '1' | '24' | '168';
type Shown = Attempt['outcome'] | 'all';

function useAttempts(hours: Span, outcome: Shown, sort: string, server: string) {
  return useInfiniteQuery({
    queryKey: ['attempts', hours, outcome, sort, server], placeholderData: keepPreviousData, initialPageParam: '', getNextPageParam: (page: AttemptPage) => page.next_cursor,
    queryFn: ({ pageParam, signal }) => get<AttemptPage>('/api/v1/attempts', { hours, outcome: outcome === 'all' ? '' : outcome, sort, server, limit: pageRows, cursor: pageParam }, signal),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? 10_000 : false),
  });
}

function NothingRead() {
  return (
    <Empty title="Nobody is watching the door yet">
      Attempts come from logs: an NFLOG group or the kernel log of a firewall, a log file, OpenVPN&apos;s own log. Name one in the configuration as <code className="mono">[[source.firewall]]</code>.
    </Empty>
  );
}

/** Who tried to get in: by address and country, refused, failed and accepted. */
export default function AttemptsPage() {
  const [params, update] = useQueryState();
  const phone = usePhone();
  const live = useLive();
  const hours = (['1', '24', '168'] as const).find((one) => one === params.get('hours')) ?? '24';
  const outcome = (['refused', 'failed', 'accepted'] as const).find((one) => one === params.get('outcome')) ?? 'all';
  const sort = params.get('sort') === 'last_at' ? 'last_at' : 'count';
  const query = useAttempts(hours, outcome, sort, params.get('server') ?? '');
  const now = live.at || Date.now() / 1000;
  const columns = useMemo(() => attemptColumns(now), [now]);
  const rows = useMemo(() => (query.data?.pages ?? []).flatMap((page) => page.items), [query.data]);
  const first = query.data?.pages[0];
  const set = (name: string, value: string, normal: string) => update((p) => (value === normal ? p.delete(name) : p.set(name, value)));
  const more = useCallback(() => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  }, [query]);
  const reads = live.servers.some((server) => server.source === 'firewall');
  return (
    <div className="list-page">
      <div className="page-bar desk-only-bar"><h1>Attempts</h1>{first && <span className="t3">{count(first.total)}</span>}</div>
      <div className="filter-bar" role="search">
        <Segments<Span> label="How far back" value={hours} onChange={(value) => set('hours', value, '24')} options={[{ value: '1', label: '1 h' }, { value: '24', label: '24 h' }, { value: '168', label: '7 d' }]} />
        <Segments<Shown>
          label="Outcome" value={outcome} onChange={(value) => set('outcome', value, 'all')}
          options={[{ value: 'all', label: 'All' }, ...(['refused', 'failed', 'accepted'] as const).map((value) => ({ value, label: outcomes[value].word, name: `${outcomes[value].word}: ${outcomes[value].says}` }))]}
        />
        <span className="grow" />
        {!phone && <span className="list-count">by address, port and reason</span>}
      </div>
      <Working on={query.isFetching && !query.isPending} />
      {query.isError && !query.data ? (
        <ErrorNote what="Could not load attempts" error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <SkeletonRows rows={20} height={phone ? 78 : 32} />
      ) : rows.length === 0 ? (
        reads ? <Empty title="Nobody tried" actions={outcome !== 'all' && <Button onClick={() => set('outcome', 'all', 'all')}>Show every outcome</Button>}>No attempt was told in this time.</Empty> : <NothingRead />
      ) : (
        <>
          {first && <Countries countries={first.countries} />}
          <DataGrid
            label="Attempts" columns={columns} chosen={false} rows={rows} total={first?.total ?? rows.length} rowKey={rowKey} rowHeight={32}
            sort={{ key: sort, descending: true }} onSort={(key) => set('sort', key, 'count')} onOpen={() => undefined} onEnd={more}
            rowAttributes={(row) => ({ 'data-testid': 'attempt-row', 'data-outcome': row.outcome })} card={phone ? (row) => <AttemptCard row={row} now={now} /> : undefined}
          />
        </>
      )}
    </div>
  );
}
