// Invented alerts of the day: open, silenced, folded, closed; what was told; rules, silences, channels; and what can be done about them.
const seconds = () => Math.floor(Date.now() / 1000);
const conditions = ['agent_dns_leak', 'agent_bypass', 'agent_ipv6_leak', 'agent_down', 'agent_degraded', 'server_down', 'quota_near', 'quota_reached', 'certificate_expires', 'job_failed'];
const problem = (status, title, detail, members) => ({ status, body: { type: 'about:blank', title, status, detail, request_id: '01JD7Q', ...(members ? { members } : {}) } });
const ok = (body, status = 200) => ({ status, body });

const one = (id, condition, subject, severity, title, text, since, more = {}) => ({
  id, key: `${condition} ${subject}`, rule_id: conditions.indexOf(condition) + 1, condition, subject, severity, state: more.resolved_at ? 'resolved' : 'firing', title, text, values: {}, evidence: [], since_at: since, fired_at: since + 3, folded: 0, flaps: 0,
  marks: [{ at: since, what: 'seen', text: 'Seen first' }, { at: since + 3, what: 'fired', text: 'Alert opened' }, ...(more.resolved_at ? [{ at: more.resolved_at, what: 'resolved', text: `Over after ${Math.round((more.resolved_at - since) / 60)} min` }] : [])], ...more,
});

function makeIncidents(now) {
  const midnight = new Date().setHours(0, 0, 0, 0) / 1000;
  const at = (part) => midnight + (now - midnight) * part;
  return [
    one(101, 'agent_dns_leak', 'home-nas', 'critical', 'home-nas leaks DNS', 'Names looked up on home-nas are answered by a resolver in Germany, outside its tunnel. The network it sits in can see which names it asks for. Web traffic still leaves through Amsterdam', now - 27, {
      values: { subject: 'home-nas', exit: '192.0.2.41', country: 'NL', city: 'Amsterdam', resolver: '203.0.113.53', resolver_country: 'Germany', network: 'Lowland Transit' },
      evidence: [{ what: 'resolver', value: '203.0.113.53', place: { kind: 'public', country_code: 'DE', country: 'Germany', city: 'Hamburg', network: 'Nordlicht', asn: 64505 }, as_expected: false, text: 'Not in the exit’s country (NL) nor in what is listed' }, { what: 'exit v4', value: '192.0.2.41', as_expected: true, text: 'As learned' }],
      marks: [{ at: now - 62, what: 'note', text: 'resolv.conf was rewritten on home-nas' }, { at: now - 30, what: 'seen', text: 'Canary 1 of 3 asked by 203.0.113.53, unexpected' }, { at: now - 27, what: 'fired', text: 'Canary 3 of 3 agrees. Alert opened' }],
    }),
    one(102, 'quota_near', 'shirin.ahmadi', 'warning', 'shirin.ahmadi at 95 % of quota', 'About 14 min left at this rate, then halt', now - 45),
    one(103, 'server_degraded', 'sgp-1', 'warning', 'sgp-1 status file is 74 s late', 'The management socket is fine, counters use it alone', now - 74),
    one(104, 'agent_degraded', 'kiosk-lagos', 'warning', 'kiosk-lagos loses 3.8 % of packets', 'Since Savanna 4G slowed down, 2 other users there too', now - 2520, { acknowledged_at: now - 2000, acknowledged_by: 'dana.keller', marks: [{ at: now - 2520, what: 'seen', text: 'Loss above 2 %' }, { at: now - 2460, what: 'fired', text: 'Alert opened' }, { at: now - 2000, what: 'acknowledged', text: 'dana.keller has taken it' }] }),
    one(105, 'agent_down', 'van-router', 'warning', 'van-router silent for 14 min', 'Expected every 5 min, last heard from Amsterdam', now - 540, { silence_id: 1 }),
    one(106, 'user_new_country', '<img src=x onerror=alert(1)>\u202egnp', 'notice', '<img src=x onerror=alert(1)>\u202egnp came from a new country', 'Seen in Brazil for the first time', at(0.9), { resolved_at: at(0.9) }),
    one(107, 'server_down', 'fra-1', 'critical', 'fra-1 restarted', '71 of 74 came back by themselves', at(0.63), { resolved_at: at(0.63) + 240, folded: 23, values: { subject: 'fra-1' } }),
    one(108, 'quota_near', 'emre.demir', 'warning', 'emre.demir at 80 % of quota', 'Told once, next word at 95 %', at(0.77), { resolved_at: at(0.82) }),
    one(109, 'certificate_expires', 'hel-1', 'warning', 'hel-1 certificate ends in 4 days', 'Renewed at 10:31', at(0.71), { resolved_at: at(0.72) }),
    one(110, 'quota_near', 'chidi.eze', 'warning', 'chidi.eze at 80 % of quota', 'Told once, next word at 95 %', at(0.52), { resolved_at: at(0.57) }),
    one(111, 'attempts_many', '203.0.113.0/24', 'warning', '412 logins refused from one network', 'Blocked at the firewall by rule 7', at(0.28), { resolved_at: at(0.33) }),
    one(112, 'agent_degraded', 'seedbox-2', 'warning', 'seedbox-2 lost 4 % of packets', 'Cleared by itself', at(0.15), { resolved_at: at(0.18), flaps: 3 }),
    one(113, 'user_connected', 'shirin.ahmadi', 'notice', 'shirin.ahmadi connected', 'To fra-1, from Berlin', at(0.44), { resolved_at: at(0.44) }),
    one(114, 'user_disconnected', 'noor.haddad', 'notice', 'noor.haddad left', 'Folded', at(0.63) + 5, { resolved_at: at(0.63) + 200, folded_into: 107 }),
    one(90, 'agent_dns_leak', 'home-nas', 'critical', 'home-nas leaks DNS', 'The same cause', now - 40 * 86_400, { resolved_at: now - 40 * 86_400 + 240 }),
    one(80, 'agent_dns_leak', 'home-nas', 'critical', 'home-nas leaks DNS', 'Router reboot', now - 79 * 86_400, { resolved_at: now - 79 * 86_400 + 1260 }),
  ];
}

