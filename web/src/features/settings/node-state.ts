import type { Node, UplinkEnd } from '../../api/types.gen';
import type { ShapeKind } from '../../lib/health';
import { visible } from '../../lib/text';
import { duration } from '../../lib/time';

export function nodeState(node: Node): { shape: ShapeKind; words: string } {
  if (node.connected_to !== undefined) return { shape: 'ok', words: `Connected to ${visible(node.connected_to)}` };
  return node.last_seen_at === undefined ? { shape: 'learn', words: 'Waits for its first connection' } : { shape: 'warn', words: 'Not connected' };
}

const noticedMs = 1000;

/** How far its clock is from ours; what it sends is corrected by that. */
export function skewText(skew_ms: number | undefined): { text: string; far: boolean } {
  if (skew_ms === undefined) return { text: 'n/a', far: false };
  const away = Math.abs(skew_ms);
  const amount = away < noticedMs ? `${Math.round(away)} ms` : away < 60_000 ? `${(away / 1000).toFixed(1)} s` : duration(away / 1000);
  const side = away < 1 ? '' : skew_ms > 0 ? ' ahead' : ' behind';
  return { text: amount + side, far: away >= noticedMs };
}

/** What the collector's configuration needs, besides the token in its own file; the same lines as `davylamp node enrol` prints. */
export const nodeConfiguration = (name: string, host: string, uplink: UplinkEnd | undefined): string => {
  const fingerprint = uplink?.fingerprint_sha256 === undefined ? '"..."   # davylampd logs it when it starts; or ca_file = "..."' : JSON.stringify(uplink.fingerprint_sha256);
  const hub = uplink === undefined ? 'HOST:PORT' : `${host}:${uplink.listen_port}`;
  return `[node]\nname = ${JSON.stringify(name)}\n\n[uplink]\nconnect = "${hub}"\ntoken_file = "/etc/davylamp/uplink-token"\nfingerprint = ${fingerprint}\n`;
};

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127\./.test(host);

/** What the reader still has to put in, or to look at, in these lines. */
export function configurationAdvice(host: string, uplink: UplinkEnd | undefined): string {
  if (uplink === undefined) return 'The daemon that answers here does not listen for collectors. HOST:PORT is that of one whose configuration has listen in [uplink]; its log has the fingerprint.';
  if (isLoopback(host)) return `In place of ${host} write the name or address at which the node reaches this host.`;
  return `${host} is where this page is. If a proxy stands between, write the daemon's own host.`;
}
/** The token goes into a file of its own, readable by the collector alone. */
export const nodeCommand = (token: string): string => `umask 077 && printf '%s\\n' '${token}' > /etc/davylamp/uplink-token && chown davylamp: /etc/davylamp/uplink-token`;
