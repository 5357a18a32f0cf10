import { describe, expect, it } from 'vitest';
import { bytes, bytesIn, change, join, plural, rate, signed } from './units';

describe('rates', () => {
  it.each([
    [0, '0 bit/s'], [999, '999 bit/s'], [1000, '1.00 kbit/s'], [45_200_000, '45.2 Mbit/s'], [9_999, '10.0 kbit/s'],
    [999_400, '999 kbit/s'], [999_600, '1.00 Mbit/s'], [742_000_000, '742 Mbit/s'], [2_150_000_000, '2.15 Gbit/s'],
  ])('writes %d bit/s as %s', (bps, text) => expect(join(rate(bps))).toBe(text));

  it('does not invent a number for what is not one', () => expect(join(rate(Number.NaN))).toBe('n/a'));
});

describe('volumes', () => {
  it.each([[0, '0 B'], [1023, '1.02 kB'], [71_402_000_000, '71.4 GB'], [3.46e12, '3.46 TB']])('writes %d bytes as %s', (amount, text) => expect(join(bytes(amount))).toBe(text));
  it('writes two volumes in one unit', () => expect(bytesIn(670_000_000_000, 'TB')).toBe('0.67'));
});

describe('comparisons', () => {
  it('keeps the sign, with a true minus', () => expect([signed(12), signed(-3), signed(0)]).toEqual(['+12', '\u22123', '±0']));
  it('says nothing against nothing', () => expect(change(10, 0)).toBeUndefined());
  it('rounds to whole percents', () => expect(change(113, 100)).toBe('+13 %'));
  it('counts in words', () => expect([plural(1, 'session'), plural(2, 'country', 'countries')]).toEqual(['1 session', '2 countries']));
});
