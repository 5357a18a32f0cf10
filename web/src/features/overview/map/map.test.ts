import { describe, expect, it } from 'vitest';
import type { CityPoint } from '../../../lib/aggregate';
import type { MapPoint } from './flows';
import { bend, makeFlows, mergePoints, mostArcs } from './flows';
import { placeLabels } from './labels';
import { choroplethStep, makeProjection, subsolarPoint } from './projection';
import { walk } from './walk';
import { panBy, wholeWorld, zoomAt } from './zoom';

const city = (name: string, longitude: number, latitude: number, sessions: number, servers: Record<string, number> = { s: sessions }): CityPoint => ({
  key: name, name, longitude, latitude, country_code: name.slice(0, 2), country: name, sessions, rx_bps: 0, tx_bps: 0, servers,
});
const flat = (point: CityPoint): [number, number] => [point.longitude, point.latitude];

describe('places on the map', () => {
  it('become one when closer than 10 px, and carry the sum', () => {
    const points = mergePoints([city('a', 100, 100, 5), city('b', 106, 100, 2), city('c', 150, 100, 1)], flat);
    expect(points.map(({ sessions, cities }) => [sessions, cities.length])).toEqual([[7, 2], [1, 1]]);
  });
  it('merge across the border of two cells', () => expect(mergePoints([city('a', 9.5, 0, 2), city('b', 10.5, 0, 1)], flat)).toHaveLength(1));
});

describe('arcs', () => {
  const pins = [{ name: 's', x: 0, y: 0, sessions: 1 }, { name: 't', x: 500, y: 0, sessions: 1 }];
  it('go to each server that a city uses', () => expect(makeFlows(mergePoints([city('a', 100, 100, 3, { s: 2, t: 1 })], flat), pins).map(({ server, sessions }) => [server, sessions])).toEqual([['s', 2], ['t', 1]]));
  it('are left out beside their server', () => expect(makeFlows(mergePoints([city('a', 3, 3, 1)], flat), pins)).toEqual([]));
  it('never number more than 150', () => {
    const many = Array.from({ length: 400 }, (_, index) => city(`${String.fromCharCode(65 + (index % 26))}${index}`, 20 + (index % 20) * 15, 20 + Math.floor(index / 20) * 15, 1));
    expect(makeFlows(mergePoints(many, flat), pins).length).toBeLessThanOrEqual(mostArcs);
  });
  it('are lifted by at most 90 px', () => expect(bend([0, 0], [1000, 0])[1]).toBeCloseTo(-90 * 1.12));
});

describe('the choropleth', () => {
  it('has fixed steps', () => expect([0, 1, 2, 4, 5, 9, 10, 19, 20, 999].map(choroplethStep)).toEqual([0, 1, 2, 2, 3, 3, 4, 4, 5, 5]));
});

describe('the sun', () => {
  it('stands over the southern tropic at the December solstice, at noon in Greenwich', () => {
    const { latitude, longitude } = subsolarPoint(Date.UTC(2026, 11, 21, 12));
    expect(latitude).toBeCloseTo(-23.43, 1);
    expect(Math.abs(longitude)).toBeLessThan(1.5);
  });
  it('stands over the equator at the March equinox', () => expect(Math.abs(subsolarPoint(Date.UTC(2026, 2, 20, 15)).latitude)).toBeLessThan(0.3));
});

describe('the projection', () => {
  it('fits the inhabited world into the free part', () => {
    const projection = makeProjection(1440, 826, { left: 14, top: 92, right: 1106, bottom: 556 });
    for (const place of [[-123, 49], [175, -37], [25, 60], [-58, -34]] as [number, number][]) {
      const [x, y] = projection(place) as [number, number];
      expect(x).toBeGreaterThan(14);
      expect(x).toBeLessThan(1106);
      expect(y).toBeGreaterThan(92);
      expect(y).toBeLessThan(556);
    }
  });
});

describe('zoom', () => {
  it('keeps the place under the pointer where it is', () => {
    const near = zoomAt(wholeWorld, 2, { x: 0.3, y: 0.6 });
    expect([0.3 * near.factor + near.x, 0.6 * near.factor + near.y]).toEqual([expect.closeTo(0.3), expect.closeTo(0.6)]);
  });
  it('never shows the edge of the map, and ends at the whole world', () => {
    expect(panBy(zoomAt(wholeWorld, 2, { x: 0, y: 0 }), 5, -5)).toEqual({ factor: 2, x: 0, y: -1 });
    expect(zoomAt(zoomAt(wholeWorld, 4, { x: 0.9, y: 0.1 }), 0.01, { x: 0.2, y: 0.2 })).toEqual({ factor: 1, x: 0, y: 0 });
  });
});

describe('arrow keys', () => {
  const at = (x: number, y: number): MapPoint => ({ x, y, sessions: 1, cities: [] });
  const points = [at(100, 100), at(200, 110), at(150, 300), at(50, 100)];
  it('start at the most crowded place', () => expect(walk(points, undefined, 'ArrowRight')).toBe(points[0]));
  it('go to what is near and straight ahead', () => expect([walk(points, points[0], 'ArrowRight'), walk(points, points[0], 'ArrowLeft'), walk(points, points[0], 'ArrowDown')]).toEqual([points[1], points[3], points[1]]));
  it('stay where nothing lies ahead', () => expect(walk(points, points[3], 'ArrowLeft')).toBe(points[3]));
});

describe('names of servers', () => {
  it('do not cover each other', () => {
    const [a, b] = placeLabels([{ x: 100, y: 100, width: 60 }, { x: 112, y: 104, width: 60 }], [], 500);
    expect(Math.abs((a?.y ?? 0) - (b?.y ?? 0)) >= 15 || Math.abs((a?.x ?? 0) - (b?.x ?? 0)) >= 60).toBe(true);
  });
  it('do not cover each other when many servers stand at the same place', () => {
    const spots = placeLabels(Array.from({ length: 8 }, () => ({ x: 200, y: 200, width: 60 })), [], 500);
    const clear = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.abs(a.y - b.y) >= 15 || Math.abs(a.x - b.x) >= 60;
    expect(spots.every((a, i) => spots.every((b, j) => i === j || clear(a, b)))).toBe(true);
  });
  it('stay on the map', () => expect((placeLabels([{ x: 490, y: 100, width: 60 }], [], 500)[0]?.x ?? 999) + 60).toBeLessThanOrEqual(500));
});
