import type { HouseJob, Incident, Quota, Server } from '../api/types.gen';
import { worstExpiry } from './expiry';
import type { ShapeKind } from './health';
import { openProblems, stateOf } from './health';
import { conditionOf, openIncidents, severityOf } from './incident';
import { holderOf } from './quota';
import { sentence, visible } from './text';
import { count, plural } from './units';

/** Something that is open and that someone should know. */
export interface Trouble {
  key: string;
  shape: ShapeKind;
  /** What kind of thing, and how many. */
  label: string;
  title: string;
  text: string;
  since_at?: number;
  path: string;
  link: string;
  rank: number;
  /** The incident that nobody has taken yet. */
  incident_id?: number;
}

function ofServers(servers: readonly Server[]): Trouble[] {
  const open = openProblems(servers);
  return open.map((server) => {
    const state = stateOf(server);
    const shape = state.shape === 'ok' ? 'warn' : state.shape;
    return {
      key: `server ${server.name}`, shape, label: `${open.length} of ${plural(servers.length, 'server')}`,
      title: `${visible(server.name)} ${server.state === 'up' ? 'needs a look' : `is ${state.word.toLowerCase()}`}`, text: sentence(visible(server.health)), since_at: server.since_at,
      path: `/servers/${encodeURIComponent(server.name)}`, link: 'Look at it', rank: shape === 'crit' ? 0 : 3,
    };
  });
}

function ofExpiries(servers: readonly Server[], now: number): Trouble[] {
  return servers.flatMap((server) => {
    const worst = worstExpiry(server.expiries, now);
    if (!worst) return [];
    const { expiry, clock } = worst;
    return [{
      key: `expiry ${server.name}`, shape: clock.shape, label: 'Certificates', title: `${clock.what} of ${visible(server.name)}: ${clock.word}`,
      text: clock.days < 0 ? `${visible(expiry.name)} is past its date: clients are refused.` : `${visible(expiry.name)} has to be renewed before then.`,
      path: `/servers/${encodeURIComponent(server.name)}`, link: 'See its dates', rank: clock.shape === 'crit' ? 1 : 4,
    }];
  });
}

function ofQuotas(quotas: Iterable<Quota>): Trouble[] {
  const stopped: Quota[] = [];
  for (const quota of quotas) if (quota.state === 'reached' && quota.enforce) stopped.push(quota);
  const first = stopped[0];
  if (!first) return [];
  const one = stopped.length === 1;
  return [{
    key: 'quotas', shape: 'crit', label: 'Quotas', title: one ? `${visible(holderOf(first))} is stopped by a quota` : `${count(stopped.length)} users or groups are stopped by a quota`,
    text: one ? 'Nothing is left of what is allowed.' : `${stopped.slice(0, 3).map((quota) => visible(holderOf(quota))).join(', ')}${stopped.length > 3 ? ` and ${stopped.length - 3} more` : ''}.`,
    path: '/quotas?state=reached', link: one ? 'See the quota' : 'See them', rank: 2,
  }];
}

export type Loss = { name: string; count: number; text: string };

/** What the next report heals, or what was only said twice: worth knowing, nothing to act on. */
const healed: ReadonlySet<string> = new Set([
  'observations_dropped', 'changes_dropped', 'reports_repeated', 'reports_of_unknown_peers', 'listings_incomplete', 'counters_shrunk', 'finals_unmatched', 'timeouts',
]);
export const matters = ({ name, count: times }: Pick<Loss, 'name' | 'count'>): boolean => times > 0 && !healed.has(name);

function ofJobs(jobs: readonly HouseJob[]): Trouble[] {
  return jobs.filter((job) => !job.ok && job.ended_at !== undefined).map((job) => ({
    key: `job ${job.name}`, shape: 'warn', label: 'House jobs', title: `The job ${visible(job.name).replaceAll('_', ' ')} failed`, text: sentence(visible(job.text)),
    path: '/system', link: 'See the jobs', rank: 5,
  }));
}

function ofLosses(losses: readonly Loss[]): Trouble[] {
  const some = losses.filter(matters);
  const first = some[0];
  if (!first) return [];
  return [{ key: 'losses', shape: 'warn', label: 'System', title: 'Something was lost or could not be used', text: sentence(visible(first.text)), path: '/system', link: 'See what', rank: 6 }];
}

/** Alerts that are open: what nobody has taken comes before all else of its kind. A notice is no trouble. */
function ofIncidents(open: readonly Incident[]): Trouble[] {
  return open.map((incident) => {
    const severity = severityOf(incident);
    const taken = incident.acknowledged_at !== undefined;
    return {
      key: `incident ${incident.id}`, shape: severity.shape, label: conditionOf(incident.condition).lane, title: visible(incident.title), text: sentence(visible(incident.text)),
      since_at: incident.since_at, path: `/alerts/${incident.id}`, link: 'Open', rank: (severity.rank === 0 ? -1 : 2.5) + (taken ? 0.4 : 0), ...(taken ? {} : { incident_id: incident.id }),
    };
  });
}

/** What an alert tells of already is not said twice. */
function toldOf(open: readonly Incident[]): ReadonlySet<string> {
  const keys: Partial<Record<Incident['condition'], (subject: string) => string>> = {
    server_down: (name) => `server ${name}`, server_degraded: (name) => `server ${name}`, certificate_expires: (name) => `expiry ${name}`, quota_reached: () => 'quotas', job_failed: (name) => `job ${name}`,
  };
  return new Set(open.map(({ condition, subject }) => keys[condition]?.(subject) ?? ''));
}

interface Known {
  servers: readonly Server[];
  quotas: Iterable<Quota>;
  jobs: readonly HouseJob[];
  losses: readonly Loss[];
  incidents?: Iterable<Incident>;
  now: number;
}

/** All that is open, worst first: an alert, a server that is down, a certificate past or near its end, someone stopped, a job that failed, what was lost. */
export function openTroubles({ servers, quotas, jobs, losses, incidents = [], now }: Known): Trouble[] {
  const open = openIncidents(incidents).filter(({ severity }) => severity !== 'notice');
  const told = toldOf(open);
  const seen = [...ofServers(servers), ...ofExpiries(servers, now), ...ofQuotas(quotas), ...ofJobs(jobs), ...ofLosses(losses)].filter(({ key }) => !told.has(key));
  return [...ofIncidents(open), ...seen].sort((a, b) => a.rank - b.rank);
}
