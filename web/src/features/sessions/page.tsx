import { RefreshCw } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useMay } from '../../api/queries';
import type { Session } from '../../api/types.gen';
import type { Filter } from '../../lib/filter';
import { activeFields, emptyFilter, mergeFilter } from '../../lib/filter';
import type { View } from '../../lib/freeze';
import type { SortKey } from '../../lib/sort';
import { cx } from '../../lib/text';
import { usePhone } from '../../lib/use-now';
import { useFreshness, useLive, useSessions, useSilentServers, useTightest } from '../../live/use-live';
import '../../styles/grid.css';
import { Button } from '../../ui/controls';
import { DataGrid } from '../../ui/data-grid';
import { ErrorNote, SkeletonRows, Working } from '../../ui/states';
import { isOld, sessionColumns } from './columns';
import { FilterBar } from './filter-bar';
import { KickBar } from './kick-bar';
import { useListState } from './list-state';
import { NoRows } from './no-rows';
import { SessionCard } from './session-card';
import { SessionDrawer } from './session-drawer';
import './sessions.css';
import { Toolbar } from './toolbar';
import { usePicked } from './use-picked';
import { useRows } from './use-rows';

const rowHeights = { compact: 32, comfortable: 40 };

/** Alt and a click on a cell narrows the list to what it says. */
function cellFilter(session: Session, event: React.MouseEvent | undefined): Filter | undefined {
  if (!event?.altKey) return undefined;
  const column = (event.target as HTMLElement).closest<HTMLElement>('[data-column]')?.dataset.column;
  const country = session.place?.country_code;
  if (column === 'user') return { ...emptyFilter, user: session.user };
  if (column === 'server') return { ...emptyFilter, server: [session.server] };
  if (column === 'protocol' && session.transport) return { ...emptyFilter, transport: session.transport };
  return column === 'place' && country ? { ...emptyFilter, country: [country] } : undefined;
}

export default function SessionsPage({ id }: { id: number | undefined }) {
  const list = useListState();
  const [, navigate] = useLocation();
  const phone = usePhone();
  const live = useLive();
  const silent = useSilentServers();
  const quotas = useTightest();
  const { stale } = useFreshness();
  const [held, setHeld] = useState(false);
  const view = useRef<View>({ first: 0, last: Infinity });
  const setView = useCallback((first: number, last: number) => void (view.current = { first, last }), []);
  const everyone = useSessions();
  const rows = useRows({ mode: list.mode, filter: list.filter, sort: list.sort, held: held || id !== undefined, view });
  const context = useMemo(() => ({ now: live.at || Date.now() / 1000, silent, quotas }), [live.at, silent, quotas]);
  const columns = useMemo(() => {
    // Where nobody has a limit, a column that says so for everyone is in the way.
    const wanted = new Set(list.columns.filter((key) => key !== 'quota' || list.chosen || quotas.size > 0));
    return sessionColumns(context).filter((column) => wanted.has(column.key))
      .map((column) => (column.key === 'online' && list.mode !== 'open' ? { ...column, title: 'Lasted' } : column));
  }, [context, list.columns, list.mode, list.chosen, quotas.size]);
  const mayPick = useMay().act && list.mode === 'open' && !phone;
  const { picked, column, clear } = usePicked(rows.rows, id, mayPick);
  const open = (session: Session | undefined, event?: React.MouseEvent) => {
    const added = session && cellFilter(session, event);
    if (added) return list.setFilter(mergeFilter(list.filter, added));
    navigate(`/sessions${session ? `/${session.id}` : ''}${location.search}`, { replace: id !== undefined });
  };
  const at = rows.rows.findIndex((session) => session.id === id);
  const step = (by: number) => {
    const next = rows.rows[at + by];
    return at >= 0 && next ? () => open(next) : undefined;
  };
  const sortBy = (key: string) =>
    list.setSort({ key: key as SortKey, descending: list.sort.key === key ? !list.sort.descending : !/user|server|address|country/.test(key) });
  const empty = !rows.pending && !rows.error && rows.rows.length === 0;
  return (
    <div className={cx('list-page', id !== undefined && 'list-open')}>
      <Toolbar list={list} rows={rows.rows} total={rows.total} />
      <FilterBar
        filter={list.filter} onChange={list.setFilter} shown={rows.total}
        of={list.mode === 'open' && activeFields(list.filter).length ? live.sessions.size : undefined} noun={list.mode === 'closed' ? 'ended' : 'sessions'}
      >
        {rows.waiting && <Button size="small" className="resort" onClick={rows.resort}><RefreshCw size={12} />Re-sort</Button>}
      </FilterBar>
      <Working on={rows.fetching} />
      {rows.error ? (
        <ErrorNote what="Could not load sessions" error={rows.error} onRetry={rows.retry} />
      ) : rows.pending ? (
        <SkeletonRows rows={20} height={phone ? 78 : rowHeights[list.density]} />
      ) : empty ? (
        <NoRows mode={list.mode} filter={list.filter} live={everyone} onFilter={list.setFilter} />
      ) : (
        <DataGrid
          label="Sessions" columns={mayPick ? [column, ...columns] : columns} chosen={list.chosen} rows={rows.rows} total={rows.total} rowKey={(session) => session.id}
          rowAttributes={(session) => ({ 'data-testid': 'session-row', 'data-user': session.user, 'data-session-id': session.id })}
          rowClass={(session) => ((stale && session.state === 'open') || isOld(session, context)) && 'row-old'}
          rowHeight={rowHeights[list.density]} sort={list.sort} onSort={sortBy} selected={id} onOpen={open} onHold={setHeld} onEnd={rows.more} onView={setView}
          card={phone ? (session) => <SessionCard session={session} context={context} /> : undefined}
        />
      )}
      {picked.length > 0 && <KickBar sessions={picked} onDone={clear} />}
      {id !== undefined && <SessionDrawer id={id} onClose={() => open(undefined)} onPrevious={step(-1)} onNext={step(1)} />}
    </div>
  );
}
