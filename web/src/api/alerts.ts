import { useQuery } from '@tanstack/react-query';
import { act, get } from './client';
import type { ActionResult, AgentSettings, AlertRule, AlertRuleList, ChannelList, IssuedToken, Silence, SilenceList } from './types.gen';

const part = encodeURIComponent;
const agentPath = (name: string): string => `/api/v1/agents/${part(name)}`;

/** What people do to agents and alerts. Each is one request; a refusal is an ApiError with the words of the server. */
export const saveAgent = (settings: AgentSettings) => act('PUT', agentPath(settings.name), settings);
export const removeAgent = (name: string) => act('DELETE', agentPath(name));
/** Shown once: only its hash is kept. */
export const issueToken = (name: string, one_time: boolean): Promise<IssuedToken> => act<IssuedToken>('POST', `${agentPath(name)}/token`, { one_time });
/** It is told in the answer to its next report. */
export const testAgent = (name: string) => act('POST', `${agentPath(name)}/test`);
export const revokeTokens = (name: string) => act('DELETE', `${agentPath(name)}/token`);

export const acknowledge = (id: number) => act('POST', `/api/v1/incidents/${id}/acknowledge`);
export const saveRule = (rule: AlertRule) => (rule.id ? act('PUT', `/api/v1/alert-rules/${rule.id}`, rule) : act('POST', '/api/v1/alert-rules', rule));
export const removeRule = (id: number) => act('DELETE', `/api/v1/alert-rules/${id}`);
export const addSilence = (silence: Omit<Silence, 'id' | 'made_by'>): Promise<Silence> => act<Silence>('POST', '/api/v1/silences', { ...silence, id: 0, made_by: '' });
export const endSilence = (id: number) => act('DELETE', `/api/v1/silences/${id}`);
export const testChannel = (name: string): Promise<ActionResult> => act<ActionResult>('POST', `/api/v1/channels/${part(name)}/test`);

export const useRules = () => useQuery({ queryKey: ['rules'], queryFn: ({ signal }) => get<AlertRuleList>('/api/v1/alert-rules', {}, signal) });
export const useSilences = () => useQuery({ queryKey: ['silences'], refetchInterval: 60_000, queryFn: ({ signal }) => get<SilenceList>('/api/v1/silences', {}, signal) });
export const useChannels = () => useQuery({ queryKey: ['channels'], queryFn: ({ signal }) => get<ChannelList>('/api/v1/channels', {}, signal) });
