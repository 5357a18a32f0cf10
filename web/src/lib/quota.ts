import type { Quota } from '../api/types.gen';
import type { ShapeKind } from './health';
import { moment } from './time';
import { bytes, bytesIn, join } from './units';

export type PeriodKind = Quota['period'];

/** How much is used, 1 being all that is allowed. */
export function ratioOf(quota: Pick<Quota, 'used_bytes' | 'allowed_bytes'>): number {
  if (quota.allowed_bytes <= 0) return quota.used_bytes > 0 ? 1 : 0;
  return quota.used_bytes / quota.allowed_bytes;
}

/** The same for what is expected at the end of the period; at least what is used already. */
export function forecastRatio(quota: Pick<Quota, 'used_bytes' | 'allowed_bytes' | 'forecast_bytes'>): number {
  const used = ratioOf(quota);
  if (quota.forecast_bytes === undefined || quota.allowed_bytes <= 0) return used;
  return Math.max(used, quota.forecast_bytes / quota.allowed_bytes);
}

export type QuotaTone = 'crit' | 'warn' | 'calm';

/** Grey below 80 %, warn from there, crit from 95 %. */
export function toneOf(ratio: number): QuotaTone {
  if (ratio >= 0.95) return 'crit';
  return ratio >= 0.8 ? 'warn' : 'calm';
}

export type QuotaStateName = Quota['state'];
export const quotaStates: Record<QuotaStateName, { shape: ShapeKind; word: string }> = {
  reached: { shape: 'crit', word: 'Stopped' },
  near: { shape: 'warn', word: 'Near' },
  ok: { shape: 'ok', word: 'Fits' },
};

/** Shape and word for how a quota stands. What is reached but not enforced stops nobody. */
export function standing(quota: Quota): { shape: ShapeKind; word: string } {
  if (quota.state === 'reached') return { shape: 'crit', word: quota.enforce ? 'Stopped' : 'Over' };
  return quotaStates[quota.state] ?? { shape: 'off', word: quota.state };
}

/** Whom a quota binds: a user, or the members of a group together. */
export const holderOf = (quota: Quota): string => quota.user || quota.group;

/** "95.2 of 100 GB": both in the unit of what is allowed; what is little in it keeps its own, "3 MB of 20 GB". */
export function usedOf(quota: Pick<Quota, 'used_bytes' | 'allowed_bytes'>): { used: string; of: string } {
  const allowed = bytes(quota.allowed_bytes);
  const own = bytes(quota.used_bytes);
  const little = own.unit !== allowed.unit && ratioOf(quota) < 0.1;
  return { used: quota.used_bytes <= 0 ? '0' : little ? join(own) : bytesIn(quota.used_bytes, allowed.unit), of: trimZeros(join(allowed)) };
}

/** "100 GB" rather than "100.0 GB"; a whole number of units needs no decimals. */
export const trimZeros = (text: string): string => text.replace(/\.0+(?= |$)/, '').replace(/(\.\d*[1-9])0+(?= |$)/, '$1');

export const percent = (ratio: number): string => (ratio > 0 && ratio < 0.01 ? '< 1 %' : `${Math.floor(ratio * 100)} %`);

const directions = { down: 'Down', up: 'Up', both: 'Both' } as const;
export const directionWord = (direction: Quota['direction']): string => directions[direction] ?? direction;

const periods: Record<PeriodKind, string> = {
  day: 'Today', week: 'This week', month: 'This month', anniversary: 'This period', rolling: 'Rolling', once: 'Once',
};
export const periodWord = (period: PeriodKind): string => periods[period] ?? period;

/** "resets 1 Dec 00:00", "moves on", "never resets". */
export function resetText(quota: Pick<Quota, 'period' | 'resets_at'>, now: number): string {
  if (quota.resets_at !== undefined) return quota.period === 'once' ? `ends ${moment(quota.resets_at, now)}` : `resets ${moment(quota.resets_at, now)}`;
  return quota.period === 'rolling' ? 'old use drops out' : 'never resets';
}

