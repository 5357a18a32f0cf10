import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Delivery, Incident } from '../../api/types.gen';
import { conditions } from '../../lib/incident';
import { aRule, anAgent, anIncident } from '../../lib/test-agent';
import { liveStore } from '../../live/use-live';
import { draw, key, press, type } from '../../ui/test-render';
import { fixOf } from './fixes';
import AlertsPage from './page';
import { pathStory } from './path-story';
import { readSpan, toRule, toRuleDraft, userRule, writeSpan } from './rule-form';
import { toSilence } from './silence-form';
import { stepsOf } from './steps';

let sent: [string, string, unknown][];
let stop: () => Promise<void>;
let refuse = false;

beforeEach(() => {
  sent = [];
  refuse = false;
  history.replaceState(null, '', '/alerts');
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    if (init.method) sent.push([init.method, path, init.body ? JSON.parse(String(init.body)) : undefined]);
    if (init.method && refuse) return new Response('{"detail":"dana has taken it already"}', { status: 409 });
    if (path.endsWith('/me')) return new Response('{"account":"demo","role":"operator","expires_at":0}');
    if (path.endsWith('/test')) return new Response('{"ok":false,"text":"503 Service Unavailable"}');
    if (path.endsWith('/channels')) return new Response('{"items":[{"name":"ops","kind":"telegram","least":"warning","quiet":"","language":"fa"}]}');
    if (/incidents\/\d+$/.test(path)) return new Response(JSON.stringify({ incident: anIncident({ id: Number(path.split('/').at(-1)) }), deliveries: [] }));
    return new Response('{"items":[],"total":0}');
  });
});
afterEach(async () => {
  await stop?.();
  vi.unstubAllGlobals();
});

const settle = () => act(async () => new Promise((resolve) => setTimeout(resolve, 0)));
const now = () => Math.floor(Date.now() / 1000);

async function page(incidents: Incident[], id?: number) {
  liveStore.apply({ kind: 'snapshot', number: 1, at: now(), sessions: [], servers: [], events: [], quotas: [], jobs: [], agents: [], incidents }, Date.now());
  const drawn = await draw(<AlertsPage id={id} />);
  stop = drawn.stop;
  await settle();
  return drawn;
}

describe('the page of alerts', () => {
  it('leads with the gravest and shows what hostile names say as text', async () => {
    const { host, text } = await page([anIncident({ id: 1, severity: 'warning', title: 'a warning', since_at: now() - 9 }), anIncident({ id: 2, title: '<img src=x>\u202e', since_at: now() - 27 })]);
    expect([...host.querySelectorAll('[data-testid="incident-row"]')].map((row) => row.getAttribute('data-incident'))).toEqual(['2', '1']);
    expect(host.querySelector('img')).toBeNull();
    expect(text()).toContain('<img src=x>⟨U+202E⟩');
  });
  it('takes an alert by the key a, at once, and takes it back when it is refused', async () => {
    refuse = true;
    await page([anIncident({ since_at: now() - 20 })], 1);
    await key(document.body, 'a');
    await settle();
    expect(sent).toContainEqual(['POST', '/api/v1/incidents/1/acknowledge', undefined]);
    expect(liveStore.state().incidents.get(1)?.acknowledged_at).toBeUndefined();
  });
  it('silences only with a reason', async () => {
    const { host, text } = await page([anIncident({ since_at: now() - 20 })], 1);
    await key(document.body, 's');
    await press(host.querySelector('[data-testid="silence-save"]'));
    expect(text()).toContain('Say why');
    expect(sent).toEqual([]);
    await type(host.querySelector('[data-testid="silence-reason"]') as HTMLInputElement, 'new router');
    await press(host.querySelector('[data-testid="silence-save"]'));
    expect(sent[0]?.slice(0, 2)).toEqual(['POST', '/api/v1/silences']);
    expect(sent[0]?.[2]).toMatchObject({ subject: 'home-nas', condition: 'agent_dns_leak', reason: 'new router' });
  });
  it('says what the provider answered to a test', async () => {
    const { host, text } = await page([]);
    await press(host.querySelector('[data-testid="channels"]'));
    await settle();
    await press([...host.querySelectorAll('button')].find((button) => button.textContent === 'Test'));
    await settle();
    expect(text()).toContain('503 Service Unavailable.');
    expect(text()).toContain('Telegram, Persian');
  });
});

