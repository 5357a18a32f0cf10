import type { PathPoint } from '../api/types.gen';

/** Fixed scales: latency 0 to twice its usual (at least 20 ms), jitter 0 to 10 ms, loss 0 to 6 %. */
export const jitterMost = 10;
export const lossMost = 0.06;

const known = (values: readonly (number | undefined)[]): number[] => values.filter((value) => value !== undefined);

export function latencyMost(values: readonly (number | undefined)[]): number {
  const sorted = known(values).sort((a, b) => a - b);
  return Math.max(20, 2.2 * (sorted[Math.floor(sorted.length / 2)] ?? 0));
}

export const milliseconds = (value: number | undefined): string => (value === undefined ? 'n/a' : `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0)} ms`);
export const lossText = (value: number | undefined): string => (value === undefined ? 'n/a' : value === 0 ? '0 %' : value < 0.001 ? '< 0.1 %' : `${(value * 100).toFixed(1).replace(/\.0$/, '')} %`);

export interface Quality {
  latency: (number | undefined)[];
  jitter: (number | undefined)[];
  loss: (number | undefined)[];
}

/** The points as three series. */
export const seriesOf = (points: readonly PathPoint[]): Quality => ({
  latency: points.map((point) => point.latency_milliseconds), jitter: points.map((point) => point.jitter_milliseconds), loss: points.map((point) => point.loss),
});
