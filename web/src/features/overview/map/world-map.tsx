import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Server, Session } from '../../../api/types.gen';
import { byCity, byCountry } from '../../../lib/aggregate';
import { isMissing } from '../../../lib/health';
import { hasPoint } from '../../../lib/place';
import { useTheme } from '../../../lib/theme';
import { useNow, useReducedMotion } from '../../../lib/use-now';
import { useSize } from '../../../lib/use-size';
import { loadWorld, makeOutlines, paintBase } from './base-layer';
import { CityTable } from './city-table';
import type { MapPoint, Pin } from './flows';
import { makeFlows, mergePoints } from './flows';
import { MapTip } from './map-tip';
import { paintOverlay } from './overlay';
import type { Box } from './projection';
import { makeProjection } from './projection';
import { useSparks } from './use-sparks';
import { usePan } from './use-pan';
import { walk } from './walk';
import type { Zoom } from './zoom';

export interface Layers {
  arcs: boolean;
  countries: boolean;
  night: boolean;
}

export interface WorldMapProps {
  sessions: readonly Session[];
  servers: readonly Server[];
  layers: Layers;
  stale: boolean;
  /** The part of the map that nothing covers, for a given size of the whole. */
  box: (width: number, height: number) => Box;
  compact?: boolean;
  zoom: Zoom;
  onZoom: (zoom: Zoom) => void;
  onOpen: (point: MapPoint) => void;
}

const readToken = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Sizes a canvas for the screen and hands out a context in CSS pixels. */
function fresh(canvas: HTMLCanvasElement | null, width: number, height: number): CanvasRenderingContext2D | null {
  if (!canvas || width === 0 || height === 0) return null;
  const dense = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round(height * dense);
  const ctx = canvas.getContext('2d');
  ctx?.setTransform(dense, 0, 0, dense, 0, 0);
  return ctx;
}

const hitPx = 12;

export default function WorldMap({ sessions, servers, layers, stale, box, compact = false, zoom, onZoom, onOpen }: WorldMapProps) {
  const { ref, width, height } = useSize<HTMLDivElement>();
  const [base, overlay, sparks] = [useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null)];
  const theme = useTheme();
  const still = useReducedMotion();
  const world = useQuery({ queryKey: ['world'], queryFn: loadWorld, staleTime: Infinity, gcTime: Infinity });
  const minute = Math.floor(useNow(60_000) / 300_000) * 300_000;
  const [hotKey, setHotKey] = useState<string>();
  const projection = useMemo(() => (width && height ? makeProjection(width, height, box(width, height), zoom) : undefined), [width, height, box, zoom]);
  const outlines = useMemo(() => (world.data && projection ? makeOutlines(world.data, projection) : undefined), [world.data, projection]);
  const cities = useMemo(() => byCity(sessions), [sessions]);
  const counts = useMemo(() => new Map(byCountry(sessions).map((country) => [country.code, country.sessions])), [sessions]);
  const { points, pins, flows } = useMemo(() => {
    if (!projection) return { points: [], pins: [], flows: [] };
    const found = mergePoints(cities, (city) => projection([city.longitude, city.latitude]));
    const placed: Pin[] = [];
    for (const server of servers) {
      const { name, place, sessions: n } = server;
      const at = hasPoint(place) ? projection([place.longitude, place.latitude]) : null;
      if (at) placed.push({ name, silent: isMissing(server), x: at[0], y: at[1], sessions: n });
    }
    return { points: found, pins: placed, flows: makeFlows(found, placed) };
  }, [cities, servers, projection]);
  const hot = points.find((point) => point.cities[0]?.key === hotKey);
  const scale = compact ? 0.78 : 1;
  const countsKey = layers.countries ? [...counts].sort().join() : '';
  useEffect(() => {
    const ctx = fresh(base.current, width, height);
    if (!ctx || !outlines || !projection) return;
    paintBase(ctx, outlines, projection, { counts, choropleth: layers.countries, night: layers.night, at_ms: minute, scale, color: readToken });
    // The counts are compared by what they say, not by identity: they are made anew every second.
  }, [outlines, projection, theme, countsKey, layers.countries, layers.night, minute, width, height]);
  useEffect(() => {
    const ctx = fresh(overlay.current, width, height);
    if (ctx) paintOverlay(ctx, { points, flows, pins, hot, arcs: layers.arcs, scale, pointScale: compact ? 0.7 : 1, width, color: readToken });
  }, [points, flows, pins, hot, layers.arcs, theme, width, height, scale, compact]);
  useEffect(() => void fresh(sparks.current, width, height), [width, height]);
  const sparkColor = useMemo(() => readToken('map-point'), [theme]);
  useSparks(sparks, { flows, color: sparkColor, scale, width, height, active: layers.arcs && !still && !stale });
  const touch = useRef<HTMLDivElement>(null);
  const pan = usePan(touch, { width, height, zoom, onZoom });
  const pointAt = (event: React.PointerEvent): MapPoint | undefined => {
    const frame = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    return points
      .map((point) => ({ point, far: Math.hypot(point.x - x, point.y - y) }))
      .filter(({ far }) => far < hitPx)
      .sort((a, b) => a.far - b.far)[0]?.point;
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter' && hot) onOpen(hot);
    else if (event.key === 'Escape' && hot) setHotKey(undefined);
    else if (/^Arrow/.test(event.key)) setHotKey(walk(points.filter(({ x, y }) => x > 0 && y > 0 && x < width && y < height), hot, event.key)?.cities[0]?.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={stale ? 'map map-stale' : 'map'} ref={ref}>
      <canvas ref={base} aria-hidden="true" />
      <canvas ref={overlay} data-testid="map-canvas" data-points={points.length} data-ready={outlines ? 'yes' : 'no'} aria-hidden="true" />
      <canvas ref={sparks} aria-hidden="true" />
      <div
        ref={touch} className="map-touch" tabIndex={0} role="application" aria-label="World map of the sessions. Arrow keys walk the cities, Enter shows their sessions."
        aria-describedby="map-cities" onKeyDown={onKeyDown} onBlur={() => setHotKey(undefined)}
        onPointerDown={pan.onPointerDown} onPointerMove={(event) => setHotKey(pan.onPointerMove(event) ? undefined : pointAt(event)?.cities[0]?.key)} onPointerLeave={() => setHotKey(undefined)}
        onClick={() => hot && !pan.wasDrag() && onOpen(hot)} data-hot={hot ? 'yes' : undefined} data-near={zoom.factor > 1 ? 'yes' : undefined}
      />
      {hot && <MapTip point={hot} width={width} height={height} />}
      <CityTable cities={cities} />
    </div>
  );
}
