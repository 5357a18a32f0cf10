import { useMemo } from 'react';
import { encode } from 'uqr';

/** The dark modules as one path, a unit each. */
export function modulesPath(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: 'M', border: 3 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return { path, size };
}

/** A QR code, drawn here: what it holds is asked of nobody. Dark on light in every theme, as cameras expect. */
export function Qr({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => modulesPath(text), [text]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path className="qr-paper" d={`M0 0h${size}v${size}H0z`} />
      <path className="qr-ink" d={path} />
    </svg>
  );
}
