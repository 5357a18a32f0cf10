import { describe, expect, it } from 'vitest';
import { anAgent, anIncident } from '../lib/test-agent';
import { LiveStore } from './store';

const snapshot = { kind: 'snapshot' as const, number: 1, at: 100, sessions: [], servers: [], events: [], quotas: [], jobs: [], agents: [anAgent({ name: 'a' }), anAgent({ name: 'b' })], incidents: [anIncident({ id: 7 })] };

function started(): LiveStore {
  const store = new LiveStore();
  store.apply(snapshot, 0);
  return store;
}

describe('agents and incidents of the stream', () => {
  it('replace what has the same name, and leave when they are gone', () => {
    const store = started();
    store.apply({ kind: 'changes', number: 2, at: 101, agents: [anAgent({ name: 'b', verdict: 'leaking' }), anAgent({ name: 'c' })], agents_gone: ['a'] }, 0);
    expect([...store.state().agents].map(([name, { verdict }]) => [name, verdict])).toEqual([['b', 'leaking'], ['c', 'sealed']]);
  });
  it('keep the same map while nothing changes', () => {
    const store = started();
    const { agents, incidents } = store.state();
    store.apply({ kind: 'changes', number: 2, at: 101 }, 0);
    expect(store.state().agents).toBe(agents);
    expect(store.state().incidents).toBe(incidents);
  });
  it('forget the oldest of many that are over', () => {
    const store = started();
    const over = Array.from({ length: 230 }, (_, index) => anIncident({ id: 100 + index, state: 'resolved', resolved_at: index }));
    store.apply({ kind: 'changes', number: 2, at: 101, incidents: over }, 0);
    const { incidents } = store.state();
    expect([incidents.size, incidents.has(7), incidents.has(100), incidents.has(329)]).toEqual([201, true, false, true]);
  });
  it('show what is assumed until the server says otherwise', () => {
    const store = started();
    store.assume(anIncident({ id: 7, acknowledged_by: 'dana' }));
    expect(store.state().incidents.get(7)?.acknowledged_by).toBe('dana');
    store.apply({ kind: 'changes', number: 2, at: 101, incidents: [anIncident({ id: 7, acknowledged_by: 'noor' })] }, 0);
    expect(store.state().incidents.get(7)?.acknowledged_by).toBe('noor');
  });
});
