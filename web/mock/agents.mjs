// Invented agents inside invented tunnels: every verdict once, and what was said last.
import { chance } from './people.mjs';

const seconds = () => Math.floor(Date.now() / 1000);
const random = chance(5);
const place = (country_code, country, city, network = 'Polar DSL', asn = 64500) => ({ kind: 'public', country_code, country, city, network, asn });
const cities = {
  ams: place('NL', 'Netherlands', 'Amsterdam', 'Lowland Transit', 64501), fra: place('DE', 'Germany', 'Frankfurt', 'Elbe Fiber', 64499), ham: place('DE', 'Germany', 'Hamburg', 'Nordlicht', 64505), hel: place('FI', 'Finland', 'Helsinki'),
  zrh: place('CH', 'Switzerland', 'Zürich', 'Alpnet', 64502), nyc: place('US', 'United States', 'New York', 'Hudson Carrier', 64503), sin: place('SG', 'Singapore', 'Singapore', 'Straits Net', 64504), sto: place('SE', 'Sweden', 'Stockholm', 'Skerry', 64506), gru: place('BR', 'Brazil', 'São Paulo', 'Planalto', 64507),
};

// name, label, verdict, exit city, exit, IPv6 through the tunnel, [latency, jitter, loss], bad days, checked seconds ago
const rows = [
  ['office-gw', 'WireGuard', 'sealed', 'hel', '198.51.100.7', true, [18, 1.2, 0], {}, 12],
  ['lab-berlin', 'OpenVPN', 'sealed', 'fra', '203.0.113.19', true, [11, 0.6, 0], { 4: 'w' }, 40],
  ['kiosk-lagos', 'OpenVPN', 'degraded', 'fra', '203.0.113.22', true, [142, 8.4, 0.038], { 11: 'w', 12: 'w', 21: 'c', 29: 'w' }, 22],
  ['seedbox-2', 'WireGuard', 'sealed', 'zrh', '192.0.2.90', false, [24, 1.9, 0], { 17: 'c' }, 8],
  ['clinic-almaty', 'WireGuard', 'sealed', 'hel', '198.51.100.7', true, [88, 6.1, 0.001], {}, 51],
  ['van-router', 'WireGuard', 'silent', 'ams', '192.0.2.41', false, [37, 2, 0], { 2: 'o', 3: 'o', 15: 'o', 22: 'o', 28: 'o', 29: 'o' }, 840],
  ['build-farm', 'OpenVPN', 'sealed', 'nyc', '192.0.2.118', false, [6, 0.3, 0], {}, 3],
  ['cam-warehouse', 'OpenVPN', 'sealed', 'sin', '203.0.113.201', false, [37, 2.4, 0], { 13: 'w' }, 27],
  ['press-desk', 'WireGuard', 'sealed', 'sto', '198.51.100.66', false, [29, 1.1, 0], { 0: 'w', 25: 'w' }, 19],
  ['field-kit-07', 'WireGuard', 'learning', 'gru', '203.0.113.150', false, [54, 4.4, 0.002], {}, 31],
  ['home-nas', 'WireGuard', 'leaking', 'ams', '192.0.2.41', false, [21, 1.4, 0], { 6: 'w', 29: 'l' }, 4],
  ['depot-cairo', 'OpenVPN', 'late', 'fra', '203.0.113.24', false, [71, 3.2, 0], {}, 96],
  ['annex-8', 'IPsec', 'waiting', '', '', false, [0, 0, 0], {}, 0],
  ['old-printer', 'WireGuard', 'paused', 'hel', '198.51.100.9', false, [30, 1, 0], {}, 90_000],
  ['nightly-backup', 'cron', 'alive', '', '', false, [0, 0, 0], { 20: 'c' }, 1900],
];

const sentences = {
  alive: () => 'Heard in time; pings say nothing of a tunnel',  sealed: () => 'Exit, IPv6 and resolver are all as expected', degraded: () => 'Loss 3.8 % over the last ten looks', late: () => 'The report is late, and its grace is not over', silent: () => 'Nothing was heard for 14 min; nothing is known of its tunnel',
  learning: () => 'Learning where its exit is: 2 of 5 reports agree', waiting: () => 'Nothing was heard of it yet', paused: () => 'Paused: no deadline, no verdict', leaking: () => 'Leaking DNS: its names are looked up by a resolver in Hamburg, outside its tunnel',
};

function findingsOf(verdict, now) {
  if (verdict === 'degraded') return [{ kind: 'degraded', since_at: now - 2520, last_at: now, text: 'Loss 3.8 %', evidence: [{ what: 'loss', value: '3.8 %', as_expected: false, text: '23 of 600 probes did not come back; usual is 0.1 %' }] }];
  if (verdict !== 'leaking') return [];
  return [{
    kind: 'dns_leak', since_at: now - 27, last_at: now, text: '203.0.113.53 belongs to Nordlicht, the network this agent uses without its VPN. 3 of 3 canary names came from there, so this is not a shared resolver',
    evidence: [
      { what: 'resolver', value: '203.0.113.53', place: cities.ham, as_expected: false, text: 'Not in the exit’s country (NL) nor in what is listed' }, { what: 'canary 1 of 3', value: '203.0.113.53', place: cities.ham, as_expected: false, text: 'Asked over UDP' },
      { what: 'canary 2 of 3', value: '203.0.113.53', place: cities.ham, as_expected: false, text: '' }, { what: 'exit v4', value: '192.0.2.41', place: cities.ams, as_expected: true, text: 'As learned' }, { what: 'before', value: '10.64.0.1', as_expected: true, text: '10.64.0.1 was asked until 14:31:02' },
    ],
  }];
}

