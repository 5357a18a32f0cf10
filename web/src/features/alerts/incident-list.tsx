import { BellOff, Check } from 'lucide-react';
import { Link } from 'wouter';
import type { Incident, Silence } from '../../api/types.gen';
import type { Group } from '../../lib/incident';
import { groupOf, isOccasion, severityOf, standingText } from '../../lib/incident';
import { cx, visible } from '../../lib/text';
import { clock, duration, moment } from '../../lib/time';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';

export interface ListPart {
  group: Group;
  title: string;
  items: readonly Incident[];
}

interface IncidentListProps {
  parts: readonly ListPart[];
  silences: ReadonlyMap<number, Silence>;
  selected: number | undefined;
  now: number;
  replace: boolean;
}

function timeOf(incident: Incident, silence: Silence | undefined, now: number): string {
  if (silence && groupOf(incident) === 'silenced') return `until ${moment(silence.ends_at, now)}`;
  const recent = incident.resolved_at === undefined && now - incident.since_at < 3600;
  const since = recent ? clock(incident.since_at) : moment(incident.since_at, now);
  return incident.resolved_at === undefined || isOccasion(incident) ? since : `${since}, ${duration(incident.resolved_at - incident.since_at)}`;
}

function Mark({ incident }: { incident: Incident }) {
  const group = groupOf(incident);
  const severity = severityOf(incident);
  if (group === 'closed') return <><Check className="incident-icon" size={13} /><span className="sr-only">Closed: </span></>;
  if (group === 'silenced') return <><BellOff className="incident-icon" size={13} /><span className="sr-only">Silenced: </span></>;
  return <><Shape kind={severity.shape} /><span className="sr-only">{severity.word}: </span></>;
}

function Row({ incident, silence, on, now, replace }: { incident: Incident; silence: Silence | undefined; on: boolean; now: number; replace: boolean }) {
  const scoped = useScoped();
  const group = groupOf(incident);
  return (
    <li>
      <Link
        className={cx('incident-row', on && 'incident-on', group === 'silenced' && 'incident-mute', group === 'closed' && 'incident-closed')} href={`${scoped(`/alerts/${incident.id}`)}${location.search && !scoped('').includes('?') ? location.search : ''}`} replace={replace} aria-current={on ? 'true' : undefined}
        data-testid="incident-row" data-incident={incident.id} data-condition={incident.condition} data-state={incident.state}
      >
        <span className="incident-mark"><Mark incident={incident} /></span>
        <span className="incident-title ell"><bdi>{visible(incident.title)}</bdi></span>
        <bdi dir="ltr" className="incident-time">{timeOf(incident, silence, now)}</bdi>
        <span className="incident-note ell"><bdi>{standingText(incident, silence)}</bdi></span>
      </Link>
    </li>
  );
}

export function IncidentList({ parts, silences, selected, now, replace }: IncidentListProps) {
  return (
    <>
      {parts.filter(({ items }) => items.length > 0).map(({ group, title, items }) => (
        <section key={group} aria-label={title}>
          <h2 className="incident-group">{title}</h2>
          <ul>{items.map((incident) => <Row key={incident.id} incident={incident} silence={incident.silence_id === undefined ? undefined : silences.get(incident.silence_id)} on={incident.id === selected} now={now} replace={replace} />)}</ul>
        </section>
      ))}
    </>
  );
}
