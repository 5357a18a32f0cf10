import type { RefreshResult } from '../api/client';
import type { Frame, LiveStore } from './store';

/** No frame for this long means that the line is dead, whatever the socket says: the server sends at least every 5 s. */
const silentMs = 20_000;
const firstRetryMs = 500;
const longestRetryMs = 20_000;
/** A line that held this long was a good one: the next break is a first one again. */
const steadyMs = 10_000;

export interface SocketDeps {
  store: LiveStore;
  open: () => WebSocket;
  /** Whether this browser may still listen. */
  checkLogin: () => Promise<RefreshResult>;
  signedOut: () => void;
  random?: () => number;
}

/** Two short waits, since a daemon restarts in a second or two, then twice as long each time up to 20 s; the last half is random, so that many pages do not come back at the same moment. */
export function backoffMs(failures: number, random: number): number {
  const whole = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(Math.max(0, failures - 1), 10));
  return Math.round(whole / 2 + (whole / 2) * random);
}

/** Keeps one live connection open and feeds its frames to the store. */
export class LiveSocket {
  private socket_: WebSocket | undefined;
  private retry_: ReturnType<typeof setTimeout> | undefined;
  private watch_: ReturnType<typeof setTimeout> | undefined;
  private failures_ = 0;
  private turn_ = 0;
  private running_ = false;

  constructor(private readonly deps: SocketDeps) {}

  start(): void {
    if (this.running_) return;
    this.running_ = true;
    this.connect();
  }

  stop(): void {
    this.running_ = false;
    clearTimeout(this.retry_);
    this.drop();
    this.deps.store.setPhase('idle');
  }

  retryNow(): void {
    if (!this.running_) return;
    clearTimeout(this.retry_);
    this.turn_ += 1;
    this.drop();
    this.connect();
  }

  private connect(): void {
    this.deps.store.beginLine();
    const socket = this.deps.open();
    let heard = false;
    const began_ms = Date.now();
    this.socket_ = socket;
    this.expectFrame();
    socket.onmessage = (message: MessageEvent<string>) => {
      heard = true;
      if (this.socket_ === socket) this.take(message.data, socket);
    };
    socket.onclose = (event) => {
      if (this.socket_ !== socket) return;
      this.drop();
      if (Date.now() - began_ms >= steadyMs) this.failures_ = 0;
      // A browser hides why a handshake failed; a login that ran out is the likely reason, so that is looked at first.
      void this.plan(!heard || event.code === 1008 || event.code === 4401);
    };
  }

  /** Several daemons may answer in turn, each with numbers of its own: only what fits the snapshot of this line counts. */
  private take(text: string, socket: WebSocket): void {
    let frame: Frame;
    try {
      frame = JSON.parse(text) as Frame;
    } catch {
      socket.close();
      return;
    }
    if (frame.kind !== 'snapshot' && frame.kind !== 'changes') return this.expectFrame();
    const became = this.deps.store.apply(frame, Date.now());
    // A line on which nothing fits any more is as good as silent.
    if (became !== 'ignored') this.expectFrame();
    if (became === 'gap') socket.send(JSON.stringify({ kind: 'snapshot' }));
  }

  private async plan(doubtLogin: boolean): Promise<void> {
    const wait = backoffMs(this.failures_, (this.deps.random ?? Math.random)());
    this.failures_ += 1;
    const turn = ++this.turn_;
    this.deps.store.setPhase('waiting', Date.now() + wait);
    if (doubtLogin && (await this.deps.checkLogin()) === 'denied') {
      this.stop();
      this.deps.signedOut();
      return;
    }
    // Someone may have asked for an attempt, or stopped, while the login was looked at.
    if (this.running_ && turn === this.turn_) this.retry_ = setTimeout(() => this.connect(), wait);
  }

  private expectFrame(): void {
    clearTimeout(this.watch_);
    this.watch_ = setTimeout(() => {
      this.drop();
      void this.plan(true);
    }, silentMs);
  }

  private drop(): void {
    clearTimeout(this.watch_);
    const socket = this.socket_;
    this.socket_ = undefined;
    socket?.close();
  }
}
