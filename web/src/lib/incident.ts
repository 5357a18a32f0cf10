import type { AlertRule, Incident, Silence } from '../api/types.gen';
import type { ShapeKind } from './health';
import { visible } from './text';
import { duration } from './time';
import { plural } from './units';

export type Condition = AlertRule['condition'];
export type Lane = 'Leaks' | 'Agents' | 'Servers' | 'Quotas' | 'Users' | 'Other';
export const lanes: readonly Lane[] = ['Leaks', 'Agents', 'Servers', 'Quotas', 'Users', 'Other'];

/** Of each condition: its lane, its words in a rule, and the words after the subject in a short label. */
export const conditions: Record<Condition, { lane: Lane; words: string; short: string }> = {
  agent_bypass: { lane: 'Leaks', words: 'Traffic goes round the tunnel', short: 'bypass' },
  agent_dns_leak: { lane: 'Leaks', words: 'Resolver outside the expected set', short: 'DNS' },
  agent_ipv6_leak: { lane: 'Leaks', words: 'IPv6 leaves beside the tunnel', short: 'IPv6' },
  agent_unexpected_exit: { lane: 'Leaks', words: 'Exit is not where it should be', short: 'exit' },
  agent_exit_changed: { lane: 'Agents', words: 'Exit changed', short: 'new exit' },
  agent_down: { lane: 'Agents', words: 'Agent is silent', short: 'silent' },
  agent_failed: { lane: 'Agents', words: 'Agent reported a failure', short: 'failed' },
  agent_tunnel_down: { lane: 'Agents', words: 'Tunnel is down, agent is not', short: 'tunnel down' },
  agent_degraded: { lane: 'Agents', words: 'Loss or latency is high', short: 'degraded' },
  site_down: { lane: 'Agents', words: 'Many agents of a site are silent', short: 'site' },
  server_down: { lane: 'Servers', words: 'Server does not answer', short: 'down' },
  server_degraded: { lane: 'Servers', words: 'Server needs a look', short: 'needs a look' },
  certificate_expires: { lane: 'Servers', words: 'Certificate is near its end', short: 'certificate' },
  quota_near: { lane: 'Quotas', words: 'Quota is nearly used', short: 'near' },
  quota_reached: { lane: 'Quotas', words: 'Quota is used up', short: 'used up' },
  user_connected: { lane: 'Users', words: 'User connected', short: 'connected' },
  user_disconnected: { lane: 'Users', words: 'User left', short: 'left' },
  user_new_country: { lane: 'Users', words: 'User came from a new country', short: 'new country' },
  user_absent: { lane: 'Users', words: 'User did not come in time', short: 'absent' },
  user_returns: { lane: 'Users', words: 'Refused user comes again and again', short: 'comes again' },
  attempts_many: { lane: 'Other', words: 'Many attempts from one place', short: 'attempts' },
  job_failed: { lane: 'Other', words: 'House job failed', short: 'job' },
  warning: { lane: 'Other', words: 'Early warning', short: 'warning' },
};
export const conditionOf = (condition: Condition) => conditions[condition] ?? { lane: 'Other' as const, words: condition, short: condition };
export const laneOf = ({ condition }: Pick<Incident, 'condition'>): Lane => conditionOf(condition).lane;

export const severities: Record<AlertRule['severity'], { shape: ShapeKind; word: string; rank: number }> = {
  critical: { shape: 'crit', word: 'Critical', rank: 0 },
  warning: { shape: 'warn', word: 'Warning', rank: 1 },
  notice: { shape: 'learn', word: 'Notice', rank: 2 },
};
export const severityOf = ({ severity }: Pick<Incident, 'severity'>) => severities[severity] ?? { shape: 'off' as const, word: severity, rank: 3 };

export const isLeakIncident = (incident: Pick<Incident, 'condition'>): boolean => laneOf(incident) === 'Leaks';

export type Group = 'open' | 'silenced' | 'closed';

/** Pending ones are not told of yet; folded ones stand within the one that explains them: neither is in a list. */
export function groupOf(incident: Incident): Group | undefined {
  if (incident.folded_into !== undefined || incident.state === 'pending') return undefined;
  if (incident.state === 'resolved') return 'closed';
  return incident.silence_id === undefined ? 'open' : 'silenced';
}

const graver = (a: Incident, b: Incident): number => severityOf(a).rank - severityOf(b).rank;
const newer = (a: Incident, b: Incident): number => b.since_at - a.since_at || b.id - a.id;
const isTaken = ({ acknowledged_at }: Incident): number => (acknowledged_at === undefined ? 0 : 1);

/** What is open: what nobody has taken first, then the gravest, then the newest. */
export const openIncidents = (incidents: Iterable<Incident>): Incident[] =>
  [...incidents].filter((one) => groupOf(one) === 'open').sort((a, b) => isTaken(a) - isTaken(b) || graver(a, b) || newer(a, b));

export function inGroup(incidents: Iterable<Incident>, group: Group): Incident[] {
  if (group === 'open') return openIncidents(incidents);
  const found = [...incidents].filter((one) => groupOf(one) === group);
  return group === 'silenced' ? found.sort((a, b) => graver(a, b) || newer(a, b)) : found.sort((a, b) => (b.resolved_at ?? 0) - (a.resolved_at ?? 0) || b.id - a.id);
}

export const isOccasion = ({ since_at, resolved_at }: Pick<Incident, 'since_at' | 'resolved_at'>): boolean => resolved_at !== undefined && resolved_at - since_at < 1;

/** "23 incidents folded in". */
export const foldedText = ({ folded }: Pick<Incident, 'folded'>): string => (folded > 0 ? `${plural(folded, 'incident')} folded in` : '');

/** The second line in the list: what explains it, or who has it. */
export function standingText(incident: Incident, silence: Silence | undefined): string {
  const parts: string[] = [];
  if (groupOf(incident) === 'silenced') parts.push(silence ? `${silence.made_by}: ${silence.reason}` : 'Silenced');
  else if (incident.acknowledged_by && incident.state === 'firing') parts.push(`${incident.acknowledged_by} has taken it`);
  if (incident.folded > 0) parts.push(foldedText(incident));
  if (incident.flaps > 0) parts.push(`came back ${incident.flaps === 1 ? 'once' : `${incident.flaps} times`}`);
  if (parts.length === 0 || incident.folded > 0) parts.push(incident.text);
  return visible(parts.filter(Boolean).join('. '));
}

/** "open for 27 s", "lasted 4 m", "happened". */
export function spanText(incident: Incident, now: number): string {
  if (incident.resolved_at === undefined) return `open for ${duration(now - incident.since_at)}`;
  return isOccasion(incident) ? 'told once' : `lasted ${duration(incident.resolved_at - incident.since_at)}`;
}
