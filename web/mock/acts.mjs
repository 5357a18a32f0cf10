// What can be done to the invented fleet, and what is asked about it beside sessions.
import { periodsOf, stand } from './limits.mjs';

const seconds = () => Math.floor(Date.now() / 1000);
const problem = (status, title, detail) => ({ status, body: { type: 'about:blank', title, status, detail, request_id: '01JD7Q' } });
const ok = (body, status = 200) => ({ status, body });
let lastId = 100;

function audit(world, action, subject, reason = '') {
  world.audit.unshift({ at: seconds(), account: world.account, action, subject, remote_address: '192.0.2.17', reason });
}

function tell(world, kind, user, text) {
  const event = { id: (world.lastEvent += 1), at: seconds(), kind, server: 'fra-1', user, text };
  world.events.unshift(event);
  world.pending.events.push(event);
}

function saveLimit(world, id, body) {
  const { limits } = world;
  try {
    new Intl.DateTimeFormat('en', { timeZone: body.period.zone });
  } catch {
    return problem(422, 'Not valid', `period.zone: there is no time zone "${body.period.zone}"; use a name such as Europe/Berlin.`);
  }
  const saved = { ...body, id: id || (lastId += 1), created_at: seconds(), created_by: world.account };
  limits.limits = [...limits.limits.filter((one) => one.id !== saved.id), saved];
  if (!id && saved.subject_kind === 'user') {
    const quota = stand({ limit_id: saved.id, user: saved.subject, group: '', direction: saved.direction, state: 'ok', enforce: saved.enforce, kernel_stop: saved.kernel_stop, used_bytes: 0, allowed_bytes: saved.bytes, limit_bytes: saved.bytes, period: saved.period.kind, period_start_at: seconds(), forecast_bytes: 0 });
    limits.quotas.push(quota);
    world.pending.quotas.push(quota);
  }
  audit(world, id ? 'limit_changed' : 'limit_added', saved.subject);
  return ok(saved, id ? 200 : 201);
}

function grant(world, id, body) {
  const made = { id: (lastId += 1), limit_id: id, user: body.user ?? '', bytes: body.bytes, from_at: seconds(), until_at: body.until_at, reason: body.reason, granted_by: world.account, spent_bytes: 0 };
  world.limits.grants.push(made);
  for (const quota of world.limits.quotas.filter((one) => one.limit_id === id && (!body.user || one.user === body.user))) {
    quota.allowed_bytes += body.bytes;
    world.pending.quotas.push(stand(quota));
    tell(world, 'quota_reset', quota.user || quota.group, `${quota.user || quota.group} may use ${body.bytes / 1e9} GB more`);
  }
  audit(world, 'grant_added', body.user ?? `limit ${id}`, body.reason);
  return ok(made, 201);
}

function dropGrant(world, id) {
  const grant = world.limits.grants.find((one) => one.id === id);
  if (!grant) return problem(404, 'Not found', `There is no grant ${id}.`);
  world.limits.grants = world.limits.grants.filter((one) => one.id !== id);
  for (const quota of world.limits.quotas.filter((one) => one.limit_id === grant.limit_id && (!grant.user || one.user === grant.user))) {
    quota.allowed_bytes -= grant.bytes;
    world.pending.quotas.push(stand(quota));
  }
  return { status: 204 };
}

function reset(world, id, body) {
  for (const quota of world.limits.quotas.filter((one) => one.limit_id === id && (!body.user || one.user === body.user))) {
    Object.assign(quota, { used_bytes: 0, forecast_bytes: 0 });
    world.pending.quotas.push(stand(quota));
  }
  world.limits.resets.push({ limit_id: id, user: body.user ?? '', at: seconds(), reset_by: world.account });
  audit(world, 'quota_reset', body.user ?? `limit ${id}`, body.reason);
  return { status: 204 };
}

function end(world, id, { mode, reason }) {
  const session = world.sessions.get(id);
  if (!session) return problem(404, 'Not found', `Session ${id} is not open any more.`);
  if (session.server === 'gru-1') return problem(409, 'Not done', 'gru-1 did not answer within 5 s. The session may still be open.');
  world.pending.closed.push(world.bury(session, 'killed'));
  audit(world, `session_${mode}`, session.user, reason);
  return ok({ ok: true, text: `${session.server} ended the session of ${session.user}. ${mode === 'kick' ? 'The client may reconnect.' : 'The client was told not to come back.'}` });
}

function block(world, user, body) {
  const made = { user, reason: body.reason, blocked_by: world.account, at: seconds(), ...(body.until_at ? { until_at: body.until_at } : {}) };
  world.limits.blocks = [...world.limits.blocks.filter((one) => one.user !== user), made];
  for (const session of [...world.sessions.values()].filter((one) => one.user === user)) world.pending.closed.push(world.bury(session, 'blocked'));
  tell(world, 'user_blocked', user, `${user} was blocked by ${world.account}`);
  audit(world, 'user_blocked', user, body.reason);
  return ok(made);
}

