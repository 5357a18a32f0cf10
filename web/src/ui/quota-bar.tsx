import { useId } from 'react';
import { useThresholds } from '../api/queries';
import type { Quota } from '../api/types.gen';
import { forecastRatio, percent, ratioOf, standing, toneOf, usedOf } from '../lib/quota';
import { cx } from '../lib/text';
import { Shape } from './shape';

interface BarProps {
  /** 1 is all that is allowed. */
  used: number;
  forecast: number;
  /** Where the limit tells, as parts of what is allowed. */
  marks?: readonly number[];
  /** Thin, without marks: for a cell of a table. */
  slim?: boolean;
}

/** The bar shows 125 %, so that a forecast beyond the limit can be seen. */
const domain = 1.25;
const bounded = (ratio: number): number => Math.min(domain, Math.max(0, ratio));
/** Where a ratio stands on the bar; with `from`, how far it is from there. */
const at = (ratio: number, from = 0): string => `${(((bounded(ratio) - bounded(from)) / domain) * 100).toFixed(2)}%`;

/** Solid: used. Hatched: expected by the end of the period. White tick: the limit; dark ticks: its thresholds. */
export function RatioBar({ used, forecast, marks = [], slim = false }: BarProps) {
  const id = useId();
  const height = slim ? 6 : 9;
  const box = slim ? 14 : 20;
  const top = (box - height) / 2;
  const label = `${percent(used)} used${forecast > used ? `, ${percent(forecast)} expected` : ''}`;
  return (
    <svg className={cx('qbar', `qbar-${toneOf(used)}`)} width="100%" height={box} role="img" aria-label={label}>
      <defs>
        <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="5" height="5" className="qbar-hatch-ground" /><path d="M0 0V5" className="qbar-hatch-line" />
        </pattern>
      </defs>
      <rect y={top} width="100%" height={height} rx="2" className="qbar-track" />
      {forecast > used && <rect x={at(used)} y={top} width={at(forecast, used)} height={height} rx="2" fill={`url(#${id})`} />}
      <rect y={top} width={at(used)} height={height} rx="2" className="qbar-used" />
      {!slim && marks.map((mark) => <line key={mark} x1={at(mark)} x2={at(mark)} y1={top} y2={top + height} className="qbar-mark" />)}
      <line x1={at(1)} x2={at(1)} y1={slim ? 1 : 2} y2={slim ? 13 : 18} className="qbar-limit" />
    </svg>
  );
}

/** A plain bar of a part of a whole, in the same tones. */
export function PartBar({ part }: { part: number }) {
  return (
    <svg className={cx('qbar', `qbar-${toneOf(part)}`)} width="100%" height="14" role="img" aria-label={`${percent(part)} in use`}>
      <rect y="4" width="100%" height="6" rx="2" className="qbar-track" />
      <rect y="4" width={`${(Math.min(1, part) * 100).toFixed(1)}%`} height="6" rx="2" className="qbar-used" />
    </svg>
  );
}

export function QuotaBar({ quota, slim = false }: { quota: Quota; slim?: boolean }) {
  const marks = useThresholds(quota.limit_id);
  return <RatioBar used={ratioOf(quota)} forecast={forecastRatio(quota)} marks={marks} slim={slim} />;
}

/** "95.2 of 100 GB", the second part quieter. */
export function UsedOf({ quota }: { quota: Pick<Quota, 'used_bytes' | 'allowed_bytes'> }) {
  const { used, of } = usedOf(quota);
  return <bdi dir="ltr" className="nowrap">{used}<span className="u"> of {of}</span></bdi>;
}

/** Shape and word. */
export function QuotaState({ quota }: { quota: Quota }) {
  const { shape, word } = standing(quota);
  return <span className={cx('st', shape === 'ok' ? 'qstate-ok' : `st-${shape}`)}><Shape kind={shape} size={10} />{word}</span>;
}

/** A bar with its percentage: for a cell of a table. */
export function QuotaCell({ quota }: { quota: Quota }) {
  const ratio = ratioOf(quota);
  const tone = toneOf(ratio);
  return (
    <span className="qcell" title={`${usedOf(quota).used} of ${usedOf(quota).of}, ${standing(quota).word.toLowerCase()}`}>
      <QuotaBar quota={quota} slim />
      <span className={cx('num qcell-text', tone !== 'calm' && `st-${tone}`)}>{tone !== 'calm' && <Shape kind={tone} size={9} />}{percent(ratio)}</span>
    </span>
  );
}