function points([latency, jitter, loss], now, silent) {
  return Array.from({ length: 60 }, (_, index) => ({
    at: now - (60 - index) * 60, rx_bps: 120_000, tx_bps: 900_000,
    ...(silent && index > 40 ? {} : { latency_milliseconds: Math.max(0.4, latency * (0.94 + random() * 0.12) + (random() < 0.04 ? latency : 0)), jitter_milliseconds: Math.max(0.1, jitter * (0.7 + random() * 0.6)), loss: loss > 0.01 ? (index > 34 ? loss * (0.5 + random()) : 0) : random() < 0.08 ? loss : 0 }),
  }));
}

function makeAgent([name, label, verdict, city, exit, ipv6, quality, , ago], now) {
  const ping = label === 'cron';
  const heard = verdict !== 'waiting';
  const from = cities[city];
  const silent = verdict === 'silent' || verdict === 'paused';
  const family = (address, at) => ({ address, ...(at ? { place: at } : {}), agreeing: 3, answered: 4, since_at: now - 400_000 });
  const resolver = verdict === 'leaking' ? { what: 'resolver', value: '203.0.113.53', place: cities.ham, as_expected: false, text: 'Not in the exit’s country' } : { what: 'resolver', value: '10.64.0.1', ...(from ? { place: from } : {}), as_expected: true, text: '' };
  return {
    settings: { name, site: name.split('-')[0], label, interval_seconds: verdict === 'silent' ? 300 : 60, grace_seconds: 0, exit: { countries: [], asns: [], networks: [], learned: true }, resolver: { tolerance: 'country', countries: [], asns: [], networks: [] }, ipv6: 'sealed', real_networks: name === 'home-nas' ? ['203.0.113.48/28'] : [], learning_heartbeats: 5, paused: verdict === 'paused' },
    presence: { silent: 'down', late: 'late', waiting: 'waiting', paused: 'paused' }[verdict] ?? 'alive', verdict, sentence: sentences[verdict](), verdict_since_at: now - ({ leaking: 27, degraded: 2520, silent: 540, late: 36 }[verdict] ?? 86_400 * 12),
    ...(heard ? { first_heard_at: now - 86_400 * (verdict === 'learning' ? 2 : 210), last_heard_at: now - ago, due_at: now - ago + 60 } : {}), interval_seconds: verdict === 'silent' ? 300 : ping ? 3600 : 60, reports_as: ping ? 'ping' : 'agent', ...(heard && !ping ? { version: '0.5.0' } : {}),
    ...(exit ? { exit_v4: family(exit, from) } : {}), ...(exit && ipv6 ? { exit_v6: family('2001:db8:40::7', from) } : {}), resolvers: heard && !ping ? [resolver] : [], evidence: heard && !ping ? [{ what: 'default route', value: label === 'WireGuard' ? 'wg0' : 'tun0', as_expected: true, text: 'Goes into the tunnel' }, { what: 'connection', value: exit, ...(from ? { place: from } : {}), as_expected: true, text: 'The report came from the exit' }] : [], findings: findingsOf(verdict, now), points: heard && !ping ? points(quality, now, silent) : [],
    ...(heard && !ping ? { link: { tunnel: label === 'WireGuard' ? 'wg0' : 'tun0', tunnel_up: true, default_v4: label === 'WireGuard' ? 'wg0' : 'tun0', rx_bytes: 4e9, tx_bytes: 3e10, rx_bps: 180_000, tx_bps: 2_400_000 } } : {}),
    learned: { countries: from ? [from.country_code] : [], asns: from ? [from.asn] : [], resolver_networks: [], heartbeats: verdict === 'learning' ? 2 : 5, done: verdict !== 'learning' }, heartbeats: 41_220, late_heartbeats: 14,
  };
}

