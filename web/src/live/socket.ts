import type { RefreshResult } from '../api/client';
import type { Frame, LiveStore } from './store';

/** No frame for this long means that the line is dead, whatever the socket says: the server sends at least every 5 s. */
const silentMs = 20_000;
/** The longest wait before each attempt. A daemon is back from a restart in a few seconds, so the first ones come fast; later ones spare a server that is in trouble. */
const retriesMs = [500, 500, 1000, 1000, 1000, 2000, 4000, 8000, 16_000, 20_000];
/** For each of these that a line held, one failure before it is forgotten: breaks that lie apart do not add up, one after the other at once does. */
const forgiveMs = 1000;
/** How long an attempt waits for word about the login. */
const longestCheckMs = 5000;

export interface SocketDeps {
  store: LiveStore;
  open: () => WebSocket;
  /** Whether this browser may still listen. */
  checkLogin: () => Promise<RefreshResult>;
  signedOut: () => void;
  random?: () => number;
}

/** How long to wait after so many failures; the last half is random, so that many pages do not come back at the same moment. */
export function backoffMs(failures: number, random: number): number {
  const whole = retriesMs[Math.min(failures, retriesMs.length - 1)] as number;
  return Math.round(whole / 2 + (whole / 2) * random);
}

/** Keeps one live connection open and feeds its frames to the store. */
export class LiveSocket {
  private socket_: WebSocket | undefined;
  private retry_: ReturnType<typeof setTimeout> | undefined;
  private watch_: ReturnType<typeof setTimeout> | undefined;
  private failures_ = 0;
  /** When the present line brought its first frame. */
  private heard_at_ms_: number | undefined;
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
    this.heard_at_ms_ = undefined;
    this.socket_ = socket;
    this.expectFrame();
    socket.onmessage = (message: MessageEvent<string>) => {
      if (this.socket_ !== socket) return;
      this.heard_at_ms_ ??= Date.now();
      this.take(message.data, socket);
    };
    socket.onclose = (event) => {
      if (this.socket_ !== socket) return;
      this.drop();
      // A browser hides why a handshake failed; a login that ran out is the likely reason, so that is looked at first.
      void this.plan(this.heard_at_ms_ === undefined || event.code === 1008 || event.code === 4401);
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
    const wait = backoffMs(this.countFailure(), (this.deps.random ?? Math.random)());
    const next_at_ms = Date.now() + wait;
    const turn = ++this.turn_;
    this.deps.store.setPhase('waiting', next_at_ms);
    const login = doubtLogin ? await this.askAboutLogin() : 'renewed';
    // Someone may have asked for an attempt, or stopped, while the login was looked at.
    if (!this.running_ || turn !== this.turn_) return;
    if (login === 'denied') {
      this.stop();
      this.deps.signedOut();
      return;
    }
    this.retry_ = setTimeout(() => this.connect(), Math.max(0, next_at_ms - Date.now()));
  }

  /** How many failures there were lately, before this one. */
  private countFailure(): number {
    const held_ms = this.heard_at_ms_ === undefined ? 0 : Date.now() - this.heard_at_ms_;
    const before = Math.max(0, this.failures_ - Math.floor(held_ms / forgiveMs));
    this.failures_ = before + 1;
    return before;
  }

  /** A daemon that keeps the question waiting must not keep the page from asking another one. */
  private askAboutLogin(): Promise<RefreshResult> {
    return new Promise((resolve) => {
      const limit = setTimeout(() => resolve('unreachable'), longestCheckMs);
      void this.deps.checkLogin().then((result) => {
        clearTimeout(limit);
        resolve(result);
      });
    });
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
