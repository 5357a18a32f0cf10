import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { pathHere } from '../lib/base';

/** The servers that the whole page is narrowed to; none means all. */
export function useScope(): string[] {
  const search = useSearch();
  return useMemo(() => (new URLSearchParams(search).get('server') ?? '').split(',').filter(Boolean), [search]);
}

/** A link that keeps the scope. */
export function useScoped(): (path: string) => string {
  const scope = useScope();
  const server = scope.join(',');
  return useCallback(
    (path) => {
      if (!server || /[?&]server=/.test(path)) return path;
      return `${path}${path.includes('?') ? '&' : '?'}server=${encodeURIComponent(server)}`;
    },
    [server],
  );
}

/** The query of the address as state: reads it, and writes a changed copy in place. */
export function useQueryState(): [URLSearchParams, (change: (params: URLSearchParams) => void, path?: string) => void] {
  const search = useSearch();
  const [, navigate] = useLocation();
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const update = useCallback(
    (change: (params: URLSearchParams) => void, path?: string) => {
      const next = new URLSearchParams(location.search);
      change(next);
      const text = next.toString();
      navigate(`${path ?? pathHere()}${text ? `?${text}` : ''}`, { replace: path === undefined });
    },
    [navigate],
  );
  return [params, update];
}
