import { afterEach, describe, expect, it, vi } from 'vitest';
import { onSignedOut } from '../../api/client';
import { aMe, aToken } from '../../lib/test-house';
import { knownActs, stopAct } from '../../ui/later';
import { draw, press, type } from '../../ui/test-render';
import { fakeServer, send, settle } from '../../ui/test-server';
import AccountPage from './page';
import { passwordProblem } from './passwords';

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
  for (const { id } of knownActs()) stopAct(id);
  vi.unstubAllGlobals();
  history.replaceState(null, '', '/');
});

async function open(me = aMe(), more: Record<string, unknown> = {}) {
  const server = fakeServer({ 'GET /api/v1/me': me, 'GET /api/v1/api-tokens': { items: [aToken(), aToken({ id: 2, name: 'of bob', account: 'bob' })] }, ...more });
  const page = await draw(<AccountPage />);
  stop = page.stop;
  await settle();
  const all = (selector: string) => [...page.host.querySelectorAll<HTMLElement>(selector)];
  const button = (text: string) => all('button').find((one) => one.textContent === text);
  const submit = (form: string) => send(page.host.querySelector<HTMLFormElement>(form));
  return { page, server, all, button, submit, input: (selector: string) => page.host.querySelector(selector) as HTMLInputElement };
}

const fill = async (page: Awaited<ReturnType<typeof open>>, words: readonly string[]) => {
  for (const [index, word] of words.entries()) await type(page.all('[data-testid="password-form"] input')[index] as HTMLInputElement, word);
  await page.submit('[data-testid="password-form"]');
};

describe('a new password', () => {
  it.each([['', 'Choose'], ['short', 'at least 10'], ['the same as before', 'the same'], ['\u{1F511}'.repeat(300), 'too long']])('%s is said to be wrong', (next, words) =>
    expect(passwordProblem(next, 'the same as before')).toContain(words));

  it('signs out once it is changed, and says so on the login page', async () => {
    const told = vi.fn();
    const forget = onSignedOut(told);
    const page = await open(aMe(), { 'POST /api/v1/me/password': [204, undefined] });
    await fill(page, ['old password', 'four words that fit', 'four words that fit']);
    expect(page.server.done('POST')).toEqual([{ method: 'POST', path: '/api/v1/me/password', body: { password: 'old password', new_password: 'four words that fit' } }]);
    expect(told).toHaveBeenCalled();
    expect(location.pathname + location.hash).toBe('/login#signed-out=password-changed');
    forget();
  });

  it('is not sent when it was not typed the same twice', async () => {
    const page = await open();
    await fill(page, ['old password', 'four words that fit', 'four words that fix']);
    expect(page.page.text()).toContain('The two are not the same.');
    expect(page.server.done('POST')).toEqual([]);
  });

  it('stays when the old one was wrong, and nobody is signed out', async () => {
    const told = vi.fn();
    const forget = onSignedOut(told);
    const page = await open(aMe(), { 'POST /api/v1/me/password': [401, { type: 'urn:davylamp:problem:wrong-password' }] });
    await fill(page, ['wrong', 'four words that fit', 'four words that fit']);
    expect(page.page.text()).toContain('This is not the password of your account.');
    expect(told).not.toHaveBeenCalled();
    forget();
  });

  it('is the business of the directory for its people', async () => {
    const page = await open(aMe({ origin: 'ldap' }));
    expect(page.input('[data-testid="password-form"]')).toBeNull();
    expect(page.page.text()).toContain('that of the directory');
  });
});

