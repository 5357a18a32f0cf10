import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/client';
import type { History, Stats } from '../../api/types.gen';
import { alignToDay, toRates } from '../../lib/series';

export const useStats = () =>
  useQuery({ queryKey: ['stats'], queryFn: ({ signal }) => get<Stats>('/api/v1/stats', {}, signal), refetchInterval: 15_000 });

export function useHistory(scope: readonly string[]) {
  const server = scope.join(',');
  return useQuery({
    queryKey: ['history', 24, server], placeholderData: keepPreviousData, refetchInterval: 60_000,
    queryFn: ({ signal }) => get<History>('/api/v1/history', { hours: 24, server }, signal),
  });
}

/** The last day and the one before on one grid. */
export function useDay(scope: readonly string[]) {
  const history = useHistory(scope);
  const day = useMemo(() => {
    const step_seconds = history.data?.step_seconds ?? 300;
    const series = toRates(history.data?.points ?? [], step_seconds);
    return { series, before: alignToDay(series, history.data?.previous ?? []) };
  }, [history.data]);
  return { ...day, history };
}
