import { memo } from 'react';
import { cx } from '../lib/text';

const width = 90;
const height = 22;

interface MetricProps {
  name: string;
  /** What it is now, with its unit. */
  value: string;
  /** Oldest first; undefined where nothing was measured: the line breaks. */
  values: readonly (number | undefined)[];
  /** The upper end of the scale; what is higher stands at it. */
  most: number;
  tone?: 'warn' | undefined;
}

/** The points as lines, one for each run without a gap. */
function runs(values: readonly (number | undefined)[], most: number): string {
  const step = width / Math.max(1, values.length - 1);
  let pen = 'M';
  return values.map((value, index) => {
    if (value === undefined) return (pen = 'M'), '';
    const at = `${pen}${(index * step).toFixed(1)} ${(height - 2 - (height - 4) * Math.min(1, Math.max(0, value / most))).toFixed(1)}`;
    // A point alone is drawn as a dot.
    const lone = pen === 'M' && values[index + 1] === undefined ? 'h.1' : '';
    pen = 'L';
    return at + lone;
  }).join('');
}

/** A quality on a fixed scale, so that two cards can be compared. */
export const Metric = memo(function Metric({ name, value, values, most, tone }: MetricProps) {
  return (
    <div className={cx('metric', tone && `metric-${tone}`)}>
      <div className="metric-head"><span className="ell">{name}</span><bdi dir="ltr" className="metric-value">{value}</bdi></div>
      <svg className="metric-line" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="metric-floor" d={`M0 ${height - 0.5}H${width}`} />
        <path className="metric-path" d={runs(values, most)} />
      </svg>
    </div>
  );
});
