import { describe, expect, it } from 'vitest';
import { confidence, lossPercent, lossTone, milliseconds, witnessName } from './evidence';

const reading = (kind: string, rx_bytes: number, agrees = true) => ({ kind, rx_bytes, tx_bytes: 0, agrees });

describe('confidence', () => {
  it('is one source while only its own looks', () => {
    expect(confidence({})).toEqual({ agree: 1, asked: 1, off: 0, word: '1 source' });
  });
  it('counts those who agree of those who were asked', () => {
    const evidence = { witnesses: [reading('openvpn', 100), reading('ebpf', 101)], asked: 3, off: 0.01 };
    expect(confidence({ evidence })).toEqual({ agree: 2, asked: 3, off: 0, word: '2 of 3' });
  });
  it('says by how much they differ', () => {
    const evidence = { witnesses: [reading('openvpn', 100), reading('ebpf', 92, false)], asked: 2, off: 0.082 };
    expect(confidence({ evidence })).toMatchObject({ agree: 1, off: 0.082, word: 'off by 8.2 %' });
  });
});

it('names witnesses, also those it does not know', () => {
  expect(witnessName('ebpf')).toBe('eBPF');
  expect(witnessName('tea_leaves')).toBe('tea_leaves');
});

it('writes figures of quality short', () => {
  expect(milliseconds(40.66)).toBe('41');
  expect(milliseconds(0.44)).toBe('0.4');
  expect([0, 0.015].map(milliseconds)).toEqual(['0', '<0.1']);
  expect(lossPercent(0)).toBe('0');
  expect(lossPercent(0.0004)).toBe('<0.1');
  expect(lossPercent(0.0125)).toBe('1.3');
  expect([0, 0.01, 0.2].map(lossTone)).toEqual(['calm', 'warn', 'crit']);
});
