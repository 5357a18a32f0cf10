import { useLosses } from '../api/queries';
import type { Loss, Trouble } from '../lib/troubles';
import { openTroubles } from '../lib/troubles';
import type { LiveState } from './store';
import { useLive } from './use-live';

const minute = 60;
const none: readonly Loss[] = [];
let known: { of: readonly unknown[]; troubles: Trouble[] } = { of: [], troubles: [] };

/** Reckoned once for all who ask, and again only when something of it changed. */
function troublesOf({ servers, quotas, jobs, incidents }: LiveState, losses: readonly Loss[], now: number): Trouble[] {
  const of = [servers, quotas, jobs, losses, incidents, now];
  if (of.length !== known.of.length || of.some((one, index) => one !== known.of[index])) known = { of, troubles: openTroubles({ servers, quotas: quotas.values(), jobs, losses, incidents: incidents.values(), now }) };
  return known.troubles;
}

/** All that is open now, worst first: what the lamp shows and the overview says. */
export function useTroubles(): Trouble[] {
  const live = useLive();
  const losses = useLosses().data?.items ?? none;
  // Dates are told in days: once a minute is often enough to look at them.
  return troublesOf(live, losses, Math.floor(live.at / minute) * minute);
}
