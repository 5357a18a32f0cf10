import type { Expiry } from '../api/types.gen';
import type { ShapeKind } from './health';

const names: Record<string, string> = { certificate: 'Certificate', ca: 'CA', crl: 'Revocation list' };
const daySeconds = 86400;
/** What the bar of an expiry shows in full. */
export const expirySpanDays = 365;

export interface Clock {
  what: string;
  /** Whole days left; negative when it is past. */
  days: number;
  shape: ShapeKind;
  word: string;
  /** Part of a year that is left, 0 to 1. */
  part: number;
}

function wordFor(days: number): string {
  if (days < 0) return days === -1 ? 'expired yesterday' : `expired ${-days} days ago`;
  if (days === 0) return 'expires today';
  return `${days} ${days === 1 ? 'day' : 'days'} left`;
}

/** How long something is still good: warn below 30 days, crit below 7 or past. */
export function clockOf(expiry: Expiry, now: number): Clock {
  const seconds = expiry.expires_at - now;
  const days = Math.floor(seconds / daySeconds);
  const shape: ShapeKind = days < 7 ? 'crit' : days < 30 ? 'warn' : 'ok';
  return { what: names[expiry.what] ?? expiry.what, days, shape, word: wordFor(days), part: Math.min(1, Math.max(0, days / expirySpanDays)) };
}

/** The one that ends first among those that need a look soon. */
export function worstExpiry(expiries: readonly Expiry[] | undefined, now: number): { expiry: Expiry; clock: Clock } | undefined {
  const soonest = [...(expiries ?? [])].sort((a, b) => a.expires_at - b.expires_at)[0];
  if (!soonest) return undefined;
  const clock = clockOf(soonest, now);
  return clock.shape === 'ok' ? undefined : { expiry: soonest, clock };
}
