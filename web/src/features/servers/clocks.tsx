import type { Expiry } from '../../api/types.gen';
import { clockOf, expirySpanDays } from '../../lib/expiry';
import { visible } from '../../lib/text';
import { fullMoment } from '../../lib/time';
import { Shape } from '../../ui/shape';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const scale = [30, 90, 180];

/** What runs out, soonest first: a bar of the year that is left, the date, and the days. */
export function Clocks({ expiries, now }: { expiries: readonly Expiry[]; now: number }) {
  const sorted = [...expiries].sort((a, b) => a.expires_at - b.expires_at);
  return (
    <ul className="clocks">
      {sorted.map((expiry) => {
        const clock = clockOf(expiry, now);
        return (
          <li key={`${expiry.what} ${expiry.name}`} className="clock" title={`${visible(expiry.name)}, until ${fullMoment(expiry.expires_at)}`}>
            <span className="clock-name ell">{clock.what} <bdi className="t3">{visible(expiry.name)}</bdi></span>
            <span className="t3 nowrap">{day.format(new Date(expiry.expires_at * 1000))}</span>
            <svg className={`clock-bar clock-${clock.shape}`} width="100%" height="10" role="img" aria-label={`${Math.max(0, clock.days)} of ${expirySpanDays} days`}>
              <rect y="3" width="100%" height="4" rx="2" className="qbar-track" />
              <rect y="3" width={`${(clock.part * 100).toFixed(1)}%`} height="4" rx="2" className="clock-left" />
              {scale.map((days) => <line key={days} x1={`${(days / expirySpanDays) * 100}%`} x2={`${(days / expirySpanDays) * 100}%`} y1="3" y2="7" className="qbar-mark" />)}
            </svg>
            <span className={`st st-${clock.shape} clock-word`}><Shape kind={clock.shape} size={9} />{clock.word}</span>
          </li>
        );
      })}
    </ul>
  );
}