/** How far off a moment is, in its largest unit: "in 5 d", "in 3 h", "in 12 min". */
export function inTime(at: number, now: number): string {
  const seconds = at - now;
  if (seconds <= 60) return 'any moment';
  if (seconds < 3600) return `in ${Math.round(seconds / 60)} min`;
  if (seconds < 86400) return `in ${Math.round(seconds / 3600)} h`;
  return `in ${Math.round(seconds / 86400)} d`;
}

/** When a quota is expected to be used up, in words, with its shape when that is soon or past. */
export function runsOut(quota: Quota, now: number): { text: string; shape?: ShapeKind } {
  if (quota.state === 'reached') return { text: quota.enforce ? 'Used up' : 'Passed', shape: 'crit' };
  if (quota.runs_out_at === undefined) return { text: quota.resets_at === undefined && quota.period !== 'rolling' ? 'Not foreseen' : 'Not this period' };
  const text = moment(quota.runs_out_at, now);
  const left = quota.runs_out_at - now;
  const today = new Date(quota.runs_out_at * 1000).toDateString() === new Date(now * 1000).toDateString();
  const shape = left < 86400 || ratioOf(quota) >= 0.95 ? 'crit' : left < 3 * 86400 || quota.state === 'near' ? 'warn' : undefined;
  return { text: today ? `Today ${text}` : text, ...(shape ? { shape } : {}) };
}

export type QuotaSort = 'runs_out_at' | 'user' | 'used_bytes' | 'percent' | 'resets_at';

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const byName = (a: Quota, b: Quota): number => collator.compare(holderOf(a), holderOf(b)) || a.limit_id - b.limit_id;
const difference = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** What a quota is sorted by: the first that differs decides. Reckoned once per quota, not once per comparison. */
const sortKeys: Record<QuotaSort, (quota: Quota) => [number, number]> = {
  // Used up first, then soonest to run out; those that will last by how much is used.
  runs_out_at: (quota) => [quota.state === 'reached' ? -Infinity : (quota.runs_out_at ?? Infinity), -ratioOf(quota)],
  user: () => [0, 0],
  used_bytes: (quota) => [quota.used_bytes, 0],
  percent: (quota) => [ratioOf(quota), 0],
  resets_at: (quota) => [quota.resets_at ?? Infinity, 0],
};

function compareKeys(a: [number, number], b: [number, number]): number {
  return difference(a[0], b[0]) || difference(a[1], b[1]);
}

export function compareQuotas(key: QuotaSort, descending: boolean): (a: Quota, b: Quota) => number {
  const sign = descending ? -1 : 1;
  const keysOf = sortKeys[key];
  if (key === 'user') return (a, b) => sign * byName(a, b);
  return (a, b) => sign * compareKeys(keysOf(a), keysOf(b)) || byName(a, b);
}

/** Sorted, in a list of its own. */
export function sortQuotas(quotas: readonly Quota[], key: QuotaSort, descending: boolean): Quota[] {
  if (key === 'user') return [...quotas].sort(compareQuotas(key, descending));
  const sign = descending ? -1 : 1;
  return quotas
    .map((quota) => ({ quota, keys: sortKeys[key](quota) }))
    .sort((a, b) => sign * compareKeys(a.keys, b.keys) || byName(a.quota, b.quota))
    .map(({ quota }) => quota);
}

/** When a quota would run out if it allowed `more` bytes, at the speed of this period so far; undefined when it would last. */
export function runOutWith(quota: Quota, more: number, now: number): number | undefined {
  const elapsed = now - quota.period_start_at;
  if (elapsed <= 0 || quota.used_bytes <= 0) return undefined;
  const per_second = quota.used_bytes / elapsed;
  const left = quota.allowed_bytes + more - quota.used_bytes;
  const at = left <= 0 ? now : now + left / per_second;
  return quota.resets_at !== undefined && at >= quota.resets_at ? undefined : at;
}
