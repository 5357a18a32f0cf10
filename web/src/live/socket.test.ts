import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RefreshResult } from '../api/client';
import { LiveSocket, backoffMs } from './socket';
import { LiveStore } from './store';

class FakeSocket {
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: string[] = [];
  closed = false;
  send = (text: string) => this.sent.push(text);
  close = () => (this.closed = true);
  hear = (frame: object) => this.onmessage?.({ data: JSON.stringify(frame) });
  lose = (code = 1006) => this.onclose?.({ code });
}

const snapshot = { kind: 'snapshot', number: 1, at: 1, sessions: [], servers: [], events: [] };

function setUp(login: RefreshResult = 'renewed') {
  const opened: FakeSocket[] = [];
  const checkLogin = vi.fn(async () => login);
  const signedOut = vi.fn();
  const store = new LiveStore();
  const open = () => {
    const socket = new FakeSocket();
    opened.push(socket);
    return socket as unknown as WebSocket;
  };
  const live = new LiveSocket({ store, open, checkLogin, signedOut, random: () => 1 });
  live.start();
  return { live, store, opened, checkLogin, signedOut, first: opened[0] as FakeSocket };
}

/** The present line brings a frame each second. */
async function holdFor(opened: FakeSocket[], seconds: number) {
  for (let number = 1; number <= seconds; number += 1) {
    (opened.at(-1) as FakeSocket).hear({ ...snapshot, number });
    await vi.advanceTimersByTimeAsync(1000);
  }
}

