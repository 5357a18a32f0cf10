import { useQuery } from '@tanstack/react-query';
import { act, get } from './client';
import type {
  Account, AccountList, AccountRequest, ApiTokenList, ApiTokenRequest, AuditCheck, AuditList, Enrolment, IssuedApiToken, NewAccountRequest, RecoveryCodes, ServerGroup, ServerGroupList,
} from './types.gen';

const part = encodeURIComponent;

/** Who may sign in, to what, and with what. Each is one request; a refusal is an ApiError with the words of the server. */
export const addAccount = (account: NewAccountRequest): Promise<Account> => act<Account>('POST', '/api/v1/accounts', account);
export const changeAccount = (name: string, change: AccountRequest): Promise<Account> => act<Account>('PUT', `/api/v1/accounts/${part(name)}`, change);
export const removeAccount = (name: string, reason: string) => act('DELETE', `/api/v1/accounts/${part(name)}`, { reason });
export const removeFactorOf = (name: string, reason: string) => act('DELETE', `/api/v1/accounts/${part(name)}/second-factor`, { reason });

export const saveServerGroup = (name: string, servers: string[]): Promise<ServerGroup> => act<ServerGroup>('PUT', `/api/v1/server-groups/${part(name)}`, { servers });
export const removeServerGroup = (name: string, reason: string) => act('DELETE', `/api/v1/server-groups/${part(name)}`, { reason });

/** Shown once: only the hash of the token is kept. */
export const issueApiToken = (asked: ApiTokenRequest): Promise<IssuedApiToken> => act<IssuedApiToken>('POST', '/api/v1/api-tokens', asked);
export const revokeApiToken = (id: number) => act('DELETE', `/api/v1/api-tokens/${id}`);

/** Ends every login of the account, this one as well. */
export const changePassword = (password: string, new_password: string) => act('POST', '/api/v1/me/password', { password, new_password });
/** A new secret each time; it counts once it was confirmed. */
export const beginFactor = (password: string): Promise<Enrolment> => act<Enrolment>('POST', '/api/v1/me/second-factor', { password });
export const confirmFactor = (code: string): Promise<RecoveryCodes> => act<RecoveryCodes>('POST', '/api/v1/me/second-factor/confirm', { code });
export const removeFactor = (password: string, code: string) => act('POST', '/api/v1/me/second-factor/remove', { password, code });

export const useAccounts = (enabled = true) => useQuery({ queryKey: ['accounts'], enabled, queryFn: ({ signal }) => get<AccountList>('/api/v1/accounts', {}, signal) });
export const useServerGroups = (enabled = true) => useQuery({ queryKey: ['server-groups'], enabled, queryFn: ({ signal }) => get<ServerGroupList>('/api/v1/server-groups', {}, signal) });
/** One's own; for admins everybody's. */
export const useApiTokens = () => useQuery({ queryKey: ['api-tokens'], queryFn: ({ signal }) => get<ApiTokenList>('/api/v1/api-tokens', {}, signal), refetchInterval: 60_000 });

export interface AuditFilter {
  account: string;
  action: string;
}

export const auditPage = (filter: AuditFilter, before: number | undefined, signal: AbortSignal) => get<AuditList>('/api/v1/audit', { limit: 100, before, ...filter }, signal);
export const useAuditCheck = () => useQuery({ queryKey: ['audit-check'], queryFn: ({ signal }) => get<AuditCheck>('/api/v1/audit/check', {}, signal), staleTime: 60_000 });
