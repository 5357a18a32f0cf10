import { expect, it } from 'vitest';
import { Announcer } from './announcer';
import type { Trouble } from './troubles';

const trouble = (key: string, shape: Trouble['shape'] = 'crit'): Trouble => ({ key, shape, label: '', title: `${key} leaks`, text: 'Why.', path: '/', link: '', rank: 0 });

it('says what becomes critical once, and not what was so when the page opened', () => {
  const announcer = new Announcer();
  expect(announcer.hear([trouble('a')], 0)).toBeUndefined();
  expect(announcer.hear([trouble('a'), trouble('b')], 1)).toBe('Critical: b leaks. Why.');
  expect(announcer.hear([trouble('a'), trouble('b')], 60_000)).toBeUndefined();
});

it('speaks at most once in ten seconds and counts what waited', () => {
  const announcer = new Announcer();
  announcer.hear([], 0);
  expect(announcer.hear([trouble('a')], 1)).toContain('a leaks');
  expect(announcer.hear(['a', 'b', 'c'].map((key) => trouble(key)), 5000)).toBeUndefined();
  expect(announcer.hear(['a', 'b', 'c'].map((key) => trouble(key)), 10_001)).toBe('Critical: b leaks. Why. And 1 more.');
});

it('does not say what was over before its turn, nor a warning', () => {
  const announcer = new Announcer();
  announcer.hear([], 0);
  announcer.hear([trouble('a')], 1);
  announcer.hear([trouble('a'), trouble('b')], 5000);
  expect(announcer.hear([trouble('a'), trouble('c', 'warn')], 20_000)).toBeUndefined();
});

it('says again what comes back', () => {
  const announcer = new Announcer();
  announcer.hear([], 0);
  announcer.hear([trouble('a')], 1);
  announcer.hear([], 20_000);
  expect(announcer.hear([trouble('a')], 40_000)).toContain('a leaks');
});
