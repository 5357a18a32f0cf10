import { Link } from 'wouter';
import type { Incident } from '../../api/types.gen';
import type { DayLane, LaneBar } from '../../lib/lanes';
import { dayLanes, dayScale } from '../../lib/lanes';
import { cx } from '../../lib/text';
import { hourMinute } from '../../lib/time';
import { useSize } from '../../lib/use-size';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';

const laneHeight = 27;
const head = 26;
const letter = 6;

interface Placed extends LaneBar {
  x: number;
  width: number;
  /** Where its name stands; none when there is no room for it. */
  text: { x: number; anchor: 'start' | 'end' } | undefined;
}

/** Bars in pixels. A name stands after a bar that is over and before one that is open, if nothing else is there. */
function place({ bars }: DayLane, x: (at: number) => number, right: number): Placed[] {
  const placed: Placed[] = bars.map((bar) => ({ ...bar, x: x(bar.from), width: Math.max(4, x(bar.to) - x(bar.from)), text: undefined }));
  let taken = -Infinity;
  placed.forEach((bar, index) => {
    const long = bar.label.length * letter;
    const next = placed[index + 1];
    const after = bar.x + bar.width + 7;
    const before = bar.x - 20;
    if (bar.open && before - long > taken) bar.text = { x: before, anchor: 'end' };
    else if (!bar.open && after + long < (next ? next.x - (next.open ? 20 : 16) : right)) bar.text = { x: after, anchor: 'start' };
    taken = Math.max(taken, bar.x + bar.width, bar.text?.anchor === 'start' ? after + long : -Infinity) + 6;
  });
  return placed;
}

function Bar({ bar, top, rows, selected }: { bar: Placed; top: number; rows: number; selected: boolean }) {
  const scoped = useScoped();
  const apart = rows > 1 ? (bar.row === 0 ? -4 : 4) : 0;
  const tall = rows > 1 ? 6 : 10;
  const y = top + 10 - tall / 2 + apart;
  return (
    <Link href={scoped(`/alerts/${bar.incident.id}`)} tabIndex={-1} className={cx('lane-bar', `lane-${bar.shape}`, bar.silenced && 'lane-mute', bar.open && 'lane-open', selected && 'lane-selected')}>
      <title>{`${bar.label}, ${hourMinute(bar.from)}${bar.open ? ', open' : bar.occasion ? '' : ` to ${hourMinute(bar.to)}`}${bar.silenced ? ', silenced' : ''}`}</title>
      <rect className="lane-hit" x={bar.x - 16} y={top} width={bar.width + 20} height={laneHeight - 6} />
      {!bar.occasion && <rect className="lane-body" x={bar.x} y={y} width={bar.width} height={tall} rx="2" {...(bar.silenced ? { fill: 'url(#lane-hatch)' } : {})} />}
      {!bar.silenced && <g transform={`translate(${bar.x - (bar.occasion ? 5.5 : 14.5)} ${top + 4.5 + apart})`}><Shape kind={bar.shape} size={11} /></g>}
      {bar.text && <text className="lane-label" x={bar.text.x} y={top + 14 + apart} textAnchor={bar.text.anchor}>{bar.label}</text>}
    </Link>
  );
}

interface DayLanesProps {
  incidents: Iterable<Incident>;
  from: number;
  now: number;
  selected: number | undefined;
}

/** The day by kind, with now as a line. Time runs from left to right in every script. */
export function DayLanes({ incidents, from, now, selected }: DayLanesProps) {
  const { ref, width } = useSize<HTMLDivElement>();
  const small = width < 640;
  const left = small ? 74 : 128;
  const right = Math.max(left + 100, width - (small ? 8 : 20));
  const scale = dayScale(from, now);
  const x = (at: number) => left + ((at - from) / (scale.to - from)) * (right - left);
  const day = dayLanes(incidents, from, now);
  const height = head + day.length * laneHeight + 4;
  const every = small ? 3 : (right - left) / scale.marks.length < 86 ? 2 : 1;
  const marks = scale.marks.filter((_, index) => index % every === 0);
  return (
    <section className="lanes" ref={ref} dir="ltr" aria-label="Today by kind">
      {width > 0 && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" data-testid="lanes">
          <defs><pattern id="lane-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line className="lane-hatch" x1="0" x2="0" y1="0" y2="5" /></pattern></defs>
          {marks.map((at, index) => (
            <g key={at}>
              <line className="lane-grid" x1={x(at)} x2={x(at)} y1={head} y2={height} />
              {Math.abs(x(at) - x(now)) > 44 && <text className="lane-time" x={x(at)} y="17" textAnchor={index === 0 ? 'start' : x(at) > right - 16 ? 'end' : 'middle'}>{index === 0 && !small ? `Today ${hourMinute(at)}` : hourMinute(at)}</text>}
            </g>
          ))}
          {day.map(({ lane, bars, rows }, index) => {
            const top = head + 4 + index * laneHeight;
            return (
              <g key={lane}>
                <text className="lane-name" x={small ? 12 : 20} y={top + 14}>{lane}</text>
                <line className="lane-rule" x1={left} x2={right} y1={top + 10} y2={top + 10} />
                {place({ lane, bars, rows }, x, right).map((bar) => <Bar key={bar.incident.id} bar={small ? { ...bar, text: undefined } : bar} top={top} rows={rows} selected={bar.incident.id === selected} />)}
              </g>
            );
          })}
          <rect className="lane-later" x={x(now)} y={head} width={Math.max(0, width - x(now))} height={height - head} />
          <line className="lane-now" x1={x(now)} x2={x(now)} y1="22" y2={height} />
          <rect className="lane-now-tag" x={x(now) - 22} y="4" width="44" height="18" rx="3" />
          <text className="lane-now-text" x={x(now)} y="17" textAnchor="middle">{hourMinute(now)}</text>
        </svg>
      )}
    </section>
  );
}
