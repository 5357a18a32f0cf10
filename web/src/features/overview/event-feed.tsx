import { Pause, Play, Repeat } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { Event } from '../../api/types.gen';
import { useShortcuts } from '../../lib/shortcuts';
import { cx, visible } from '../../lib/text';
import { clock, fullMoment } from '../../lib/time';
import { useFreshness, useLive, useSessions } from '../../live/use-live';
import { IconButton } from '../../ui/controls';
import { Flag } from '../../ui/flag';
import { useScoped } from '../../ui/navigation';
import { Live } from '../../ui/text';
import { describeEvent, eventIcon } from './describe-event';
import type { FeedLine } from './group-events';
import { groupEvents } from './group-events';

const shownEvents = 120;

const describeRun = ({ event, what = 'dropped', times = 0, minutes = 1 }: FeedLine, online: boolean) => ({
  subject: visible(event.user ?? ''),
  verb: `${what} ${times} times in ${minutes} min`,
  detail: `On ${visible(event.server)}, ${online ? 'online now' : 'not online now'}`,
});

function EventRow({ line, online }: { line: FeedLine; online: boolean }) {
  const { event, times } = line;
  const scoped = useScoped();
  const { icon, tone } = eventIcon(event);
  const Icon = times ? Repeat : icon;
  const { subject, verb, detail } = times ? describeRun(line, online) : describeEvent(event);
  const body = (
    <>
      <time className="event-time" dateTime={new Date(event.at * 1000).toISOString()} title={fullMoment(event.at)}>{clock(event.at)}</time>
      <Icon size={14} strokeWidth={1.75} />
      <span className="event-text">
        <span className={cx('event-line', (detail || event.session_id !== undefined) && 'ell')}><b><bdi>{subject}</bdi></b> {verb}</span>
        {detail && (
          <span className={cx('event-detail', event.kind.startsWith('session_') ? 'ell' : 'event-why')} title={detail}>
            {event.place?.country_code && (event.kind === 'session_opened' || event.kind === 'session_roamed') && !times && <Flag code={event.place.country_code} width={14} />}
            {detail}
          </span>
        )}
      </span>
    </>
  );
  const className = `event ${tone ? `event-${tone}` : ''}`;
  const path = event.session_id !== undefined ? `/sessions/${event.session_id}` : event.user !== undefined ? `/users/${encodeURIComponent(event.user)}` : undefined;
  return path === undefined ? (
    <div className={className} data-testid="event-row">{body}</div>
  ) : (
    <Link className={className} data-testid="event-row" href={scoped(path)}>{body}</Link>
  );
}

/** Newest on top. It holds still while someone reads it: on hover, focus, or when paused. */
export function EventFeed({ scope, limit = shownEvents }: { scope: readonly string[]; limit?: number }) {
  const live = useLive();
  const { stale } = useFreshness();
  const sessions = useSessions();
  const [paused, setPaused] = useState(false);
  const [reading, setReading] = useState(false);
  const held = useRef<readonly Event[]>([]);
  const events = useMemo(
    () => (scope.length ? live.events.filter((event) => scope.includes(event.server)) : live.events),
    [live.events, scope],
  );
  const still = paused || reading;
  if (!still) held.current = events;
  const shown = useMemo(() => groupEvents(held.current).slice(0, limit), [held.current, limit]);
  const newest = held.current[0]?.id;
  const waiting = still ? events.findIndex((event) => event.id === newest) : 0;
  useShortcuts({ ' ': () => setPaused(!paused) });
  const recent = events.filter((event) => live.at - event.at < 600).length;
  return (
    <section className="feed" aria-label="Events">
      <div className="panel-head feed-head">
        <h2><Live off={stale}>Events</Live></h2>
        {live.has_snapshot && <span className="panel-sub">{recent}{recent === events.length && recent >= 50 ? ' or more' : ''} in 10 min</span>}
        <span className="grow" />
        {waiting > 0 && <button type="button" className="pill" onClick={() => (setPaused(false), setReading(false))}>{waiting} new</button>}
        <IconButton label={paused ? 'Go on (Space)' : 'Pause (Space)'} aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? <Play size={15} /> : <Pause size={15} />}
        </IconButton>
      </div>
      <div
        className="feed-list" role="log" aria-live="polite" aria-label="Events, newest first" tabIndex={0}
        onPointerEnter={() => setReading(true)} onPointerLeave={() => setReading(false)} onFocus={() => setReading(true)} onBlur={() => setReading(false)}
      >
        {shown.map((line) => <EventRow key={line.key} line={line} online={line.times !== undefined && sessions.some(({ user, server }) => user === line.event.user && server === line.event.server)} />)}
        {shown.length === 0 && live.has_snapshot && <div className="feed-none t3">Nothing has happened yet.</div>}
      </div>
    </section>
  );
}
