import { useQuery } from '@tanstack/react-query';
import { get } from './client';
import type { May } from '../lib/roles';
import { mayOf } from '../lib/roles';
import type { About, Limits, LossList, Me } from './types.gen';

/** Queries that more than one page asks. Queries of one page live beside that page. */
export const useAbout = () =>
  useQuery({ queryKey: ['about'], queryFn: ({ signal }) => get<About>('/api/v1/about', {}, signal), staleTime: Infinity });

export const useMe = () =>
  useQuery({ queryKey: ['me'], queryFn: ({ signal }) => get<Me>('/api/v1/me', {}, signal), staleTime: Infinity, retry: false });

/** Limits, groups, grants and blocks as they were laid down. Anything that changes them asks for this key again. */
export const limitsKey = ['limits'] as const;
const loadLimits = ({ signal }: { signal: AbortSignal }) => get<Limits>('/api/v1/limits', {}, signal);
export const useLimits = () => useQuery({ queryKey: limitsKey, enabled: !useMay().scoped, queryFn: loadLimits, refetchInterval: 30_000 });

const thresholdsOf = ({ limits }: Limits): ReadonlyMap<number, readonly number[]> => new Map(limits.map(({ id, thresholds }) => [id, thresholds.map((value) => value / 100)]));
const noThresholds: readonly number[] = [];

/** Where a limit tells, as parts of what it allows; none until the limits are loaded. */
export const useThresholds = (limit_id: number): readonly number[] =>
  useQuery({ queryKey: limitsKey, enabled: !useMay().scoped, queryFn: loadLimits, select: thresholdsOf, staleTime: 30_000 }).data?.get(limit_id) ?? noThresholds;

/** What the role and the scope of who is signed in allow. */
export const useMay = (): May => mayOf(useMe().data);

/** What was lost or could not be used since each part of Davylamp started. */
export const useLosses = () =>
  useQuery({ queryKey: ['losses'], enabled: !useMay().scoped, queryFn: ({ signal }) => get<LossList>('/api/v1/losses', {}, signal), refetchInterval: 30_000, retry: false });
