import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aSession } from '../../lib/test-session';
import { actNow, knownActs, stopAct } from '../../ui/later';
import { draw, press, type } from '../../ui/test-render';
import { consequence, SessionActions } from './action-bar';

let stop: () => Promise<void>;
let calls: { path: string; method: string; body: unknown }[] = [];
let answer: () => Response;

beforeEach(() => {
  calls = [];
  answer = () => new Response(JSON.stringify({ ok: true, text: 'fra-1 ended it' }));
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    calls.push({ path, method: init.method ?? 'GET', body: init.body ? JSON.parse(String(init.body)) : undefined });
    return answer();
  });
});
afterEach(async () => {
  for (const { id } of knownActs()) stopAct(id);
  await stop?.();
  vi.unstubAllGlobals();
});

async function bar(role: string, over = {}) {
  const client = new QueryClient();
  client.setQueryData(['me'], { account: 'dana', role, expires_at: 9e9 });
  const drawn = await draw(<QueryClientProvider client={client}><SessionActions session={aSession({ id: 7, user: '<b>ann</b>', ...over })} /></QueryClientProvider>);
  stop = drawn.stop;
  const choose = (word: string) => press([...drawn.host.querySelectorAll('.seg button')].find((button) => button.textContent === word));
  const send = () => act(async () => drawn.host.querySelector('form')?.requestSubmit());
  return { ...drawn, choose, send, reason: drawn.host.querySelector('input') as HTMLInputElement };
}

describe('the action bar', () => {
  it('is hidden from those who may only read, and when the session is over', async () => {
    expect((await bar('viewer')).host.querySelector('form')).toBeNull();
    await stop();
    expect((await bar('admin', { state: 'closed' })).host.querySelector('form')).toBeNull();
  });

  it('names the user on its button, as text', async () => {
    const { host } = await bar('admin');
    expect(host.querySelector('[data-testid="action-send"]')?.textContent).toBe('Kick <b>ann</b>');
    expect(host.querySelector('b')).toBeNull();
  });

  it('sends nothing before its time, then asks the server and shows its words', async () => {
    const { send, reason } = await bar('operator');
    await type(reason, 'rotating certificates');
    await send();
    expect(calls).toEqual([]);
    await act(async () => actNow(knownActs()[0]?.id ?? 0));
    expect(calls[0]).toEqual({ path: '/api/v1/sessions/7/end', method: 'POST', body: { mode: 'kick', reason: 'rotating certificates' } });
    expect(knownActs()[0]).toMatchObject({ stage: 'done', text: 'Fra-1 ended it.' });
  });

  it('shows why the server did not', async () => {
    answer = () => new Response(JSON.stringify({ detail: 'The VPN server did not answer in time.' }), { status: 409 });
    const { send } = await bar('admin');
    await send();
    await act(async () => actNow(knownActs()[0]?.id ?? 0));
    expect(knownActs()[0]).toMatchObject({ stage: 'failed', text: 'The VPN server did not answer in time.' });
  });

  it('wants a reason of an operator, and for every block', async () => {
    const operator = await bar('operator');
    await operator.send();
    expect(operator.text()).toContain('Say why');
    await stop();
    const admin = await bar('admin');
    await admin.choose('Block');
    await admin.send();
    expect(admin.text()).toContain('Say why');
    expect(knownActs()).toEqual([]);
  });

  it('blocks without an end unless one is chosen', async () => {
    answer = () => new Response(JSON.stringify({ user: '<b>ann</b>', reason: 'x', blocked_by: 'dana', at: 1 }));
    const { choose, send, reason } = await bar('admin');
    await choose('Block');
    await type(reason, 'lost laptop');
    await send();
    await act(async () => actNow(knownActs()[0]?.id ?? 0));
    expect(calls[0]).toEqual({ path: '/api/v1/users/%3Cb%3Eann%3C%2Fb%3E/block', method: 'POST', body: { reason: 'lost laptop' } });
    expect(knownActs()[0]?.text).toBe('<b>ann</b> is blocked until it is lifted.');
  });

  it('says how far each act reaches', () => expect([consequence('kick', 3), consequence('block', 3)]).toEqual(['Ends 1 session. The client may reconnect.', 'Ends 3 sessions, then refuses this user.']));
});
