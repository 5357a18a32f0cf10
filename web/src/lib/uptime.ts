import type { AgentDay } from '../api/types.gen';
import { percent } from './quota';

const day_seconds = 86_400;

export type UptimeKind = 'fine' | 'short' | 'long' | 'leak' | 'unknown' | 'before';

/** One day: fine is low, worse is taller, hollow is not known, a line is before the first day. */
export interface UptimeCell {
  at: number;
  kind: UptimeKind;
  text: string;
}

const dayName = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const shortSpan = (seconds: number): string => (seconds < 3600 ? `${Math.max(1, Math.round(seconds / 60))} min` : `${(seconds / 3600).toFixed(1)} h`);

function cellOf(at: number, day: AgentDay | undefined, first_at: number | undefined): UptimeCell {
  const name = dayName.format(new Date(at * 1000));
  const known = day ? day.up_seconds + day.down_seconds : 0;
  if (!day || known === 0) {
    const before = first_at === undefined || at + day_seconds <= first_at;
    return { at, kind: before ? 'before' : 'unknown', text: `${name}: ${before ? 'before its first report' : 'no data'}` };
  }
  if (day.leaking_seconds > 0) return { at, kind: 'leak', text: `${name}: leaked for ${shortSpan(day.leaking_seconds)}${day.down_seconds ? `, silent for ${shortSpan(day.down_seconds)}` : ''}` };
  if (day.down_seconds === 0) return { at, kind: 'fine', text: `${name}: nothing missed` };
  return { at, kind: day.down_seconds / known > 0.05 ? 'long' : 'short', text: `${name}: silent for ${shortSpan(day.down_seconds)}` };
}

/** A cell for each of the last `n` days, newest last. `days` may have holes; each begins at `at`. */
export function uptimeCells(days: readonly AgentDay[], n: number, now: number, first_at: number | undefined): UptimeCell[] {
  const newest = days.at(-1)?.at;
  // Days begin where the server says: its newest is today, or lies whole days back.
  const today = newest === undefined ? Math.floor(now / day_seconds) * day_seconds : newest + Math.max(0, Math.floor((now - newest) / day_seconds)) * day_seconds;
  const byDay = new Map(days.map((day) => [Math.round((today - day.at) / day_seconds), day]));
  return Array.from({ length: n }, (_, index) => {
    const back = n - 1 - index;
    return cellOf(today - back * day_seconds, byDay.get(back), first_at);
  });
}

/** Up time as people write it; nothing is rounded up to 100. */
export function uptimeText({ up_seconds, down_seconds }: Pick<AgentDay, 'up_seconds' | 'down_seconds'>): string {
  const known = up_seconds + down_seconds;
  if (known === 0) return 'n/a';
  if (down_seconds === 0) return '100 %';
  const hundredths = Math.min(9999, Math.floor((up_seconds / known) * 10_000));
  return hundredths >= 9000 ? `${(hundredths / 100).toFixed(2)} %` : percent(up_seconds / known);
}

export const sumDays = (days: readonly AgentDay[]): Pick<AgentDay, 'up_seconds' | 'down_seconds'> =>
  days.reduce((sum, day) => ({ up_seconds: sum.up_seconds + day.up_seconds, down_seconds: sum.down_seconds + day.down_seconds }), { up_seconds: 0, down_seconds: 0 });
