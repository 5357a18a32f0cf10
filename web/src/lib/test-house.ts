import type { Account, ApiToken, AuditEntry, Me } from '../api/types.gen';

/** Invented people with accounts, for tests. */
export const aMe = (over: Partial<Me> = {}): Me => ({ account: 'ann', role: 'admin', expires_at: 0, origin: 'local', scope: [], second_factor: false, ...over });
export const anAccount = (over: Partial<Account> = {}): Account => ({ name: 'ann', role: 'admin', origin: 'local', scope: [], second_factor: false, created_at: 1000, ...over });
export const aToken = (over: Partial<ApiToken> = {}): ApiToken => ({ id: 1, name: 'grafana', account: 'ann', role: 'viewer', created_at: 1000, ...over });
export const anEntry = (over: Partial<AuditEntry> = {}): AuditEntry => ({ at: 1000, account: 'ann', action: 'login', subject: '', remote_address: '192.0.2.1', reason: '', number: 1, detail_hash: '', hash: '', ...over });
