import { describe, expect, it } from 'vitest';
import type { ChangesFrame, Event, Server, SnapshotFrame } from '../api/types.gen';
import { aQuota } from '../lib/test-quota';
import { aSession } from '../lib/test-session';
import { LiveStore } from './store';

const server = (over: Partial<Server>): Server => ({
  name: 'fra-1', source: 'openvpn', state: 'up', health: 'Answers.', since_at: 0, sessions: 0, rx_bytes: 0, tx_bytes: 0, lab: false, problems: 0, warnings: [], expiries: [], witnesses: [], interfaces: [], ...over,
});
const event = (id: number): Event => ({ id, at: id, kind: 'session_opened', server: 'fra-1', text: '' });
const snapshot = (over: Partial<SnapshotFrame> = {}): SnapshotFrame => ({ kind: 'snapshot', number: 10, at: 100, sessions: [aSession({ id: 1 })], servers: [server({})], events: [event(1)], quotas: [], jobs: [], agents: [], incidents: [], ...over });
const changes = (number: number, over: Partial<ChangesFrame> = {}): ChangesFrame => ({ kind: 'changes', number, at: 100 + number, ...over });

function started(): LiveStore {
  const store = new LiveStore();
  store.apply(snapshot(), 0);
  return store;
}

describe('LiveStore', () => {
  it('ignores changes before the first snapshot', () => {
    const store = new LiveStore();
    expect(store.apply(changes(1, { opened: [aSession({ id: 5 })] }), 0)).toBe('ignored');
    expect(store.state().has_snapshot).toBe(false);
  });

  it('merges what changed into a session and keeps the rest', () => {
    const store = started();
    const before = store.state().sessions.get(1);
    expect(store.apply(changes(11, { updated: [{ id: 1, rx_bytes: 5, tx_bytes: 6, rx_bps: 7, tx_bps: 8, last_seen_at: 9 }] }), 0)).toBe('applied');
    expect(store.state().sessions.get(1)).toEqual({ ...before, rx_bytes: 5, tx_bytes: 6, rx_bps: 7, tx_bps: 8, last_seen_at: 9 });
    expect(store.state().sessions.get(1)).not.toBe(before);
  });

  it('opens and closes sessions', () => {
    const store = started();
    store.apply(changes(11, { opened: [aSession({ id: 2 })], closed: [{ id: 1, closed_at: 1, end_reason: 'left', final: true, rx_bytes: 0, tx_bytes: 0 }] }), 0);
    expect([...store.state().sessions.keys()]).toEqual([2]);
  });

  it('ignores an update of a session it does not know', () => {
    const store = started();
    store.apply(changes(11, { updated: [{ id: 77, rx_bytes: 5, tx_bytes: 6, rx_bps: 7, tx_bps: 8, last_seen_at: 9 }] }), 0);
    expect(store.state().sessions.has(77)).toBe(false);
  });

  it('ignores a late frame', () => {
    const store = started();
    expect(store.apply(changes(10, { opened: [aSession({ id: 9 })] }), 0)).toBe('ignored');
    expect(store.state().sessions.has(9)).toBe(false);
  });

  it('asks for a snapshot after a gap, and waits for it', () => {
    const store = started();
    expect(store.apply(changes(12), 0)).toBe('gap');
    expect(store.apply(changes(13, { opened: [aSession({ id: 9 })] }), 0)).toBe('ignored');
    expect(store.apply(snapshot({ number: 13, sessions: [aSession({ id: 3 })] }), 0)).toBe('applied');
    expect([...store.state().sessions.keys()]).toEqual([3]);
    expect(store.apply(changes(14), 0)).toBe('applied');
  });

  it('replaces servers by name and keeps those that a frame does not name', () => {
    const store = new LiveStore();
    store.apply(snapshot({ servers: [server({}), server({ name: 'hel-1' })] }), 0);
    store.apply(changes(11, { servers: [server({ state: 'down' })] }), 0);
    expect(store.state().servers.map(({ name, state }) => [name, state])).toEqual([['fra-1', 'down'], ['hel-1', 'up']]);
  });

  it('keeps events newest first and each once', () => {
    const store = started();
    store.apply(changes(11, { events: [event(3), event(2)] }), 0);
    store.apply(changes(12, { events: [event(3)] }), 0);
    expect(store.state().events.map(({ id }) => id)).toEqual([3, 2, 1]);
  });

  it('puts the events of a snapshot in the order of time, whatever order they were found in', () => {
    const store = new LiveStore();
    store.apply(snapshot({ events: [{ ...event(9), at: 1 }, { ...event(8), at: 5 }] }), 0);
    expect(store.state().events.map(({ id }) => id)).toEqual([8, 9]);
  });

  it('keeps older events through a break when the snapshot reaches back to them', () => {
    const store = started();
    store.apply(changes(11, { events: [event(2)] }), 0);
    store.apply(snapshot({ number: 4, events: [event(3), event(2)] }), 0);
    expect(store.state().events.map(({ id }) => id)).toEqual([3, 2, 1]);
  });

  it('begins the events anew when some may be missing between', () => {
    const store = started();
    store.apply(snapshot({ number: 4, events: [event(90), event(89)] }), 0);
    expect(store.state().events.map(({ id }) => id)).toEqual([90, 89]);
  });

  it('keeps in view what it knew while a new line begins', () => {
    const store = started();
    store.beginLine();
    expect(store.state()).toMatchObject({ phase: 'connecting', has_snapshot: true });
    expect([...store.state().sessions.keys()]).toEqual([1]);
  });

  it('is bounded in events', () => {
    const store = started();
    for (let id = 0; id < 700; id += 1) store.apply(changes(11 + id, { events: [event(100 + id)] }), 0);
    expect(store.state().events).toHaveLength(500);
  });

  it('draws a new spark list with each sample, and forgets it when the session ends', () => {
    const store = started();
    const first = store.spark(1);
    for (let second = 1; second <= 40; second += 1) store.apply(changes(10 + second), second * 1000);
    expect(store.spark(1)).not.toBe(first);
    expect(store.spark(1)).toHaveLength(32);
    store.apply(changes(51, { closed: [{ id: 1, closed_at: 1, end_reason: 'left', final: true, rx_bytes: 0, tx_bytes: 0 }] }), 50_000);
    expect(store.spark(1)).toEqual([]);
  });

  it('tells its listeners, and only while they listen', () => {
    const store = started();
    let calls = 0;
    const stop = store.subscribe(() => (calls += 1));
    store.apply(changes(11), 0);
    stop();
    store.apply(changes(12), 0);
    expect(calls).toBe(1);
  });

  it('keeps quotas by limit and user, and drops those that are gone', () => {
    const store = new LiveStore();
    store.apply(snapshot({ quotas: [aQuota({ limit_id: 1, user: 'ann' }), aQuota({ limit_id: 1, user: 'bob' })] }), 0);
    const before = store.state().quotas;
    store.apply(changes(11, { quotas: [aQuota({ limit_id: 1, user: 'ann', used_bytes: 9 })], quotas_gone: [{ limit_id: 1, user: 'bob' }] }), 0);
    expect([...store.state().quotas.values()]).toEqual([aQuota({ limit_id: 1, user: 'ann', used_bytes: 9 })]);
    store.apply(changes(12), 0);
    expect(store.state().quotas).not.toBe(before);
  });

  it('does not make a new map of quotas when none changed', () => {
    const store = started();
    const before = store.state().quotas;
    store.apply(changes(11), 0);
    expect(store.state().quotas).toBe(before);
  });
});
