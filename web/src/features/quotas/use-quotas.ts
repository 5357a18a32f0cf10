import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { get } from '../../api/client';
import type { Quota, QuotaPage } from '../../api/types.gen';
import { freezeOrder } from '../../lib/freeze';
import type { QuotaSort } from '../../lib/quota';
import { holderOf, sortQuotas } from '../../lib/quota';
import { useLasting } from '../../lib/use-now';
import { quotaKey } from '../../live/store';
import { useLive } from '../../live/use-live';

export type QuotaFilter = { q: string; state: Quota['state'] | undefined; group: string };

export interface QuotaRows {
  /** All there are, before the filter. */
  all: readonly Quota[];
  rows: readonly Quota[];
  pending: boolean;
  error: unknown;
  retry: () => void;
  waiting: boolean;
  resort: () => void;
}

const patienceMs = 3000;
const asked = 500;

export const passes = (quota: Quota, { q, state, group }: QuotaFilter): boolean =>
  (!state || quota.state === state) && (!group || quota.group === group) && (!q || `${holderOf(quota)} ${quota.group}`.toLowerCase().includes(q.toLowerCase()));

/** Everyone's quotas from the stream. Until it speaks, the first page of the list. */
function useAll(): { all: readonly Quota[]; pending: boolean; error: unknown; retry: () => void } {
  const live = useLive();
  const query = useQuery({
    queryKey: ['quotas'], enabled: !live.has_snapshot, queryFn: ({ signal }) => get<QuotaPage>('/api/v1/quotas', { limit: asked }, signal),
  });
  const streamed = useMemo(() => [...live.quotas.values()], [live.quotas]);
  if (live.has_snapshot) return { all: streamed, pending: false, error: undefined, retry: () => undefined };
  return { all: query.data?.items ?? [], pending: query.isPending, error: query.isError ? query.error : undefined, retry: () => void query.refetch() };
}

/** Sorted and filtered; the order stands still while someone reads a row. */
export function useQuotaRows(filter: QuotaFilter, sort: { key: QuotaSort; descending: boolean }, held: boolean): QuotaRows {
  const { all, ...rest } = useAll();
  const shown = useRef<string[]>(undefined);
  const answered = useRef('');
  const [turn, setTurn] = useState(0);
  const question = JSON.stringify([filter, sort, turn]);
  const { rows, waiting } = useMemo(() => {
    const sorted = sortQuotas(all.filter((quota) => passes(quota, filter)), sort.key, sort.descending);
    const fresh = !held || answered.current !== question;
    answered.current = question;
    // Only who stands on a row needs the order of before; with thousands of quotas its keys cost more than the sort.
    if (fresh && !held) {
      shown.current = undefined;
      return { rows: sorted, waiting: false };
    }
    const byKey = new Map(sorted.map((quota) => [quotaKey(quota), quota]));
    const keys = [...byKey.keys()];
    const frozen = fresh || !shown.current ? { order: keys, waiting: false } : freezeOrder(shown.current, keys);
    shown.current = frozen.order;
    return { rows: frozen.order.map((key) => byKey.get(key)).filter((quota) => quota !== undefined), waiting: frozen.waiting };
    // The question carries the filter and the sort.
  }, [all, question, held]);
  const resort = useCallback(() => setTurn((n) => n + 1), []);
  return { ...rest, all, rows, waiting: useLasting(waiting, patienceMs), resort };
}
