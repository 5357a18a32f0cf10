import type { CityPoint } from '../../../lib/aggregate';

/** A city on the screen, or several that lie closer together than a finger is wide. */
export interface MapPoint {
  x: number;
  y: number;
  sessions: number;
  cities: CityPoint[];
}

export interface Pin {
  name: string;
  /** It does not answer: what is drawn of it is its last word. */
  silent?: boolean;
  x: number;
  y: number;
  sessions: number;
}

/** A line from clients to a server: a quadratic curve. */
export interface Flow {
  key: string;
  point: MapPoint;
  server: string;
  sessions: number;
  silent: boolean;
  from: [number, number];
  via: [number, number];
  to: [number, number];
  length: number;
}

const mergePx = 10;
const shortestArcPx = 7;
export const mostArcs = 150;

/** Merges cities closer than 10 px; the most crowded one gives the place. Expects the most crowded first. */
export function mergePoints(cities: readonly CityPoint[], project: (city: CityPoint) => [number, number] | null): MapPoint[] {
  const points: MapPoint[] = [];
  const cells = new Map<string, MapPoint[]>();
  for (const city of cities) {
    const at = project(city);
    if (!at) continue;
    const [x, y] = at;
    const near = neighbours(cells, x, y).find((point) => Math.hypot(point.x - x, point.y - y) < mergePx);
    if (near) {
      near.sessions += city.sessions;
      near.cities.push(city);
      continue;
    }
    const point: MapPoint = { x, y, sessions: city.sessions, cities: [city] };
    points.push(point);
    const cell = `${Math.floor(x / mergePx)},${Math.floor(y / mergePx)}`;
    cells.set(cell, [...(cells.get(cell) ?? []), point]);
  }
  return points;
}

function neighbours(cells: Map<string, MapPoint[]>, x: number, y: number): MapPoint[] {
  const column = Math.floor(x / mergePx);
  const line = Math.floor(y / mergePx);
  const found: MapPoint[] = [];
  for (let dx = -1; dx <= 1; dx += 1) for (let dy = -1; dy <= 1; dy += 1) found.push(...(cells.get(`${column + dx},${line + dy}`) ?? []));
  return found;
}

/** The bend of an arc: lifted by a quarter of its length, at most 90 px. */
export function bend(from: [number, number], to: [number, number]): [number, number] {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const distance = Math.hypot(dx, dy) || 1;
  const lift = Math.min(90, distance * 0.24);
  const side = dx >= 0 ? 1 : -1;
  return [
    (from[0] + to[0]) / 2 + ((side * dy) / distance) * lift * 0.55,
    (from[1] + to[1]) / 2 - (Math.abs(dx) / distance) * lift - lift * 0.12,
  ];
}

const perServer = (point: MapPoint): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const city of point.cities) for (const [server, n] of Object.entries(city.servers)) counts.set(server, (counts.get(server) ?? 0) + n);
  return counts;
};

/** One arc per place and server, biggest first. Beyond 150 the arcs of a country become one. */
export function makeFlows(points: readonly MapPoint[], pins: readonly Pin[]): Flow[] {
  const byName = new Map(pins.map((pin) => [pin.name, pin]));
  const flows: Flow[] = [];
  for (const point of points) {
    for (const [server, sessions] of perServer(point)) {
      const pin = byName.get(server);
      if (!pin || Math.hypot(pin.x - point.x, pin.y - point.y) <= shortestArcPx) continue;
      const from: [number, number] = [point.x, point.y];
      const to: [number, number] = [pin.x, pin.y];
      flows.push({
        key: `${point.cities[0]?.key}>${server}`, point, server, sessions, silent: pin.silent ?? false, from, via: bend(from, to), to,
        length: Math.hypot(to[0] - from[0], to[1] - from[1]) * 1.08,
      });
    }
  }
  flows.sort((a, b) => b.sessions - a.sessions);
  return flows.length > mostArcs ? mergeByCountry(flows).slice(0, mostArcs) : flows;
}

function mergeByCountry(flows: readonly Flow[]): Flow[] {
  const merged = new Map<string, Flow>();
  for (const flow of flows) {
    const key = `${flow.point.cities[0]?.country_code}>${flow.server}`;
    const known = merged.get(key);
    if (known) known.sessions += flow.sessions;
    else merged.set(key, { ...flow });
  }
  return [...merged.values()].sort((a, b) => b.sessions - a.sessions);
}

/** A place on a quadratic curve, 0 <= t <= 1. */
export function onCurve(flow: Flow, t: number): [number, number] {
  const u = 1 - t;
  const weigh = (axis: 0 | 1) => u * u * flow.from[axis] + 2 * u * t * flow.via[axis] + t * t * flow.to[axis];
  return [weigh(0), weigh(1)];
}