function lastOf(agent, now) {
  if (agent.last_heard_at === undefined) return undefined;
  const { name } = agent.settings;
  const base = { number: 41_220, agent: name, kind: agent.reports_as, signal: 'alive', received_at: agent.last_heard_at, measured_at: agent.last_heard_at - 1, late: false, interval_seconds: agent.interval_seconds, paths: [] };
  if (agent.reports_as === 'ping') return { ...base, note: 'exit 0 <b>fine</b>' };
  const exit = agent.exit_v4;
  const { country_code, city } = exit.place;
  const answer = (provider) => ({ provider, address: exit.address, country_code, city });
  const bad = agent.verdict === 'leaking';
  return {
    ...base, version: agent.version, connected_from: exit.address, connected_place: exit.place,
    exit_v4: { routed: true, address: exit.address, agreeing: 3, answered: 3, place: exit.place, answers: [answer('hub'), answer('ipinfo'), answer('cloudflare'), { provider: 'ip-api', error: 'timed out after 5 s' }] },
    exit_v6: agent.exit_v6 ? { routed: true, address: agent.exit_v6.address, agreeing: 2, answered: 2, place: exit.place, answers: [{ provider: 'hub', address: agent.exit_v6.address, country_code, city }, { provider: 'cloudflare', address: agent.exit_v6.address, country_code, city }] } : { routed: false, agreeing: 0, answered: 0, answers: [] },
    resolver: { asked: 3, answered: bad ? 3 : 2, configured: bad ? ['192.168.1.1'] : ['10.64.0.1'], seen: (bad ? ['canary', 'canary', 'whoami_google'] : ['canary', 'whoami_akamai']).map((method) => ({ method, address: bad ? '203.0.113.53' : '192.0.2.53', transport: 'udp', place: bad ? cities.ham : exit.place, ...(method === 'whoami_google' ? { client_subnet: '203.0.113.0/24' } : {}) })), canary: 'x7f2' },
    paths: [{ target: 'hub', sent: 10, received: 10, latency_milliseconds: agent.points.at(-1)?.latency_milliseconds ?? 20, jitter_milliseconds: 1.1 }, { target: '192.0.2.1', sent: 10, received: 9, latency_milliseconds: 31.4, jitter_milliseconds: 2.2 }, { target: 'files.example.net', sent: 10, received: 0 }],
    link: agent.link,
  };
}

function historyOf(agent, bad, now) {
  const today = Math.floor(now / 86_400) * 86_400;
  const known = agent.first_heard_at === undefined ? 0 : Math.min(90, Math.ceil((now - agent.first_heard_at) / 86_400));
  const down = { w: 900, c: 9000 };
  const days = Array.from({ length: known }, (_, index) => {
    const kind = bad[29 - (known - 1 - index)];
    if (kind === 'o') return undefined;
    const down_seconds = down[kind] ?? 0;
    return { at: today - (known - 1 - index) * 86_400, up_seconds: 86_400 - down_seconds, down_seconds, leaking_seconds: kind === 'l' ? 640 : 0 };
  }).filter(Boolean);
  const sum = (n) => days.filter(({ at }) => at > today - n * 86_400).reduce((all, day) => ({ days: n, up_seconds: all.up_seconds + day.up_seconds, down_seconds: all.down_seconds + day.down_seconds, leaking_seconds: all.leaking_seconds + day.leaking_seconds }), { days: n, up_seconds: 0, down_seconds: 0, leaking_seconds: 0 });
  const pattern = known === 0 ? [] : Array.from({ length: 168 }, (_, index) => ({ weekday: Math.floor(index / 24), hour: index % 24, up_seconds: 14_000, down_seconds: index % 24 === 3 && index > 90 ? 1900 : index === 30 ? 200 : 0 }));
  return { uptime: [1, 7, 30, 90].map(sum), days, pattern, latency: { p50: 21, p90: 34, p99: 88 }, jitter: { p50: 1.4, p90: 3.1, p99: 9.9 }, loss: 0.0012 };
}

export function makeAgents(scene) {
  const now = seconds();
  const list = scene === 'empty' || scene === 'limitless' ? [] : rows.map((row) => makeAgent(row, now));
  if (scene === 'big') for (let index = 0; index < 400; index += 1) list.push({ ...makeAgent(rows[index % rows.length === 10 ? 0 : index % rows.length], now), settings: { ...makeAgent(rows[0], now).settings, name: `unit-${index}` } });
  const agents = new Map(list.map((agent) => [agent.settings.name, agent]));
  const badOf = (name) => rows.find(([known]) => known === name)?.[7] ?? {};
  const detail = (name) => {
    const agent = agents.get(name);
    if (!agent) return undefined;
    const last = lastOf(agent, seconds());
    return { agent: { ...agent, ...(last ? { last } : {}) }, history: historyOf(agent, badOf(name), seconds()) };
  };
  /** Each second a few report. */
  const step = () => [...agents.values()].filter((agent, index) => ['sealed', 'leaking', 'degraded'].includes(agent.verdict) && agent.reports_as === 'agent' && (seconds() + index * 7) % 20 === 0).map((agent) => {
    const last = agent.points.at(-1);
    const next = { ...agent, last_heard_at: seconds(), points: [...agent.points.slice(1), { ...last, at: seconds(), latency_milliseconds: last.latency_milliseconds * (0.95 + random() * 0.1) }] };
    agents.set(agent.settings.name, next);
    return next;
  });
  const exits = ['ams', 'fra', 'hel', 'zrh', 'nyc'].map((key, index) => ({ country_code: cities[key].country_code, asn: cities[key].asn, network: cities[key].network, agents: 3 - (index % 3), up_seconds: 2_590_000, down_seconds: 400 * index * index, latency: { p50: 12 + index * 9, p90: 40, p99: 90 }, loss: 0.0004 * index }));
  return { agents, detail, step, exits, blank: (settings) => ({ ...makeAgent(rows[12], seconds()), settings }) };
}
