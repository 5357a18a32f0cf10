import type { Agent, ChangesFrame, Event, HouseJob, Incident, Quota, QuotaKey, Server, Session, SnapshotFrame } from '../api/types.gen';
import { mergeAgents, mergeIncidents } from './watched';

export type Frame = SnapshotFrame | ChangesFrame;
export type Phase = 'idle' | 'connecting' | 'live' | 'waiting';

/** What the page knows now. A new object per frame; the session map is shared, its sessions are replaced, never changed. */
export interface LiveState {
  phase: Phase;
  /** Grows with every applied frame: what derived values depend on. */
  version: number;
  has_snapshot: boolean;
  /** Time of the data by the clock of the server, UNIX seconds. */
  at: number;
  /** Time the last frame came by the clock of the browser, milliseconds. */
  received_at_ms: number;
  retry_at_ms?: number;
  sessions: ReadonlyMap<number, Session>;
  servers: readonly Server[];
  events: readonly Event[];
  /** How each limit stands for each user or group that it binds; a new map only when one changed. */
  quotas: ReadonlyMap<string, Quota>;
  jobs: readonly HouseJob[];
  /** By name; a new map only when one changed. */
  agents: ReadonlyMap<string, Agent>;
  /** All that are open, and those that were resolved while this page was open, by id; a new map only when one changed. */
  incidents: ReadonlyMap<number, Incident>;
}

/** What tells two quotas apart: the limit and whom it binds. */
export const quotaKey = ({ limit_id, user }: QuotaKey): string => `${limit_id} ${user}`;

const mostEvents = 500;
const sparkPoints = 32;
/** Places in the width of a spark before it begins to move together. */
export const sparkSlots = 12;
const sparkStepMs = 900;

/** Applies frames in order. `gap` asks the caller for a fresh snapshot; until one comes, changes are ignored. */
export class LiveStore {
  private sessions_ = new Map<number, Session>();
  private sparks_ = new Map<number, number[]>();
  private number_ = -1;
  private sampled_at_ms_ = 0;
  private listeners_ = new Set<() => void>();
  private state_: LiveState = {
    phase: 'idle', version: 0, has_snapshot: false, at: 0, received_at_ms: 0, sessions: this.sessions_, servers: [], events: [], quotas: new Map(), jobs: [], agents: new Map(), incidents: new Map(),
  };

  state = (): LiveState => this.state_;

  /** The last rates (down, bit/s) of a session, oldest first. */
  spark = (id: number): readonly number[] => this.sparks_.get(id) ?? [];

  subscribe = (listener: () => void): (() => void) => {
    this.listeners_.add(listener);
    return () => this.listeners_.delete(listener);
  };

  setPhase(phase: Phase, retry_at_ms?: number): void {
    const { retry_at_ms: _, ...rest } = this.state_;
    this.publish({ ...rest, phase, ...(retry_at_ms === undefined ? {} : { retry_at_ms }) });
  }

  /** A new line begins: its numbers are its own, so nothing but a snapshot fits. What is known stays in view. */
  beginLine(): void {
    this.number_ = -1;
    this.setPhase('connecting');
  }

  /** Shows what was just asked for, until the server says how it is. */
  assume(incident: Incident): void {
    this.publish({ ...this.state_, incidents: mergeIncidents(this.state_.incidents, [incident]) });
  }

