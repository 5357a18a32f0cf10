import type { TrafficPoint } from '../api/types.gen';

/** Rates on an even grid. A missing point is null, which charts draw as a break. */
export interface RateSeries {
  step_seconds: number;
  at: number[];
  down_bps: (number | null)[];
  up_bps: (number | null)[];
}

const mostPoints = 5000;

/** Turns bytes per step into bits per second and fills the holes between the first and the last point with null. */
export function toRates(points: readonly TrafficPoint[], step_seconds: number): RateSeries {
  const series: RateSeries = { step_seconds, at: [], down_bps: [], up_bps: [] };
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || step_seconds <= 0) return series;
  const slots = new Map(points.map((point) => [Math.round((point.at - first.at) / step_seconds), point]));
  const steps = Math.min(mostPoints, Math.round((last.at - first.at) / step_seconds));
  for (let slot = 0; slot <= steps; slot += 1) {
    const point = slots.get(slot);
    series.at.push(first.at + slot * step_seconds);
    series.down_bps.push(point ? (point.tx_bytes * 8) / step_seconds : null);
    series.up_bps.push(point ? (point.rx_bytes * 8) / step_seconds : null);
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
