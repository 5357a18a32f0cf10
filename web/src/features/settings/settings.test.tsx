import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aMe, anAccount, anEntry } from '../../lib/test-house';
import { actNow, knownActs, stopAct } from '../../ui/later';
import { draw, press, type } from '../../ui/test-render';
import { fakeServer, send, settle } from '../../ui/test-server';
import { makePassword } from './account-form';
import { whyKept } from './account-drawer';
import { exportPath } from './audit-page';
import { patternsOf } from './group-dialog';
import { configurationAdvice, nodeConfiguration, nodeState, skewText } from './node-state';
import SettingsPage from './page';

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
  for (const { id } of knownActs()) stopAct(id);
  vi.unstubAllGlobals();
  history.replaceState(null, '', '/');
});

const people = [anAccount(), anAccount({ name: 'bob', role: 'viewer', scope: ['europe'] }), anAccount({ name: 'eve', role: 'operator', origin: 'ldap', second_factor: true })];

async function open(section: string, name?: string, me = aMe(), more: Record<string, unknown> = {}, search = '') {
  history.replaceState(null, '', `/settings/${section}${name ? `/${name}` : ''}${search}`);
  const server = fakeServer({
    'GET /api/v1/me': me, 'GET /api/v1/accounts': { items: people }, 'GET /api/v1/server-groups': { items: [{ name: 'europe', servers: ['fra-*'] }, { name: 'asia', servers: ['sgp-1'] }] }, 'GET /api/v1/api-tokens': { items: [] },
    'GET /api/v1/nodes': { uplink: { listen_port: 7555, fingerprint_sha256: 'AB:CD' }, items: [{ name: 'fra-1', enrolled_at: 1, enrolled_by: 'ann', last_seen_at: 5, connected_to: 'hub-1' }] },
    'GET /api/v1/audit': (url: string) => (url.includes('before=8') ? { items: [anEntry({ number: 7, subject: 'the oldest' })] } : { items: [anEntry({ number: 9, action: 'session_kick', subject: 'bob' }), anEntry({ number: 8, account: '\u202Eevil' })], next_before: 8 }), 'GET /api/v1/audit/check': { lines: 9, first_number: 1, last_hash: 'ff' }, ...more,
  });
  const Known = () => <SettingsPage section={section} name={name} />;
  const page = await draw(<Known />);
  stop = page.stop;
  await settle();
  await settle();
  const all = (selector: string) => [...page.host.querySelectorAll<HTMLElement>(selector)];
  const button = (text: string) => all('button').find((one) => one.textContent === text) as HTMLButtonElement | undefined;
  const submit = (form: string) => send(page.host.querySelector<HTMLFormElement>(form));
  return { page, server, all, button, submit, input: (selector: string) => page.host.querySelector(selector) as HTMLInputElement };
}

describe('who may see what', () => {
  it('shows an auditor accounts, without a button', async () => {
    const page = await open('accounts', 'bob', aMe({ role: 'auditor' }));
    expect(page.all('[data-testid="account-row"]')).toHaveLength(3);
    expect(page.button('Add account')).toBeUndefined();
    expect(page.all('.drawer-foot button')).toEqual([]);
  });
  it.each([aMe({ role: 'viewer' }), aMe({ role: 'operator' }), aMe({ scope: ['europe'] })])('shows nothing of it to others: $role $scope', async (me) => {
    const page = await open('accounts', undefined, me);
    expect(page.page.text()).toContain('Not for your account');
    expect(page.server.asked.some(({ path }) => path.includes('/accounts'))).toBe(false);
  });
  it('leads an auditor to all parts, and has no act on nodes and groups', async () => {
    const groups = await open('server-groups', undefined, aMe({ role: 'auditor' }));
    expect(groups.all('.tabs a').map((one) => one.textContent)).toEqual(['Accounts', 'Server groups', 'Nodes', 'Audit log', 'System']);
    expect(groups.all('.table-acts')).toEqual([]);
  });
});

