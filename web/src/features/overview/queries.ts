import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/client';
import type { History, Stats } from '../../api/types.gen';
import { alignToDay, toRates } from '../../lib/series';
import { liveStore } from '../../live/use-live';

export const useStats = () =>
  useQuery({ queryKey: ['stats'], queryFn: ({ signal }) => get<Stats>('/api/v1/stats', {}, signal), refetchInterval: 15_000 });

const useHours = (hours: number, scope: readonly string[], enabled: boolean) => {
  const server = scope.join(',');
  return useQuery({
    queryKey: ['history', hours, server], placeholderData: keepPreviousData, refetchInterval: hours > 6 ? 60_000 : 20_000, enabled,
    queryFn: ({ signal }) => get<History>('/api/v1/history', { hours, server }, signal),
  });
};

/** Below this the steps of a whole day are too coarse to show anything. */
const youngSeconds = 3 * 3600;

/** The last day; the last six hours, in finer steps, while there is not more on record. */
export function useHistory(scope: readonly string[]) {
  const day = useHours(24, scope, true);
  const first = day.data?.points[0]?.at;
  const young = day.data !== undefined && day.data.previous.length === 0 && (first === undefined || (liveStore.state().at || Date.now() / 1000) - first < youngSeconds);
  const fine = useHours(6, scope, young);
  return young && fine.data ? { ...fine, hours: 6 } : { ...day, hours: 24 };
}

/** The last day and the one before on one grid. */
export function useDay(scope: readonly string[]) {
  const history = useHistory(scope);
  const day = useMemo(() => {
    const step_seconds = history.data?.step_seconds ?? 300;
    const series = toRates(history.data?.points ?? [], step_seconds, { until: liveStore.state().at || Date.now() / 1000 });
    return { series, before: alignToDay(series, history.data?.previous ?? []) };
  }, [history.data]);
  return { ...day, history };
}
