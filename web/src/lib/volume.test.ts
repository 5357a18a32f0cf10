import { describe, expect, it } from 'vitest';
import { fromBytes, toBytes } from './volume';

describe('a typed volume', () => {
  it('is read with a point or a comma, in SI or binary units', () => expect([toBytes('1.5', 'GB'), toBytes('1,5', 'GB'), toBytes('2', 'GiB')]).toEqual([1.5e9, 1.5e9, 2 ** 31]));
  it('is refused when it is no number, negative or beyond what can be counted exactly', () => expect([toBytes('', 'GB'), toBytes('a', 'GB'), toBytes('-1', 'GB'), toBytes('99999999', 'TB')]).toEqual([undefined, undefined, undefined, undefined]));
  it('comes back as it was typed', () => {
    for (const [text, unit] of [['100', 'GB'], ['2', 'TB'], ['50', 'GiB'], ['1.5', 'GB'], ['20', 'MB']] as const) expect(fromBytes(toBytes(text, unit) ?? 0)).toEqual({ text, unit });
  });
});