  apply(frame: Frame, now_ms: number): 'applied' | 'ignored' | 'gap' {
    if (frame.kind === 'snapshot') {
      this.takeSnapshot(frame);
      this.finish(frame, now_ms, {
        servers: frame.servers, events: afterBreak(this.state_.events, frame.events), quotas: mergeQuotas(new Map(), frame), jobs: frame.jobs ?? [],
        agents: mergeAgents(new Map(), frame), incidents: mergeIncidents(new Map(), frame.incidents),
      });
      return 'applied';
    }
    if (this.number_ < 0 || frame.number <= this.number_) return 'ignored';
    if (frame.number > this.number_ + 1) {
      this.number_ = -1;
      return 'gap';
    }
    this.takeChanges(frame);
    const before = this.state_;
    this.finish(frame, now_ms, {
      servers: frame.servers ? mergeByName(before.servers, frame.servers) : before.servers,
      events: frame.events?.length ? mergeEvents(before.events, frame.events) : before.events,
      quotas: mergeQuotas(before.quotas, frame),
      jobs: frame.jobs ? mergeByName(before.jobs, frame.jobs) : before.jobs,
      agents: mergeAgents(before.agents, frame),
      incidents: mergeIncidents(before.incidents, frame.incidents),
    });
    return 'applied';
  }

  private takeSnapshot(frame: SnapshotFrame): void {
    this.sessions_ = new Map(frame.sessions.map((session) => [session.id, session]));
    for (const id of this.sparks_.keys()) if (!this.sessions_.has(id)) this.sparks_.delete(id);
  }

  private takeChanges(frame: ChangesFrame): void {
    for (const session of frame.opened ?? []) this.sessions_.set(session.id, session);
    for (const update of frame.updated ?? []) {
      const before = this.sessions_.get(update.id);
      if (before) this.sessions_.set(update.id, { ...before, ...update });
    }
    for (const end of frame.closed ?? []) {
      this.sessions_.delete(end.id);
      this.sparks_.delete(end.id);
    }
  }

  private finish(frame: Frame, now_ms: number, parts: Pick<LiveState, 'servers' | 'events' | 'quotas' | 'jobs' | 'agents' | 'incidents'>): void {
    this.number_ = frame.number;
    if (now_ms - this.sampled_at_ms_ >= sparkStepMs) this.sample(now_ms);
    const { retry_at_ms: _, ...rest } = this.state_;
    this.publish({
      ...rest, phase: 'live', has_snapshot: true, version: rest.version + 1, at: frame.at, received_at_ms: now_ms,
      sessions: this.sessions_, ...parts,
    });
  }

  private sample(now_ms: number): void {
    this.sampled_at_ms_ = now_ms;
    for (const [id, session] of this.sessions_) {
      // A new list each time: a list that has not changed is not drawn again.
      this.sparks_.set(id, [...(this.sparks_.get(id) ?? []).slice(1 - sparkPoints), session.tx_bps]);
    }
  }

  private publish(state: LiveState): void {
    this.state_ = state;
    for (const listener of this.listeners_) listener();
  }
}

/** What a frame names replaces what had the same name; the rest stays. */
function mergeByName<T extends { name: string }>(before: readonly T[], changed: readonly T[]): T[] {
  const byName = new Map(before.map((one) => [one.name, one]));
  for (const one of changed) byName.set(one.name, one);
  return [...byName.values()];
}

function mergeQuotas(before: ReadonlyMap<string, Quota>, { quotas = [], ...rest }: Frame): ReadonlyMap<string, Quota> {
  const gone = 'quotas_gone' in rest ? (rest.quotas_gone ?? []) : [];
  if (quotas.length === 0 && gone.length === 0) return before;
  const merged = new Map(before);
  for (const one of gone) merged.delete(quotaKey(one));
  for (const quota of quotas) merged.set(quotaKey(quota), quota);
  return merged;
}

/** A snapshot brings only the newest events. Older ones stay when the two meet; else some between them may be missing, and the list begins anew. */
function afterBreak(before: readonly Event[], newest: readonly Event[]): Event[] {
  const known = new Set(before.map(({ id }) => id));
  return mergeEvents(newest.some(({ id }) => known.has(id)) ? before : [], newest);
}

/** Newest first, each event once. */
function mergeEvents(before: readonly Event[], added: readonly Event[]): Event[] {
  const byId = new Map([...added, ...before].map((event) => [event.id, event]));
  return [...byId.values()].sort((a, b) => b.at - a.at || b.id - a.id).slice(0, mostEvents);
}
