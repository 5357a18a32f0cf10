import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, get, login, onSignedOut, refresh } from './client';

const reply = (status: number, body: unknown = {}) => new Response(JSON.stringify(body), { status });
let calls: string[] = [];
let answers: (path: string) => Response;

beforeEach(() => {
  calls = [];
  localStorage.clear();
  vi.stubGlobal('fetch', async (path: string) => {
    calls.push(path);
    await Promise.resolve();
    return answers(path);
  });
});
afterEach(() => vi.unstubAllGlobals());

const refreshes = () => calls.filter((path) => path.endsWith('/auth/refresh')).length;

describe('requests', () => {
  it('renew the login once for all who wait for it, then ask again', async () => {
    let renewed = false;
    answers = (path) => {
      if (path.endsWith('/auth/refresh')) renewed = true;
      return renewed ? reply(200, { ok: true }) : reply(401);
    };
    await Promise.all([get('/api/v1/a'), get('/api/v1/b'), get('/api/v1/c')]);
    expect(refreshes()).toBe(1);
    expect(calls.filter((path) => path === '/api/v1/a')).toHaveLength(2);
  });

  it('do not renew again when another tab just did', async () => {
    localStorage.setItem('davylamp.renewed', String(Date.now() + 1000));
    answers = () => reply(200);
    expect(await refresh()).toBe('renewed');
    expect(refreshes()).toBe(0);
  });

  it('say that nobody is signed in when the renewal is refused', async () => {
    answers = () => reply(401, { title: 'Refused', detail: 'Sign in first.' });
    const told = vi.fn();
    const stop = onSignedOut(told);
    await expect(get('/api/v1/a')).rejects.toMatchObject({ status: 401 });
    expect(told).toHaveBeenCalledOnce();
    expect(refreshes()).toBe(1);
    stop();
  });

  it('do not sign out when the renewal gets no answer', async () => {
    answers = (path) => (path.endsWith('/auth/refresh') ? reply(503) : reply(500, { detail: 'Storage is being moved.', request_id: '01JD7Q' }));
    const told = vi.fn();
    const stop = onSignedOut(told);
    const error = await get('/api/v1/a').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).problem).toMatchObject({ status: 500, detail: 'Storage is being moved.', request_id: '01JD7Q' });
    expect(told).not.toHaveBeenCalled();
    stop();
  });

  it('leave empty parameters out', async () => {
    answers = () => reply(200);
    await get('/api/v1/a', { q: '', user: undefined, sort: '-tx_bps', limit: 5 });
    expect(calls).toEqual(['/api/v1/a?sort=-tx_bps&limit=5']);
  });
});

describe('signing in', () => {
  it('does not renew anything after a wrong password', async () => {
    answers = () => reply(401, { detail: 'No.' });
    await expect(login('a', 'b')).rejects.toMatchObject({ status: 401 });
    expect(refreshes()).toBe(0);
  });
  it('carries the wait of a lock-out', async () => {
    answers = () => reply(429, { detail: 'Too many.', retry_after_seconds: 40 });
    await expect(login('a', 'b')).rejects.toMatchObject({ problem: { retry_after_seconds: 40 } });
  });
});
