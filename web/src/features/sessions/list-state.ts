import { useMemo } from 'react';
import type { Filter } from '../../lib/filter';
import { readFilter, writeFilter } from '../../lib/filter';
import type { Sort } from '../../lib/sort';
import { formatSort, parseSort } from '../../lib/sort';
import { useQueryState } from '../../ui/navigation';
import { defaultColumns } from './columns';

export type ListMode = 'open' | 'closed' | 'all';
export type Density = 'compact' | 'comfortable';

export const defaultSort = (mode: ListMode): string => (mode === 'closed' ? '-closed_at' : '-tx_bps');

/** All that the list shows is in the address: a link is the same view. */
export function useListState() {
  const [params, update] = useQueryState();
  return useMemo(() => {
    const state = params.get('state');
    const mode: ListMode = state === 'closed' || state === 'all' ? state : 'open';
    const sort = parseSort(params.get('sort'), defaultSort(mode));
    const columns = params.get('cols')?.split(',').filter(Boolean);
    const density: Density = params.get('density') === 'comfortable' ? 'comfortable' : 'compact';
    return {
      mode, sort, density,
      filter: readFilter(params),
      columns: columns ?? defaultColumns[mode],
      chosen: columns !== undefined,
      setMode: (next: ListMode) => update((p) => {
        if (next === 'open') p.delete('state');
        else p.set('state', next);
        p.delete('sort');
        p.delete('cols');
        p.delete('place');
      }),
      setFilter: (next: Filter) => update((p) => writeFilter(p, next)),
      setSort: (next: Sort) => update((p) => {
        if (formatSort(next) === defaultSort(mode)) p.delete('sort');
        else p.set('sort', formatSort(next));
      }),
      setColumns: (next: string[] | undefined) => update((p) => (next ? p.set('cols', next.join(',')) : p.delete('cols'))),
      setDensity: (next: Density) => update((p) => (next === 'compact' ? p.delete('density') : p.set('density', next))),
    };
  }, [params, update]);
}

export type ListState = ReturnType<typeof useListState>;
