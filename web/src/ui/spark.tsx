import { memo } from 'react';

interface SparkProps {
  values: readonly number[];
  width?: number;
  height?: number;
  area?: boolean;
  /** How many values fill the width; a shorter line stands at the end, as what came before is not known. */
  slots?: number;
}

/** Lowest and highest value of a scale of its own; a steady line is not blown up into mountains. */
function ownScale(values: readonly number[]): [number, number] {
  const high = Math.max(...values);
  const low = Math.min(...values);
  const room = Math.max(high - low, high * 0.16, 1e-9);
  const middle = (high + low) / 2;
  return [Math.max(0, middle - room * 0.6), middle + room * 0.6];
}

/** A line on its own scale, the last point marked. A hairline stands where nothing is known yet. */
export const Spark = memo(function Spark({ values, width = 72, height = 20, area = false, slots = values.length }: SparkProps) {
  if (values.length < 2) {
    return (
      <svg className="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <path className="spark-none" d={`M2 ${height / 2}H${width - 4}`} />
      </svg>
    );
  }
  const [low, high] = ownScale(values);
  const step = (width - 4) / (Math.max(slots, values.length) - 1);
  const x = (index: number) => width - 4 - (values.length - 1 - index) * step;
  const y = (value: number) => 2 + (height - 4) * (1 - (value - low) / (high - low || 1));
  const line = values.map((value, index) => `${index ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  return (
    <svg className="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {x(0) > 6 && <path className="spark-none" d={`M2 ${y(values[0] ?? 0).toFixed(1)}H${x(0).toFixed(1)}`} />}
      {area && <path className="spark-area" d={`${line}L${width - 4} ${height}L${x(0).toFixed(1)} ${height}Z`} />}
      <path className="spark-line" d={line} />
      <circle className="spark-dot" cx={width - 4} cy={y(values.at(-1) ?? 0).toFixed(1)} r="1.7" />
    </svg>
  );
});
