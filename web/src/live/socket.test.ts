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

function setUp(refreshed: RefreshResult = 'renewed') {
  const opened: FakeSocket[] = [];
  const refresh = vi.fn(async () => refreshed);
  const signedOut = vi.fn();
  const store = new LiveStore();
  const open = () => {
    const socket = new FakeSocket();
    opened.push(socket);
    return socket as unknown as WebSocket;
  };
  const live = new LiveSocket({ store, open, refresh, signedOut, random: () => 1 });
  live.start();
  return { live, store, opened, refresh, signedOut, first: opened[0] as FakeSocket };
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

  it('comes back after a break, without renewing a login that worked', async () => {
    const { first, opened, refresh, store } = setUp();
    first.hear(snapshot);
    first.lose();
    expect(store.state().phase).toBe('waiting');
    await vi.advanceTimersByTimeAsync(500);
    expect(opened).toHaveLength(2);
    expect(refresh).not.toHaveBeenCalled();
  });

  it('renews the login when the server would not open the line', async () => {
    const { first, opened, refresh } = setUp();
    first.lose();
    await vi.advanceTimersByTimeAsync(500);
    expect(refresh).toHaveBeenCalledOnce();
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
  it('doubles up to 20 s', () => expect([0, 1, 2, 20].map((failures) => backoffMs(failures, 1))).toEqual([500, 1000, 2000, 20_000]));
  it('is at least half of that', () => expect(backoffMs(2, 0)).toBe(1000));
});
