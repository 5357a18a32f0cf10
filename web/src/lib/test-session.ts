import type { Session } from '../api/types.gen';

/** A session of an invented person, for tests. */
export const aSession = (over: Partial<Session>): Session => ({
  id: 1, server: 'fra-1', source: 'openvpn', user: 'ann', transport: 'udp', real_address: '198.51.100.7', real_port: 51820, opened_at: 1000, last_seen_at: 2000,
  state: 'open', adopted: false, final: false, rx_bytes: 0, tx_bytes: 0, rx_bps: 0, tx_bps: 0, ...over,
});