describe('accounts', () => {
  it('are added with a role, a scope and a first password', async () => {
    const page = await open('accounts', undefined, aMe(), { 'POST /api/v1/accounts': [201, anAccount({ name: 'dan' })] });
    await press(page.button('Add account'));
    await page.submit('[data-testid="account-form"]');
    expect(page.page.text()).toContain('Give it a name.');
    const [name] = page.all('[data-testid="account-form"] input[type="text"]') as HTMLInputElement[];
    await type(name as HTMLInputElement, ' dan ');
    await press(page.button('Operator'));
    await press(page.all('.scope-list input').at(-1));
    await press(page.input('[aria-label="Make one"]'));
    await page.submit('[data-testid="account-form"]');
    const body = page.server.done('POST')[0]?.body as { password: string };
    expect(body).toMatchObject({ name: 'dan', role: 'operator', scope: ['asia'] });
    expect(body.password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    expect(page.input('[data-testid="account-form"]')).toBeNull();
  });

  it('show what the server says is wrong at the field', async () => {
    const page = await open('accounts', undefined, aMe(), { 'POST /api/v1/accounts': [422, { detail: 'No.', members: { password: 'is too weak' } }] });
    await press(page.button('Add account'));
    await type(page.all('[data-testid="account-form"] input[type="text"]')[0] as HTMLInputElement, 'dan');
    await press(page.input('[aria-label="Make one"]'));
    await page.submit('[data-testid="account-form"]');
    expect(page.page.text()).toContain('Is too weak.');
  });

  it('of the directory have no role to change here', async () => {
    const page = await open('accounts', 'eve');
    expect(page.all('.drawer-foot button').map((one) => one.textContent)).toEqual(['Remove']);
    expect(page.button('Remove, it is lost')).toBeDefined();
  });

  it('cannot be one’s own or the last admin’s when they are removed', async () => {
    const page = await open('accounts', 'ann');
    expect(page.button('Remove')?.disabled).toBe(true);
    expect(whyKept(anAccount({ name: 'cy' }), [anAccount({ name: 'cy' })], 'ann')).toContain('last admin');
    expect(whyKept(anAccount({ name: 'cy' }), people, 'ann')).toBeUndefined();
  });

  it('are removed with a reason, after a while in which that can be stopped', async () => {
    const page = await open('accounts', 'bob', aMe(), { 'DELETE /api/v1/accounts/bob': [204, undefined] });
    await press(page.button('Remove'));
    await page.submit('.grant-dialog form');
    expect(knownActs()).toEqual([]);
    await type(page.input('.grant-dialog input'), 'Left in May');
    await page.submit('.grant-dialog form');
    expect(page.server.done('DELETE')).toEqual([]);
    await act(async () => void (await actNow(knownActs()[0]?.id ?? 0)));
    expect(page.server.done('DELETE')).toEqual([{ method: 'DELETE', path: '/api/v1/accounts/bob', body: { reason: 'Left in May' } }]);
  });
});

describe('a made password', () => {
  it('favours no letter', () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
    expect(makePassword((into) => (into.set(bytes), into))).toMatch(/^.{5}-.{5}-.{5}-.{5}$/);
  });
});

describe('server groups', () => {
  it('say which servers fit, and stay while an account sees by them', async () => {
    const page = await open('server-groups');
    const [asia, europe] = [page.input('[aria-label="Remove asia"]'), page.input('[aria-label="Remove europe"]')];
    expect([asia.disabled, europe.disabled]).toEqual([false, true]);
  });
  it('take one name a line, each once', () => expect(patternsOf(' fra-* \n\nhel-1\nfra-*')).toEqual(['fra-*', 'hel-1']));
  it('are made whole', async () => {
    const page = await open('server-groups', undefined, aMe(), { 'PUT /api/v1/server-groups/europe': { name: 'europe', servers: ['fra-*', 'hel-1'] } });
    await press(page.input('[aria-label="Edit europe"]'));
    await type(page.page.host.querySelector('textarea') as HTMLTextAreaElement, 'fra-*\nhel-1');
    await page.submit('[data-testid="group-form"]');
    expect(page.server.done('PUT')[0]?.body).toEqual({ servers: ['fra-*', 'hel-1'] });
  });
});

