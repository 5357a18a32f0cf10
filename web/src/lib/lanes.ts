import type { Incident } from '../api/types.gen';
import type { ShapeKind } from './health';
import type { Lane } from './incident';
import { conditionOf, isOccasion, laneOf, lanes, severityOf } from './incident';
import { visible } from './text';

/** One incident in its lane, in seconds. `row` keeps those apart that overlap. */
export interface LaneBar {
  incident: Incident;
  from: number;
  to: number;
  row: number;
  shape: ShapeKind;
  open: boolean;
  silenced: boolean;
  occasion: boolean;
  label: string;
}

export interface DayLane {
  lane: Lane;
  bars: LaneBar[];
  rows: number;
}

/** Most that stand over one another in a lane; more share the last row. */
const mostRows = 2;
const longestName = 24;

const short = (name: string): string => (name.length > longestName ? `${name.slice(0, longestName - 1)}\u2026` : name);

function barOf(incident: Incident, from: number, now: number): LaneBar {
  const to = incident.resolved_at ?? now;
  return {
    incident, from: Math.max(from, incident.since_at), to: Math.max(to, incident.since_at), row: 0, shape: severityOf(incident).shape, open: incident.resolved_at === undefined,
    silenced: incident.silence_id !== undefined, occasion: isOccasion(incident), label: `${short(visible(incident.subject))} ${conditionOf(incident.condition).short}`,
  };
}

/** The incidents between two moments by kind. Folded and pending ones are left out: the one that explains them stands for all. */
export function dayLanes(incidents: Iterable<Incident>, from: number, now: number): DayLane[] {
  const shown = [...incidents].filter((one) => one.folded_into === undefined && one.state !== 'pending' && (one.resolved_at ?? now) >= from && one.since_at <= now);
  return lanes.map((lane) => {
    const bars = shown.filter((one) => laneOf(one) === lane).map((one) => barOf(one, from, now)).sort((a, b) => a.from - b.from || a.incident.id - b.incident.id);
    const ends: number[] = [];
    for (const bar of bars) {
      const free = ends.findIndex((end) => end <= bar.from);
      bar.row = free >= 0 ? free : Math.min(ends.length, mostRows - 1);
      ends[bar.row] = Math.max(ends[bar.row] ?? 0, bar.to);
    }
    return { lane, bars, rows: Math.max(1, ends.length) };
  });
}

/** Every second hour of the day from `from`, and where the picture ends: an hour and a half after now, at most a day. */
export function dayScale(from: number, now: number): { to: number; marks: number[] } {
  const hours = Math.min(24, Math.max(6, 2 * Math.ceil((now - from + 5400) / 7200)));
  const step = hours <= 8 ? 1 : 2;
  return { to: from + hours * 3600, marks: Array.from({ length: Math.floor(hours / step) + 1 }, (_, index) => from + index * step * 3600) };
}
