import { describe, expect, it } from 'vitest';
import type { Event } from '../../api/types.gen';
import { groupEvents } from './group-events';

let id = 0;
const event = (kind: Event['kind'], at: number, user = 'ann', server = 'fra-1'): Event => ({ id: (id += 1), at, kind, server, user, text: '' });
const flaps = (count: number, from: number, user = 'ann') =>
  Array.from({ length: count }, (_, index) => [event('session_closed', from - index * 60, user), event('session_opened', from - index * 60 - 20, user)]).flat();

describe('repeated drops in the feed', () => {
  it('become one line that counts them', () => {
    const lines = groupEvents(flaps(6, 1000));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ what: 'dropped', times: 6, minutes: 5, event: { at: 1000 } });
  });
  it('stay single when they are few', () => expect(groupEvents(flaps(2, 1000)).map(({ times }) => times)).toEqual([undefined, undefined, undefined, undefined]));
  it('are told by the connections while the server has not noticed the drops', () =>
    expect(groupEvents([900, 840, 780].map((at) => event('session_opened', at)))).toMatchObject([{ what: 'connected', times: 3, minutes: 2 }]));
  it('are not called drops when each was a goodbye', () =>
    expect(groupEvents(flaps(3, 1000).map((one) => ({ ...one, text: 'ann left fra-1 after 2 m' })))[0]?.what).toBe('left'));
  it('do not join those of another user', () => expect(groupEvents([...flaps(2, 1000, 'ann'), ...flaps(2, 800, 'bob')])).toHaveLength(8));
  it('do not join across a quiet time', () => expect(groupEvents([...flaps(2, 5000), ...flaps(2, 1000)])).toHaveLength(8));
  it('leave what lies between in its place', () => {
    const [first, ...rest] = flaps(3, 1000);
    if (!first) throw new Error('no event');
    const between: Event = { id: 999, at: 990, kind: 'server_state', server: 'fra-1', text: 'fra-1 is up: 3 sessions' };
    expect(groupEvents([first, between, ...rest]).map(({ event: { id: shown } }) => shown)).toEqual([first.id, 999]);
  });
});
