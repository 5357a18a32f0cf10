import type { Agent, AgentExit, EvidenceLine, Finding } from '../api/types.gen';
import type { ShapeKind } from './health';
import { duration } from './time';

export type Verdict = Agent['verdict'];

/** Shape, word and rank of each verdict, worst first: the order of the chips and of the cards. */
export const verdicts: Record<Verdict, { shape: ShapeKind; word: string; rank: number }> = {
  leaking: { shape: 'crit', word: 'Leaking', rank: 0 },
  degraded: { shape: 'warn', word: 'Degraded', rank: 1 },
  silent: { shape: 'off', word: 'Silent', rank: 2 },
  late: { shape: 'warn', word: 'Late', rank: 3 },
  sealed: { shape: 'ok', word: 'Sealed', rank: 4 },
  alive: { shape: 'ok', word: 'Alive', rank: 5 },
  learning: { shape: 'learn', word: 'Learning', rank: 6 },
  waiting: { shape: 'idle', word: 'Waiting', rank: 7 },
  paused: { shape: 'idle', word: 'Paused', rank: 8 },
};
export const verdictOrder: readonly Verdict[] = ['leaking', 'degraded', 'silent', 'late', 'sealed', 'alive', 'learning', 'waiting', 'paused'];

export const verdictOf = (agent: Pick<Agent, 'verdict'>) => verdicts[agent.verdict] ?? { shape: 'off' as const, word: agent.verdict, rank: 5 };

/** What is known of its tunnel is old: nothing may be claimed of now. */
export const claimsNothing = ({ verdict }: Pick<Agent, 'verdict'>): boolean => verdict === 'silent' || verdict === 'paused' || verdict === 'waiting';

const leaks: Partial<Record<Finding['kind'], { word: string; rank: number }>> = {
  bypass: { word: 'Bypassing its tunnel', rank: 0 },
  dns_leak: { word: 'Leaking DNS', rank: 2 },
  ipv6_leak: { word: 'Leaking IPv6', rank: 1 },
  unexpected_exit: { word: 'Unexpected exit', rank: 3 },
  tunnel_down: { word: 'Tunnel is down', rank: 4 },
};

const findingWords: Record<Finding['kind'], string> = {
  bypass: 'Bypass', dns_leak: 'DNS leak', ipv6_leak: 'IPv6 leak', unexpected_exit: 'Unexpected exit', exit_changed: 'Exit changed', tunnel_down: 'Tunnel down', failed: 'Reported a failure',
  degraded: 'Degraded', disagreement: 'Look-ups disagree', clock: 'Clock is off',
};
export const findingWord = (kind: Finding['kind']): string => findingWords[kind] ?? kind;
export const isLeak = ({ kind }: Pick<Finding, 'kind'>): boolean => kind in leaks;
export const findingShape = (finding: Pick<Finding, 'kind'>): ShapeKind => (isLeak(finding) || finding.kind === 'failed' ? 'crit' : finding.kind === 'exit_changed' ? 'learn' : 'warn');

/** The gravest of what is wrong. */
export function worstFinding({ findings }: Pick<Agent, 'findings'>): Finding | undefined {
  const rank = (finding: Finding) => leaks[finding.kind]?.rank ?? 9;
  return [...findings].sort((a, b) => rank(a) - rank(b) || a.since_at - b.since_at)[0];
}

/** "Leaking DNS" rather than "Leaking" when it is known what leaks. */
export function verdictWord(agent: Pick<Agent, 'verdict' | 'findings'>): string {
  const finding = agent.verdict === 'leaking' ? worstFinding(agent) : undefined;
  return (finding && leaks[finding.kind]?.word) ?? verdictOf(agent).word;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const byName = (a: Agent, b: Agent): number => collator.compare(a.settings.name, b.settings.name);

export type AgentOrder = 'worst' | 'name';

/** Worst first: by verdict, then by who has been so for longest; else by name. An agent keeps its place while nothing happens to it. */
export function sortAgents(agents: readonly Agent[], order: AgentOrder): Agent[] {
  if (order === 'name') return [...agents].sort(byName);
  const graver = (a: Agent, b: Agent) => verdictOf(a).rank - verdictOf(b).rank;
  const longer = (a: Agent, b: Agent) => (verdictOf(a).rank < verdicts.sealed.rank ? a.verdict_since_at - b.verdict_since_at : 0);
  return [...agents].sort((a, b) => graver(a, b) || longer(a, b) || byName(a, b));
}

/** How many have each verdict, in the order of the chips; those that nobody has are left out. */
export function countVerdicts(agents: readonly Agent[]): { verdict: Verdict; n: number }[] {
  const found = new Map<Verdict, number>();
  for (const { verdict } of agents) found.set(verdict, (found.get(verdict) ?? 0) + 1);
  return verdictOrder.map((verdict) => ({ verdict, n: found.get(verdict) ?? 0 })).filter(({ n }) => n > 0);
}

const touched: Partial<Record<Finding['kind'], 'exit' | 'ipv6' | 'resolver'>> = { bypass: 'exit', unexpected_exit: 'exit', tunnel_down: 'exit', ipv6_leak: 'ipv6', dns_leak: 'resolver' };

/** Which of the three rows is not as it should be. */
export function wrongRows({ findings }: Pick<Agent, 'findings'>): ReadonlySet<string> {
  return new Set(findings.map(({ kind }) => touched[kind]).filter((row) => row !== undefined));
}

/** IPv6 without an exit is closed, or not looked at. */
export function ipv6Words(agent: Pick<Agent, 'settings' | 'last_heard_at' | 'reports_as' | 'verdict'>, exit: AgentExit | undefined): string {
  if (agent.settings.ipv6 === 'ignored') return 'not looked at';
  if (agent.last_heard_at === undefined || agent.reports_as === 'ping' || agent.verdict === 'silent') return 'not checked';
  return exit?.address ? 'in tunnel' : 'blocked at the tunnel';
}

/** The resolver to show: one that should not be there before all others. */
export const shownResolver = (resolvers: readonly EvidenceLine[]): EvidenceLine | undefined => resolvers.find(({ as_expected }) => !as_expected) ?? resolvers[0];

/** What stands behind the verdict's word: how long, or when it was looked at. */
export function verdictNote(agent: Agent, now: number): string {
  const heard = agent.last_heard_at;
  const every = `expected every ${duration(agent.interval_seconds).replace(/ m$/, ' min')}`;
  if (agent.verdict === 'silent') return heard === undefined ? `never heard, ${every}` : `for ${duration(now - heard).replace(/ m$/, ' min')}, ${every}`;
  if (agent.verdict === 'waiting') return 'nothing heard yet';
  if (agent.verdict === 'paused') return 'no deadline, no verdict';
  if (agent.verdict === 'learning') return `${agent.learned.heartbeats} of ${agent.settings.learning_heartbeats} reports agree, no verdict yet`;
  if (agent.verdict === 'late') return heard === undefined ? every : `last heard ${duration(now - heard)} ago, ${every}`;
  return heard === undefined ? '' : `${agent.verdict === 'alive' ? 'heard' : 'checked'} ${duration(now - heard)} ago`;
}
