import { ArrowLeft, BellOff, Copy } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useRules } from '../../api/alerts';
import type { Incident, Silence } from '../../api/types.gen';
import { copyText } from '../../lib/clipboard';
import { conditionOf, foldedText, groupOf, isLeakIncident, isOccasion, lanes, laneOf, severityOf, spanText } from '../../lib/incident';
import { sentence, visible } from '../../lib/text';
import { duration, fullMoment, moment } from '../../lib/time';
import { useLive } from '../../live/use-live';
import { Button, IconButton } from '../../ui/controls';
import { Lamp } from '../../ui/lamp';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';
import { ErrorNote } from '../../ui/states';
import { fixOf } from './fixes';
import { Happened } from './happened';
import { PathDiagram } from './path-diagram';
import { pathStory } from './path-story';
import { useBefore, useIncident } from './queries';
import { stepsOf } from './steps';

const subjectPaths: Partial<Record<(typeof lanes)[number], string>> = { Leaks: '/agents/', Agents: '/agents/', Servers: '/servers/', Users: '/users/' };

interface DetailProps {
  incident: Incident;
  silence: Silence | undefined;
  now: number;
  /** Absent when the role may only read, or there is nothing to take. */
  onAcknowledge: (() => void) | undefined;
  onSilence: (() => void) | undefined;
  onRules: () => void;
  /** On a narrow page the detail stands alone: the way back. */
  onBack: (() => void) | undefined;
}

function Fix({ incident }: { incident: Incident }) {
  const fix = fixOf(incident.condition);
  const [copied, setCopied] = useState(false);
  const { code } = fix;
  return (
    <section>
      <h3>Usually fixed by</h3>
      <p className="fs12 t2 detail-text">{fix.text}</p>
      {code && <div className="detail-code mono" dir="ltr"><span>{code}</span><IconButton className="icon-small" label={copied ? 'Copied' : 'Copy'} onClick={() => void copyText(code).then(setCopied)}><Copy size={13} /></IconButton></div>}
    </section>
  );
}

function Before({ incident, now }: { incident: Incident; now: number }) {
  const scoped = useScoped();
  const before = useBefore(incident);
  return (
    <section>
      <h3>Same alert before</h3>
      {before?.length === 0 && <p className="fs12 t3 detail-text">Not in what is kept.</p>}
      <ul className="fs12 t2 detail-before">
        {before?.map((one) => <li key={one.id}><Link className="link" href={scoped(`/alerts/${one.id}`)} title={fullMoment(one.since_at)}>{moment(one.since_at, now)}</Link>{one.resolved_at !== undefined && !isOccasion(one) && `, ${duration(one.resolved_at - one.since_at)}`}</li>)}
      </ul>
    </section>
  );
}

function Rule({ incident, onRules }: { incident: Incident; onRules: () => void }) {
  const rule = useRules().data?.items.find(({ id }) => id === incident.rule_id);
  return (
    <section>
      <h3>Rule</h3>
      <p className="fs12 t2 detail-text">
        {conditionOf(incident.condition).words}{rule && rule.of > 1 && `, ${rule.needed} of ${rule.of} looks`}{rule && rule.hold_seconds > 0 && `, for ${duration(rule.hold_seconds)}`}.{' '}
        <button type="button" className="link" onClick={onRules}>{rule ? <bdi>{visible(rule.name)}</bdi> : 'All rules'}</button>
      </p>
    </section>
  );
}

function Standing({ incident, silence, now }: { incident: Incident; silence: Silence | undefined; now: number }) {
  const lines = [
    groupOf(incident) === 'silenced' && (silence ? `Silenced until ${moment(silence.ends_at, now)} by ${silence.made_by}: ${silence.reason}` : 'Silenced'),
    incident.acknowledged_at !== undefined && `${incident.acknowledged_by ?? 'Somebody'} has taken it, ${moment(incident.acknowledged_at, now)}`,
    incident.folded > 0 && foldedText(incident), incident.flaps > 0 && `Came back ${incident.flaps === 1 ? 'once' : `${incident.flaps} times`}: told once`,
  ].filter((line) => typeof line === 'string');
  if (lines.length === 0) return null;
  return <ul className="detail-standing fs12" data-testid="standing">{lines.map((line) => <li key={line}><bdi>{visible(line)}</bdi></li>)}</ul>;
}

/** One incident: what it is in a sentence, where the packets went, what happened, what mends it, whether it was so before. */
export function IncidentDetailView({ incident, silence, now, onAcknowledge, onSilence, onRules, onBack }: DetailProps) {
  const live = useLive();
  const scoped = useScoped();
  const severity = severityOf(incident);
  const detail = useIncident(incident.id, live.incidents.get(incident.id));
  const rule = useRules().data?.items.find(({ id }) => id === incident.rule_id);
  const agent = live.agents.get(incident.subject);
  const story = useMemo(() => pathStory(incident, agent), [incident, agent]);
  const told = detail.data?.incident.id === incident.id ? detail.data.deliveries : [];
  const path = subjectPaths[laneOf(incident)];
  const known = !isLeakIncident(incident) || agent !== undefined;
  return (
    <article className="detail" aria-label={visible(incident.title)} data-testid="incident-detail">
      <header className="detail-head">
        {onBack && <IconButton label="Back to the list" onClick={onBack}><ArrowLeft size={18} /></IconButton>}
        <Lamp state={incident.state === 'firing' && severity.rank === 0 ? 'cap' : 'steady'} size={28} />
        <h2><bdi>{visible(incident.title)}</bdi></h2>
        <span className={`st st-${severity.shape}`}><Shape kind={severity.shape} />{severity.word}</span>
        <span className="t3" title={fullMoment(incident.since_at)}>{spanText(incident, now)}</span>
        <span className="grow" />
        {onAcknowledge && <Button look="primary" data-testid="acknowledge" onClick={onAcknowledge}>Acknowledge<kbd className="kbd-on">a</kbd></Button>}
        {onSilence && <Button data-testid="silence" onClick={onSilence}><BellOff size={14} />Silence</Button>}
      </header>
      <p className="detail-sentence">{sentence(visible(incident.text))} {path && known && <Link className="link" href={scoped(`${path}${encodeURIComponent(incident.subject)}`)}>All about <bdi>{visible(incident.subject)}</bdi></Link>}</p>
      <Standing incident={incident} silence={silence} now={now} />
      {story && <PathDiagram story={story} />}
      <div className="detail-two">
        <section>
          <h3>What happened</h3>
          {detail.isError && <ErrorNote what="Could not load what was told" error={detail.error} onRetry={() => void detail.refetch()} />}
          <Happened steps={stepsOf(incident, told, rule, now)} now={now} />
          {incident.evidence.length > 0 && <Evidence incident={incident} />}
        </section>
        <div className="detail-side"><Fix incident={incident} /><Before incident={incident} now={now} /><Rule incident={incident} onRules={onRules} /></div>
      </div>
    </article>
  );
}

function Evidence({ incident }: { incident: Incident }) {
  return (
    <>
      <h3 className="detail-evidence">Evidence</h3>
      <ul className="evidence-lines">
        {incident.evidence.map((line, index) => (
          <li key={index}><Shape kind={line.as_expected ? 'ok' : 'crit'} size={9} /><span><span className="t3">{visible(line.what)}</span> <bdi dir="ltr" className="mono">{visible(line.value)}</bdi>{line.text && <span className="t2"> {sentence(visible(line.text))}</span>}</span></li>
        ))}
      </ul>
    </>
  );
}
