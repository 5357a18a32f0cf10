import type { Agent, AgentHistory, AgentPatternHour, Percentiles } from '../../api/types.gen';
import { countryName } from '../../lib/place';
import { lossText, milliseconds } from '../../lib/quality';
import { cx, visible } from '../../lib/text';
import { uptimeCells, uptimeText } from '../../lib/uptime';
import { DrawerSection } from '../../ui/drawer';
import { Flag } from '../../ui/flag';
import { ErrorNote, Skeleton } from '../../ui/states';
import { UptimeBar } from '../../ui/uptime-bar';
import { heatStep } from './pattern';
import { useExits } from './queries';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const hours = Array.from({ length: 24 }, (_, hour) => hour);

/** When it fails: an hour of the week a cell, fuller where more was missed, hollow where nothing is known. */
function Pattern({ pattern }: { pattern: readonly AgentPatternHour[] }) {
  const byCell = new Map(pattern.map((cell) => [`${cell.weekday} ${cell.hour}`, cell]));
  const worst = [...pattern].sort((a, b) => b.down_seconds - a.down_seconds)[0];
  const words = worst && worst.down_seconds > 0 ? `Most is missed on ${weekdays[worst.weekday] ?? ''} from ${String(worst.hour).padStart(2, '0')}:00.` : 'Nothing was missed.';
  return (
    <>
      <div className="heat" dir="ltr" role="img" aria-label={`Missed by weekday and hour. ${words}`}>
        {weekdays.map((day, weekday) => (
          <div key={day} className="heat-row">
            <span className="heat-day">{day}</span>
            {hours.map((hour) => {
              const cell = byCell.get(`${weekday} ${hour}`);
              const step = heatStep(cell);
              return <i key={hour} className={`heat-${step}`} title={`${day} ${String(hour).padStart(2, '0')}:00: ${cell && step !== 'none' ? `${uptimeText(cell)} up` : 'no data'}`} />;
            })}
          </div>
        ))}
        <div className="heat-row heat-hours"><span className="heat-day" />{[0, 6, 12, 18].map((hour) => <span key={hour}>{String(hour).padStart(2, '0')}:00</span>)}</div>
      </div>
      <div className="fs12 t3 agent-note">{words}</div>
    </>
  );
}

function PercentileRow({ name, of }: { name: string; of: Percentiles }) {
  return <tr><th scope="row">{name}</th><td className="num">{milliseconds(of.p50)}</td><td className="num">{milliseconds(of.p90)}</td><td className="num">{milliseconds(of.p99)}</td></tr>;
}

/** Exits and providers side by side; the agent's own is marked. */
function Exits({ agent }: { agent: Agent }) {
  const exits = useExits();
  const own = agent.exit_v4?.place ?? agent.exit_v6?.place;
  if (exits.isError) return <ErrorNote what="Could not load the comparison of exits" error={exits.error} onRetry={() => void exits.refetch()} />;
  if (!exits.data) return null;
  return (
    <DrawerSection title="Exits compared">
      <table className="agent-table agent-exits">
        <thead><tr><th scope="col">Exit</th><th scope="col" className="num">Agents</th><th scope="col" className="num">Up</th><th scope="col" className="num">Median</th><th scope="col" className="num">Loss</th></tr></thead>
        <tbody>
          {exits.data.items.slice(0, 12).map((exit, index) => {
            const mine = own !== undefined && exit.country_code === own.country_code && exit.asn === own.asn;
            return (
              <tr key={index} className={cx(mine && 'agent-own')}>
                <th scope="row" className="ell"><span className="row"><Flag code={exit.country_code} /><bdi className="ell">{visible(exit.network ?? (exit.country_code ? countryName(exit.country_code) : 'Not known'))}</bdi>{mine && <span className="t3 nowrap">its own</span>}</span></th>
                <td className="num">{exit.agents}</td><td className="num">{uptimeText(exit)}</td><td className="num">{milliseconds(exit.latency.p50)}</td><td className="num">{lossText(exit.loss)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </DrawerSection>
  );
}

export function History({ agent, history, now }: { agent: Agent; history: AgentHistory | undefined; now: number }) {
  if (!history) return <DrawerSection title="Uptime"><Skeleton width={260} /></DrawerSection>;
  const days = Math.max(30, Math.min(90, history.days.length));
  return (
    <>
      <DrawerSection title="Uptime">
        <dl className="uptime-sums">
          {history.uptime.map((sum) => <div key={sum.days}><dt>{sum.days === 1 ? '1 day' : `${sum.days} days`}</dt><dd>{uptimeText(sum)}</dd></div>)}
        </dl>
        <UptimeBar cells={uptimeCells(history.days, days, now, agent.first_heard_at)} label={`Uptime of ${days} days, a cell a day`} />
      </DrawerSection>
      <DrawerSection title="When it fails" note="weekday and hour, UTC, 30 days"><Pattern pattern={history.pattern} /></DrawerSection>
      <DrawerSection title="Quality of the path" note="last 7 days">
        <table className="agent-table">
          <thead><tr><th scope="col" /><th scope="col" className="num">Median</th><th scope="col" className="num">90 %</th><th scope="col" className="num">99 %</th></tr></thead>
          <tbody><PercentileRow name="Latency" of={history.latency} /><PercentileRow name="Jitter" of={history.jitter} /><tr><th scope="row">Loss</th><td className="num" colSpan={3}>{lossText(history.loss)}</td></tr></tbody>
        </table>
      </DrawerSection>
      <Exits agent={agent} />
    </>
  );
}