describe('nodes', () => {
  const node = { name: 'n', enrolled_at: 0, enrolled_by: 'ann' };
  it('are connected, gone, or have never come', () => {
    expect(nodeState({ ...node, last_seen_at: 1, connected_to: 'hub' })).toEqual({ shape: 'ok', words: 'Connected to hub' });
    expect(nodeState({ ...node, last_seen_at: 1 }).shape).toBe('warn');
    expect(nodeState(node).words).toContain('first connection');
  });
  it('have a clock that is looked at', () => {
    expect(skewText(undefined)).toEqual({ text: 'n/a', far: false });
    expect(skewText(0)).toEqual({ text: '0 ms', far: false });
    expect(skewText(-3400)).toEqual({ text: '3.4 s behind', far: true });
    expect(skewText(7_200_000)).toEqual({ text: '2 h 00 m ahead', far: true });
  });
  it('are let in by a token that is shown once, with the lines for their configuration', async () => {
    const page = await open('nodes', undefined, aMe(), { 'POST /api/v1/nodes/ber-1/enrol': [201, { token: 'dn_secret' }] });
    await press(page.button('Enrol node'));
    await type(page.input('[data-testid="node-form"] input'), 'fra-1');
    await page.submit('[data-testid="node-form"]');
    expect(page.page.text()).toContain('There is a node of this name already.');
    await type(page.input('[data-testid="node-form"] input'), 'ber-1');
    await page.submit('[data-testid="node-form"]');
    expect(page.server.done('POST').map(({ path }) => path)).toEqual(['/api/v1/nodes/ber-1/enrol']);
    expect(page.page.text()).toContain('dn_secret');
    for (const line of ['name = "ber-1"', 'connect = "localhost:7555"', 'fingerprint = "AB:CD"', 'In place of localhost']) expect(page.page.text()).toContain(line);
    await press(page.button('Done'));
    expect(page.page.text()).not.toContain('dn_secret');
  });
});

describe('the lines for a node', () => {
  const uplink = { listen_port: 7443, fingerprint_sha256: 'AB:CD' };
  it('are complete where the daemon listens', () => {
    expect(nodeConfiguration('ber-1', 'hub.example.org', uplink)).toBe('[node]\nname = "ber-1"\n\n[uplink]\nconnect = "hub.example.org:7443"\ntoken_file = "/etc/davylamp/uplink-token"\nfingerprint = "AB:CD"\n');
    expect(configurationAdvice('hub.example.org', uplink)).toContain('If a proxy');
    expect(configurationAdvice('127.0.0.1', uplink)).toContain('In place of 127.0.0.1');
  });
  it('say where to look when it does not, or has no certificate yet', async () => {
    expect(nodeConfiguration('ber-1', 'hub', { listen_port: 7443 })).toContain('fingerprint = "..."   # davylampd logs it');
    const page = await open('nodes', undefined, aMe(), { 'GET /api/v1/nodes': { items: [] }, 'POST /api/v1/nodes/ber-1/enrol': [201, { token: 'dn_secret' }] });
    await press(page.button('Enrol node'));
    await type(page.input('[data-testid="node-form"] input'), 'ber-1');
    await page.submit('[data-testid="node-form"]');
    expect(page.page.text()).toContain('connect = "HOST:PORT"');
    expect(page.page.text()).toContain('does not listen for collectors');
  });
});

describe('a node that is enrolled already', () => {
  it('gets another token only after it was said what that ends', async () => {
    const page = await open('nodes', undefined, aMe(), { 'POST /api/v1/nodes/fra-1/enrol': [201, { token: 'dn_other' }] });
    await press(page.input('[aria-label="New token for fra-1"]'));
    expect(page.page.text()).toContain('ends now');
    expect(page.server.done('POST')).toEqual([]);
    await page.submit('[data-testid="node-form"]');
    expect(page.page.text()).toContain('dn_other');
    expect(page.server.done('POST').map(({ body }) => body)).toEqual([{ replace: true }]);
  });
});

describe('the audit log', () => {
  it('shows what peers have named harmlessly, and says that the chain holds', async () => {
    const page = await open('audit');
    expect(page.page.text()).toContain('session kick');
    expect(page.page.text()).toContain('\u27e8U+202E\u27e9evil');
    expect(page.input('[data-testid="chain"]').textContent).toContain('Chain holds');
  });
  it('says where the chain is broken', async () => {
    const page = await open('audit', undefined, aMe(), { 'GET /api/v1/audit/check': { lines: 9, first_number: 1, last_hash: 'ff', broken_at: 4 } });
    expect(page.input('[data-testid="chain"]').textContent).toContain('broken at line 4');
    expect(page.input('[data-testid="chain"]').getAttribute('role')).toBe('alert');
  });
  it('goes on to older lines', async () => {
    const page = await open('audit');
    await press(page.button('Show older'));
    await settle();
    expect(page.page.text()).toContain('the oldest');
    expect(page.button('Show older')).toBeUndefined();
  });
  it('is narrowed by the address, and so is the file', async () => {
    const page = await open('audit', undefined, aMe(), {}, '?account=ann');
    expect(page.server.asked.some(({ path }) => path === '/api/v1/audit?limit=100&account=ann')).toBe(true);
    expect(exportPath('csv', { account: 'a b', action: '' })).toBe('/api/v1/audit/export?format=csv&account=a+b');
  });
});