const delivery = (id, incident_id, channel, made_at, more = {}) => ({ id, incident_id, notice: 'fired', channel, state: 'delivered', made_at, next_at: made_at, done_at: made_at + 0.8, tries: 1, result: 'Accepted', others: 0, ...more });
const names = ['DNS leaks', 'Traffic round the tunnel', 'IPv6 leaks', 'Agents that fall silent', 'Bad paths', 'Servers that are down', 'Quotas near their end', 'Quotas used up', 'Certificates', 'House jobs'];

export function makeAlerts(scene) {
  const now = seconds();
  const calm = scene === 'empty' || scene === 'limitless';
  const incidents = new Map((calm ? [] : makeIncidents(now)).map((incident) => [incident.id, incident]));
  const deliveries = calm ? [] : [delivery(1, 101, 'ops telegram', now - 26), delivery(2, 101, 'ntfy', now - 26, { done_at: now - 25.7 }), delivery(3, 101, 'mail to on-call', now - 26, { state: 'waiting', next_at: now + 574, done_at: undefined, tries: 0, result: 'Waits for the end of the quiet hours' }), delivery(4, 103, 'hook', now - 70, { state: 'failed', tries: 4, result: 'hook.example.net answered 503' })];
  const rules = conditions.map((condition, index) => ({ id: index + 1, name: names[index], condition, subject: '', hold_seconds: index % 3 ? 60 : 0, clear_seconds: 120, needed: index === 0 ? 3 : 1, of: index === 0 ? 3 : 1, severity: index < 3 || index === 5 ? 'critical' : 'warning', channels: [], repeat_seconds: index === 0 ? 600 : 0, enabled: index !== 9 }));
  const silences = calm ? [] : [{ id: 1, maintenance: false, condition: 'agent_down', subject: 'van-router', starts_at: now - 3600, ends_at: now + 12_000, reason: 'on the road, patchy coverage', made_by: 'dk' }, { id: 2, maintenance: true, subject: 'hel-*', starts_at: now + 86_400, ends_at: now + 90_000, reason: 'New kernel', made_by: 'noor' }];
  const channels = [['ops telegram', 'telegram', 'warning', '22:00 to 07:00', 'en'], ['ntfy', 'ntfy', 'notice', '', 'en'], ['mail to on-call', 'email', 'critical', '', 'fa'], ['hook', 'webhook', 'warning', '', 'en']].map(([name, kind, least, quiet, language]) => ({ name, kind, least, quiet, language, ...(deliveries.find((one) => one.channel === name) ? { last_delivery: deliveries.find((one) => one.channel === name) } : {}) }));
  return { incidents, deliveries, rules, silences, channels };
}

function page(alerts, query) {
  const open = query.get('open');
  const from = Number(query.get('from') || 0);
  const begin = Number(query.get('cursor') || 0);
  const limit = Number(query.get('limit') || 100);
  const items = [...alerts.incidents.values()].filter((incident) => (open === null || open === '' || (incident.state !== 'resolved') === (open === 'true')) && (!from || (incident.resolved_at ?? Infinity) >= from) && (!query.get('subject') || incident.subject === query.get('subject'))).sort((a, b) => b.since_at - a.since_at);
  return ok({ items: items.slice(begin, begin + limit), total: items.length, ...(begin + limit < items.length ? { next_cursor: String(begin + limit) } : {}) });
}

