import { describe, expect, it } from 'vitest';
import { byCity, byCountry, byUser, ratesWithout, totals } from './aggregate';
import { aSession } from './test-session';

const berlin = { kind: 'public' as const, country_code: 'DE', country: 'Germany', city: 'Berlin', latitude: 52.52, longitude: 13.4 };
const sessions = [
  aSession({ id: 1, user: 'ann', tx_bps: 10, rx_bps: 1, place: berlin }),
  aSession({ id: 2, user: 'ann', tx_bps: 20, rx_bps: 2, place: berlin, server: 'hel-1' }),
  aSession({ id: 3, user: 'bob', tx_bps: 25, rx_bps: 3, place: { kind: 'private' } }),
];

describe('sums', () => {
  it('count people once and sessions each', () => expect(totals(sessions)).toMatchObject({ sessions: 3, users: 2, countries: 1, tx_bps: 55, rx_bps: 6 }));
  it('count sessions without a place', () => expect(totals(sessions).without_location).toBe(1));
  it('leave out servers that do not answer', () => expect(ratesWithout(sessions, ['hel-1'])).toEqual({ tx_bps: 35, rx_bps: 4 }));
  it('add up the sessions of a user', () => expect(byUser(sessions).map(({ user, tx_bps }) => [user, tx_bps])).toEqual([['ann', 30], ['bob', 25]]));
  it('know no country for a private address', () => expect(byCountry(sessions)).toEqual([{ code: 'DE', name: 'Germany', sessions: 2 }]));
  it('gather a city over its servers', () => expect(byCity(sessions)[0]).toMatchObject({ name: 'Berlin', sessions: 2, servers: { 'fra-1': 1, 'hel-1': 1 } }));
});
