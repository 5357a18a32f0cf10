import type { UsagePeriod } from '../../api/types.gen';
import { percent, ratioOf, trimZeros } from '../../lib/quota';
import { cx } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { bytes, join } from '../../lib/units';
import { Shape } from '../../ui/shape';

const shown = 12;

/** Periods that are over, newest first: blue, as all that is past. The tick is what was allowed. */
export function PastPeriods({ periods, pending, now }: { periods: readonly UsagePeriod[]; pending: boolean; now: number }) {
  if (pending) return <div className="t3 fs12">Loading</div>;
  if (periods.length === 0) return <div className="t3 fs12">None is over yet.</div>;
  const newest = [...periods].sort((a, b) => b.end_at - a.end_at).slice(0, shown);
  const most = Math.max(1, ...newest.map((period) => Math.max(period.used_bytes, period.allowed_bytes)));
  const part = (amount: number) => `${((amount / most) * 100).toFixed(2)}%`;
  return (
    <ul className="past-list">
      {newest.map((period) => {
        const ratio = ratioOf(period);
        return (
          <li key={period.start_at} className="past-line" title={`${fullMoment(period.start_at)} to ${fullMoment(period.end_at)}`}>
            <span className="t3 nowrap">{moment(period.start_at, now).replace(/ 00:00$/, '')}</span>
            <svg className="past-bar" width="100%" height="12" aria-hidden="true">
              <rect y="3" width="100%" height="6" rx="2" className="qbar-track" />
              <rect y="3" width={part(period.used_bytes)} height="6" rx="2" className="past-used" />
              <line x1={part(period.allowed_bytes)} x2={part(period.allowed_bytes)} y1="0" y2="12" className="qbar-limit" />
            </svg>
            <span className="num nowrap">{trimZeros(join(bytes(period.used_bytes)))}</span>
            <span className={cx('num nowrap', ratio >= 1 ? 'st st-crit' : 't3')}>{ratio >= 1 && <Shape kind="crit" size={9} />}{percent(ratio)}</span>
          </li>
        );
      })}
    </ul>
  );
}
