import { memo } from 'react';
import type { UptimeCell, UptimeKind } from '../lib/uptime';

const heights: Record<UptimeKind, number> = { fine: 7, short: 12, long: 16, leak: 16, unknown: 7, before: 2 };
const width = 240;
const height = 16;

/** A cell a day, newest at the end. Height carries severity: low is fine, taller is worse; hollow is not known, a line is before the first day. */
export const UptimeBar = memo(function UptimeBar({ cells, label }: { cells: readonly UptimeCell[]; label: string }) {
  const step = width / Math.max(1, cells.length);
  return (
    <svg className="uptime" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {cells.map(({ at, kind, text }, index) => {
        const tall = heights[kind];
        const top = kind === 'before' ? 7 : height - tall;
        return (
          <g key={at} className={`uptime-${kind}`}>
            <rect x={index * step} y={top} width={step - Math.min(1.8, step * 0.28)} height={tall} rx={kind === 'before' ? 0 : 1} />
            <rect className="uptime-hit" x={index * step} width={step} height={height}><title>{text}</title></rect>
          </g>
        );
      })}
    </svg>
  );
});
