import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { draw, press, type } from '../../ui/test-render';
import LoginPage, { safeNext } from './page';

const reply = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const me = { account: 'ann', role: 'viewer', expires_at: 1, origin: 'local', scope: [], second_factor: true };
let answer: (path: string, body: Record<string, string>) => Response;
let options: unknown;
let stop: () => Promise<void>;

async function open() {
  const page = await draw(<LoginPage />);
  stop = page.stop;
  await act(async () => void (vi.isFakeTimers() ? await vi.advanceTimersByTimeAsync(5) : await new Promise((resolve) => setTimeout(resolve, 5))));
  const find = <T extends HTMLElement>(id: string) => page.host.querySelector<T>(`[data-testid="login-${id}"]`) as T;
  return { page, find, send: () => act(async () => page.host.querySelector('form')?.requestSubmit()) };
}

async function attempt() {
  const opened = await open();
  await type(opened.find<HTMLInputElement>('account'), 'ann');
  await type(opened.find<HTMLInputElement>('password'), 'wrong');
  await opened.send();
  return opened;
}

beforeEach(() => {
  history.replaceState(null, '', '/login?next=%2Fsessions');
  options = { local: true, ldap: false };
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    if (path.endsWith('/about')) return reply({ name: 'Davylamp', version: '0.1.0', setup_needed: false, host: 'vpn.example.net' });
    if (path.endsWith('/login-options')) return reply(options);
    return answer(path, JSON.parse(String(init?.body ?? '{}')) as Record<string, string>);
  });
});
afterEach(async () => {
  await stop?.();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the login page', () => {
  it('does not say which of the two was wrong', async () => {
    answer = () => reply({ detail: 'unknown account' }, 401);
    const { page, find } = await attempt();
    expect(page.text()).toContain('This user and password do not go together.');
    expect(page.text()).not.toContain('unknown account');
    expect(find<HTMLInputElement>('password').value).toBe('');
  });

  it('counts down a lock-out and does not send meanwhile', async () => {
    answer = () => reply({ detail: 'Too many.', retry_after_seconds: 40 }, 429);
    const { find } = await attempt();
    expect(find<HTMLButtonElement>('submit').textContent).toMatch(/^Wait (40|3\d) s$/);
    expect(find<HTMLButtonElement>('submit').disabled).toBe(true);
  });

  it('goes on to the page that was asked for', async () => {
    answer = () => reply(me);
    await attempt();
    expect(location.pathname).toBe('/sessions');
  });

  it.each([['?next=%2F%2Fevil.example', '/'], ['?next=https%3A%2F%2Fevil.example', '/'], ['?next=%2F%5Cevil.example', '/'], ['?next=%2Flogin', '/'], ['?next=%2Fusers%2Fann', '/users/ann'], ['', '/']])(
    'follows only paths of its own: %s', (search, path) => expect(safeNext(search)).toBe(path));
});

describe('the ways to sign in', () => {
  it('offers the identity provider by its name, beside the form', async () => {
    options = { local: true, ldap: false, oidc: { name: 'Example SSO' } };
    const { find } = await open();
    expect(find<HTMLAnchorElement>('provider').textContent).toBe('Continue with Example SSO');
    expect(find<HTMLAnchorElement>('provider').getAttribute('href')).toBe('/api/v1/oidc/start');
    expect(find('password')).not.toBeNull();
  });

  it('shows no form where passwords are not taken', async () => {
    options = { local: false, ldap: false, oidc: { name: 'Example SSO' } };
    expect((await open()).find('password')).toBeNull();
  });

  it('takes passwords of a directory by the same form', async () => {
    options = { local: false, ldap: true };
    expect((await open()).find('password')).not.toBeNull();
  });

  it('says why the provider led back, and never the text of the address itself', async () => {
    history.replaceState(null, '', '/login#signed-out=no-role');
    expect((await open()).page.text()).toContain('in no group that may see Davylamp');
    await stop();
    history.replaceState(null, '', '/login#signed-out=Call%20us%20at%20evil.example');
    const { page } = await open();
    expect(page.text()).toContain('did not work');
    expect(page.text()).not.toContain('evil');
  });
});

describe('the second step', () => {
  const first = () => reply({ type: 'urn:davylamp:problem:second-factor-needed', challenge: 'c1', detail: 'A code, please.' }, 401);
  let sent: Record<string, string>[];
  let second: () => Response;
  beforeEach(() => {
    sent = [];
    answer = (path, body) => (path.endsWith('/auth/login') ? first() : (sent.push(body), second()));
  });

  it('sends the code as soon as it is complete, and goes on', async () => {
    second = () => reply(me);
    const { find } = await attempt();
    expect(find<HTMLInputElement>('code').autocomplete).toBe('one-time-code');
    await type(find<HTMLInputElement>('code'), '123 456');
    expect(sent).toEqual([{ challenge: 'c1', code: '123456' }]);
    expect(location.pathname).toBe('/sessions');
  });

  it('says that a code does not count, and stays', async () => {
    second = () => reply({ detail: 'no' }, 401);
    const { page, find } = await attempt();
    await type(find<HTMLInputElement>('code'), '123456');
    expect(page.text()).toContain('This code does not count.');
    expect(find<HTMLInputElement>('code').value).toBe('');
  });

  it('takes a recovery code instead', async () => {
    second = () => reply(me);
    const { find, send } = await attempt();
    await press(find('other'));
    await type(find<HTMLInputElement>('recovery'), ' abcd-efgh ');
    await send();
    expect(sent).toEqual([{ challenge: 'c1', code: 'abcd-efgh' }]);
  });

  it('counts down when too many codes were wrong', async () => {
    second = () => reply({ retry_after_seconds: 60 }, 429);
    const { find } = await attempt();
    await type(find<HTMLInputElement>('code'), '123456');
    expect(find<HTMLButtonElement>('submit').textContent).toMatch(/^Wait (1 m|[45]\d s)$/);
  });

  it('goes back to the password when it took too long', async () => {
    vi.useFakeTimers();
    const { page, find } = await attempt();
    await act(async () => void (await vi.advanceTimersByTimeAsync(300_000)));
    expect(page.text()).toContain('took too long');
    expect(find('password')).not.toBeNull();
  });
});
