import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aQuota } from '../../lib/test-quota';
import { liveStore } from '../../live/use-live';
import { findOptions } from '../../ui/combobox';
import { GrantDialog } from '../../ui/grant-dialog';
import { knownActs, stopAct } from '../../ui/later';
import { draw, press, type } from '../../ui/test-render';
import { membersOf } from './group-dialog';
import QuotasPage from './page';
import { knownZones } from './period-fields';
import { passes } from './use-quotas';

let stop: () => Promise<void>;
let calls: { path: string; method: string; body: unknown }[] = [];

beforeEach(() => {
  calls = [];
  history.replaceState(null, '', '/quotas');
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    calls.push({ path, method: init.method ?? 'GET', body: init.body ? JSON.parse(String(init.body)) : undefined });
    return new Response(JSON.stringify(path.endsWith('/limits') ? { revision: 1, groups: [], limits: [], grants: [], resets: [], blocks: [] } : { id: 3 }));
  });
});
afterEach(async () => {
  for (const { id } of knownActs()) stopAct(id);
  await stop?.();
  vi.unstubAllGlobals();
});

async function page(role: string, quotas = [aQuota({})]) {
  liveStore.apply({ kind: 'snapshot', number: 1, at: 1000, sessions: [], servers: [], events: [], quotas, jobs: [], agents: [], incidents: [] }, Date.now());
  const client = new QueryClient();
  client.setQueryData(['me'], { account: 'dana', role, expires_at: 9e9 });
  const drawn = await draw(<QueryClientProvider client={client}><QuotasPage id={undefined} /></QueryClientProvider>);
  stop = drawn.stop;
  return drawn;
}

describe('the page of quotas', () => {
  it('explains how the first limit is made, with the command', async () => {
    const { text } = await page('viewer', []);
    expect(text()).toContain('No limit yet');
    expect(text()).toContain('davylamp quota set');
  });

  it('lets only an admin make limits', async () => {
    expect((await page('operator')).host.querySelector('[data-testid="new-limit"]')).toBeNull();
    await stop();
    expect((await page('admin')).host.querySelector('[data-testid="new-limit"]')).not.toBeNull();
  });

  it('counts how they stand', async () => {
    const { host } = await page('viewer', [aQuota({ user: 'a', state: 'reached' }), aQuota({ user: 'b', state: 'near' }), aQuota({ user: 'c', state: 'near' })]);
    expect([...host.querySelectorAll('.state-chip')].map((chip) => chip.textContent)).toEqual(['Reached1', 'Near2']);
  });

  it('filters by user or group, and state', () => {
    const quota = aQuota({ user: 'ann', group: 'press', state: 'near' });
    expect([passes(quota, { q: 'PRE', state: undefined, group: '' }), passes(quota, { q: '', state: 'ok', group: '' }), passes(quota, { q: '', state: 'near', group: 'press' })]).toEqual([true, false, true]);
  });
});

describe('a grant', () => {
  const changes = () => calls.filter(({ method }) => method !== 'GET');
  const submit = (host: HTMLElement) => act(async () => host.querySelector('form')?.requestSubmit());
  async function dialog(over = {}) {
    const onClose = vi.fn();
    const drawn = await draw(<GrantDialog quota={aQuota({ limit_id: 9, resets_at: 4e9, ...over })} onClose={onClose} />);
    stop = drawn.stop;
    return { ...drawn, onClose, reason: [...drawn.host.querySelectorAll('input')].at(-1) as HTMLInputElement };
  }

  it('is not sent without a reason', async () => {
    const { host, text } = await dialog();
    await submit(host);
    expect(text()).toContain('Say why');
    expect(changes()).toEqual([]);
  });

  it('names the member only where each has a quota of their own', async () => {
    const own = await dialog();
    await type(own.reason, 'ticket 4182');
    await submit(own.host);
    expect(changes()[0]).toEqual({ path: '/api/v1/limits/9/grants', method: 'POST', body: { bytes: 20e9, until_at: 4e9, reason: 'ticket 4182' } });
    await stop();
    calls = [];
    const each = await dialog({ group: 'press' });
    await type(each.reason, 'ticket 4182');
    await submit(each.host);
    expect(changes()[0]?.body).toMatchObject({ user: 'ann' });
  });

  it('previews the new limit', async () => {
    const { host, text } = await dialog({ used_bytes: 100e9 });
    expect(text()).toContain('New limit 120 GB');
    await press([...host.querySelectorAll('.choices button')].find((button) => button.textContent === '50 GB'));
    expect(text()).toContain('New limit 150 GB');
  });

  it('can be taken back', async () => {
    const { host, reason } = await dialog();
    await type(reason, 'ticket 4182');
    await submit(host);
    await act(async () => knownActs()[0]?.undo?.());
    expect(changes().at(-1)).toMatchObject({ path: '/api/v1/grants/3', method: 'DELETE' });
  });
});

describe('what is typed', () => {
  it('makes a list of members, each once, with their spaces and commas', () => expect(membersOf('ann\n  bob, the second \n\nann\r\n')).toEqual(['ann', 'bob, the second']));
  it('finds a zone by any part of its name', () => expect([findOptions(knownZones(), 'new york')[0], findOptions(knownZones(), 'utc')[0]]).toEqual(['America/New_York', 'UTC']));
});
