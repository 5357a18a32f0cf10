import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { get } from '../../api/client';
import type { AgentDetail, AgentList, ExitList } from '../../api/types.gen';

/** The stream carries the same agents; the list is asked for only until it speaks. */
export const useAgentList = (enabled: boolean) =>
  useQuery({ queryKey: ['agents'], enabled, queryFn: ({ signal }) => get<AgentList>('/api/v1/agents', {}, signal) });

const loadAgent = (name: string) => ({ signal }: { signal: AbortSignal }) => get<AgentDetail>(`/api/v1/agents/${encodeURIComponent(name)}`, {}, signal);

/** Its last report whole, and its history. */
export const useAgentDetail = (name: string) =>
  useQuery({ queryKey: ['agent', name], queryFn: loadAgent(name), refetchInterval: 30_000 });

/** What a card shows of the past changes by the day. */
export const useAgentHistory = (name: string, enabled: boolean) =>
  useQuery({ queryKey: ['agent', name], queryFn: loadAgent(name), enabled, staleTime: 600_000 }).data?.history;

export const useExits = () => useQuery({ queryKey: ['exits'], queryFn: ({ signal }) => get<ExitList>('/api/v1/exits', {}, signal), staleTime: 60_000 });

/** Asks again for what an act may have changed of one agent; the stream brings the rest. */
export function useAgentRefresh(): (name: string) => void {
  const client = useQueryClient();
  return useCallback((name) => {
    for (const queryKey of [['agents'], ['agent', name], ['audit']]) void client.invalidateQueries({ queryKey });
  }, [client]);
}
