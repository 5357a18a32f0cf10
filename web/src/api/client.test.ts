// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, act, checkLogin, get, onSignedOut, refresh } from './client';
import { login } from './login';

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

  it('do not sign out when the login ran out while the server that renews it restarts', async () => {
    answers = (path) => (path.endsWith('/auth/refresh') ? reply(502) : reply(401));
    const told = vi.fn();
    const stop = onSignedOut(told);
    await expect(get('/api/v1/a')).rejects.toMatchObject({ status: 0 });
    expect(told).not.toHaveBeenCalled();
    stop();
  });

  it('do not sign out, nor send twice, when a password that was typed is wrong', async () => {
    answers = () => reply(401, { type: 'urn:davylamp:problem:wrong-password', detail: 'No.' });
    const told = vi.fn();
    const stop = onSignedOut(told);
    await expect(act('POST', '/api/v1/me/password', {})).rejects.toMatchObject({ status: 401 });
    expect(calls).toEqual(['/api/v1/me/password']);
    expect(told).not.toHaveBeenCalled();
    stop();
  });

  it('leave empty parameters out', async () => {
    answers = () => reply(200);
    await get('/api/v1/a', { q: '', user: undefined, sort: '-tx_bps', limit: 5 });
    expect(calls).toEqual(['/api/v1/a?sort=-tx_bps&limit=5']);
  });
});

describe('a server that restarts behind a proxy', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([502, 503, 504])('is asked again after %i', async (status) => {
    answers = () => (calls.length < 3 ? new Response('<html>Bad Gateway</html>', { status }) : reply(200, { ok: true }));
    const asked = get('/api/v1/a');
    await vi.runAllTimersAsync();
    expect(await asked).toEqual({ ok: true });
    expect(calls).toHaveLength(3);
  });

  it('is given up after a few seconds, in plain words', async () => {
    answers = () => new Response('<html>Bad Gateway</html>', { status: 502 });
    const asked = expect(get('/api/v1/a')).rejects.toThrow('restarting');
    await vi.advanceTimersByTimeAsync(4000);
    await asked;
    expect(calls).toHaveLength(4);
  });

  it('is not asked again for a change, which may have been made', async () => {
    answers = () => reply(502);
    await expect(act('POST', '/api/v1/a')).rejects.toMatchObject({ status: 502 });
    expect(calls).toHaveLength(1);
  });

  it('is not asked again once nobody waits for it', async () => {
    answers = () => reply(503);
    const stop = new AbortController();
    const asked = expect(get('/api/v1/a', {}, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await vi.advanceTimersByTimeAsync(10);
    stop.abort();
    await asked;
    await vi.runAllTimersAsync();
    expect(calls).toHaveLength(1);
  });

  it('says when it is worth asking again, and a long wait is left to people', async () => {
    answers = () => new Response('{}', { status: 503, headers: { 'Retry-After': '60' } });
    await expect(get('/api/v1/a')).rejects.toMatchObject({ status: 503 });
    expect(calls).toHaveLength(1);
  });
});

describe('whether this browser is still signed in', () => {
  it('is asked without using up the token that renews', async () => {
    answers = () => reply(200);
    expect(await checkLogin()).toBe('renewed');
    expect(refreshes()).toBe(0);
  });
  it('renews a login that ran out', async () => {
    answers = (path) => reply(path.endsWith('/me') ? 401 : 200);
    expect(await checkLogin()).toBe('renewed');
    expect(refreshes()).toBe(1);
  });
  it('is not known while a proxy answers for the server', async () => {
    answers = () => reply(502);
    expect(await checkLogin()).toBe('unreachable');
    expect(refreshes()).toBe(0);
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
  it('goes on to the second step when the account has a second factor', async () => {
    answers = () => reply(401, { type: 'urn:davylamp:problem:second-factor-needed', challenge: 'c1' });
    expect(await login('a', 'b')).toEqual({ challenge: 'c1' });
    expect(refreshes()).toBe(0);
  });
});
