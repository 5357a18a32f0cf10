import { describe, expect, it } from 'vitest';
import { compareQuotas, forecastRatio, inTime, percent, ratioOf, resetText, runOutWith, runsOut, standing, toneOf, trimZeros, usedOf } from './quota';
import { aQuota } from './test-quota';

const GB = 1e9;
const now = 1_000_000;

describe('how much is used', () => {
  it('is a part of what is allowed now, grants included', () => expect(ratioOf(aQuota({ used_bytes: 60 * GB, allowed_bytes: 120 * GB, limit_bytes: 100 * GB }))).toBe(0.5));
  it('is all of nothing', () => expect([ratioOf(aQuota({ used_bytes: 0, allowed_bytes: 0 })), ratioOf(aQuota({ used_bytes: 1, allowed_bytes: 0 }))]).toEqual([0, 1]));
  it('is never more than what is expected', () => expect(forecastRatio(aQuota({ used_bytes: 80 * GB, allowed_bytes: 100 * GB, forecast_bytes: 10 * GB }))).toBe(0.8));
  it('is grey below 80, warn from 80, crit from 95 percent', () => expect([0.7999, 0.8, 0.9499, 0.95].map(toneOf)).toEqual(['calm', 'warn', 'warn', 'crit']));
  it('is not rounded up to the limit', () => expect([percent(0.9999), percent(0.001), percent(0)]).toEqual(['99 %', '< 1 %', '0 %']));
  it('is told in the unit of what is allowed', () => expect(usedOf({ used_bytes: 95.2 * GB, allowed_bytes: 100 * GB })).toEqual({ used: '95.2', of: '100 GB' }));
  it('keeps its own unit where it would be nothing', () => expect([usedOf({ used_bytes: 3.02e6, allowed_bytes: 20 * GB }).used, usedOf({ used_bytes: 0, allowed_bytes: GB }).used]).toEqual(['3.02 MB', '0']));
  it('drops zeros that say nothing', () => expect(['100.0 GB', '2.50 TB', '50 GB', '1.00 GB'].map(trimZeros)).toEqual(['100 GB', '2.5 TB', '50 GB', '1 GB']));
});

describe('the state in words', () => {
  it('does not say that someone is stopped who is only told', () =>
    expect([standing(aQuota({ state: 'reached', enforce: true })).word, standing(aQuota({ state: 'reached', enforce: false })).word]).toEqual(['Stopped', 'Over']));
  it('warns of a run-out within three days and alarms within one', () =>
    expect([4 * 86400, 2 * 86400, 3600].map((left) => runsOut(aQuota({ runs_out_at: now + left }), now).shape)).toEqual([undefined, 'warn', 'crit']));
  it('says that a quota lasts', () => expect(runsOut(aQuota({ resets_at: now + 1 }), now)).toEqual({ text: 'Not this period' }));
  it('says what happens at the end of the period', () =>
    expect([resetText({ period: 'rolling' }, now), resetText({ period: 'once' }, now), resetText({ period: 'month', resets_at: now }, now).startsWith('resets ')]).toEqual(['old use drops out', 'never resets', true]));
  it('tells a distance in one unit', () => expect([30, 600, 7200, 9 * 86400].map((far) => inTime(now + far, now))).toEqual(['any moment', 'in 10 min', 'in 2 h', 'in 9 d']));
});

describe('the order', () => {
  const list = [
    aQuota({ user: 'calm', used_bytes: 90 * GB }), aQuota({ user: 'late', runs_out_at: now + 500, used_bytes: 99 * GB }), aQuota({ user: 'soon', runs_out_at: now + 5, used_bytes: 1 * GB }),
    aQuota({ user: 'out', state: 'reached', used_bytes: 100 * GB }), aQuota({ user: 'asleep', used_bytes: 0 }),
  ];
  it('is by run-out date, not by percent', () => expect([...list].sort(compareQuotas('runs_out_at', false)).map(({ user }) => user)).toEqual(['out', 'soon', 'late', 'calm', 'asleep']));
  it('can be by percent', () => expect([...list].sort(compareQuotas('percent', true))[0]?.user).toBe('out'));
  it('keeps equal ones by name', () => expect([aQuota({ user: 'b' }), aQuota({ user: 'a10' }), aQuota({ user: 'a9' })].sort(compareQuotas('used_bytes', true)).map(({ user }) => user)).toEqual(['a9', 'a10', 'b']));
});

describe('what a grant would change', () => {
  const quota = aQuota({ used_bytes: 100 * GB, allowed_bytes: 100 * GB, period_start_at: now - 1000, resets_at: now + 1000 });
  it('is when it runs out then', () => expect(runOutWith(quota, 50 * GB, now)).toBe(now + 500));
  it('may be enough for the period', () => expect(runOutWith(quota, 100 * GB, now)).toBeUndefined());
});
