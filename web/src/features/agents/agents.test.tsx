import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agent, Incident } from '../../api/types.gen';
import { aFinding, anAgent, anIncident } from '../../lib/test-agent';
import { liveStore } from '../../live/use-live';
import { draw, press, type } from '../../ui/test-render';
import { readExpected, toDraft, toSettings } from './agent-form';
import { commandOf } from './commands';
import AgentsPage from './page';
import { heatStep } from './pattern';

let sent: [string, string, unknown][];
let stop: () => Promise<void>;
const hostile = '<img src=x onerror=alert(1)>\u202e';

beforeEach(() => {
  sent = [];
  history.replaceState(null, '', '/agents');
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    if (init.method) sent.push([init.method, path, init.body ? JSON.parse(String(init.body)) : undefined]);
    if (path.endsWith('/me')) return new Response('{"account":"demo","role":"admin","expires_at":0}');
    if (path.endsWith('/token')) return new Response('{"token":"dl1_secret"}');
    return new Response('{"items":[]}', { status: path.includes('/agents/') && !init.method ? 404 : 200 });
  });
});
afterEach(async () => {
  await stop?.();
  vi.unstubAllGlobals();
});

const settle = () => act(async () => new Promise((resolve) => setTimeout(resolve, 0)));

async function page(agents: Agent[], name?: string, incidents: Incident[] = []) {
  liveStore.apply({ kind: 'snapshot', number: 1, at: 1000, sessions: [], servers: [], events: [], quotas: [], jobs: [], agents, incidents }, Date.now());
  const drawn = await draw(<AgentsPage name={name} />);
  stop = drawn.stop;
  await settle();
  return drawn;
}

const cards = (host: Element) => [...host.querySelectorAll('[data-testid="agent-card"]')].map((card) => card.getAttribute('data-agent'));

describe('the page of agents', () => {
  const agents = [anAgent({ name: 'a' }), anAgent({ name: 'b', verdict: 'silent' }), anAgent({ name: 'c', verdict: 'leaking', findings: [aFinding({ text: `${hostile} answers` })] })];
  it('puts the worst first and narrows to a verdict', async () => {
    const { host } = await page(agents);
    expect(cards(host)).toEqual(['c', 'b', 'a']);
    await press(host.querySelector('[data-testid="agents-silent"]'));
    expect(cards(host)).toEqual(['b']);
  });
  it('opens up the card that leaks, and shows foreign words as text', async () => {
    const { host, text } = await page(agents, undefined, [anIncident({ subject: 'c' })]);
    expect(text()).toContain('Leaking DNS');
    expect(host.querySelector('img')).toBeNull();
    expect(text()).toContain('<img src=x onerror=alert(1)>⟨U+202E⟩ answers.');
    await press([...host.querySelectorAll('button')].find((button) => button.textContent === 'Acknowledge'));
    expect(sent).toContainEqual(['POST', '/api/v1/incidents/1/acknowledge', undefined]);
  });
  it('claims nothing of one that is silent', async () => {
    const { host } = await page([anAgent({ verdict: 'silent', exit_v6: { address: '2001:db8::1', agreeing: 1, answered: 1, since_at: 0 }, last_heard_at: 160 })]);
    const card = host.querySelector('[data-testid="agent-card"]');
    expect(card?.textContent).toContain('Silent for 14 min');
    expect(card?.textContent).not.toMatch(/in tunnel|2001:db8/);
  });
  it('says how to begin', async () => expect((await page([])).text()).toContain('No agent yet'));
  it('asks before it removes, and then waits', async () => {
    const { host } = await page(agents, 'a');
    await press(host.querySelector('[aria-label="More acts"]'));
    await press([...host.querySelectorAll('.menu-item')].find((item) => item.textContent === 'Remove agent'));
    await press(host.querySelector('[data-testid="agent-sure"]'));
    expect(sent.filter(([verb]) => verb === 'DELETE')).toEqual([]);
  });
  it('adds an agent and shows what lets it in, once', async () => {
    const { host, text } = await page(agents);
    await press(host.querySelector('[data-testid="add-agent"]'));
    const name = host.querySelector<HTMLInputElement>('[data-testid="agent-form"] input');
    await type(name as HTMLInputElement, 'bad name');
    await press(host.querySelector('[data-testid="agent-save"]'));
    expect(text()).toContain('Letters, digits, dot');
    await type(name as HTMLInputElement, 'a');
    await press(host.querySelector('[data-testid="agent-save"]'));
    expect(text()).toContain('There is an agent of this name already');
    await type(name as HTMLInputElement, 'depot');
    await press(host.querySelector('[data-testid="agent-save"]'));
    await settle();
    expect(sent.map(([verb, path]) => `${verb} ${path}`)).toEqual(['PUT /api/v1/agents/depot', 'POST /api/v1/agents/depot/token']);
    expect(text()).toContain('dl1_secret');
  });
});

describe('what is expected', () => {
  it('is read by what each word is', () => expect(readExpected('nl, AS64500 192.0.2.0/24;2001:db8::/32')).toEqual({ countries: ['NL'], asns: [64500], networks: ['192.0.2.0/24', '2001:db8::/32'] }));
  it('names the first word that is nothing of it', () => expect(readExpected('NL Holland')).toMatchObject({ unknown: 'Holland' }));
  it('comes back from its settings as it was', () => {
    const { settings } = anAgent({ settings: { exit: { countries: ['NL'], asns: [64500], networks: ['192.0.2.0/24'], learned: false }, real_networks: ['203.0.113.0/24'] } });
    expect(toSettings(toDraft(settings))).toEqual({ settings, errors: {} });
  });
  it('tells what is wrong where it is', () => expect(Object.keys(toSettings({ ...toDraft(undefined), name: 'a', interval_seconds: '1', real_networks: 'NL', resolver: '?' }).errors).sort()).toEqual(['interval_seconds', 'real_networks', 'resolver']));
});

it('writes commands that a shell takes as they are', () => {
  const told = { name: 'home-nas', token: 'dl1_x', hub: 'https://vpn.example.net', interval_seconds: 300 };
  expect(commandOf('ping', told)).toContain("*/5 * * * * curl -fsS -m 10 -o /dev/null https://vpn.example.net/ping/dl1_x");
  expect(commandOf('sentinel', { ...told, hub: "https://a'b" })).toContain("VPN_SENTINEL_SERVER_API_BASE_URL='https://a'\\''b'");
  expect(commandOf('docker', told)).toContain('-e DAVYLAMP_ENROL=dl1_x');
  expect(commandOf('systemd', told)).toContain('DAVYLAMP_HUB=https://vpn.example.net\nDAVYLAMP_NAME=home-nas\nDAVYLAMP_ENROL=dl1_x');
});

it('fills an hour of the week by what was missed', () => {
  const cell = (up_seconds: number, down_seconds: number) => heatStep({ weekday: 0, hour: 0, up_seconds, down_seconds });
  expect([cell(0, 0), cell(100, 0), cell(999, 1), cell(95, 5), cell(1, 1)]).toEqual(['none', 0, 1, 2, 3]);
});
