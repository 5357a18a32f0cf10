// The invented fleet: sessions that open, move, roam and close; the answers of the API are read from it.
import { makeAgents } from './agents.mjs';
import { makeAlerts } from './alerts.mjs';
import { makeLimits, stand } from './limits.mjs';
import { chance, cities, makeAddress, makePlace, makeSession, servers as places } from './people.mjs';

const random = chance(20261119);
const seconds = () => Math.floor(Date.now() / 1000);
const weighted = cities.flatMap((city) => Array(city.weight).fill(city));
const anyCity = () => weighted[Math.floor(random() * weighted.length)];
const traffic = (at) => 0.55 + 0.35 * Math.sin(((at / 3600 + 13) / 24) * 2 * Math.PI) + 0.06 * Math.sin(at / 1900) + 0.04 * Math.sin(at / 700);

export function makeWorld(scene) {
  const now = seconds();
  const sessions = new Map();
  const closed = [];
  const events = [];
  let eventId = 9000;
  const people = scene === 'normal' || scene === 'limitless' ? 240 : scene === 'big' ? 6000 : 0;
  for (let index = 0; index < people; index += 1) {
    const session = makeSession(random, index < weighted.length ? weighted[index] : anyCity(), now);
    sessions.set(session.id, session);
  }
  const servers = scene === 'empty' ? [] : places.map((place, index) => ({
    name: place.name, source: 'openvpn', state: 'up', health: 'Answers on its management socket, every second.', since_at: now - 86400 * (3 + index),
    version: 'OpenVPN 2.6.14', process_id: 1200 + index * 37, started_at: now - 86400 * (3 + index), local_address: `192.0.2.${10 + index}:1194`, transport: 'udp',
    sessions: 0, rx_bytes: 4e11 + index * 3e11, tx_bytes: 2.1e12 + index * 8e11, last_snapshot_at: now, lab: scene === 'lab', problems: 0, mode: 'server', public_address: `203.0.113.${10 + index}`, listens_on: `udp 0.0.0.0:1194`,
    pool_size: 253, pool_used: 0, dco: index === 0, warnings: index === 0 ? ['With data channel offload, OpenVPN 2.6 may count a reconnecting client from zero; Davylamp reads the kernel beside it.'] : [],
    witnesses: [{ kind: 'ebpf', state: 'looking', text: 'counts at eth0 with tcx, 48 flows', counts: false, flows: 48 }, { kind: 'conntrack', state: index ? 'refused' : 'looking', text: index ? 'connection tracking needs CAP_NET_ADMIN: run davylamp-agent, or give the unit AmbientCapabilities=CAP_NET_ADMIN' : 'follows connection tracking with byte counts', counts: false, flows: index ? 0 : 48 }],
    interfaces: [{ name: 'tun0', kind: 'tun', up: true, rx_bytes: 4e11, tx_bytes: 2.1e12, rx_packets: 4e8, tx_packets: 2e9, rx_dropped: 0, tx_dropped: 12 }],
    ...(index === 1 ? { fence: { allow: ['IR', 'DE'], deny: [], confirmed: true, since_at: now - 86400, allowed_packets: 48_000_000, allowed_bytes: 3e10, refused_packets: 93_112, refused_bytes: 6e6 } } : {}),
    expiries: [{ what: 'certificate', name: `CN=${place.name}`, expires_at: now + [19, 212, 88, 4, 340][index] * 86400 }, { what: 'ca', name: 'CN=Example VPN CA', expires_at: now + 2400 * 86400 }, { what: 'crl', name: 'crl.pem', expires_at: now + [27, 60, 120, -2, 90][index] * 86400 }],
    place: { kind: 'public', country_code: place.code, country: place.country, city: place.city, latitude: place.at[0], longitude: place.at[1], precision: 'city' },
  }));
  if (scene === 'normal' || scene === 'big' || scene === 'limitless') {
    Object.assign(servers[3], { state: 'busy', health: 'Another client holds the management socket, so the status file is read instead.', since_at: now - 74 });
    Object.assign(servers[4], { state: 'stale', health: 'Has not answered for 96 s; its last figures are shown with their age.', since_at: now - 96, last_snapshot_at: now - 96 });
  }
  const count = () => servers.forEach((server) => (server.pool_used = server.sessions = [...sessions.values()].filter((s) => s.server === server.name).length));
  count();

  const note = (kind, session, text, at = seconds()) => {
    const event = { id: (eventId += 1), at, kind, server: session.server, user: session.user, session_id: session.id, text, ...(session.place ? { place: session.place } : {}) };
    events.unshift(event);
    return event;
  };
  const size = (bytes) => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`);
  const reasons = ['left', 'left', 'left', 'timeout', 'restart', 'killed', 'quota', 'blocked', 'unknown'];
  const end = (session, at) => ({ id: session.id, closed_at: at, end_reason: reasons[Math.floor(random() * reasons.length)], final: true, rx_bytes: session.rx_bytes, tx_bytes: session.tx_bytes });
  const bury = (session, ending) => closed.unshift({ ...session, ...ending, state: 'closed', rx_bps: 0, tx_bps: 0, last_seen_at: ending.closed_at });

  if (people) for (let index = 1200; index > 0; index -= 1) {
    const at = now - index * 420;
    const session = { ...makeSession(random, anyCity(), at), place: undefined };
    const twin = [...sessions.values()][index % people];
    Object.assign(session, { user: twin.user, common_name: twin.user, place: twin.place });
    if (!session.place) delete session.place;
    bury(session, end(session, at));
  }
  [...sessions.values()].slice(0, 40).forEach((session, index) => {
    const at = now - (40 - index) * 27;
    if (index === 33) {
      events.unshift({ id: (eventId += 1), at, kind: 'server_state', server: 'gru-1', text: 'gru-1 does not answer any more' });
    } else if (index % 3 === 1) note('session_closed', session, `${session.user} left ${session.server}: ${Math.floor(random() * 5)} h 06 m, ${size(session.tx_bytes / 40)}, closed by the client`, at);
    else if (index % 11 === 6) note('session_roamed', session, `${session.user} roamed on ${session.server}`, at);
    else note('session_opened', session, `${session.user} connected to ${session.server}`, at);
  });

  const limits = makeLimits(scene === 'limitless' ? [] : [...sessions.values()].map(({ user }) => user));
  const jobs = ['retention', 'rollup', 'optimize', 'checkpoint', 'vacuum', 'backup'].map((name, index) => ({
    name, ok: name !== 'backup', next_at: now + 3600 * (index + 1), ...(name === 'vacuum' ? { text: '' } : { began_at: now - 3000 * (index + 1), ended_at: now - 3000 * (index + 1) + 2, text: name === 'backup' ? 'Could not write /var/backups/davylamp: no space left on the device. Free some, then run it again.' : `Looked at ${index * 1200 + 300} rows, removed ${index * 17}.` }),
  }));
  const audit = Array.from({ length: 30 }, (_, index) => ({ at: now - index * 4100, account: index % 3 ? 'dana.keller' : 'noor', action: ['login', 'grant_added', 'user_blocked', 'session_kick'][index % 4], subject: index % 4 ? [...sessions.values()][index]?.user ?? '' : '', remote_address: '192.0.2.17', reason: index % 4 === 1 ? 'Field upload, ticket 4182' : '' }));
  const pending = { events: [], quotas: [], quotas_gone: [], closed: [], jobs: [], agents: [], agents_gone: [], incidents: [] };
  const tunnels = makeAgents(scene);
  const alerts = makeAlerts(scene);
  const near = limits.quotas[2];
  if (near) {
    events.unshift({ id: (eventId += 1), at: now - 60, kind: 'quota_near', server: 'fra-1', user: near.user, text: `${near.user} has used 95 % of 100 GB` });
    events.unshift({ id: (eventId += 1), at: now - 20, kind: 'quota_reached', server: 'fra-1', user: limits.quotas[1].user, text: `${limits.quotas[1].user} reached the limit of 50 GB and was stopped` });
    events.unshift({ id: (eventId += 1), at: now - 8, kind: 'login_refused', server: 'fra-1', user: limits.quotas[1].user, text: `${limits.quotas[1].user} was refused on fra-1: the quota is used up` });
  }

  /** Ends a session for a reason and remembers it. */
  function buryFor(session, end_reason) {
    const ending = { ...end(session, seconds()), end_reason };
    sessions.delete(session.id);
    bury(session, ending);
    return ending;
  }

  /** Counts on for those who are near the top, so that the list is seen to live. */
  function moveQuotas() {
    return limits.quotas.filter((quota) => quota.used_bytes > 0 && quota.state !== 'reached').slice(0, 6).map((quota) => {
      quota.used_bytes += Math.round(random() * 3e6);
      return stand(quota);
    });
  }

  /** One second passes: returns what a frame of changes carries. */
  function step() {
    const at = seconds();
    const frame = { opened: [], updated: [], closed: [], events: [], servers: [] };
    for (const session of sessions.values()) {
      if (session.server === 'gru-1') continue;
      const drift = Math.exp((random() - 0.5) * 0.22);
      session.tx_bps = Math.round(Math.min(46e6 + (session.id % 97) * 9e4, Math.max(2000, session.tx_bps * drift)));
      session.rx_bps = Math.round(session.tx_bps * (0.16 + random() * 0.08));
      session.tx_bytes += Math.round(session.tx_bps / 8);
      session.rx_bytes += Math.round(session.rx_bps / 8);
      session.last_seen_at = at;
      const { id, rx_bytes, tx_bytes, rx_bps, tx_bps } = session;
      frame.updated.push({ id, rx_bytes, tx_bytes, rx_bps, tx_bps, last_seen_at: at });
    }
    const turn = random();
    if (people && turn < 0.12) {
      const session = { ...makeSession(random, anyCity(), at), opened_at: at, rx_bytes: 4000, tx_bytes: 9000 };
      sessions.set(session.id, session);
      frame.opened.push(session);
      frame.events.push(note('session_opened', session, `${session.user} connected to ${session.server}`));
    } else if (sessions.size > 220 && turn < 0.22) {
      const session = [...sessions.values()][Math.floor(random() * sessions.size)];
      const ending = end(session, at);
      sessions.delete(session.id);
      bury(session, ending);
      frame.closed.push(ending);
      frame.events.push(note('session_closed', session, `${session.user} left ${session.server}: ${size(session.tx_bytes)}`));
    } else if (sessions.size && turn < 0.24) {
      const session = [...sessions.values()][Math.floor(random() * sessions.size)];
      if (session.place?.city) {
        Object.assign(session, { real_address: makeAddress(random), place: makePlace(random, cities.find(({ city }) => city === session.place.city)) });
        Object.assign(frame.updated.find(({ id }) => id === session.id) ?? {}, { real_address: session.real_address, real_port: session.real_port, place: session.place });
        frame.events.push(note('session_roamed', session, `${session.user} roamed on ${session.server}`));
      }
    }
    count();
    for (const server of servers) if (server.state === 'up' || server.state === 'busy') server.last_snapshot_at = at;
    frame.servers = servers;
    events.length = Math.min(events.length, 500);
    frame.events.push(...pending.events.splice(0));
    frame.closed.push(...pending.closed.splice(0));
    return { at: Date.now() / 1000, ...frame, quotas: [...pending.quotas.splice(0), ...moveQuotas()], quotas_gone: pending.quotas_gone.splice(0), jobs: pending.jobs.splice(0), agents: [...pending.agents.splice(0), ...tunnels.step()], agents_gone: pending.agents_gone.splice(0), incidents: pending.incidents.splice(0) };
  }

  const history = (hours, before = 0) => {
    const step_seconds = hours <= 6 ? 60 : hours <= 48 ? 300 : 3600;
    const to = Math.floor(seconds() / step_seconds) * step_seconds - before;
    const points = [];
    if (!people) return { step_seconds, points };
    for (let at = to - hours * 3600; at <= to; at += step_seconds) {
      const hole = to - at;
      if (!before && hole > 18_600 && hole < 20_400) continue;
      const level = Math.max(0.08, traffic(at) * (before ? 0.86 : 1)) * 742e6;
      points.push({ at, tx_bytes: Math.round((level * step_seconds) / 8), rx_bytes: Math.round((level * 0.21 * step_seconds) / 8), sessions: Math.round(190 + 60 * traffic(at)) });
    }
    return { step_seconds, points };
  };
  return { sessions, closed, servers, events, step, history, limits, jobs, audit, pending, tunnels, alerts, bury: buryFor, lastEvent: 90_000, account: 'demo' };
}
