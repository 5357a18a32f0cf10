import type { Event } from '../../api/types.gen';

type News = 'dropped' | 'left' | 'connected';

/** One line of the feed: an event, or someone who keeps coming and going, with the newest event of it. */
export interface FeedLine {
  key: string;
  event: Event;
  /** How often the user was dropped or, where drops are not yet known, connected, when that is the news. */
  times?: number;
  what?: News;
  /** From the first to the last of them. */
  minutes?: number;
}

const windowSeconds = 300;
const fewest = 3;

interface Run {
  newest: Event;
  events: Event[];
}

/** Finds runs of comings and goings of the same user on the same server, each at most five minutes after the one before. */
function findRuns(events: readonly Event[]): Map<Event, Run> {
  const runs = new Map<Event, Run>();
  const latest = new Map<string, Run>();
  for (const event of events) {
    if (event.kind !== 'session_opened' && event.kind !== 'session_closed') continue;
    const who = JSON.stringify([event.server, event.user]);
    const known = latest.get(who);
    const near = known && (known.events.at(-1)?.at ?? 0) - event.at <= windowSeconds;
    const run = near ? known : { newest: event, events: [] };
    run.events.push(event);
    latest.set(who, run);
    runs.set(event, run);
  }
  return runs;
}

/** A server learns of a drop late when the client said no goodbye: until then its coming back again and again is what is seen. */
function newsOf(events: readonly Event[]): { what: News; counted: Event[] } {
  const drops = events.filter(({ kind }) => kind === 'session_closed');
  // Who said goodbye each time was not dropped.
  const what = drops.every(({ text, user }) => text.startsWith(`${user} left`)) ? 'left' : 'dropped';
  return drops.length >= fewest ? { what, counted: drops } : { what: 'connected', counted: events.filter(({ kind }) => kind === 'session_opened') };
}

/** Expects events newest first. Three drops (or connections) or more of one user become one line, which stands where the newest of them would. */
export function groupEvents(events: readonly Event[]): FeedLine[] {
  const runs = findRuns(events);
  const lines: FeedLine[] = [];
  for (const event of events) {
    const run = runs.get(event);
    const { what, counted } = newsOf(run?.events ?? []);
    if (!run || counted.length < fewest) lines.push({ key: String(event.id), event });
    else if (run.newest === event) {
      const span = (counted[0]?.at ?? 0) - (counted.at(-1)?.at ?? 0);
      lines.push({ key: `run ${run.events.at(-1)?.id}`, event, what, times: counted.length, minutes: Math.max(1, Math.ceil(span / 60)) });
    }
  }
  return lines;
}
