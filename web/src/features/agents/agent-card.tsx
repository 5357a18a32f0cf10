import { memo } from 'react';
import { Link } from 'wouter';
import type { Agent, Incident } from '../../api/types.gen';
import { claimsNothing, verdictNote, verdictOf, verdictWord, worstFinding } from '../../lib/agent';
import { plural } from '../../lib/units';
import { jitterMost, latencyMost, lossMost, lossText, milliseconds, seriesOf } from '../../lib/quality';
import { cx, sentence, visible } from '../../lib/text';
import { clock, duration, fullMoment, hourMinute } from '../../lib/time';
import { sumDays, uptimeCells, uptimeText } from '../../lib/uptime';
import { useSeen } from '../../lib/use-in-view';
import { useFreshness, useLive } from '../../live/use-live';
import { Button } from '../../ui/controls';
import { Lamp } from '../../ui/lamp';
import { Metric } from '../../ui/metric';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';
import { UptimeBar } from '../../ui/uptime-bar';
import { CardRows } from './card-rows';
import { useAgentHistory } from './queries';

const shownDays = 30;

/** Now by the clock of the server. */
function useServerNow(): number {
  const live = useLive();
  const { age_seconds } = useFreshness();
  return live.at + age_seconds;
}

/** What is wrong in short: the reason without the subject, which the card names already. */
export function reasonOf(agent: Agent): string {
  const worst = worstFinding(agent);
  const text = visible((worst?.text ?? '').replace(/[.!]$/, ''));
  // Within a sentence; an abbreviation stays as it is.
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function VerdictLine({ agent }: { agent: Agent }) {
  const now = useServerNow();
  const state = verdictOf(agent);
  const since = `since ${hourMinute(agent.verdict_since_at)}`;
  const note = agent.verdict === 'degraded' ? [reasonOf(agent), since].filter(Boolean).join(' ') : verdictNote(agent, now);
  const parted = agent.verdict === 'silent' && note.startsWith('for');
  return (
    <p className="agent-verdict ell" title={`${sentence(visible(agent.sentence))} ${fullMoment(agent.verdict_since_at)}`}>
      <span className={`w5 st-${state.shape}`}>{parted ? state.word : verdictWord(agent)}{parted && ` ${note.split(',')[0]}`}</span>
      <span className="t3">{parted ? note.slice(note.indexOf(',')) : note && `, ${note}`}</span>
    </p>
  );
}

function Metrics({ agent }: { agent: Agent }) {
  const { latency, jitter, loss } = seriesOf(agent.points);
  const lost = loss.at(-1);
  return (
    <div className="metrics">
      <Metric name="Latency" value={milliseconds(latency.at(-1))} values={latency} most={latencyMost(latency)} />
      <Metric name="Jitter" value={milliseconds(jitter.at(-1))} values={jitter} most={jitterMost} />
      <Metric name="Loss" value={lossText(lost)} values={loss} most={lossMost} tone={(lost ?? 0) >= 0.02 ? 'warn' : undefined} />
    </div>
  );
}

/** What was measured last, and that nothing is since. */
function NoMetrics({ agent }: { agent: Agent }) {
  const last = agent.points.findLast((point) => point.latency_milliseconds !== undefined);
  const values = agent.points.map((point) => point.latency_milliseconds);
  return (
    <div className="metrics metrics-one">
      <div className="metric-head"><span>{agent.last_heard_at === undefined ? 'Nothing measured yet' : `No data since ${clock(agent.last_heard_at).slice(0, 5)}`}</span>{last && <span className="metric-value">last reply {milliseconds(last.latency_milliseconds)}</span>}</div>
      <div className="metric-ended" dir="ltr"><Metric name="" value="" values={values} most={latencyMost(values)} /><span className="metric-nothing" /></div>
    </div>
  );
}

function Uptime({ agent, seen }: { agent: Agent; seen: boolean }) {
  const history = useAgentHistory(agent.settings.name, seen);
  const now = Math.floor(useLive().at / 3600) * 3600;
  const first = agent.first_heard_at;
  const cells = uptimeCells(history?.days ?? [], shownDays, now, history ? first : undefined);
  const text = history ? uptimeText(sumDays(history.days.slice(-shownDays))) : '';
  const young = first !== undefined && now - first < 7 * 86400;
  return (
    <div className="agent-uptime">
      <UptimeBar cells={cells} label={`Uptime of 30 days: ${text || 'not loaded'}`} />
      <bdi dir="ltr" className="agent-uptime-text">{young && now - first >= 86_400 ? plural(Math.floor((now - first) / 86_400), 'day') : text}</bdi>
    </div>
  );
}

interface CardProps {
  agent: Agent;
  selected: boolean;
  /** The alert about its leak that nobody has taken, for who may take it. */
  incident: Incident | undefined;
  onAcknowledge: (incident: Incident) => void;
}

function LeakHead({ agent, incident, onAcknowledge }: Omit<CardProps, 'selected'>) {
  const now = useServerNow();
  return (
    <header className="agent-alarm">
      <Lamp state="cap" size={24} />
      <CardName agent={agent} />
      <span className="st st-crit"><Shape kind="crit" />{verdictWord(agent)}</span>
      <span className="t2 fs12 nowrap agent-since" title={fullMoment(agent.verdict_since_at)}>since {clock(agent.verdict_since_at)}, {duration(now - agent.verdict_since_at)}</span>
      <span className="grow" />
      {incident && <Button size="small" onClick={() => onAcknowledge(incident)}>Acknowledge</Button>}
    </header>
  );
}

function CardName({ agent }: { agent: Agent }) {
  const scoped = useScoped();
  const name = visible(agent.settings.name);
  return <h2 className="ell"><Link className="agent-link" data-testid="agent-link" href={scoped(`/agents/${encodeURIComponent(agent.settings.name)}`)}><bdi>{name}</bdi></Link></h2>;
}

/** A tunnel as it is seen from inside. One that leaks opens up; one that is silent claims nothing. */
export const AgentCard = memo(function AgentCard({ agent, selected, incident, onAcknowledge }: CardProps) {
  const { ref, seen } = useSeen<HTMLElement>();
  const state = verdictOf(agent);
  const leaking = agent.verdict === 'leaking';
  const nothing = claimsNothing(agent);
  const worst = worstFinding(agent);
  const before = worst?.evidence.find(({ what }) => what === 'before');
  const attributes = { ref, 'data-testid': 'agent-card', 'data-verdict': agent.verdict, 'data-agent': agent.settings.name, 'aria-label': `Agent ${visible(agent.settings.name)}` };
  const metrics = nothing ? <NoMetrics agent={agent} /> : <Metrics agent={agent} />;
  if (leaking) {
    return (
      <article {...attributes} className={cx('agent-card agent-leaking', selected && 'agent-selected')}>
        <LeakHead agent={agent} incident={incident} onAcknowledge={onAcknowledge} />
        <div className="agent-two">
          <div className="agent-half">
            <CardRows agent={agent} open />
            <p className="agent-why">{sentence(visible(worst?.text ?? agent.sentence))}</p>
            {before && <p className="fs12 ell"><span className="t3">Just before</span> <bdi>{visible(before.text || before.value)}</bdi></p>}
          </div>
          <div className="agent-half">{metrics}<Uptime agent={agent} seen={seen} /></div>
        </div>
      </article>
    );
  }
  return (
    <article {...attributes} className={cx('agent-card', nothing && 'agent-quiet', selected && 'agent-selected')}>
      <header className="agent-head"><Shape kind={state.shape} /><CardName agent={agent} /><span className="grow" /><bdi className="t3 fs12 ell agent-label">{visible(agent.settings.label)}</bdi></header>
      <VerdictLine agent={agent} />
      {agent.reports_as === 'ping' && agent.last_heard_at !== undefined ? <p className="fs12 t3 agent-ping">Reports by ping: alive or not, and nothing of its tunnel.</p> : <CardRows agent={agent} />}
      {agent.reports_as !== 'ping' && metrics}
      <Uptime agent={agent} seen={seen} />
    </article>
  );
});