/** Ends the line, refuses every handshake for `away_ms`, then answers; how long nothing came. */
async function backAfter(opened: FakeSocket[], away_ms: number) {
  const began_ms = Date.now();
  let lines = opened.length;
  (opened.at(-1) as FakeSocket).lose();
  for (;;) {
    await vi.advanceTimersByTimeAsync(50);
    if (opened.length === lines) continue;
    lines = opened.length;
    if (Date.now() - began_ms < away_ms) (opened.at(-1) as FakeSocket).lose();
    else break;
  }
  (opened.at(-1) as FakeSocket).hear(snapshot);
  return Date.now() - began_ms;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('LiveSocket', () => {
  it('asks for a snapshot when a frame is missing', () => {
    const { first } = setUp();
    first.hear(snapshot);
    first.hear({ kind: 'changes', number: 3, at: 2 });
    expect(first.sent).toEqual(['{"kind":"snapshot"}']);
  });

  it('comes back after a break, without asking about a login that worked', async () => {
    const { first, opened, checkLogin, store } = setUp();
    first.hear(snapshot);
    first.lose();
    expect(store.state().phase).toBe('waiting');
    await vi.advanceTimersByTimeAsync(500);
    expect(opened).toHaveLength(2);
    expect(checkLogin).not.toHaveBeenCalled();
  });

  it('asks about the login when the server would not open the line', async () => {
    const { first, opened, checkLogin } = setUp();
    first.lose();
    await vi.advanceTimersByTimeAsync(500);
    expect(checkLogin).toHaveBeenCalledOnce();
    expect(opened).toHaveLength(2);
  });

  it('gives up and says so when the login is refused', async () => {
    const { first, opened, signedOut } = setUp('denied');
    first.lose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signedOut).toHaveBeenCalledOnce();
    expect(opened).toHaveLength(1);
  });

  it('goes on when nobody answers the renewal', async () => {
    const { first, opened, signedOut } = setUp('unreachable');
    first.lose();
    await vi.advanceTimersByTimeAsync(500);
    expect(signedOut).not.toHaveBeenCalled();
    expect(opened).toHaveLength(2);
  });

  it('drops a line that fell silent', async () => {
    const { first, opened } = setUp();
    first.hear(snapshot);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(first.closed).toBe(true);
    expect(opened.length).toBeGreaterThan(1);
  });

  it('asks about the login when the server says that it ended', async () => {
    const { first, checkLogin } = setUp();
    first.hear(snapshot);
    first.lose(4401);
    await vi.advanceTimersByTimeAsync(500);
    expect(checkLogin).toHaveBeenCalledOnce();
  });

  it('takes nothing of another daemon before that one has sent its snapshot, whatever its numbers', async () => {
    const { first, opened, store } = setUp();
    first.hear({ ...snapshot, sessions: [{ id: 1, tx_bps: 0 }] });
    first.lose();
    await vi.advanceTimersByTimeAsync(500);
    const second = opened[1] as FakeSocket;
    second.hear({ kind: 'changes', number: 2, at: 3, opened: [{ id: 9, tx_bps: 0 }] });
    expect([...store.state().sessions.keys()]).toEqual([1]);
    second.hear({ ...snapshot, number: 70, sessions: [{ id: 1, tx_bps: 0 }, { id: 9, tx_bps: 0 }] });
    second.hear({ kind: 'changes', number: 71, at: 4, closed: [{ id: 1 }] });
    expect([...store.state().sessions.keys()]).toEqual([9]);
  });

  it('takes nothing of a line that it gave up', async () => {
    const { live, first, opened, store } = setUp();
    first.hear(snapshot);
    live.retryNow();
    (opened[1] as FakeSocket).hear({ ...snapshot, number: 5 });
    first.hear({ kind: 'changes', number: 6, at: 9, opened: [{ id: 3, tx_bps: 0 }] });
    expect(store.state().sessions.size).toBe(0);
  });

  it('waits longer each time a daemon goes away as soon as it came', async () => {
    const { first, opened } = setUp();
    first.hear(snapshot);
    first.lose();
    await vi.advanceTimersByTimeAsync(500);
    for (const turn of [1, 2]) {
      (opened[turn] as FakeSocket).hear(snapshot);
      (opened[turn] as FakeSocket).lose();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(opened).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(500);
    expect(opened).toHaveLength(4);
  });

  it('does not add up breaks that lie apart: the tenth is as short as the first', async () => {
    const { opened, store } = setUp();
    for (let restart = 0; restart < 10; restart += 1) {
      await holdFor(opened, 8);
      expect(await backAfter(opened, 1500)).toBeLessThanOrEqual(2500);
      expect(store.state().phase).toBe('live');
    }
  });

  it('does not flood a server that stays away', async () => {
    const { first, opened, checkLogin } = setUp('unreachable');
    first.hear(snapshot);
    first.lose();
    for (let tried = 0; tried < 100; tried += 1) {
      await vi.advanceTimersByTimeAsync(600);
      (opened.at(-1) as FakeSocket).lose();
    }
    expect(opened.length).toBeLessThanOrEqual(11);
    expect(checkLogin.mock.calls.length).toBeLessThan(opened.length);
  });

  it('does not wait for a daemon that keeps the question about the login', async () => {
    const { first, opened, checkLogin } = setUp();
    checkLogin.mockReturnValue(new Promise(() => undefined));
    first.lose();
    await vi.advanceTimersByTimeAsync(5001);
    expect(opened).toHaveLength(2);
  });

  it('takes a handshake that was long in failing for no line that held', async () => {
    const { first, opened } = setUp();
    first.lose();
    await vi.advanceTimersByTimeAsync(500);
    for (const turn of [1, 2]) {
      await vi.advanceTimersByTimeAsync(15_000);
      (opened[turn] as FakeSocket).lose();
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(opened).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(500);
    expect(opened).toHaveLength(4);
  });

  it('comes back fast again once a line has held', async () => {
    const { first, opened } = setUp();
    first.lose();
    await vi.advanceTimersByTimeAsync(500);
    const second = opened[1] as FakeSocket;
    for (let number = 1; number <= 12; number += 1) {
      second.hear({ ...snapshot, number });
      await vi.advanceTimersByTimeAsync(1000);
    }
    second.lose();
    await vi.advanceTimersByTimeAsync(500);
    expect(opened).toHaveLength(3);
  });

  it('drops a line on which nothing fits any more', async () => {
    const { first, opened } = setUp();
    first.hear(snapshot);
    first.hear({ kind: 'changes', number: 9, at: 2 });
    for (let second = 0; second < 22; second += 1) {
      first.hear({ kind: 'changes', number: 10 + second, at: 3 });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(first.closed).toBe(true);
    expect(opened.length).toBeGreaterThan(1);
  });

  it('opens one line only when asked to try at once', async () => {
    const { live, first, opened } = setUp();
    first.hear(snapshot);
    first.lose();
    live.retryNow();
    await vi.advanceTimersByTimeAsync(5000);
    expect(opened).toHaveLength(2);
  });

  it('stays closed when stopped', async () => {
    const { live, first, opened } = setUp();
    first.lose();
    live.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened).toHaveLength(1);
  });
});

describe('the wait between attempts', () => {
  it('is short for the few seconds that a restart takes, then doubles up to 20 s', () => expect([0, 1, 2, 4, 5, 6, 9, 40].map((failures) => backoffMs(failures, 1))).toEqual([500, 500, 1000, 1000, 2000, 4000, 20_000, 20_000]));
  it('is at least half of that', () => expect(backoffMs(2, 0)).toBe(500));
});
