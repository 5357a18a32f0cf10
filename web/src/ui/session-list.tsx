import { Link } from 'wouter';
import type { Session } from '../api/types.gen';
import { endReason } from '../lib/health';
import { visible } from '../lib/text';
import { duration, fullMoment, moment } from '../lib/time';
import { Bytes, Live } from './text';
import { PlaceText } from './place-text';
import { useScoped } from './navigation';

/** Sessions of one user as short lines, newest first. */
export function SessionList({ sessions, now }: { sessions: readonly Session[]; now: number }) {
  const scoped = useScoped();
  return (
    <ul className="session-list">
      {sessions.map((session) => (
        <li key={session.id}>
          <Link href={scoped(`/sessions/${session.id}`)} className="session-line" title={fullMoment(session.opened_at)}>
            <span className="t3 nowrap">{moment(session.opened_at, now)}</span>
            <PlaceText place={session.place} network={false} />
            <span className="t2 ell"><bdi>{visible(session.server)}</bdi></span>
            <span className="num t2 nowrap">{duration((session.closed_at ?? now) - session.opened_at)}</span>
            <span className="num"><Bytes amount={session.tx_bytes} /></span>
            <span className="session-end">{session.state === 'open' ? <Live>Online</Live> : <span className="t3 ell">{endReason(session.end_reason)}</span>}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
