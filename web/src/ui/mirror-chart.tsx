import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clock, moment } from '../lib/time';
import { join, rate } from '../lib/units';
import { useTheme } from '../lib/theme';
import { useSize } from '../lib/use-size';
import type { RateSeries } from '../lib/series';
import type { ZoomSpan } from './mirror-options';
import { chartOptions } from './mirror-options';

export interface MirrorChartProps {
  label: string;
  series: RateSeries;
  before?: Pick<RateSeries, 'down_bps' | 'up_bps'>;
  height?: number | undefined;
  /** Draws everything in grey: the data is not arriving. */
  stale?: boolean;
  table?: boolean;
  /** Whether long gaps are hatched as missing data. */
  hatch?: boolean;
}

const negative = (values: (number | null)[]) => values.map((value) => (value === null ? null : -value));

/** Down above zero and up below it, on one scale. Gaps are breaks; another day is a dashed line in the colour of the past. Dragging looks closer, a double click shows the whole again. */
export default function MirrorChart({ label, series, before, height, stale = false, table = false, hatch = true }: MirrorChartProps) {
  const { ref, width, height: room } = useSize<HTMLDivElement>();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useTheme();
  const [cursor, setCursor] = useState<number | null>(null);
  const zoom = useRef<ZoomSpan | null>(null);
  const [zoomed, setZoomed] = useState(false);
  const tall = height ?? room;
  const data = useMemo<uPlot.AlignedData>(() => {
    const blank = series.at.map(() => null);
    return [
      series.at, series.down_bps, negative(series.up_bps),
      before?.down_bps.length ? before.down_bps : blank, before?.up_bps.length ? negative(before.up_bps) : blank,
    ];
  }, [series, before]);
  useEffect(() => {
    if (!host.current || width < 40 || tall < 40 || table) return;
    const onZoom = (span: ZoomSpan | null) => {
      zoom.current = span;
      setZoomed(span !== null);
    };
    const made = new uPlot(chartOptions({ width, height: tall, step_seconds: series.step_seconds, stale, hatch, onCursor: setCursor, onZoom }), data, host.current);
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
    // A plot is made anew only when its frame changes; data goes in below.
  }, [width, tall, theme, stale, table, hatch, series.step_seconds]);
  useEffect(() => {
    // What someone looks at closely stays in view when newer points come.
    const kept = zoom.current;
    plot.current?.setData(data, kept === null);
    if (kept) plot.current?.setScale('x', kept);
  }, [data]);
  const showWhole = () => {
    const [at] = data;
    const [min, max] = [at[0], at.at(-1)];
    if (min !== undefined && max !== undefined) plot.current?.setScale('x', { min, max });
  };
  const at = cursor === null ? undefined : series.at[cursor];
  return (
    <div className="mirror" ref={ref} style={height === undefined ? undefined : { height }}>
      {table ? <SeriesTable label={label} series={series} /> : <div ref={host} role="img" aria-label={label} />}
      {zoomed && !table && <button type="button" className="btn btn-small mirror-whole" onClick={showWhole} title="Also a double click">Show the whole</button>}
      {at !== undefined && cursor !== null && !table && (
        <div className="mirror-read" aria-hidden="true">
          <span className="t3">{moment(at, Date.now() / 1000)}</span>
          <span>{readOut(series.down_bps[cursor])} down</span>
          <span className="t2">{readOut(series.up_bps[cursor])} up</span>
        </div>
      )}
    </div>
  );
}

const readOut = (bps: number | null | undefined): string => (bps === null || bps === undefined ? 'no data' : join(rate(bps)));

function SeriesTable({ label, series }: { label: string; series: RateSeries }) {
  const rows = series.at.map((at, index) => ({ at, down: series.down_bps[index], up: series.up_bps[index] })).reverse();
  return (
    <div className="chart-table" tabIndex={0} role="group" aria-label={label}>
      <table>
        <thead><tr><th scope="col">Time</th><th scope="col" className="num">Down</th><th scope="col" className="num">Up</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.at} title={clock(row.at)}>
              <td>{moment(row.at, Date.now() / 1000)}</td><td className="num">{readOut(row.down)}</td><td className="num">{readOut(row.up)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
