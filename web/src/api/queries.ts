import { useQuery } from '@tanstack/react-query';
import { get } from './client';
import type { About, Me } from './types.gen';

/** Queries that more than one page asks. Queries of one page live beside that page. */
export const useAbout = () =>
  useQuery({ queryKey: ['about'], queryFn: ({ signal }) => get<About>('/api/v1/about', {}, signal), staleTime: Infinity });

export const useMe = () =>
  useQuery({ queryKey: ['me'], queryFn: ({ signal }) => get<Me>('/api/v1/me', {}, signal), staleTime: Infinity, retry: false });
