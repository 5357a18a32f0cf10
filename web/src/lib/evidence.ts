import type { Evidence, Quality, Session } from '../api/types.gen';

const decimal = (value: number): string => String(Math.round(value * 10) / 10);

const witnesses: Record<string, string> = {
  openvpn: 'OpenVPN', wireguard: 'WireGuard', ipsec: 'IPsec', watch: 'Watched', firewall: 'Firewall', ebpf: 'eBPF', conntrack: 'conntrack', sockets: 'Sockets',
  nflog: 'NFLOG', kernel_log: 'Kernel log', file: 'Log file', openvpn_log: 'OpenVPN log',
};

/** What a kind of source or witness is called on the page. */
export const witnessName = (kind: string): string => witnesses[kind] ?? kind;

const methods: Record<string, string> = {
  tcp_info: 'from the TCP socket', wireguard_counter: 'from WireGuard packet counters', wireguard_handshake: 'from the WireGuard handshake',
  openvpn_packet_id: 'from OpenVPN packet ids', openvpn_handshake: 'from the OpenVPN handshake', inner_syn_ack: 'from TCP handshakes inside the tunnel',
};

/** How a figure was learnt, without a probe. */
export const methodName = (method: string | undefined): string => (method ? (methods[method] ?? method.replaceAll('_', ' ')) : '');

export interface Confidence {
  agree: number;
  asked: number;
  /** They differ by this part of the first one's bytes; 0 while all agree. */
  off: number;
  word: string;
}

/** How many of those who look at a session say the same. A session that only its own source sees has one witness. */
export function confidence({ evidence }: Pick<Session, 'evidence'>): Confidence {
  if (!evidence) return { agree: 1, asked: 1, off: 0, word: '1 source' };
  const agree = evidence.witnesses.filter((witness) => witness.agrees).length;
  const asked = Math.max(evidence.asked, evidence.witnesses.length);
  const differs = agree < evidence.witnesses.length;
  const word = differs ? `off by ${decimal(evidence.off * 100)} %` : asked === 1 ? '1 source' : `${agree} of ${asked}`;
  return { agree, asked, off: differs ? evidence.off : 0, word };
}

/** OpenVPN ends sessions when it is asked to; WireGuard and services that are only watched do not. */
export const canEnd = ({ source }: Pick<Session, 'source'>): boolean => source === 'openvpn';

/** The first one's bytes are those that count everywhere. */
export const countingWitness = (evidence: Evidence | undefined): string | undefined => evidence?.witnesses[0]?.kind;

export const hasQuality = (quality: Quality | undefined): quality is Quality =>
  quality !== undefined && [quality.rtt_milliseconds, quality.rx_loss, quality.tx_loss, quality.delivery_bps].some((value) => value !== undefined);

/** "8.7" and "ms"; whole numbers from ten on, and never 0 for what was measured. */
export function milliseconds(value: number): string {
  if (value > 0 && value < 0.05) return '<0.1';
  return value >= 10 ? String(Math.round(value)) : decimal(value);
}
export const lossPercent = (part: number): string => (part > 0 && part < 0.001 ? '<0.1' : decimal(part * 100));
/** From here on a tunnel feels it. */
export const lossTone = (part: number): 'calm' | 'warn' | 'crit' => (part >= 0.05 ? 'crit' : part >= 0.01 ? 'warn' : 'calm');
