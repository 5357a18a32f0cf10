import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event, Server } from '../../api/types.gen';
import { liveStore } from '../../live/use-live';
import { draw } from '../../ui/test-render';
import { describeEvent, eventIcon } from './describe-event';
import { EventFeed } from './event-feed';
import { LampCard } from './lamp-card';

const server = (over: Partial<Server>): Server => ({
  name: 'fra-1', source: 'openvpn', state: 'up', health: 'Answers.', since_at: 0, sessions: 0, rx_bytes: 0, tx_bytes: 0, lab: false, problems: 0, warnings: [], expiries: [], witnesses: [], interfaces: [], ...over,
});
const event = (over: Partial<Event>): Event => ({ id: 1, at: 1000, kind: 'session_opened', server: 'fra-1', user: 'ann', session_id: 7, text: 'ann connected to fra-1', ...over });
const hear = (servers: Server[], events: Event[] = []) => liveStore.apply({ kind: 'snapshot', number: 1, at: 1000, sessions: [], servers, events, quotas: [], jobs: [], agents: [], incidents: [] }, Date.now());

let stop: () => Promise<void>;
beforeEach(() => void vi.stubGlobal('fetch', async () => new Response('{"items":[]}')));
afterEach(async () => {
  await stop?.();
  vi.unstubAllGlobals();
});

describe('LampCard', () => {
  it('is absent while all is well', async () => {
    hear([server({})]);
    const card = await draw(<LampCard />);
    stop = card.stop;
    expect(card.text()).toBe('');
  });

  it('names the worst problem first and counts the rest', async () => {
    hear([server({ name: 'a', state: 'busy', health: 'Held by another.' }), server({ name: 'b', state: 'down', health: 'Connection refused.' }), server({})]);
    const card = await draw(<LampCard />);
    stop = card.stop;
    expect(card.text()).toContain('b is down');
    expect(card.text()).toContain('Connection refused.');
    expect(card.text()).toContain('and 1 more');
  });
});

describe('the event feed', () => {
  it('shows a hostile name as text', async () => {
    hear([server({})], [event({ user: '<img src=x onerror=alert(1)>\u202e' })]);
    const feed = await draw(<EventFeed scope={[]} />);
    stop = feed.stop;
    expect(feed.host.querySelector('img')).toBeNull();
    expect(feed.text()).toContain('<img src=x onerror=alert(1)>⟨U+202E⟩');
  });

  it('keeps to the chosen servers', async () => {
    hear([server({})], [event({ id: 2, server: 'hel-1' }), event({ id: 1 })]);
    const feed = await draw(<EventFeed scope={['hel-1']} />);
    stop = feed.stop;
    expect(feed.host.querySelectorAll('[data-testid="event-row"]')).toHaveLength(1);
  });
});

describe('an event in words', () => {
  it('says what happened first and how much it was second', () =>
    expect(describeEvent(event({ kind: 'session_closed', text: 'ann was dropped from fra-1 after 41 m, 212 MB' }))).toEqual({ subject: 'ann', verb: 'was dropped from fra-1', detail: 'After 41 m, 212 MB' }));
  it('leaves a server its own sentence', () =>
    expect(describeEvent({ id: 1, at: 1, kind: 'server_state', server: 'fra-1', text: 'fra-1: Connection refused.' })).toEqual({ subject: 'fra-1', verb: 'Connection refused.', detail: '' }));
  it('says the state of a server, then why', () =>
    expect(describeEvent({ id: 1, at: 1, kind: 'server_state', server: 'tcp', text: 'tcp is stale: no answer for 12 s: the socket is open' })).toEqual({ subject: 'tcp', verb: 'is silent', detail: 'No answer for 12 s: the socket is open' }));
  it('keeps an aside for the second line', () =>
    expect(describeEvent(event({ kind: 'session_closed', text: 'ann left fra-1 while Davylamp was not running, after 11 m, 52.2 MB' }))).toEqual({ subject: 'ann', verb: 'left fra-1', detail: 'While Davylamp was not running, after 11 m, 52.2 MB' }));
  it('tells the place of one who came', () => expect(describeEvent(event({ place: { kind: 'public', city: 'Berlin', network: 'Elbe Fiber', asn: 64499 } })).detail).toBe('Berlin, Elbe Fiber AS64499'));
  it('makes a server that is down stand out', () =>
    expect([eventIcon(event({ kind: 'server_state', text: 'fra-1 is down' })).tone, eventIcon(event({ kind: 'server_state', text: 'fra-1 is up' })).tone]).toEqual(['hot', undefined]));
  it('parts what a quota did from the rest', () =>
    expect(describeEvent({ id: 1, at: 1, kind: 'quota_reached', server: '', user: 'ann', text: 'ann has used 95 % of 3 MB (down and up, this month); resets on 1 December' })).toEqual({ subject: 'ann', verb: 'has used 95 % of 3 MB (down and up, this month)', detail: 'Resets on 1 December' }));
  it('says why someone was not let in rather than where they are', () =>
    expect(describeEvent(event({ kind: 'login_refused', text: 'ann was not let in on fra-1: the user is blocked', place: { kind: 'public', city: 'Berlin' } })).detail).toBe('The user is blocked'));
  it('makes it stand out that someone was stopped', () => expect([eventIcon(event({ kind: 'quota_reached' })).tone, eventIcon(event({ kind: 'quota_near' })).tone, eventIcon(event({ kind: 'quota_reset' })).tone]).toEqual(['hot', 'warn', undefined]));
});
