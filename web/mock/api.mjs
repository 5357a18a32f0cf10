// Answers of the REST API, read from the invented fleet.
const keyOf = (session, key) => (key === 'country' ? (session.place?.country_code ?? '') : (session[key] ?? ''));

function sorted(rows, sort) {
  const down = sort.startsWith('-');
  const key = down ? sort.slice(1) : sort;
  const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true }));
  return [...rows].sort((a, b) => (down ? -1 : 1) * compare(keyOf(a, key), keyOf(b, key)) || a.id - b.id);
}

function page(rows, query) {
  const from = Number(query.get('cursor') || 0);
  const to = from + Number(query.get('limit') || 100);
  return { items: rows.slice(from, to), total: rows.length, ...(to < rows.length ? { next_cursor: String(to) } : {}) };
}

function passes(session, query) {
  const list = (name) => (query.get(name) ?? '').split(',').filter(Boolean);
  const text = (query.get('q') ?? '').toLowerCase();
  const words = [session.user, session.server, session.real_address, session.virtual_address, session.place?.city, session.place?.country].join(' ').toLowerCase();
  return (
    (!list('server').length || list('server').includes(session.server)) && (!list('country').length || list('country').includes(session.place?.country_code)) &&
    (!query.get('user') || session.user === query.get('user')) && (!query.get('transport') || session.transport === query.get('transport')) && words.includes(text)
  );
}

function usersOf(world) {
  const users = new Map();
  for (const session of [...world.closed, ...world.sessions.values()]) {
    const known = users.get(session.user) ?? { user: session.user, sessions: 0, open_sessions: 0, rx_bytes: 0, tx_bytes: 0, first_seen_at: Infinity, last_seen_at: 0 };
    known.sessions += 1;
    known.open_sessions += session.state === 'open' ? 1 : 0;
    known.rx_bytes += session.rx_bytes;
    known.tx_bytes += session.tx_bytes;
    known.first_seen_at = Math.min(known.first_seen_at, session.opened_at);
    known.last_seen_at = Math.max(known.last_seen_at, session.last_seen_at);
    if (session.place?.country_code) known.country_code = session.place.country_code;
    users.set(session.user, known);
  }
  return [...users.values()];
}

function trafficOf(session) {
  const end = session.closed_at ?? session.last_seen_at;
  const step_seconds = end - session.opened_at > 6 * 3600 ? 300 : 60;
  const points = [];
  for (let at = Math.floor(session.opened_at / step_seconds) * step_seconds; at < end; at += step_seconds) {
    const part = (at - session.opened_at) / Math.max(1, end - session.opened_at);
    if (part > 0.66 && part < 0.71) continue;
    const level = 24 + 22 * Math.sin(part * 9) * (1 - part * 0.5) + 14 * part + 6 * Math.sin(at / 130) + 4 * Math.sin(at / 71);
    points.push({ at, tx_bytes: Math.max(2, level) * 120_000 * (step_seconds / 60), rx_bytes: Math.max(2, level) * 16_000 * (step_seconds / 60) });
  }
  return { step_seconds, points };
}

const problem = (status, title, detail) => ({ status, body: { type: 'about:blank', title, status, detail, request_id: '01JD7Q' } });
const newestFirst = (a, b) => b.opened_at - a.opened_at;

function sessionDetail(world, id) {
  const session = world.sessions.get(id) ?? world.closed.find((row) => row.id === id);
  if (!session) return problem(404, 'Not found', `There is no session ${id}.`);
  const past = world.closed.filter((row) => row.user === session.user && row.id !== id).sort(newestFirst);
  const { real_address, real_port, place } = session;
  const endpoints = [{ real_address, real_port, place, first_seen_at: session.opened_at + 900, last_seen_at: session.last_seen_at }, { real_address: '203.0.113.140', real_port: 40213, place, first_seen_at: session.opened_at, last_seen_at: session.opened_at + 900 }];
  return { status: 200, body: { session, endpoints: session.id % 3 ? endpoints.slice(0, 1) : endpoints, traffic: trafficOf(session), past: past.slice(0, 20), past_total: past.length } };
}

function userDetail(world, name) {
  const user = usersOf(world).find((row) => row.user === name);
  if (!user) return problem(404, 'Not found', `Nobody on record is called ${name}.`);
  const sessions = [...world.sessions.values(), ...world.closed].filter((row) => row.user === name).sort(newestFirst);
  const block = world.limits.blocks.find((row) => row.user === name);
  const more = { quotas: world.limits.quotas.filter((row) => row.user === name), groups: world.limits.groups.filter((row) => row.members.includes(name)).map((row) => row.name), ...(block ? { block } : {}) };
  return { status: 200, body: { user, ...more, sessions: sessions.slice(0, 50), traffic: trafficOf({ ...sessions[0], opened_at: sessions[0].last_seen_at - 20 * 3600 }) } };
}

function stats(world) {
  const open = [...world.sessions.values()];
  const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);
  const midnight = new Date().setHours(0, 0, 0, 0) / 1000;
  const users = new Set(open.map((row) => row.user)).size;
  return {
    at: Date.now() / 1000, open_sessions: open.length, open_users: users, countries: new Set(open.map((row) => row.place?.country_code)).size,
    rx_bps: sum(open, 'rx_bps'), tx_bps: sum(open, 'tx_bps'), today: { rx_bytes: open.length * 2.79e9, tx_bytes: open.length * 11.6e9, sessions: 612, since_at: midnight },
    ...(open.length ? { day_before: { open_sessions: open.length - 12, open_users: users - 9, rx_bps: sum(open, 'rx_bps') * 0.9, tx_bps: sum(open, 'tx_bps') * 0.88 } } : {}),
    top_users: [], top_countries: [],
  };
}

/** Status and body for a GET below /api/v1. */
export function answer(world, path, query) {
  const open = [...world.sessions.values()];
  const state = query.get('state') ?? 'open';
  if (path === '/sessions') {
    const sort = query.get('sort') || (state === 'closed' ? '-closed_at' : '-tx_bps');
    const part = (rows) => sorted(rows.filter((row) => passes(row, query)), sort);
    return { status: 200, body: page([...(state !== 'closed' ? part(open) : []), ...(state !== 'open' ? part(world.closed) : [])], query) };
  }
  if (path.startsWith('/sessions/')) return sessionDetail(world, Number(path.slice(10)));
  if (path === '/users') {
    const text = (query.get('q') ?? '').toLowerCase();
    return { status: 200, body: page(sorted(usersOf(world).filter((user) => user.user.toLowerCase().includes(text)), query.get('sort') || '-last_seen_at'), query) };
  }
  if (path.startsWith('/users/')) return userDetail(world, decodeURIComponent(path.slice(7)));
  if (path === '/servers') return { status: 200, body: { items: world.servers } };
  if (path === '/stats') return { status: 200, body: stats(world) };
  if (path === '/events') return { status: 200, body: { items: world.events.slice(0, Number(query.get('limit') ?? 100)) } };
  if (path === '/history') {
    const hours = Number(query.get('hours') ?? 24);
    return { status: 200, body: { ...world.history(hours), previous: world.history(hours, 86400).points } };
  }
  return problem(404, 'Not found', `There is no ${path}.`);
}
