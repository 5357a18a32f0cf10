import { describe, expect, it } from 'vitest';
import { pseudonymOf } from './address';

describe('an address that stands for a client', () => {
  it('is told by its last digits', () => expect(pseudonymOf('100::1:22:7f3a:9c12')).toBe('7f3a9c12'));
  it('keeps the zeros that the text leaves out', () => expect([pseudonymOf('100::a:b:c:d'), pseudonymOf('100::5')]).toEqual(['000c000d', '00000005']));
  it('is of 100::/64 only', () => expect(['1000::1', '2001:db8::1', '100:1::1', '10.0.0.1', ''].map(pseudonymOf)).toEqual(Array(5).fill(undefined)));
});