function change(world, incident) {
  world.alerts.incidents.set(incident.id, incident);
  world.pending.incidents.push(incident);
}

function silence(world, body) {
  const made = { ...body, id: 100 + world.alerts.silences.length, made_by: world.account };
  world.alerts.silences.push(made);
  for (const incident of world.alerts.incidents.values()) if (incident.state === 'firing' && (!body.subject || incident.subject === body.subject) && (!body.condition || incident.condition === body.condition)) change(world, { ...incident, silence_id: made.id });
  return ok(made, 201);
}

function saveRule(world, id, body) {
  if (body.condition === 'user_absent' && !Intl.supportedValuesOf('timeZone').includes(body.zone)) return problem(422, 'Not valid', `zone: there is no time zone "${body.zone}"`, { zone: 'there is no such time zone' });
  const saved = { ...body, id: id || 100 + world.alerts.rules.length };
  world.alerts.rules = id ? world.alerts.rules.map((rule) => (rule.id === id ? saved : rule)) : [...world.alerts.rules, saved];
  return ok(saved, id ? 200 : 201);
}

function saveAgent(world, name, body) {
  const known = world.tunnels.agents.get(name);
  const agent = known ? { ...known, settings: body, verdict: body.paused ? 'paused' : known.verdict === 'paused' ? 'waiting' : known.verdict } : world.tunnels.blank(body);
  world.tunnels.agents.set(name, agent);
  world.pending.agents.push(agent);
  return ok(agent.settings);
}

const answers = { 'ops telegram': 'Telegram accepted the message for 2 chats', ntfy: 'ntfy.example.net answered 200', 'mail to on-call': 'mail.example.net took the message: 250 2.0.0 Ok: queued as 4F1' };

/** Agents and alerts of the API. Undefined: not one of these. */
export function watched(world, method, path, body, query) {
  const [what, id, more] = path.split('/').slice(1).map(decodeURIComponent);
  const { alerts, tunnels } = world;
  const table = {
    'GET agents': () => (id ? (tunnels.detail(id) ? ok(tunnels.detail(id)) : problem(404, 'Not found', `There is no agent ${id}.`)) : ok({ items: [...tunnels.agents.values()] })),
    'PUT agents': () => saveAgent(world, id, body), 'DELETE agents': () => (tunnels.agents.delete(id), world.pending.agents_gone.push(id), { status: 204 }),
    'POST agents test': () => ({ status: 204 }), 'POST agents token': () => ok({ token: 'dl1_7Qm2vXhT9sKpB4wYcR8nJ5eG3fLzD6aU0oWi' }, 201), 'DELETE agents token': () => ({ status: 204 }), 'GET exits': () => ok({ items: tunnels.exits }),
    'GET incidents': () => (id ? (alerts.incidents.has(Number(id)) ? ok({ incident: alerts.incidents.get(Number(id)), deliveries: alerts.deliveries.filter((one) => one.incident_id === Number(id)) }) : problem(404, 'Not found', `There is no alert ${id}.`)) : page(alerts, query)),
    'POST incidents acknowledge': () => {
      const incident = alerts.incidents.get(Number(id));
      if (incident.id === 102) return problem(409, 'Not done', 'dana.keller has taken it already.');
      return change(world, { ...incident, acknowledged_at: seconds(), acknowledged_by: world.account, marks: [...incident.marks, { at: seconds(), what: 'acknowledged', text: `${world.account} has taken it` }] }), { status: 204 };
    },
    'GET alert-rules': () => ok({ items: alerts.rules }), 'POST alert-rules': () => saveRule(world, 0, body), 'PUT alert-rules': () => saveRule(world, Number(id), body), 'DELETE alert-rules': () => ((alerts.rules = alerts.rules.filter((rule) => rule.id !== Number(id))), { status: 204 }),
    'GET silences': () => ok({ items: alerts.silences }), 'POST silences': () => silence(world, body), 'DELETE silences': () => ((alerts.silences = alerts.silences.filter((one) => one.id !== Number(id))), { status: 204 }),
    'GET channels': () => ok({ items: alerts.channels }), 'POST channels test': () => ok(answers[id] ? { ok: true, text: answers[id] } : { ok: false, text: 'hook.example.net answered 503: Service Unavailable' }),
  };
  return table[`${method} ${what}${more ? ` ${more}` : ''}`]?.();
}
