import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/client';
import type { SessionDetail, TrafficPoint, UserDetail } from '../../api/types.gen';
import type { RateSeries, Span } from '../../lib/series';
import { toRates } from '../../lib/series';
import { liveStore } from '../../live/use-live';

const fewestPoints = 4;
const mostSessions = 12;

/** Sums points of the same step. */
export function addPoints(lists: readonly (readonly TrafficPoint[])[]): TrafficPoint[] {
  const sums = new Map<number, TrafficPoint>();
  for (const point of lists.flat()) {
    const sum = sums.get(point.at) ?? { at: point.at, rx_bytes: 0, tx_bytes: 0 };
    sums.set(point.at, { at: point.at, rx_bytes: sum.rx_bytes + point.rx_bytes, tx_bytes: sum.tx_bytes + point.tx_bytes });
  }
  return [...sums.values()].sort((a, b) => a.at - b.at);
}

/** The traffic of someone. The steps for a whole user are coarse: while there are few of them, those of the sessions are finer. */
export function useUserSeries(user: UserDetail | undefined): RateSeries {
  const short = user !== undefined && user.traffic.points.length < fewestPoints && user.sessions.length <= mostSessions;
  const details = useQueries({
    queries: (short ? user.sessions : []).map(({ id, state }) => ({
      queryKey: ['session', id], queryFn: ({ signal }: { signal: AbortSignal }) => get<SessionDetail>(`/api/v1/sessions/${id}`, {}, signal),
      refetchInterval: state === 'open' ? 15_000 : (false as const),
    })),
    combine: (results) => ({ key: results.map(({ dataUpdatedAt }) => dataUpdatedAt).join(), list: results.map(({ data }) => data?.traffic) }),
  });
  return useMemo(() => {
    if (!user) return toRates([], 60);
    const until = liveStore.state().at || Date.now() / 1000;
    const watched = user.sessions.map((session): Span => [session.opened_at, session.closed_at ?? until]);
    const step_seconds = details.list[0]?.step_seconds;
    const alike = short && step_seconds !== undefined && details.list.every((traffic) => traffic?.step_seconds === step_seconds);
    return alike
      ? toRates(addPoints(details.list.map((traffic) => traffic?.points ?? [])), step_seconds, { watched, until })
      : toRates(user.traffic.points, user.traffic.step_seconds, { watched, until });
    // The answers are compared by when they came.
  }, [user, short, details.key]);
}
