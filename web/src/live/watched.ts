import type { Agent, Incident } from '../api/types.gen';

/** Resolved incidents that are kept in hand; older ones are asked of the server. */
const mostResolved = 200;

interface AgentsOf {
  agents?: Agent[] | undefined;
  agents_gone?: string[] | undefined;
}

/** What a frame names replaces what had the same name; the rest stays. */
export function mergeAgents(before: ReadonlyMap<string, Agent>, { agents = [], agents_gone = [] }: AgentsOf): ReadonlyMap<string, Agent> {
  if (agents.length === 0 && agents_gone.length === 0) return before;
  const merged = new Map(before);
  for (const name of agents_gone) merged.delete(name);
  for (const agent of agents) merged.set(agent.settings.name, agent);
  return merged;
}

export function mergeIncidents(before: ReadonlyMap<number, Incident>, incidents: readonly Incident[] = []): ReadonlyMap<number, Incident> {
  if (incidents.length === 0) return before;
  const merged = new Map(before);
  for (const incident of incidents) merged.set(incident.id, incident);
  const resolved = [...merged.values()].filter(({ state }) => state === 'resolved');
  if (resolved.length <= mostResolved) return merged;
  for (const { id } of resolved.sort((a, b) => (a.resolved_at ?? 0) - (b.resolved_at ?? 0)).slice(0, resolved.length - mostResolved)) merged.delete(id);
  return merged;
}
