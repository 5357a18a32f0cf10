import { act } from './client';
import type { ActionResult, Block, Erased, Grant, Group, Limit } from './types.gen';

const part = encodeURIComponent;

/** What people do to users, limits and sessions. Each is one request; a refusal is an ApiError with the words of the server. */
export const saveLimit = (limit: Limit): Promise<Limit> => (limit.id ? act<Limit>('PUT', `/api/v1/limits/${limit.id}`, limit) : act<Limit>('POST', '/api/v1/limits', limit));
export const removeLimit = (id: number) => act('DELETE', `/api/v1/limits/${id}`);

export interface GrantRequest {
  limit_id: number;
  /** Empty for a limit that binds one user, or a group together. */
  user: string;
  bytes: number;
  until_at: number;
  reason: string;
}

const ofUser = (user: string) => (user ? { user } : {});

export const grantMore = ({ limit_id, user, bytes, until_at, reason }: GrantRequest): Promise<Grant> =>
  act<Grant>('POST', `/api/v1/limits/${limit_id}/grants`, { ...ofUser(user), bytes, until_at, reason });
export const removeGrant = (id: number) => act('DELETE', `/api/v1/grants/${id}`);
export const resetQuota = (limit_id: number, user: string, reason: string) => act('POST', `/api/v1/limits/${limit_id}/reset`, { ...ofUser(user), reason });

export const saveGroup = ({ name, members, note }: Group): Promise<Group> => act<Group>('PUT', `/api/v1/groups/${part(name)}`, { members, note });
export const removeGroup = (name: string) => act('DELETE', `/api/v1/groups/${part(name)}`);

export const blockUser = (user: string, until_at: number | undefined, reason: string): Promise<Block> =>
  act<Block>('POST', `/api/v1/users/${part(user)}/block`, { ...(until_at === undefined ? {} : { until_at }), reason });
export const unblockUser = (user: string) => act('DELETE', `/api/v1/users/${part(user)}/block`);

export const endSession = (id: number, mode: 'kick' | 'halt', reason: string): Promise<ActionResult> =>
  act<ActionResult>('POST', `/api/v1/sessions/${id}/end`, { mode, reason });

export const runJob = (name: string) => act('POST', `/api/v1/jobs/${part(name)}/run`);
/** Removes everything that is kept of a user. Refused with 409 while the user is in use. */
export const eraseUser = (user: string, reason: string) => act<Erased>('DELETE', `/api/v1/users/${part(user)}`, { reason });
