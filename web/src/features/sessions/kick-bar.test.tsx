import { afterEach, describe, expect, it, vi } from 'vitest';
import { aSession } from '../../lib/test-session';
import { endAll, reachOf } from './kick-bar';
import { between } from './use-picked';

afterEach(() => vi.unstubAllGlobals());

describe('acting on many', () => {
  const three = [aSession({ id: 1, server: 'hel-1' }), aSession({ id: 2, server: 'fra-1' }), aSession({ id: 3, server: 'fra-1' })];
  it('says how far it reaches', () => expect(reachOf(three)).toBe('3: 2 on fra-1, 1 on hel-1'));
  it('picks a range whichever end comes first', () => expect([between([5, 6, 7, 8], 7, 5), between([5, 6], 9, 6)]).toEqual([[5, 6, 7], [6]]));
  it('ends each once and says that it did', async () => {
    const paths: string[] = [];
    vi.stubGlobal('fetch', async (path: string) => (paths.push(String(path)), Response.json({ ok: true, text: 'ended' })));
    expect(await endAll(three, 'kick', 'why')).toBe('3 sessions ended.');
    expect(paths.map((path) => path.replace(/.*sessions/, '')).sort()).toEqual(['/1/end', '/2/end', '/3/end']);
  });
  it('tells how many did not end, and why', async () => {
    vi.stubGlobal('fetch', async (path: string) => (String(path).includes('/2/') ? Response.json({ title: 'no', status: 409, detail: 'The server does not answer.' }, { status: 409, headers: { 'content-type': 'application/problem+json' } }) : Response.json({ ok: true, text: '' })));
    await expect(endAll(three, 'kick', '')).rejects.toThrow(/^1 of 3 sessions did not end\. .*The server does not answer/);
  });
});
