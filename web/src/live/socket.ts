import type { RefreshResult } from '../api/client';
import type { Frame, LiveStore } from './store';

/** No frame for this long means that the line is dead, whatever the socket says: the server sends at least every 5 s. */
const silentMs = 20_000;
const firstRetryMs = 500;
const longestRetryMs = 20_000;

export interface SocketDeps {
  store: LiveStore;
  open: () => WebSocket;
  refresh: () => Promise<RefreshResult>;
  signedOut: () => void;
  random?: () => number;
}

/** Waits grow twofold up to 20 s; the last half is random, so that many pages do not come back at the same moment. */
export function backoffMs(failures: number, random: number): number {
  const whole = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 10));
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
    this.deps.store.setPhase('connecting');
    const socket = this.deps.open();
    let heard = false;
    this.socket_ = socket;
    this.expectFrame();
    socket.onmessage = (message: MessageEvent<string>) => {
      heard = true;
      this.failures_ = 0;
      this.expectFrame();
      this.take(message.data, socket);
    };
    socket.onclose = (event) => {
      if (this.socket_ !== socket) return;
      this.drop();
      // A browser hides why a handshake failed; a login that ran out is the likely reason, so it is renewed first.
      void this.plan(!heard || event.code === 1008 || event.code === 4401);
    };
  }

  private take(text: string, socket: WebSocket): void {
    let frame: Frame;
    try {
      frame = JSON.parse(text) as Frame;
    } catch {
      socket.close();
      return;
    }
    if (frame.kind !== 'snapshot' && frame.kind !== 'changes') return;
    if (this.deps.store.apply(frame, Date.now()) === 'gap') socket.send(JSON.stringify({ kind: 'snapshot' }));
  }

  private async plan(renewLogin: boolean): Promise<void> {
    const wait = backoffMs(this.failures_, (this.deps.random ?? Math.random)());
    this.failures_ += 1;
    const turn = ++this.turn_;
    this.deps.store.setPhase('waiting', Date.now() + wait);
    if (renewLogin && (await this.deps.refresh()) === 'denied') {
      this.stop();
      this.deps.signedOut();
      return;
    }
    // Someone may have asked for an attempt, or stopped, while the login was renewed.
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
