import type { ShapeKind } from '../lib/health';

const drawings: Record<ShapeKind, React.ReactNode> = {
  ok: <circle cx="6" cy="6" r="4.5" />,
  warn: <path d="M6 1.1 11.4 10.6H.6Z" strokeLinejoin="round" />,
  crit: <path d="M6 .4 11.6 6 6 11.6.4 6Z" strokeWidth=".6" strokeLinejoin="round" />,
  off: <circle cx="6" cy="6" r="4" fill="none" strokeWidth="1.6" strokeDasharray="2.1 2.1" />,
  past: <circle cx="6" cy="6" r="4" fill="none" strokeWidth="1.6" />,
  idle: <circle cx="6" cy="6" r="4" fill="none" strokeWidth="1.6" />,
  learn: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" strokeWidth="1.6" />
      <path d="M6 2a4 4 0 0 1 0 8Z" stroke="none" />
    </>
  ),
};

/** Status as a shape. A word always stands beside it, so it is hidden from screen readers. */
export function Shape({ kind, size = 12 }: { kind: ShapeKind; size?: number }) {
  return (
    <svg className={`shape shape-${kind}`} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      {drawings[kind]}
    </svg>
  );
}
