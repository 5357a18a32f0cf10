import type uPlot from 'uplot';
import { hourMinute, moment } from '../lib/time';
import { rate } from '../lib/units';

interface ChartSetup {
  width: number;
  height: number;
  step_seconds: number;
  stale: boolean;
  /** Marks long gaps as missing data; off where silence is normal, as for one person. */
  hatch: boolean;
  onCursor: (index: number | null) => void;
  /** Told the span that was dragged, or null when the whole is shown again. */
  onZoom: (span: ZoomSpan | null) => void;
}

export interface ZoomSpan {
  min: number;
  max: number;
}

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** A colour with an alpha, as eight hex digits. */
const faded = (hex: string, alpha: number): string => hex + Math.round(alpha * 255).toString(16).padStart(2, '0');

function fadeDown(color: string): uPlot.Series.Fill {
  return (plot) => {
    const zero = plot.valToPos(0, 'y', true);
    if (!Number.isFinite(zero) || zero <= plot.bbox.top) return faded(color, 0.15);
    const gradient = plot.ctx.createLinearGradient(0, plot.bbox.top, 0, zero);
    gradient.addColorStop(0, faded(color, 0.3));
    gradient.addColorStop(1, faded(color, 0.05));
    return gradient;
  };
}

/** Few round steps: 1, 2 or 5 times a power of ten. */
export function roundStep(range: number, ticks: number): number {
  const rough = Math.max(range, 1) / ticks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10;
  return step * power;
}

/** Marks from the lowest to the highest value; the side that carries little gets one mark at most. */
function rateTicks(low: number, high: number, ticks: number): number[] {
  const step = roundStep(Math.max(high, -low), ticks);
  const marks: number[] = [];
  for (let mark = Math.ceil(low / step) * step; mark <= high + 1e-6; mark += step) marks.push(mark === 0 ? 0 : mark);
  return marks;
}

/** Draws hatching where no data came for longer than two steps. */
function hatchGaps(plot: uPlot, step_seconds: number, color: string): void {
  const at = plot.data[0];
  const down = plot.data[1];
  if (!down) return;
  const { ctx, bbox } = plot;
  let open: number | undefined;
  for (let index = 0; index < at.length; index += 1) {
    if (down[index] !== null && down[index] !== undefined) {
      const before = open;
      open = at[index];
      if (before === undefined || open === undefined || open - before <= step_seconds * 2.5) continue;
      const left = plot.valToPos(before, 'x', true);
      const right = plot.valToPos(open, 'x', true);
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, bbox.top, right - left, bbox.height);
      ctx.clip();
      ctx.strokeStyle = color;
      ctx.lineWidth = devicePixelRatio;
      ctx.beginPath();
      for (let x = left - bbox.height; x < right; x += 6 * devicePixelRatio) {
        ctx.moveTo(x, bbox.top + bbox.height);
        ctx.lineTo(x + bbox.height, bbox.top);
      }
      ctx.stroke();
      ctx.restore();
    }
  }
}

/** A value between two gaps has no line; it gets a dot, or it would not be seen. */
const loneDots = (color: string): uPlot.Series.Points => ({
  show: true, size: 3.5, width: 0, fill: color, stroke: color,
  filter: (plot, series) => {
    const values = plot.data[series] ?? [];
    const known = (index: number) => values[index] !== null && values[index] !== undefined;
    return Array.from(values.keys()).filter((index) => known(index) && !known(index - 1) && !known(index + 1));
  },
});

/** The part that is shown, when it is not the whole. */
function zoomOf(plot: uPlot): ZoomSpan | null {
  const { min, max } = plot.scales.x ?? {};
  const first = plot.data[0][0];
  const last = plot.data[0].at(-1);
  if (min === undefined || max === undefined || first === undefined || last === undefined) return null;
  return min > first || max < last ? { min, max } : null;
}

/** Times are told in minutes: a mark every few seconds would say the same minute twice. */
const minuteSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14400, 43200].map((minutes) => minutes * 60);

export function chartOptions({ width, height, step_seconds, stale, hatch, onCursor, onZoom }: ChartSetup): uPlot.Options {
  const down = token(stale ? 'ink-3' : 'rx');
  const up = token(stale ? 'ink-3' : 'tx');
  const past = token('past');
  const axisFont = '10.5px "Geist Variable", system-ui, sans-serif';
  const grid = { stroke: token('line'), width: 1 };
  const ticks = 4;
  return {
    width,
    height,
    padding: [10, 20, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false, dist: 6 }, y: false, points: { size: 6, width: 1.6, fill: token('bg') } },
    scales: {
      x: { time: true },
      y: { range: (_plot, low, high) => [Math.min((low || 0) * 1.06, -1e3), Math.max((high || 0) * 1.06, 4e3)] },
    },
    axes: [
      {
        stroke: token('ink-3'), font: axisFont, size: 22, gap: 4, grid: { show: false }, ticks: { show: false }, space: width < 460 ? 84 : 72, incrs: minuteSteps,
        values: (plot, splits) => {
          const long = ((plot.scales.x?.max ?? 0) - (plot.scales.x?.min ?? 0)) > 2 * 86400;
          return splits.map((at) => (long ? moment(at, Date.now() / 1000).split(' ').slice(0, 2).join(' ') : hourMinute(at)));
        },
      },
      {
        stroke: token('ink-3'), font: axisFont, size: 54, gap: 8, grid, ticks: { show: false },
        splits: (_plot, _axis, low, high) => rateTicks(low, high, ticks),
        values: (_plot, splits) => splits.map((bps) => {
          if (bps === 0) return '0';
          const { value, unit } = rate(Math.abs(bps));
          return `${Number(value)} ${unit.replace('bit/s', '')}`.trim();
        }),
      },
    ],
    series: [
      {},
      { stroke: down, width: 1.6, fill: fadeDown(down), points: loneDots(down), spanGaps: false },
      { stroke: up, width: 1.4, fill: faded(up, 0.14), points: loneDots(up), spanGaps: false },
      { stroke: past, width: 1.1, dash: [3, 3], points: { show: false }, spanGaps: false },
      { stroke: faded(past, 0.75), width: 1.1, dash: [3, 3], points: { show: false }, spanGaps: false },
    ],
    hooks: {
      draw: [
        (plot) => {
          if (hatch) hatchGaps(plot, step_seconds, token('line-2'));
          const zero = Math.round(plot.valToPos(0, 'y', true)) + 0.5;
          plot.ctx.strokeStyle = token('line-2');
          plot.ctx.lineWidth = devicePixelRatio;
          plot.ctx.beginPath();
          plot.ctx.moveTo(plot.bbox.left, zero);
          plot.ctx.lineTo(plot.bbox.left + plot.bbox.width, zero);
          plot.ctx.stroke();
        },
      ],
      setScale: [(plot, key) => key === 'x' && onZoom(zoomOf(plot))],
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
    },
  };
}
