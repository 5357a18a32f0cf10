import { describe, expect, it } from 'vitest';
import { addPoints } from './use-user-series';

describe('the traffic of several sessions', () => {
  it('is summed step by step, in the order of time', () =>
    expect(addPoints([[{ at: 60, rx_bytes: 1, tx_bytes: 2 }, { at: 120, rx_bytes: 3, tx_bytes: 4 }], [{ at: 0, rx_bytes: 9, tx_bytes: 9 }, { at: 60, rx_bytes: 10, tx_bytes: 20 }]])).toEqual([
      { at: 0, rx_bytes: 9, tx_bytes: 9 }, { at: 60, rx_bytes: 11, tx_bytes: 22 }, { at: 120, rx_bytes: 3, tx_bytes: 4 },
    ]));
});
