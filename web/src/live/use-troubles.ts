import { useMemo } from 'react';
import { useLosses } from '../api/queries';
import type { Trouble } from '../lib/troubles';
import { openTroubles } from '../lib/troubles';
import { useLive } from './use-live';

const minute = 60;

/** All that is open now, worst first: what the lamp shows and the overview says. */
export function useTroubles(): Trouble[] {
  const { servers, quotas, jobs, at } = useLive();
  const losses = useLosses().data?.items;
  // Dates are told in days: once a minute is often enough to look at them.
  const now = Math.floor(at / minute) * minute;
  return useMemo(() => openTroubles({ servers, quotas: quotas.values(), jobs, losses: losses ?? [], now }), [servers, quotas, jobs, losses, now]);
}
