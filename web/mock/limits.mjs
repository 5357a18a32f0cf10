// Invented limits and how they stand; what operators do to them changes them.
const GB = 1e9;
const seconds = () => Math.floor(Date.now() / 1000);
const monthStart = () => new Date(new Date().getFullYear(), new Date().getMonth(), 1).getTime() / 1000;
const nextMonth = () => new Date(new Date().getFullYear(), new Date().getMonth() + 1, 1).getTime() / 1000;

const shares = [0.985, 1.0, 0.952, 0.884, 0.812, 0.671, 0.594, 0.61, 0.53, 0.47, 0.41, 0.36, 0.31, 0.24, 0.18, 0.12, 0.09, 0.05, 0.02, 0];
const speeds = [1.6, 1.4, 1.42, 1.3, 1.18, 1.08, 1.01, 0.93, 0.85, 0.74, 0.63, 0.59, 0.5, 0.4, 0.29, 0.2, 0.15, 0.1, 0.04, 0];

function limit(id, over) {
  return {
    id, subject_kind: 'user', subject: '', direction: 'both', bytes: 100 * GB, period: { kind: 'month', zone: 'Europe/Berlin', anchor_day: 1, days: 30 }, buffer_bytes: 0,
    thresholds: [50, 80, 95], enforce: true, kernel_stop: false, note: '', created_at: seconds() - 40 * 86400, created_by: 'dana.keller', ...over,
  };
}

const groupOf = (index) => ['field-team', 'press', 'engineering', 'office', 'clinic'][index % 5];

export function makeLimits(users, now = seconds()) {
  const names = [...new Set(users)];
  const groups = ['field-team', 'press', 'engineering', 'office', 'clinic'].map((name, at) => ({ name, members: names.filter((_, index) => index % 5 === at).slice(0, 14), note: at === 0 ? 'Ticket 4182' : '' }));
  const state = { revision: 7, groups, limits: [], grants: [], resets: [], blocks: [], quotas: [] };
  if (names.length === 0) return state;
  state.limits = [
    limit(1, { subject_kind: 'each', subject: 'field-team', kernel_stop: true }),
    limit(2, { subject_kind: 'each', subject: 'press', bytes: 50 * GB, direction: 'down' }),
    limit(3, { subject_kind: 'each', subject: 'engineering', bytes: 300 * GB, enforce: false, period: { kind: 'rolling', zone: 'UTC', anchor_day: 1, days: 30 } }),
    limit(4, { subject_kind: 'group', subject: 'office', bytes: 2000 * GB }),
    limit(5, { subject: names[40] ?? names[0], bytes: 20 * GB, period: { kind: 'anniversary', zone: 'Asia/Tokyo', anchor_day: 12, days: 30 }, note: 'As agreed in June' }),
  ];
  shares.forEach((share, index) => {
    const kind = index % 3;
    const [id, group, bytes] = [[1, 'field-team', 100 * GB], [2, 'press', 50 * GB], [3, 'engineering', 300 * GB]][kind];
    const user = groups[kind].members[Math.floor(index / 3)] ?? names[index];
    state.quotas.push(quota({ limit_id: id, user, group, share, speed: speeds[index], bytes, direction: kind === 1 ? 'down' : 'both', period: kind === 2 ? 'rolling' : 'month', enforce: kind !== 2, kernel_stop: kind === 0 }, now));
  });
  state.quotas.push(quota({ limit_id: 4, user: '', group: 'office', share: 0.58, speed: 0.88, bytes: 2000 * GB, direction: 'both', period: 'month', enforce: true }, now));
  state.quotas.push(quota({ limit_id: 5, user: state.limits[4].subject, group: '', share: 0.83, speed: 1.2, bytes: 20 * GB, direction: 'both', period: 'anniversary', enforce: true }, now));
  state.grants.push({ id: 1, limit_id: 1, user: state.quotas[0].user, bytes: 20 * GB, from_at: now - 86400, until_at: nextMonth(), reason: 'Field upload, ticket 4182', granted_by: 'dana.keller', spent_bytes: 0 });
  state.quotas[0].allowed_bytes += 20 * GB;
  state.blocks.push({ user: names[3], reason: 'Lost laptop', blocked_by: 'dana.keller', at: now - 7200 });
  return state;
}

function quota({ share, speed, bytes, period, ...rest }, now) {
  const used_bytes = Math.round(share * bytes);
  const made = { ...rest, period, used_bytes, allowed_bytes: bytes, limit_bytes: bytes, kernel_stop: rest.kernel_stop ?? false, period_start_at: monthStart(), forecast_bytes: Math.round(Math.max(share, speed) * bytes), state: 'ok' };
  if (period !== 'rolling') made.resets_at = nextMonth();
  return stand(made, now, speed);
}

/** Works out state and run-out date anew. */
export function stand(quota, now = seconds(), speed = quota.forecast_bytes / quota.limit_bytes) {
  const share = quota.used_bytes / quota.allowed_bytes;
  quota.state = share >= 1 ? 'reached' : share >= 0.8 ? 'near' : 'ok';
  delete quota.runs_out_at;
  if (speed > 1.0001 && share < 1) {
    const end = quota.resets_at ?? now + 9 * 86400;
    quota.runs_out_at = Math.round(now + ((1 - share) / Math.max(0.01, speed - share)) * (end - now) * 0.7);
  }
  return quota;
}

export function periodsOf(state, id, user) {
  const bytes = state.limits.find((one) => one.id === id)?.bytes ?? GB;
  return [0.71, 0.93, 1.02, 0.44, 0.38].map((share, index) => {
    const start = new Date(new Date().getFullYear(), new Date().getMonth() - 1 - index, 1).getTime() / 1000;
    const end = new Date(new Date().getFullYear(), new Date().getMonth() - index, 1).getTime() / 1000;
    return { limit_id: id, user, start_at: start, end_at: end, used_bytes: Math.round(bytes * share), allowed_bytes: bytes };
  });
}
