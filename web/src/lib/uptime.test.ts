import { describe, expect, it } from 'vitest';
import { sumDays, uptimeCells, uptimeText } from './uptime';

const day = 86_400;
const of = (index: number, down_seconds = 0, leaking_seconds = 0) => ({ at: index * day, up_seconds: day - down_seconds, down_seconds, leaking_seconds });
const kinds = (cells: ReturnType<typeof uptimeCells>) => cells.map(({ kind }) => kind);

describe('the cells of uptime', () => {
  it('say fine, short, long and leaking, newest last', () => expect(kinds(uptimeCells([of(10), of(11, 600), of(12, 20_000), of(13, 600, 60)], 4, 13.5 * day, 0))).toEqual(['fine', 'short', 'long', 'leak']));
  it('are hollow where a day is missing, and a line before the first report', () => expect(kinds(uptimeCells([of(11), of(13)], 5, 13.5 * day, 10.5 * day))).toEqual(['before', 'unknown', 'fine', 'unknown', 'fine']));
  it('go on to today when nothing came for days', () => expect(kinds(uptimeCells([of(11)], 3, 13.2 * day, 0))).toEqual(['fine', 'unknown', 'unknown']));
  it('are all before when nothing was ever heard', () => expect(new Set(kinds(uptimeCells([], 30, 13 * day, undefined)))).toEqual(new Set(['before'])));
  it('name the day and what was missed', () => expect(uptimeCells([of(13, 7200)], 1, 13.5 * day, 0)[0]?.text).toMatch(/14 Jan: silent for 2\.0 h$/));
});

it('never rounds up to a hundred', () => {
  expect(uptimeText({ up_seconds: 30 * day - 1, down_seconds: 1 })).toBe('99.99 %');
  expect(uptimeText({ up_seconds: day, down_seconds: 0 })).toBe('100 %');
  expect(uptimeText({ up_seconds: 1, down_seconds: 1 })).toBe('50 %');
  expect(uptimeText({ up_seconds: 0, down_seconds: 0 })).toBe('n/a');
  expect(sumDays([of(1, 100), of(2)])).toEqual({ up_seconds: 2 * day - 100, down_seconds: 100 });
});
