import { describe, expect, it } from 'vitest';
import { clockOf, worstExpiry } from './expiry';

const day = 86400;
const now = 1_000_000;
const expiry = (days: number, what = 'certificate') => ({ what, name: 'CN=fra-1', expires_at: now + days * day });

describe('the clock of a certificate', () => {
  it('warns below 30 days, alarms below 7 and when past', () => expect([31, 30, 29.5, 7, 6.5, 0, -1].map((days) => clockOf(expiry(days), now).shape)).toEqual(['ok', 'ok', 'warn', 'warn', 'crit', 'crit', 'crit']));
  it('says it in words', () => expect([40, 1, 0.5, -0.5, -3].map((days) => clockOf(expiry(days), now).word)).toEqual(['40 days left', '1 day left', 'expires today', 'expired yesterday', 'expired 3 days ago']));
  it('fills at most its bar', () => expect([clockOf(expiry(4000), now).part, clockOf(expiry(-4), now).part]).toEqual([1, 0]));
  it('is a worry only when it is near', () => expect([worstExpiry([expiry(90)], now), worstExpiry([expiry(90), expiry(5, 'crl')], now)?.clock.what]).toEqual([undefined, 'Revocation list']));
});