function unblock(world, user) {
  world.limits.blocks = world.limits.blocks.filter((one) => one.user !== user);
  tell(world, 'user_unblocked', user, `${user} may come in again`);
  return { status: 204 };
}

const privacy = { mode: 'truncated', statement: ['Real addresses are cut to /24 and /48 before anything is stored.', 'Place and network are derived first, from a file on this machine.', 'Nothing is sent to another host.'], retention: { minutes_days: 14, hours_days: 90, days_days: 730, sessions_days: 365, audit_days: 730 } };

/** Writes, and reads that belong to them. Undefined: not one of these. */
export function actOn(world, method, path, body, query) {
  const words = path.split('/').slice(1).map(decodeURIComponent);
  const [what, id, more] = words;
  const { quotas: _, ...limits } = world.limits;
  const key = `${method} ${what}${more ? ` ${more}` : ''}`;
  const table = {
    'GET limits': () => ok(limits), 'POST limits': () => saveLimit(world, 0, body), 'PUT limits': () => saveLimit(world, Number(id), body),
    'DELETE limits': () => ((world.limits.limits = world.limits.limits.filter((one) => one.id !== Number(id))), world.pending.quotas_gone.push(...world.limits.quotas.filter((one) => one.limit_id === Number(id)).map(({ limit_id, user }) => ({ limit_id, user }))), (world.limits.quotas = world.limits.quotas.filter((one) => one.limit_id !== Number(id))), { status: 204 }),
    'GET quotas': () => ok({ items: world.limits.quotas, total: world.limits.quotas.length }),
    'POST limits grants': () => grant(world, Number(id), body), 'DELETE grants': () => dropGrant(world, Number(id)),
    'POST limits reset': () => reset(world, Number(id), body), 'GET limits periods': () => ok({ items: periodsOf(world.limits, Number(id), query.get('user') ?? '') }),
    'PUT groups': () => ((world.limits.groups = [...world.limits.groups.filter((one) => one.name !== id), { name: id, ...body }]), ok({ name: id, ...body })),
    'DELETE groups': () => ((world.limits.groups = world.limits.groups.filter((one) => one.name !== id)), { status: 204 }),
    'POST users block': () => block(world, id, body), 'DELETE users block': () => unblock(world, id), 'POST sessions end': () => end(world, Number(id), body),
    'GET jobs': () => ok({ items: world.jobs }), 'GET privacy': () => ok(privacy),
    'POST jobs run': () => (Object.assign(world.jobs.find((one) => one.name === id) ?? {}, { began_at: seconds(), ended_at: seconds(), ok: true, text: 'Done just now.' }), world.pending.jobs.push(...world.jobs), { status: 202 }),
    'GET attempts': () => ok({ items: ['refused', 'failed', 'accepted', 'refused', 'failed'].flatMap((outcome, index) => [0, 1, 2, 3].map((n) => ({ address: n === 3 && index === 0 ? undefined : `198.51.${index * 20 + n}.${n * 31 + 7}`, ...(n < 3 ? { place: { kind: 'public', country_code: ['CN', 'RU', 'NL'][n], country: ['China', 'Russia', 'Netherlands'][n], asn: 4134, network: 'Chinanet' } } : {}), protocol: index % 2 ? 'tcp' : 'udp', port: [1194, 443][index % 2], outcome, why: outcome === 'failed' ? ['tls_error', 'auth_failed', 'bad_packet', 'certificate_rejected'][n] : outcome === 'refused' ? '[UFW BLOCK]' : '[VPN-CONN]', user: outcome === 'failed' && n === 1 ? 'admin' : '', server: 'door', count: 2000 - index * 300 - n * 71, first_at: Date.now() / 1000 - 80_000, last_at: Date.now() / 1000 - 60 * (n + index) }))).map(({ address, ...rest }) => (address ? { address, ...rest } : rest)), countries: [{ country_code: 'CN', country: 'China', refused: 8200, failed: 611, accepted: 12 }, { country_code: 'RU', country: 'Russia', refused: 3110, failed: 42, accepted: 310 }, { refused: 91, failed: 0, accepted: 0 }], total: 20 }),
    'GET losses': () => ok({ items: [{ role: 'collect', name: 'lines_not_understood', count: 3, text: '3 lines of fra-1 could not be read and were skipped.' }, { role: 'process', name: 'observations_dropped', count: 0, text: 'No observation was dropped.' }] }),
  };
  return table[key]?.();
}
