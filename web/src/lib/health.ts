import type { Server } from '../api/types.gen';

export type ShapeKind = 'ok' | 'warn' | 'crit' | 'off' | 'learn' | 'past' | 'idle';

/** Shape and word of each state of a server. */
export const serverStates: Record<Server['state'], { shape: ShapeKind; word: string; rank: number }> = {
  down: { shape: 'crit', word: 'Down', rank: 0 },
  stale: { shape: 'warn', word: 'Silent', rank: 1 },
  busy: { shape: 'warn', word: 'Busy', rank: 2 },
  held: { shape: 'warn', word: 'Held', rank: 3 },
  connecting: { shape: 'learn', word: 'Connecting', rank: 4 },
  up: { shape: 'ok', word: 'Up', rank: 5 },
};

export const stateOf = (server: Server) => serverStates[server.state] ?? { shape: 'off' as const, word: server.state, rank: 4 };

/** Servers that need someone to look, worst first. Connecting is not a problem yet. */
export function openProblems(servers: readonly Server[]): Server[] {
  return servers
    .filter((server) => stateOf(server).rank < 4 || server.problems > 0)
    .sort((a, b) => stateOf(a).rank - stateOf(b).rank || b.problems - a.problems || a.name.localeCompare(b.name));
}

/** Servers whose figures are not current: nothing they say now is counted as now. */
export const isMissing = (server: Server): boolean => server.state === 'down' || server.state === 'stale';

const reasons: Record<string, string> = {
  left: 'Left',
  restart: 'Server restarted',
  timeout: 'Timed out',
  killed: 'Ended by an operator',
  quota: 'Stopped by a quota',
  blocked: 'User was blocked',
  away: 'Ended while Davylamp was not running',
  unknown: 'Reason not known',
};

export const endReason = (reason: string | undefined): string => (reason ? (reasons[reason] ?? reason) : 'Reason not known');
