import { count } from '../../../lib/units';
import { visible } from '../../../lib/text';
import type { Flow, MapPoint, Pin } from './flows';
import { placeLabels } from './labels';

export interface OverlayPaint {
  points: readonly MapPoint[];
  flows: readonly Flow[];
  pins: readonly Pin[];
  hot: MapPoint | undefined;
  arcs: boolean;
  /** Line width and pin size; below 1 on a phone. */
  scale: number;
  pointScale: number;
  width: number;
  color: (token: string) => string;
}

const faded = (hex: string, alpha: number): string => hex + Math.round(alpha * 255).toString(16).padStart(2, '0');

const falloff: [number, number][] = [[0, 0.8], [0.12, 0.46], [0.26, 0.24], [0.42, 0.12], [0.6, 0.05], [0.8, 0.015], [1, 0]];

function paintHalos(ctx: CanvasRenderingContext2D, paint: OverlayPaint): void {
  const color = paint.color('map-arc');
  ctx.save();
  ctx.globalCompositeOperation = paint.color('blend') as GlobalCompositeOperation;
  ctx.globalAlpha = Number(paint.color('halo-alpha') || 1);
  for (const point of paint.points) {
    const radius = Math.min(64, (9 + 9.5 * Math.sqrt(point.sessions / 3)) * paint.pointScale);
    const glow = ctx.createRadialGradient(point.x, point.y, 0, point.x, point.y, radius);
    for (const [stop, alpha] of falloff) glow.addColorStop(stop, faded(color, alpha));
    ctx.fillStyle = glow;
    ctx.fillRect(point.x - radius, point.y - radius, radius * 2, radius * 2);
  }
  ctx.restore();
}

function paintArcs(ctx: CanvasRenderingContext2D, paint: OverlayPaint): void {
  const most = Math.max(14, ...paint.flows.map((flow) => flow.sessions));
  ctx.save();
  ctx.lineCap = 'round';
  for (const flow of paint.flows) {
    const hot = paint.hot === flow.point;
    const color = paint.color(flow.silent ? 'ink-3' : 'map-arc');
    const shade = ctx.createLinearGradient(...flow.from, ...flow.to);
    shade.addColorStop(0, faded(color, hot ? 0.9 : 0.12));
    shade.addColorStop(1, faded(color, hot ? 1 : 0.6));
    ctx.globalAlpha = paint.hot && !hot ? 0.55 : 1;
    ctx.strokeStyle = shade;
    ctx.lineWidth = (0.55 + 0.95 * Math.sqrt(flow.sessions / most)) * paint.scale * (hot ? 1.5 : 1);
    ctx.beginPath();
    ctx.moveTo(...flow.from);
    ctx.quadraticCurveTo(...flow.via, ...flow.to);
    ctx.stroke();
  }
  ctx.restore();
}

function paintPoints(ctx: CanvasRenderingContext2D, paint: OverlayPaint): void {
  ctx.fillStyle = paint.color('map-point');
  for (const point of paint.points) {
    ctx.beginPath();
    ctx.arc(point.x, point.y, Math.min(9, 1.1 + 0.75 * Math.sqrt(point.sessions / 3)) * paint.pointScale, 0, Math.PI * 2);
    ctx.fill();
  }
  if (!paint.hot) return;
  ctx.strokeStyle = paint.color('ink');
  ctx.lineWidth = 1.25;
  ctx.beginPath();
  ctx.arc(paint.hot.x, paint.hot.y, 8, 0, Math.PI * 2);
  ctx.stroke();
}

function paintPin(ctx: CanvasRenderingContext2D, pin: Pin, paint: OverlayPaint): void {
  const half = 5.6 * paint.scale;
  ctx.beginPath();
  ctx.moveTo(pin.x, pin.y - half);
  ctx.lineTo(pin.x + half, pin.y);
  ctx.lineTo(pin.x, pin.y + half);
  ctx.lineTo(pin.x - half, pin.y);
  ctx.closePath();
  ctx.fillStyle = paint.color('map-sea');
  ctx.fill();
  ctx.lineWidth = 1.5;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = paint.color(pin.silent ? 'ink-3' : 'map-pin');
  ctx.setLineDash(pin.silent ? [2, 1.6] : []);
  ctx.stroke();
  ctx.setLineDash([]);
  if (pin.silent) return;
  ctx.beginPath();
  ctx.arc(pin.x, pin.y, 1.5 * paint.scale, 0, Math.PI * 2);
  ctx.fillStyle = paint.color('map-pin');
  ctx.fill();
}

function paintLabels(ctx: CanvasRenderingContext2D, paint: OverlayPaint): void {
  ctx.font = `600 ${paint.scale < 1 ? 11 : 11.5}px "Geist Variable", system-ui, sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  const texts = paint.pins.map((pin) => {
    const name = visible(pin.name).slice(0, 24);
    const sessions = count(pin.sessions);
    const nameWidth = ctx.measureText(name).width;
    return { pin, name, sessions, nameWidth, width: nameWidth + 5 + ctx.measureText(sessions).width };
  });
  const spots = placeLabels(texts.map(({ pin, width }) => ({ x: pin.x, y: pin.y, width })), paint.points, paint.width);
  texts.forEach(({ pin, name, sessions, nameWidth }, index) => {
    const spot = spots[index];
    if (!spot) return;
    ctx.strokeStyle = paint.color('map-sea');
    ctx.lineWidth = 3.5;
    ctx.strokeText(name, spot.x, spot.y);
    ctx.strokeText(sessions, spot.x + nameWidth + 5, spot.y);
    ctx.fillStyle = paint.color(pin.silent ? 'ink-3' : 'map-pin');
    ctx.fillText(name, spot.x, spot.y);
    ctx.fillStyle = paint.color(pin.silent ? 'ink-3' : 'accent-text');
    ctx.fillText(sessions, spot.x + nameWidth + 5, spot.y);
  });
}

/** Everything that changes with the traffic, bottom to top: halos, arcs, points, servers, labels. */
export function paintOverlay(ctx: CanvasRenderingContext2D, paint: OverlayPaint): void {
  paintHalos(ctx, paint);
  if (paint.arcs) paintArcs(ctx, paint);
  paintPoints(ctx, paint);
  for (const pin of paint.pins) paintPin(ctx, pin, paint);
  paintLabels(ctx, paint);
}
