import type { Trouble } from './troubles';

const pauseMs = 10_000;

/** Decides what is said aloud: each critical thing once, at most one sentence per ten seconds; what waited meanwhile is counted in the next. */
export class Announcer {
  private known_: ReadonlySet<string> | undefined;
  private waiting_: Trouble[] = [];
  private said_at_ms_ = -Infinity;

  /** The sentence to say now, if any. What is open when the page opens stands on the page: it is not said. */
  hear(troubles: readonly Trouble[], now_ms: number): string | undefined {
    const critical = troubles.filter(({ shape }) => shape === 'crit');
    const known = this.known_;
    if (known) this.waiting_.push(...critical.filter(({ key }) => !known.has(key)));
    this.known_ = new Set(critical.map(({ key }) => key));
    this.waiting_ = this.waiting_.filter(({ key }) => this.known_?.has(key));
    const [first, ...others] = this.waiting_;
    if (!first || now_ms - this.said_at_ms_ < pauseMs) return undefined;
    this.said_at_ms_ = now_ms;
    this.waiting_ = [];
    return `Critical: ${first.title}. ${first.text}${others.length > 0 ? ` And ${others.length} more.` : ''}`;
  }
}