describe('a second factor', () => {
  const routes = {
    'POST /api/v1/me/second-factor': { secret: 'JBSWY3DPEHPK3PXP', url: 'otpauth://totp/Davylamp:ann?secret=JBSWY3DPEHPK3PXP' },
    'POST /api/v1/me/second-factor/confirm': { items: ['aaaa-1111', 'bbbb-2222'] },
  };

  it('is begun with the password, confirmed with a code, and gives recovery codes that must be kept', async () => {
    const page = await open(aMe(), routes);
    await press(page.button('Set it up'));
    await type(page.input('.enrol-dialog input'), 'my password');
    await page.submit('.enrol-dialog form');
    expect(page.input('.enrol-dialog svg.qr')).not.toBeNull();
    expect(page.page.text()).toContain('JBSW Y3DP EHPK 3PXP');
    await type(page.input('[data-testid="enrol-code"]'), '12 34 56');
    await page.submit('.enrol-dialog form');
    expect(page.server.done('POST').map(({ body }) => body)).toEqual([{ password: 'my password' }, { code: '123456' }]);
    expect(page.page.text()).toContain('aaaa-1111');
    expect((page.button('Done') as HTMLButtonElement).disabled).toBe(true);
    await press(page.input('[data-testid="recovery-panel"] input[type="checkbox"]'));
    await press(page.button('Done'));
    expect(page.page.text()).not.toContain('aaaa-1111');
  });

  it('is not on when the code was wrong', async () => {
    const page = await open(aMe(), { ...routes, 'POST /api/v1/me/second-factor/confirm': [401, { type: 'urn:davylamp:problem:wrong-code' }] });
    await press(page.button('Set it up'));
    await type(page.input('.enrol-dialog input'), 'my password');
    await page.submit('.enrol-dialog form');
    await type(page.input('[data-testid="enrol-code"]'), '000000');
    await page.submit('.enrol-dialog form');
    expect(page.page.text()).toContain('This code does not count.');
    expect(page.page.text()).not.toContain('Recovery codes');
  });

  it('is removed only with password and code', async () => {
    const page = await open(aMe({ second_factor: true }), { 'POST /api/v1/me/second-factor/remove': [204, undefined] });
    await press(page.button('Remove it'));
    await page.submit('.grant-dialog form');
    expect(page.server.done('POST')).toEqual([]);
    const [password, code] = page.all('.grant-dialog input') as HTMLInputElement[];
    await type(password as HTMLInputElement, 'my password');
    await type(code as HTMLInputElement, ' aaaa-1111 ');
    await page.submit('.grant-dialog form');
    expect(page.server.done('POST')[0]?.body).toEqual({ password: 'my password', code: 'aaaa-1111' });
  });

  it('is the provider’s business for single sign-on', async () => {
    const page = await open(aMe({ origin: 'oidc' }));
    expect(page.button('Set it up')).toBeUndefined();
  });
});

describe('API tokens', () => {
  it('are one’s own here, also for an admin who is told all', async () => {
    const page = await open();
    expect(page.all('[data-testid="token-row"]').map((row) => row.querySelector('td')?.textContent)).toEqual(['grafana']);
  });

  it('may not have more than the role of their account, and are shown once', async () => {
    const page = await open(aMe({ role: 'operator' }), { 'POST /api/v1/api-tokens': [201, { api_token: aToken({ name: 'export' }), token: 'dvl_secret' }] });
    await press(page.button('New token'));
    expect(page.all('[data-testid="token-form"] [aria-label="Role"] button').map((one) => one.textContent)).toEqual(['Viewer', 'Operator']);
    await type(page.input('[data-testid="token-form"] input'), 'export');
    await page.submit('[data-testid="token-form"]');
    const body = page.server.done('POST')[0]?.body as { expires_at: number };
    expect(body).toMatchObject({ name: 'export', role: 'viewer' });
    expect(Math.round((body.expires_at - Date.now() / 1000) / 86_400)).toBe(90);
    expect(page.page.text()).toContain('dvl_secret');
    await press(page.button('Done'));
    expect(page.page.text()).not.toContain('dvl_secret');
  });

  it('are revoked after a while in which that can be stopped', async () => {
    const page = await open();
    await press(page.button('Revoke'));
    expect(knownActs().map(({ doing, stage }) => [doing, stage])).toEqual([['Revoking grafana', 'waiting']]);
    expect(page.server.done('DELETE')).toEqual([]);
  });
});
