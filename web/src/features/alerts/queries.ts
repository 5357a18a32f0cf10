import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/client';
import type { Incident, IncidentDetail, IncidentPage } from '../../api/types.gen';
import { useLive } from '../../live/use-live';

const mostOfDay = 500;
const pageSize = 50;

/** What stood open since `from`, with what the stream says of it: the stream wins. */
export function useDay(from: number) {
  const { incidents } = useLive();
  const query = useQuery({ queryKey: ['incidents', 'day', from], queryFn: ({ signal }) => get<IncidentPage>('/api/v1/incidents', { from, limit: mostOfDay }, signal) });
  const items = query.data?.items;
  const all = useMemo(() => new Map([...(items ?? []).map((one) => [one.id, one] as const), ...incidents]), [items, incidents]);
  return { all, query };
}

/** All that is over, newest first, page by page. */
export function useClosed(enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ['incidents', 'closed'], enabled, initialPageParam: '',
    queryFn: ({ signal, pageParam }) => get<IncidentPage>('/api/v1/incidents', { open: 'false', limit: pageSize, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** One incident with what was said of it. Asked again when the stream tells that it went on. */
export const useIncident = (id: number, known: Incident | undefined) =>
  useQuery({
    queryKey: ['incident', id, known?.state, known?.marks.length, known?.acknowledged_at], placeholderData: keepPreviousData,
    queryFn: ({ signal }) => get<IncidentDetail>(`/api/v1/incidents/${id}`, {}, signal), refetchInterval: known?.state === 'firing' ? 10_000 : false,
  });

/** The same before: closed ones of the same key, newest first. */
export function useBefore(incident: Incident) {
  const query = useQuery({
    queryKey: ['incidents', 'before', incident.key], staleTime: 60_000,
    queryFn: ({ signal }) => get<IncidentPage>('/api/v1/incidents', { open: 'false', subject: incident.subject, limit: 50 }, signal),
  });
  return query.data?.items.filter((one) => one.key === incident.key && one.id !== incident.id).slice(0, 5);
}
