import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { draw, type } from '../../ui/test-render';
import LoginPage, { safeNext } from './page';

let answer: () => Response;
let stop: () => Promise<void>;

async function attempt() {
  const page = await draw(<LoginPage />);
  stop = page.stop;
  const find = <T extends HTMLElement>(id: string) => page.host.querySelector<T>(`[data-testid="login-${id}"]`) as T;
  await type(find<HTMLInputElement>('account'), 'ann');
  await type(find<HTMLInputElement>('password'), 'wrong');
  await act(async () => page.host.querySelector('form')?.requestSubmit());
  return { page, find };
}

beforeEach(() => {
  history.replaceState(null, '', '/login?next=%2Fsessions');
  vi.stubGlobal('fetch', async (path: string) =>
    path.endsWith('/about') ? new Response(JSON.stringify({ name: 'Davylamp', version: '0.1.0', setup_needed: false, host: 'vpn.example.net' })) : answer());
});
afterEach(async () => {
  await stop?.();
  vi.unstubAllGlobals();
});

describe('the login page', () => {
  it('does not say which of the two was wrong', async () => {
    answer = () => new Response(JSON.stringify({ detail: 'unknown account' }), { status: 401 });
    const { page, find } = await attempt();
    expect(page.text()).toContain('This user and password do not go together.');
    expect(page.text()).not.toContain('unknown account');
    expect(find<HTMLInputElement>('password').value).toBe('');
  });

  it('counts down a lock-out and does not send meanwhile', async () => {
    answer = () => new Response(JSON.stringify({ detail: 'Too many.', retry_after_seconds: 40 }), { status: 429 });
    const { find } = await attempt();
    expect(find<HTMLButtonElement>('submit').textContent).toMatch(/^Wait (40|39) s$/);
    expect(find<HTMLButtonElement>('submit').disabled).toBe(true);
  });

  it('goes on to the page that was asked for', async () => {
    answer = () => new Response(JSON.stringify({ account: 'ann', role: 'viewer', expires_at: 1 }));
    await attempt();
    expect(location.pathname).toBe('/sessions');
  });

  it.each([['?next=%2F%2Fevil.example', '/'], ['?next=https%3A%2F%2Fevil.example', '/'], ['?next=%2F%5Cevil.example', '/'], ['?next=%2Flogin', '/'], ['?next=%2Fusers%2Fann', '/users/ann'], ['', '/']])(
    'follows only paths of its own: %s', (search, path) => expect(safeNext(search)).toBe(path));
});
