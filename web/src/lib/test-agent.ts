import type { Agent, AlertRule, Finding, Incident } from '../api/types.gen';

type Over = Partial<Omit<Agent, 'settings'>> & { name?: string; settings?: Partial<Agent['settings']> };

/** An invented agent, for tests. */
export function anAgent({ name = 'home-nas', settings, ...over }: Over = {}): Agent {
  return {
    settings: {
      name, site: 'home', label: 'WireGuard', interval_seconds: 60, grace_seconds: 0, exit: { countries: [], asns: [], networks: [], learned: true },
      resolver: { tolerance: 'country', countries: [], asns: [], networks: [] }, ipv6: 'sealed', real_networks: [], learning_heartbeats: 5, paused: false, ...settings,
    },
    presence: 'alive', verdict: 'sealed', sentence: 'Sealed', verdict_since_at: 0, last_heard_at: 990, first_heard_at: 0, interval_seconds: 60, reports_as: 'agent', resolvers: [], evidence: [], findings: [], points: [],
    learned: { countries: [], asns: [], resolver_networks: [], heartbeats: 5, done: true }, heartbeats: 10, late_heartbeats: 0, ...over,
  };
}

export const aFinding = (over: Partial<Finding> = {}): Finding => ({ kind: 'dns_leak', since_at: 0, last_at: 0, text: 'Its resolver is elsewhere', evidence: [], ...over });

export const anIncident = (over: Partial<Incident> = {}): Incident => ({
  id: 1, key: 'k', rule_id: 1, condition: 'agent_dns_leak', subject: 'home-nas', severity: 'critical', state: 'firing', title: 'home-nas leaks DNS', text: 'Names are answered outside the tunnel', values: {}, evidence: [],
  since_at: 1000, folded: 0, flaps: 0, marks: [], ...over,
});

export const aRule = (over: Partial<AlertRule> = {}): AlertRule => ({
  id: 1, name: 'DNS leaks', condition: 'agent_dns_leak', subject: '', hold_seconds: 0, clear_seconds: 0, needed: 1, of: 1, severity: 'critical', channels: [], repeat_seconds: 0, enabled: true, ...over,
});
