import type { Node } from '../../api/types.gen';
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
export const nodeConfiguration = (name: string, hub: string): string =>
  `[node]\nname = ${JSON.stringify(name)}\n\n[uplink]\nconnect = "${hub}"\ntoken_file = "/etc/davylamp/uplink-token"\nfingerprint = "..."   # davylampd logs it when it starts; or ca_file = "..."\n`;
/** The token goes into a file of its own, readable by the collector alone. */
export const nodeCommand = (token: string): string => `umask 077 && printf '%s\\n' '${token}' > /etc/davylamp/uplink-token && chown davylamp: /etc/davylamp/uplink-token`;
