import { describe, expect, it } from 'vitest';
import type { Server } from '../api/types.gen';
import { aQuota } from './test-quota';
import { openTroubles } from './troubles';

const server = (over: Partial<Server>): Server => ({ name: 'fra-1', source: 'openvpn', state: 'up', health: 'Answers.', since_at: 0, sessions: 0, rx_bytes: 0, tx_bytes: 0, lab: false, problems: 0, warnings: [], expiries: [], witnesses: [], interfaces: [], ...over });
const titles = (known: Partial<Parameters<typeof openTroubles>[0]>) => openTroubles({ servers: [], quotas: [], jobs: [], losses: [], now: 0, ...known }).map(({ title }) => title);

describe('open problems', () => {
  it('are none when all is well', () => expect(titles({ servers: [server({})], quotas: [aQuota({})], losses: [{ name: 'finals_dropped', count: 0, text: 'none' }, { name: 'counters_shrunk', count: 9, text: 'healed' }] })).toEqual([]));
  it('come worst first: a server, a certificate, someone stopped, what was lost', () =>
    expect(titles({
      servers: [server({ state: 'busy' }), server({ name: 'b', state: 'down' }), server({ name: 'c', expiries: [{ what: 'certificate', name: 'x', expires_at: 86400 }] })],
      quotas: [aQuota({ state: 'reached' })], losses: [{ name: 'finals_dropped', count: 2, text: 'two lines' }], jobs: [{ name: 'backup', ok: false, began_at: 1, ended_at: 2, text: 'no room' }],
    })).toEqual(['b is down', 'Certificate of c: 1 day left', 'ann is stopped by a quota', 'fra-1 is busy', 'The job backup failed', 'Something was lost or could not be used']));
  it('leave out a limit that only tells', () => expect(titles({ quotas: [aQuota({ state: 'reached', enforce: false })] })).toEqual([]));
  it('show what a peer named as text', () => expect(titles({ quotas: [aQuota({ user: 'a\u202eb', state: 'reached' })] })).toEqual(['a⟨U+202E⟩b is stopped by a quota']));
});
