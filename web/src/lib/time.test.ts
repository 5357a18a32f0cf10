import { describe, expect, it } from 'vitest';
import { age, clock, duration, moment } from './time';

describe('duration', () => {
  it.each([[0, '0 s'], [42.9, '42 s'], [60, '1 m'], [3599, '59 m'], [7560, '2 h 06 m'], [273_600, '3 d 4 h'], [-5, '0 s']])('writes %d s as %s', (seconds, text) =>
    expect(duration(seconds)).toBe(text));
});

describe('age', () => {
  it('has tenths while it is young', () => expect(age(0.84)).toBe('0.8 s'));
  it('drops them at ten seconds', () => expect(age(9.97)).toBe('9 s'));
  it('reads as a duration when old', () => expect(age(42)).toBe('42 s'));
});

describe('moment', () => {
  const at = (text: string) => new Date(text).getTime() / 1000;
  const now = at('2026-11-19T14:32:07');
  it('is a time of day today', () => expect(moment(at('2026-11-19T08:57:00'), now)).toBe('08:57'));
  it('names the day within a week', () => expect(moment(at('2026-11-18T14:32:00'), now)).toBe('Wed 14:32'));
  it('names the date before', () => expect(moment(at('2026-10-01T09:05:00'), now)).toBe('1 Oct 09:05'));
  it('names another year', () => expect(moment(at('2025-12-31T23:00:00'), now)).toBe('31 Dec 2025 23:00'));
  it('has seconds on the clock', () => expect(clock(now)).toBe('14:32:07'));
});
