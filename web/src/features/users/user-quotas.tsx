import { Link } from 'wouter';
import type { Block, Quota } from '../../api/types.gen';
import { directionWord, resetText, runsOut } from '../../lib/quota';
import { visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { quotaKey } from '../../live/store';
import { Button } from '../../ui/controls';
import { DrawerSection } from '../../ui/drawer';
import { useScoped } from '../../ui/navigation';
import { QuotaBar, QuotaState, UsedOf } from '../../ui/quota-bar';
import { Shape } from '../../ui/shape';

interface UserQuotasProps {
  quotas: readonly Quota[];
  now: number;
  onGrant: ((quota: Quota) => void) | undefined;
  /** Where a limit for this user can be made. */
  newPath: string | undefined;
}

/** How each limit stands for this user. */
export function UserQuotas({ quotas, now, onGrant, newPath }: UserQuotasProps) {
  const scoped = useScoped();
  return (
    <DrawerSection title="Quotas" note={newPath && <Link className="link" href={scoped(newPath)}>New limit</Link>}>
      {quotas.length === 0 && <div className="t3 fs12">No limit binds this user.</div>}
      {quotas.map((quota) => {
        const { text } = runsOut(quota, now);
        return (
          <div key={quotaKey(quota)} className="user-quota">
            <div className="row">
              <Link className="link" href={scoped(`/quotas/${encodeURIComponent(quotaKey(quota))}`)}><UsedOf quota={quota} /></Link>
              <span className="t3 fs12 ell">{directionWord(quota.direction).toLowerCase() === 'both' ? 'down and up' : directionWord(quota.direction).toLowerCase()}{quota.group && <>, as <bdi>{visible(quota.group)}</bdi></>}</span>
              <span className="grow" />
              <QuotaState quota={quota} />
            </div>
            <QuotaBar quota={quota} />
            <div className="row fs12 t3">
              <span>{quota.state === 'reached' ? text : quota.runs_out_at === undefined ? text : `runs out ${text}`}, {resetText(quota, now)}</span>
              <span className="grow" />
              {onGrant && <Button size="small" look="ghost" data-testid="user-grant" onClick={() => onGrant(quota)}>Grant</Button>}
            </div>
          </div>
        );
      })}
    </DrawerSection>
  );
}

export function BlockNote({ block, now }: { block: Block; now: number }) {
  return (
    <div className="block-note" role="note" data-testid="block-note">
      <Shape kind="crit" />
      <div className="grow">
        <div className="st st-crit">Blocked {block.until_at === undefined ? 'until it is lifted' : <span title={fullMoment(block.until_at)}>until {moment(block.until_at, now)}</span>}</div>
        <div className="fs12 t2"><bdi>{visible(block.reason)}</bdi>{block.reason && '. '}<span className="t3">By <bdi>{visible(block.blocked_by)}</bdi>, {moment(block.at, now)}.</span></div>
      </div>
    </div>
  );
}
