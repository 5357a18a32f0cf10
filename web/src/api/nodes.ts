import { useQuery } from '@tanstack/react-query';
import { act, get } from './client';
import type { EnrolRequest, IssuedNodeToken, NodeList } from './types.gen';

/** Hosts whose collector may deliver over the network. */
export const useNodes = () => useQuery({ queryKey: ['nodes'], queryFn: ({ signal }) => get<NodeList>('/api/v1/nodes', {}, signal), refetchInterval: 10_000 });
/** Shown once: only the hash of the token is kept. A node that is enrolled already is refused, unless its token is to be replaced: the former then ends. */
export const enrolNode = (name: string, replace: boolean): Promise<IssuedNodeToken> => act<IssuedNodeToken>('POST', `/api/v1/nodes/${encodeURIComponent(name)}/enrol`, (replace ? { replace } : {}) satisfies EnrolRequest);
export const removeNode = (name: string, reason: string) => act('DELETE', `/api/v1/nodes/${encodeURIComponent(name)}`, { reason });
