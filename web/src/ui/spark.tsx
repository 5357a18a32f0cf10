import { memo } from 'react';

interface SparkProps {
  values: readonly number[];
  width?: number;
  height?: number;
  area?: boolean;
  /** Lowest value of the scale; zero unless the shape matters more than the size. */
  floor?: number;
}

/** A line on its own scale, the last point marked. Empty until there are two points. */
export const Spark = memo(function Spark({ values, width = 72, height = 20, area = false, floor = 0 }: SparkProps) {
  if (values.length < 2) return <svg className="spark" width={width} height={height} aria-hidden="true" />;
  const top = Math.max(...values, floor + 1e-9) - floor || 1;
  const x = (index: number) => (index * (width - 4)) / (values.length - 1);
  const y = (value: number) => 2 + (height - 4) * (1 - (value - floor) / (top * 1.05));
  const line = values.map((value, index) => `${index ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  return (
    <svg className="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {area && <path className="spark-area" d={`${line}L${width - 4} ${height}L0 ${height}Z`} />}
      <path className="spark-line" d={line} />
      <circle className="spark-dot" cx={width - 4} cy={y(values.at(-1) ?? 0).toFixed(1)} r="1.7" />
    </svg>
  );
});
