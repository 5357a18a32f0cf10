import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { get } from '../../api/client';
import { useLimits } from '../../api/queries';
import type { User, UserPage } from '../../api/types.gen';
import { cx } from '../../lib/text';
import { count } from '../../lib/units';
import { useShortcuts } from '../../lib/shortcuts';
import { usePhone } from '../../lib/use-now';
import { useLive, useTightest } from '../../live/use-live';
import '../../styles/grid.css';
import { Button } from '../../ui/controls';
import { DataGrid } from '../../ui/data-grid';
import { useQueryState } from '../../ui/navigation';
import { Empty, ErrorNote, SkeletonRows, Working } from '../../ui/states';
import { userColumns } from './columns';
import { UserCard } from './user-card';
import { UserDrawer } from './user-drawer';

const pageRows = 200;
const firstSort = '-last_seen_at';

function useUsers(q: string, sort: string) {
  return useInfiniteQuery({
    queryKey: ['users', q, sort], placeholderData: keepPreviousData, initialPageParam: '', getNextPageParam: (page: UserPage) => page.next_cursor,
    queryFn: ({ pageParam, signal }) => get<UserPage>('/api/v1/users', { q, sort, limit: pageRows, cursor: pageParam }, signal),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? 15_000 : false),
  });
}

export default function UsersPage({ user }: { user: string | undefined }) {
  const [params, update] = useQueryState();
  const [, navigate] = useLocation();
  const live = useLive();
  const phone = usePhone();
  const q = params.get('q') ?? '';
  const sort = params.get('sort') ?? firstSort;
  const query = useUsers(q, sort);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState(q);
  useEffect(() => {
    if (document.activeElement !== input.current) setText(q);
  }, [q]);
  useShortcuts({ '/': () => input.current?.focus() });
  const now = live.at || Date.now() / 1000;
  const quotas = useTightest();
  const blocks = useLimits().data?.blocks;
  const context = useMemo(() => ({ now, quotas, blocked: new Set((blocks ?? []).map((block) => block.user)) }), [now, quotas, blocks]);
  const columns = useMemo(() => userColumns(context), [context]);
  const rows = useMemo(() => (query.data?.pages ?? []).flatMap((page) => page.items), [query.data]);
  const total = query.data?.pages[0]?.total ?? 0;
  const search = (value: string) => update((p) => (value ? p.set('q', value) : p.delete('q')));
  const type = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => search(value.trim()), 200);
  };
  const sorted = { key: sort.replace(/^-/, ''), descending: sort.startsWith('-') };
  const sortBy = (key: string) =>
    update((p) => p.set('sort', `${(sorted.key === key ? !sorted.descending : key !== 'user') ? '-' : ''}${key}`));
  const open = (row: User | undefined) => navigate(`/users${row ? `/${encodeURIComponent(row.user)}` : ''}${location.search}`, { replace: user !== undefined });
  const more = useCallback(() => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  }, [query]);
  const at = rows.findIndex((row) => row.user === user);
  const step = (by: number) => {
    const next = rows[at + by];
    return at >= 0 && next ? () => open(next) : undefined;
  };
  return (
    <div className={cx('list-page', user !== undefined && 'list-open')}>
      <div className="page-bar desk-only-bar"><h1>Users</h1>{query.data && <span className="t3">{count(total)}</span>}</div>
      <div className="filter-bar" role="search">
        <label className="filter-input">
          <Search size={14} />
          <input
            ref={input} type="text" value={text} placeholder="Filter by name" aria-label="Filter users" spellCheck={false} autoComplete="off"
            onChange={(event) => type(event.target.value)} onKeyDown={(event) => event.key === 'Escape' && input.current?.blur()}
          />
          {text ? null : <kbd>/</kbd>}
        </label>
        <span className="grow" />
        <span className="list-count">{phone ? query.data && `${count(total)} users` : 'everyone on record, on all servers'}</span>
      </div>
      <Working on={query.isFetching && !query.isPending} />
      {query.isError && !query.data ? (
        <ErrorNote what="Could not load users" error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <SkeletonRows rows={20} height={phone ? 78 : 32} />
      ) : rows.length === 0 ? (
        <Empty title={q ? 'Nobody is called that' : 'Nobody on record yet'} actions={q && <Button onClick={() => (setText(''), search(''))}>Clear the filter</Button>}>
          {q ? 'No name contains these letters.' : 'A user appears here with the first session.'}
        </Empty>
      ) : (
        <DataGrid
          label="Users" columns={columns} chosen={false} rows={rows} total={total} rowKey={(row) => row.user} rowHeight={32} sort={sorted} onSort={sortBy}
          rowAttributes={(row) => ({ 'data-testid': 'user-row', 'data-user': row.user })} selected={user} onOpen={open} onEnd={more}
          card={phone ? (row) => <UserCard user={row} context={context} /> : undefined}
        />
      )}
      {user !== undefined && <UserDrawer user={user} onClose={() => open(undefined)} onPrevious={step(-1)} onNext={step(1)} />}
    </div>
  );
}
