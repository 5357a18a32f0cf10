import type { Quota } from '../api/types.gen';

/** How an invented limit stands, for tests. */
export const aQuota = (over: Partial<Quota>): Quota => ({
  limit_id: 1, user: 'ann', group: '', direction: 'both', state: 'ok', enforce: true, kernel_stop: false, used_bytes: 0, allowed_bytes: 100e9, limit_bytes: 100e9,
  period: 'month', period_start_at: 0, ...over,
});
