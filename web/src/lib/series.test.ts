import { describe, expect, it } from 'vitest';
import { alignToDay, toRates } from './series';

const point = (at: number, tx_bytes: number) => ({ at, tx_bytes, rx_bytes: tx_bytes / 2 });

describe('rates of a history', () => {
  it('turns bytes per step into bits per second, down and up', () => {
    const series = toRates([point(0, 750), point(60, 1500)], 60);
    expect(series.down_bps).toEqual([100, 200]);
    expect(series.up_bps).toEqual([50, 100]);
  });
  it('keeps a gap as a gap, never as zero', () => expect(toRates([point(0, 750), point(180, 750)], 60).down_bps).toEqual([100, null, null, 100]));
  it('is zero where somebody was watched, and a gap where not', () =>
    expect(toRates([point(0, 750), point(240, 750)], 60, { watched: [[0, 130]] }).down_bps).toEqual([100, 0, 0, null, 100]));
  it('goes on as zero until now for one who is silent but there', () =>
    expect(toRates([point(0, 750)], 60, { watched: [[0, 150]], until: 150 }).down_bps).toEqual([100, 0, 0]));
  it('divides the step that is under way by what has passed of it', () => expect(toRates([point(0, 750), point(60, 375)], 60, { until: 90 }).down_bps).toEqual([100, 100]));
  it('leaves out a step that has hardly begun', () => expect(toRates([point(0, 750), point(60, 10)], 60, { until: 65 }).down_bps).toEqual([100]));
  it('is empty without points', () => expect(toRates([], 60).at).toEqual([]));
});

describe('the day before', () => {
  const series = toRates([point(86_400, 750), point(86_460, 750)], 60);
  it('is laid over this one', () => expect(alignToDay(series, [point(0, 1500), point(60, 750)]).down_bps).toEqual([200, 100]));
  it('is taken as it is when it came already shifted', () => expect(alignToDay(series, [point(86_400, 1500)]).down_bps).toEqual([200, null]));
});