describe('what happened', () => {
  const delivery = (over: Partial<Delivery>): Delivery => ({ id: 1, incident_id: 1, notice: 'fired', channel: 'ops', state: 'delivered', made_at: 100, next_at: 100, done_at: 100.8, tries: 1, result: 'ok', others: 0, ...over });
  it('has each telling with its seconds, and what lies ahead hollow at the end', () => {
    const incident = anIncident({ marks: [{ at: 99, what: 'fired', text: 'Alert opened' }, { at: 100, what: 'told', text: 'ops' }] });
    const steps = stepsOf(incident, [delivery({ id: 2, channel: 'mail', state: 'waiting', next_at: 900 }), delivery({}), delivery({ id: 3, channel: 'hook', state: 'failed', tries: 4, result: 'answered 503' })], aRule({ repeat_seconds: 600 }), 200);
    expect(steps.map(({ text, note, ahead }) => [`${text} ${note}`.trim(), ahead ?? false])).toEqual([['Alert opened', false], ['ops delivered in 0.8 s', false], ['hook could not be told Answered 503., 4 tries', false], ['If nobody takes it: told again', true], ['mail will be told, ok', true]]);
  });
  it('does not threaten to say again what somebody has taken', () => expect(stepsOf(anIncident({ acknowledged_at: 1 }), [delivery({})], aRule({ repeat_seconds: 600 }), 200).some(({ ahead }) => ahead)).toBe(false));
});

describe('the path of a leak', () => {
  it('goes round the tunnel for names', () => {
    const story = pathStory(anIncident({ values: { exit: '192.0.2.41', city: 'Amsterdam', country: 'NL', resolver: '203.0.113.53', resolver_country: 'Germany', network: 'Lowland Transit' }, evidence: [{ what: 'resolver', value: '203.0.113.53', as_expected: false, text: '', place: { kind: 'public', country: 'Germany', country_code: 'DE', network: 'Nordlicht' } }] }), anAgent());
    expect(story).toMatchObject({ from: { title: 'home-nas', note: 'WireGuard, home' }, inside: { to: { title: 'Amsterdam', note: 'exit 192.0.2.41, as expected' } }, outside: { to: { title: 'Germany', note: 'resolver 203.0.113.53, Nordlicht' } } });
  });
  it('tells where IPv6 went, not where IPv4 did', () =>
    expect(pathStory(anIncident({ condition: 'agent_ipv6_leak', values: { exit: '192.0.2.41', city: 'Amsterdam' }, evidence: [{ what: 'exit v6', value: '2001:db8:9::7', as_expected: false, text: '', place: { kind: 'public', city: 'Hamburg', network: 'Nordlicht' } }] }), undefined)?.outside.to).toEqual({ title: 'Hamburg', note: '2001:db8:9::7, Nordlicht' }));
  it('has nothing in the tunnel that is bypassed, and none for what is no leak', () => {
    expect(pathStory(anIncident({ condition: 'agent_bypass' }), undefined)?.inside).toBeUndefined();
    expect(pathStory(anIncident({ condition: 'server_down' }), undefined)).toBeUndefined();
  });
});

describe('a rule', () => {
  it('comes back from its draft as it was', () => {
    const rule = aRule({ hold_seconds: 90, clear_seconds: 7200, needed: 2, of: 3, channels: ['ops'], repeat_seconds: 1800 });
    expect(toRule(toRuleDraft(rule))).toEqual({ rule, errors: {} });
  });
  it('reads spans as people write them', () => {
    expect(['90', '90 s', '5 min', '5m', '2 h', '1d', 'soon'].map(readSpan)).toEqual([90, 90, 300, 300, 7200, 86_400, undefined]);
    expect([0, 90, 300, 7200, 172_800].map(writeSpan)).toEqual(['0 s', '90 s', '5 min', '2 h', '2 d']);
  });
  it('about one who should come names who, and by when', () => {
    expect(Object.keys(toRule({ ...userRule('user_absent', 'UTC'), by_clock: '9' }).errors).sort()).toEqual(['by_clock', 'subject']);
    expect(toRule({ ...userRule('user_absent', 'UTC'), subject: 'ann' }).rule).toMatchObject({ name: 'ann did not come by 09:00', by_clock: '09:00', zone: 'UTC' });
  });
});

it('always ends, and ends after it begins', () => {
  const draft = { subject: 'a', condition: undefined, maintenance: false, until: 'hour' as const, date: '', from: '', reason: 'why' };
  expect(toSilence(draft, 1000)).toEqual({ silence: { subject: 'a', maintenance: false, starts_at: 1000, ends_at: 4600, reason: 'why' }, errors: {} });
  expect(Object.keys(toSilence({ ...draft, until: 'date', reason: ' ' }, 1000).errors)).toEqual(['until', 'reason']);
});

it('knows what mends each condition', () => {
  for (const condition of Object.keys(conditions) as (keyof typeof conditions)[]) expect(fixOf(condition).text).not.toContain('Nothing is known');
});
