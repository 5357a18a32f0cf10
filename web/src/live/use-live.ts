import { useMemo, useSyncExternalStore } from 'react';
import { announceSignedOut, checkLogin } from '../api/client';
import type { Quota, Session } from '../api/types.gen';
import { atBase } from '../lib/base';
import { compareQuotas } from '../lib/quota';
import { useLasting, useNow } from '../lib/use-now';
import { LiveSocket } from './socket';
import type { LiveState } from './store';
import { LiveStore } from './store';

/** One store and one connection for the whole page. */
export const liveStore = new LiveStore();
export const liveSocket = new LiveSocket({
  store: liveStore,
  open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${atBase('/api/v1/live')}`),
  checkLogin,
  signedOut: announceSignedOut,
});

export const useLive = (): LiveState => useSyncExternalStore(liveStore.subscribe, liveStore.state);

/** Open sessions of the named servers, or of all when none is named. */
export function useSessions(servers: readonly string[] = []): Session[] {
  const live = useLive();
  const names = servers.join(',');
  return useMemo(() => {
    const all = [...live.sessions.values()];
    return names ? all.filter((session) => names.split(',').includes(session.server)) : all;
    // The map is changed in place; the version tells that it was.
  }, [live.version, names]);
}

export interface Freshness {
  age_seconds: number;
  stale: boolean;
  /** Seconds until the next attempt to connect, when one is planned. */
  retry_seconds?: number;
}

const staleSeconds = 10;

/** How old the live data is. Stale: no frame for more than ten seconds. */
export function useFreshness(): Freshness {
  const live = useLive();
  const now = useNow(1000);
  const age_seconds = live.has_snapshot ? Math.max(0, (now - live.received_at_ms) / 1000) : 0;
  const retry = live.retry_at_ms === undefined ? {} : { retry_seconds: Math.max(0, Math.ceil((live.retry_at_ms - now) / 1000)) };
  return { age_seconds, stale: live.has_snapshot && age_seconds > staleSeconds, ...retry };
}

const quietMs = 3000;

/** Whether live data has not come for a while. A line that ends and is back at once, as when a daemon restarts, is nothing to speak of. */
export function useCutOff(): boolean {
  const { phase } = useLive();
  return useLasting(phase !== 'live', quietMs);
}

/** Names of servers that do not answer: their rows keep standing, greyed with their age. */
export function useSilentServers(): ReadonlySet<string> {
  const { servers } = useLive();
  return useMemo(() => new Set(servers.filter((server) => server.state !== 'up').map((server) => server.name)), [servers]);
}

let tightestOf: { quotas: ReadonlyMap<string, Quota>; byUser: ReadonlyMap<string, Quota> } | undefined;

/** The quota that stops each user first, reckoned once per change of any. */
function tightestByUser(quotas: ReadonlyMap<string, Quota>): ReadonlyMap<string, Quota> {
  if (tightestOf?.quotas === quotas) return tightestOf.byUser;
  const compare = compareQuotas('runs_out_at', false);
  const byUser = new Map<string, Quota>();
  for (const quota of quotas.values()) {
    const known = byUser.get(quota.user);
    if (quota.user && (!known || compare(quota, known) < 0)) byUser.set(quota.user, quota);
  }
  tightestOf = { quotas, byUser };
  return byUser;
}

export const useTightest = (): ReadonlyMap<string, Quota> => tightestByUser(useLive().quotas);
