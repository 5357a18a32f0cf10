import { describe, expect, it } from 'vitest';
import { freezeOrder } from './freeze';

describe('a frozen order', () => {
  it('keeps rows where they are while values change', () => expect(freezeOrder([1, 2, 3], [3, 1, 2])).toEqual({ order: [1, 2, 3], waiting: true }));
  it('lets rows go that ended', () => expect(freezeOrder([1, 2, 3], [3, 1]).order).toEqual([1, 3]));
  it('puts new rows last', () => expect(freezeOrder([1, 2], [9, 1, 2]).order).toEqual([1, 2, 9]));
  it('does not ask for a new sort when only rows out of view differ', () => expect(freezeOrder([1, 2, 3], [1, 3, 2], { first: 0, last: 0 }).waiting).toBe(false));
  it('does not ask for a new sort when nothing differs', () => expect(freezeOrder([1, 2], [1, 2]).waiting).toBe(false));
});
