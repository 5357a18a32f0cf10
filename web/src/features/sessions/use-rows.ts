import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { get } from '../../api/client';
import type { Session, SessionPage } from '../../api/types.gen';
import type { Filter } from '../../lib/filter';
import { matches } from '../../lib/filter';
import type { View } from '../../lib/freeze';
import { freezeOrder } from '../../lib/freeze';
import type { Sort } from '../../lib/sort';
import { compareSessions, formatSort } from '../../lib/sort';
import { useLasting } from '../../lib/use-now';
import { useLive, useSessions } from '../../live/use-live';
import type { ListMode } from './list-state';
import { defaultSort } from './list-state';

/** Above this many open sessions the server sorts and filters; below, the page does it with every frame. */
export const mostLiveRows = 5000;
const pageRows = 200;
/** Rows that trade places for a moment are not worth a button. */
const patienceMs = 3000;

export const queryOf = (mode: ListMode, filter: Filter, sort: Sort) => ({
  state: mode, server: filter.server.join(','), user: filter.user, country: filter.country.join(','),
  transport: filter.transport, q: filter.q,
  // Without a wish the server sorts open ones by rate and ended ones by their end, which no single key says for both.
  sort: formatSort(sort) === defaultSort(mode) ? undefined : formatSort(sort),
});

export interface Rows {
  rows: Session[];
  total: number;
  pending: boolean;
  fetching: boolean;
  error: unknown;
  waiting: boolean;
  resort: () => void;
  more: () => void;
  retry: () => void;
}

interface RowsRequest {
  mode: ListMode;
  filter: Filter;
  sort: Sort;
  held: boolean;
  /** The rows that are in view; read with each frame. */
  view: RefObject<View>;
}

/** Live rows from the stream; the order stands still while it is held. */
function useLiveRows({ filter, sort, held, view }: RowsRequest, active: boolean) {
  const live = useLive();
  const sessions = useSessions();
  const shown = useRef<number[]>([]);
  const answered = useRef('');
  const [turn, setTurn] = useState(0);
  // Another filter, another sort or a wish to sort again is a new question, and gets a fresh order even when held.
  const question = `${JSON.stringify(filter)}${formatSort(sort)}${turn}`;
  const { rows, waiting } = useMemo(() => {
    if (!active) return { rows: [], waiting: false };
    const sorted = sessions.filter((session) => matches(session, filter)).sort(compareSessions(sort)).map((session) => session.id);
    const frozen = held && answered.current === question ? freezeOrder(shown.current, sorted, view.current) : { order: sorted, waiting: false };
    answered.current = question;
    shown.current = frozen.order;
    return { rows: frozen.order.map((id) => live.sessions.get(id)).filter((session) => session !== undefined), waiting: frozen.waiting };
    // Made anew with each frame (sessions) and each question.
  }, [sessions, question, held, active]);
  const resort = useCallback(() => setTurn((n) => n + 1), []);
  return { rows, waiting: useLasting(waiting, patienceMs), resort };
}

export function useRows(request: RowsRequest): Rows {
  const { mode, filter, sort } = request;
  const live = useLive();
  // The server cannot be asked for a missing place, so the page looks for it itself, however many there are.
  const streamed = mode === 'open' && (live.sessions.size <= mostLiveRows || filter.place !== undefined);
  const fromStream = useLiveRows(request, streamed);
  const query = useInfiniteQuery({
    queryKey: ['sessions', queryOf(mode, filter, sort)], enabled: !streamed, placeholderData: keepPreviousData,
    initialPageParam: '', getNextPageParam: (page: SessionPage) => page.next_cursor,
    queryFn: ({ pageParam, signal }) => get<SessionPage>('/api/v1/sessions', { ...queryOf(mode, filter, sort), limit: pageRows, cursor: pageParam }, signal),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? 15_000 : false),
  });
  const fetched = useMemo(() => {
    const seen = new Set<number>();
    // Between two pages a session may have moved; it is shown once, and an open one with its live values.
    return (query.data?.pages ?? []).flatMap((page) => page.items)
      .filter((session) => !seen.has(session.id) && seen.add(session.id))
      .map((session) => live.sessions.get(session.id) ?? session);
  }, [query.data, live.version]);
  const more = useCallback(() => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  }, [query]);
  const retry = () => void query.refetch();
  if (streamed) {
    return { ...fromStream, total: fromStream.rows.length, pending: !live.has_snapshot, fetching: false, error: undefined, more, retry };
  }
  return {
    rows: fetched, total: query.data?.pages[0]?.total ?? 0, pending: query.isPending, fetching: query.isFetching && !query.isPending,
    error: query.isError && !query.data ? query.error : undefined, waiting: false, resort: () => undefined, more, retry,
  };
}
