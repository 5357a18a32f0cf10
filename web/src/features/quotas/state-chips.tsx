import type { Quota } from '../../api/types.gen';
import { quotaStates } from '../../lib/quota';
import { cx } from '../../lib/text';
import { count } from '../../lib/units';
import { Shape } from '../../ui/shape';

const order = ['reached', 'near', 'ok'] as const;
const words = { reached: 'Reached', near: 'Near', ok: 'Fits' } as const;

interface StateChipsProps {
  quotas: readonly Quota[];
  value: Quota['state'] | undefined;
  onChange: (state: Quota['state'] | undefined) => void;
}

/** How many stand how; pressing one shows only those. */
export function StateChips({ quotas, value, onChange }: StateChipsProps) {
  return (
    <div className="state-chips" role="group" aria-label="States">
      {order.map((state) => {
        const n = quotas.filter((quota) => quota.state === state).length;
        if (n === 0 && value !== state) return null;
        return (
          <button key={state} type="button" className={cx('chip', 'state-chip')} data-testid={`quotas-${state}`} aria-pressed={value === state} onClick={() => onChange(value === state ? undefined : state)}>
            <Shape kind={quotaStates[state].shape} size={10} />{words[state]}<span className="t3">{count(n)}</span>
          </button>
        );
      })}
    </div>
  );
}
