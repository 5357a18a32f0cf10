import { geoCircle, geoGraticule, geoPath } from 'd3-geo';
import type { GeoProjection } from 'd3-geo';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import worldUrl from '../../../assets/world-50m.topo.json?url';
import { choroplethStep, subsolarPoint } from './projection';

export type World = Topology<{ countries: GeometryCollection }>;

/** Fetches the outline of the world from this server, once per page. */
export async function loadWorld(): Promise<World> {
  const response = await fetch(worldUrl);
  if (!response.ok) throw new Error(`The outline of the world could not be loaded: ${response.status}`);
  return (await response.json()) as World;
}

/** The outlines for one size of the map. Making them is the slow part, painting them is not. */
export interface Outlines {
  countries: { code: string; path: Path2D }[];
  land: Path2D;
  borders: Path2D;
  graticule: Path2D;
}

export function makeOutlines(world: World, projection: GeoProjection): Outlines {
  const draw = geoPath(projection);
  const path = (shape: Parameters<typeof draw>[0]) => new Path2D(draw(shape) ?? '');
  const land = new Path2D();
  const countries = feature(world, world.objects.countries).features.map((country) => {
    const outline = path(country);
    land.addPath(outline);
    return { code: String(country.id ?? ''), path: outline };
  });
  return {
    countries,
    land,
    borders: path(mesh(world, world.objects.countries, (a, b) => a !== b)),
    graticule: path(geoGraticule().step([30, 30])()),
  };
}

export interface BasePaint {
  counts: ReadonlyMap<string, number>;
  choropleth: boolean;
  night: boolean;
  at_ms: number;
  scale: number;
  color: (token: string) => string;
}

export function paintBase(ctx: CanvasRenderingContext2D, outlines: Outlines, projection: GeoProjection, paint: BasePaint): void {
  const { color } = paint;
  ctx.lineWidth = 0.7;
  ctx.strokeStyle = color('map-grat');
  ctx.stroke(outlines.graticule);
  ctx.fillStyle = color('map-land');
  ctx.fill(outlines.land);
  if (paint.choropleth) {
    for (const { code, path } of outlines.countries) {
      const step = choroplethStep(paint.counts.get(code) ?? 0);
      if (step === 0) continue;
      ctx.fillStyle = color(`map-c${step}`);
      ctx.fill(path);
    }
  }
  ctx.lineJoin = 'round';
  ctx.lineWidth = 0.7 * paint.scale;
  ctx.strokeStyle = color('map-border');
  ctx.stroke(outlines.borders);
  if (paint.night) paintNight(ctx, outlines, projection, paint);
}

/** Shade in few layers under a fifth in all: many faint ones round to something much darker in 8 bit. */
function paintNight(ctx: CanvasRenderingContext2D, outlines: Outlines, projection: GeoProjection, paint: BasePaint): void {
  const sun = subsolarPoint(paint.at_ms);
  const circle = geoCircle().center([sun.longitude + 180, -sun.latitude]);
  const draw = geoPath(projection);
  ctx.save();
  ctx.clip(outlines.land);
  ctx.fillStyle = paint.color('map-night');
  ctx.globalAlpha = 0.04 * Number(paint.color('night-alpha') || 1);
  for (let radius = 92; radius >= 76; radius -= 4) ctx.fill(new Path2D(draw(circle.radius(radius)()) ?? ''));
  ctx.restore();
  const edge = circle.radius(90)().coordinates[0] ?? [];
  ctx.save();
  ctx.strokeStyle = paint.color('map-term');
  ctx.lineWidth = 0.8;
  ctx.lineCap = 'round';
  ctx.setLineDash([1, 4]);
  ctx.stroke(new Path2D(draw({ type: 'LineString', coordinates: edge }) ?? ''));
  ctx.restore();
}
