import { describe, expect, it } from 'vitest';
import { countVerdicts, ipv6Words, shownResolver, sortAgents, verdictNote, verdictWord, worstFinding, wrongRows } from './agent';
import { aFinding, anAgent } from './test-agent';

const names = (agents: ReturnType<typeof anAgent>[]) => agents.map(({ settings }) => settings.name);

describe('agents in order', () => {
  const agents = [anAgent({ name: 'b10' }), anAgent({ name: 'b9' }), anAgent({ name: 'z', verdict: 'leaking' }), anAgent({ name: 'y', verdict: 'silent', verdict_since_at: 20 }), anAgent({ name: 'x', verdict: 'silent', verdict_since_at: 10 }), anAgent({ name: 'a', verdict: 'paused' })];
  it('come worst first, then as long as it is so, then by name', () => expect(names(sortAgents(agents, 'worst'))).toEqual(['z', 'x', 'y', 'b9', 'b10', 'a']));
  it('come by name when asked', () => expect(names(sortAgents(agents, 'name'))).toEqual(['a', 'b9', 'b10', 'x', 'y', 'z']));
  it('are counted by verdict, and nobody’s is left out of sight', () => expect(countVerdicts(agents)).toEqual([{ verdict: 'leaking', n: 1 }, { verdict: 'silent', n: 2 }, { verdict: 'sealed', n: 2 }, { verdict: 'paused', n: 1 }]));
});

describe('the verdict in words', () => {
  it('says what leaks, the gravest first', () => {
    const agent = anAgent({ verdict: 'leaking', findings: [aFinding({ kind: 'degraded' }), aFinding(), aFinding({ kind: 'bypass' })] });
    expect(verdictWord(agent)).toBe('Bypassing its tunnel');
    expect(worstFinding(agent)?.kind).toBe('bypass');
    expect(verdictWord(anAgent({ verdict: 'leaking' }))).toBe('Leaking');
  });
  it('claims nothing of one that is silent', () => {
    expect(verdictNote(anAgent({ verdict: 'silent', last_heard_at: 160, interval_seconds: 300 }), 1000)).toBe('for 14 min, expected every 5 min');
    expect(ipv6Words(anAgent({ verdict: 'silent' }), undefined)).toBe('not checked');
  });
  it('tells how far learning is', () => expect(verdictNote(anAgent({ verdict: 'learning', learned: { countries: [], asns: [], resolver_networks: [], heartbeats: 2, done: false } }), 1000)).toBe('2 of 5 reports agree, no verdict yet'));
});

it('names the rows that are wrong', () => {
  expect([...wrongRows(anAgent({ findings: [aFinding(), aFinding({ kind: 'clock' }), aFinding({ kind: 'ipv6_leak' })] }))]).toEqual(['resolver', 'ipv6']);
  const line = (value: string, as_expected: boolean) => ({ what: 'resolver', value, as_expected, text: '' });
  expect(shownResolver([line('a', true), line('b', false)])?.value).toBe('b');
});

it('tells a closed IPv6 from one that nobody looks at', () => {
  expect(ipv6Words(anAgent(), undefined)).toBe('blocked at the tunnel');
  expect(ipv6Words(anAgent({ settings: { ipv6: 'ignored' } }), undefined)).toBe('not looked at');
  expect(ipv6Words(anAgent({ reports_as: 'ping' }), undefined)).toBe('not checked');
});
