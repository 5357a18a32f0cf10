import type { TrafficPoint } from '../api/types.gen';

/** Rates on an even grid. A missing point is null, which charts draw as a break. */
export interface RateSeries {
  step_seconds: number;
  at: number[];
  down_bps: (number | null)[];
  up_bps: (number | null)[];
}

/** From when to when, UNIX seconds. */
export type Span = readonly [from: number, until: number];

export interface RateRules {
  /** When somebody was watched: a missing step inside is a step without traffic, not a gap. */
  watched?: readonly Span[];
  /** The moment the points were read. The step that is under way is divided by what has passed of it. */
  until?: number;
}

const mostPoints = 5000;

/** Turns bytes per step into bits per second, on a grid from the first to the last point or, when watched longer, to the end of that. */
export function toRates(points: readonly TrafficPoint[], step_seconds: number, rules: RateRules = {}): RateSeries {
  const series: RateSeries = { step_seconds, at: [], down_bps: [], up_bps: [] };
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || step_seconds <= 0) return series;
  const { watched = [], until = Infinity } = rules;
  const slotOf = (at: number) => Math.round((at - first.at) / step_seconds);
  const slots = new Map(points.map((point) => [slotOf(point.at), point]));
  const silent = (at: number) => watched.some(([from, end]) => from < at + step_seconds && end >= at);
  const watchedTo = Math.floor((Math.min(until, Math.max(last.at, ...watched.map(([, end]) => end))) - first.at) / step_seconds);
  const steps = Math.min(mostPoints, Math.max(slotOf(last.at), watchedTo));
  for (let slot = 0; slot <= steps; slot += 1) {
    const at = first.at + slot * step_seconds;
    const passed = Math.min(step_seconds, until - at);
    // Too little of a step says nothing of its rate.
    if (slot > 0 && passed < step_seconds / 2) continue;
    const point = slots.get(slot) ?? (silent(at) ? { rx_bytes: 0, tx_bytes: 0 } : undefined);
    const over = Math.max(1, passed);
    series.at.push(at);
    series.down_bps.push(point ? (point.tx_bytes * 8) / over : null);
    series.up_bps.push(point ? (point.rx_bytes * 8) / over : null);
  }
  return series;
}

/** Values of another day laid on the grid of this one. Works whether that day comes with its own times or already shifted. */
export function alignToDay(series: RateSeries, points: readonly TrafficPoint[]): Pick<RateSeries, 'down_bps' | 'up_bps'> {
  const first = series.at[0];
  const head = points[0];
  if (first === undefined || !head) return { down_bps: [], up_bps: [] };
  const shift = head.at < first - series.step_seconds ? 86400 : 0;
  const slots = new Map(points.map((point) => [Math.round((point.at + shift - first) / series.step_seconds), point]));
  const pick = (field: 'rx_bytes' | 'tx_bytes') =>
    series.at.map((_, slot) => {
      const point = slots.get(slot);
      return point ? (point[field] * 8) / series.step_seconds : null;
    });
  return { down_bps: pick('tx_bytes'), up_bps: pick('rx_bytes') };
}
