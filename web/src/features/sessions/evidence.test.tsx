import { afterEach, expect, it } from 'vitest';
import { aSession } from '../../lib/test-session';
import { ConfidenceBadge } from '../../ui/confidence-badge';
import { draw } from '../../ui/test-render';
import { EvidenceSection, QualitySection } from './evidence';

let stop: () => Promise<void>;
afterEach(() => stop());

const witnesses = [{ kind: 'openvpn', rx_bytes: 1e6, tx_bytes: 2e6, agrees: true }, { kind: 'ebpf', rx_bytes: 9e5, tx_bytes: 2e6, agrees: false }];

it('lists each witness, which one counts and which one differs', async () => {
  const drawn = await draw(<EvidenceSection session={aSession({ evidence: { witnesses, asked: 3, off: 0.1 } })} />);
  stop = drawn.stop;
  expect(drawn.text()).toContain('off by 10 %');
  expect(drawn.text()).toContain('OpenVPN, counts');
  expect(drawn.text()).toContain('eBPF, differs');
  expect(drawn.text()).toContain('1 more looked and did not see it');
});

it('says that sockets know the TCP flows only', async () => {
  const both = [{ kind: 'ebpf', rx_bytes: 1e6, tx_bytes: 2e6, agrees: true }, { kind: 'sockets', rx_bytes: 2e5, tx_bytes: 4e5, agrees: true }];
  const drawn = await draw(<EvidenceSection session={aSession({ transport: '', evidence: { witnesses: both, asked: 2, off: 0 } })} />);
  stop = drawn.stop;
  expect(drawn.text()).toContain('Sockets know its TCP flows only');
});

it('shows nothing where only its own source looks, and says so in the badge', async () => {
  const drawn = await draw(<><EvidenceSection session={aSession({})} /><ConfidenceBadge session={aSession({})} words /></>);
  stop = drawn.stop;
  expect(drawn.text()).toBe('1 source');
});

it('shows what is known of the path with its method, and n/a for the rest', async () => {
  const drawn = await draw(<QualitySection session={aSession({ quality: { rtt_milliseconds: 40.7, rtt_method: 'wireguard_handshake', rx_loss: 0.02, loss_method: 'wireguard_counter', at: 1990 } })} now={2000} />);
  stop = drawn.stop;
  expect(drawn.text()).toContain('41 ms');
  expect(drawn.text()).toContain('2 %');
  expect(drawn.text()).toContain('from the WireGuard handshake, from WireGuard packet counters');
  expect(drawn.text()).toContain('n/a');
});
