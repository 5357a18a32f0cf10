import { useQuery } from '@tanstack/react-query';
import { Pencil, X } from 'lucide-react';
import { Link } from 'wouter';
import { removeGrant } from '../../api/acts';
import { get } from '../../api/client';
import type { Grant, Limit, Limits, Quota, UsagePeriod } from '../../api/types.gen';
import { amountText, periodText, subjectText } from '../../lib/limit';
import { directionWord, holderOf, percent, ratioOf, resetText, trimZeros } from '../../lib/quota';
import { useShortcuts } from '../../lib/shortcuts';
import { visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { bytes, join, plural } from '../../lib/units';
import { Button, IconButton } from '../../ui/controls';
import { Drawer, DrawerSection } from '../../ui/drawer';
import { tell, tellFailure } from '../../ui/later';
import { useScoped } from '../../ui/navigation';
import { QuotaBar, QuotaState, UsedOf } from '../../ui/quota-bar';
import { useRefresh } from '../../ui/use-refresh';
import { atLimit, RunsOut } from './columns';
import { PastPeriods } from './past-periods';

interface QuotaDrawerProps {
  quota: Quota;
  now: number;
  limits: Limits | undefined;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
  onGrant: (() => void) | undefined;
  onReset: (() => void) | undefined;
  onEdit: (() => void) | undefined;
}

const size = (amount: number): string => trimZeros(join(bytes(amount)));

function LimitFacts({ limit, quota, now }: { limit: Limit | undefined; quota: Quota; now: number }) {
  return (
    <dl className="facts">
      <dt>Limit</dt><dd>{limit ? amountText(limit) : size(quota.limit_bytes)}</dd>
      <dt>Counts</dt><dd>{directionWord(quota.direction)}</dd>
      <dt>Runs out</dt><dd><RunsOut quota={quota} now={now} /></dd>
      <dt>At limit</dt><dd title={atLimit(quota)}>{atLimit(quota)}</dd>
      <dt>Period</dt><dd className="facts-wide">{limit ? periodText(limit.period, now) : quota.period}, {resetText(quota, now)}</dd>
      {limit && <><dt>Binds</dt><dd className="facts-wide"><bdi>{visible(limit.subject)}</bdi>, {subjectText(limit)}</dd></>}
      {limit && <><dt>Tells at</dt><dd className="facts-wide">{limit.thresholds.map((value) => `${value} %`).join(', ') || 'never'}{limit.buffer_bytes > 0 && `; stops when ${size(limit.buffer_bytes)} are left`}</dd></>}
      {quota.forecast_bytes !== undefined && <><dt>Forecast</dt><dd className="facts-wide">about {size(quota.forecast_bytes)} by the end of the period</dd></>}
      {limit?.note && <><dt>Note</dt><dd className="facts-wide"><bdi>{visible(limit.note)}</bdi></dd></>}
      {limit && limit.created_by && <><dt>Made by</dt><dd className="facts-wide"><bdi>{visible(limit.created_by)}</bdi>{limit.created_at > 0 && `, ${moment(limit.created_at, now)}`}</dd></>}
    </dl>
  );
}

function Grants({ grants, now, may, refresh }: { grants: readonly Grant[]; now: number; may: boolean; refresh: () => void }) {
  const remove = async (grant: Grant) => {
    try {
      await removeGrant(grant.id);
      tell(`The grant of ${size(grant.bytes)} is taken back.`);
    } catch (error) {
      tellFailure('Taking the grant back', error);
    }
    refresh();
  };
  if (grants.length === 0) return <div className="t3 fs12">None in force.</div>;
  return (
    <ul className="grant-list">
      {grants.map((grant) => (
        <li key={grant.id} className="grant-line">
          <span className="w5">+{size(grant.bytes)}</span>
          <span className="t2 ell" title={fullMoment(grant.until_at)}>until {moment(grant.until_at, now)}{grant.spent_bytes > 0 && <span className="t3">, {size(grant.spent_bytes)} spent before</span>}</span>
          <span className="t3 ell" title={visible(`${grant.reason} (${grant.granted_by})`)}><bdi>{visible(grant.reason)}</bdi> <span className="t3">by <bdi>{visible(grant.granted_by)}</bdi></span></span>
          {may ? <IconButton className="icon-small" label={`Take back the grant of ${size(grant.bytes)}`} onClick={() => void remove(grant)}><X size={14} /></IconButton> : <span />}
        </li>
      ))}
    </ul>
  );
}

/** All about one quota, and what can be done. */
export function QuotaDrawer({ quota, now, limits, onClose, onPrevious, onNext, onGrant, onReset, onEdit }: QuotaDrawerProps) {
  const scoped = useScoped();
  const refresh = useRefresh();
  const member = quota.user && quota.group ? quota.user : '';
  const limit = limits?.limits.find(({ id }) => id === quota.limit_id);
  const grants = (limits?.grants ?? []).filter((grant) => grant.limit_id === quota.limit_id && (grant.user === '' || grant.user === member) && grant.until_at > now);
  const reset = limits?.resets.find((one) => one.limit_id === quota.limit_id && one.user === member && one.at >= quota.period_start_at);
  const periods = useQuery({
    queryKey: ['periods', quota.limit_id, member],
    queryFn: ({ signal }) => get<{ items: UsagePeriod[] }>(`/api/v1/limits/${quota.limit_id}/periods`, { user: member }, signal),
  });
  useShortcuts({ Escape: onClose });
  const who = visible(holderOf(quota));
  const actions = (onGrant || onReset || onEdit) && (
    <div className="row">
      {onGrant && <Button look="primary" data-testid="drawer-grant" onClick={onGrant}>Grant more</Button>}
      {onReset && <Button data-testid="drawer-reset" onClick={onReset}>Reset</Button>}
      <span className="grow" />
      {onEdit && <Button look="ghost" onClick={onEdit}><Pencil size={13} />Edit limit</Button>}
    </div>
  );
  return (
    <Drawer label={`Quota of ${who}`} title={<bdi className="ell">{who}</bdi>} onClose={onClose} onPrevious={onPrevious} onNext={onNext} footer={actions}>
      <div className="quota-now">
        <div className="row"><span className="quota-figure"><UsedOf quota={quota} /></span><span className="grow" /><QuotaState quota={quota} /></div>
        <QuotaBar quota={quota} />
        <div className="row fs12 t3"><span>{percent(ratioOf(quota))} used{quota.used_bytes < quota.allowed_bytes && `, ${size(quota.allowed_bytes - quota.used_bytes)} left`}</span><span className="grow" /><span>{resetText(quota, now)}</span></div>
      </div>
      <LimitFacts limit={limit} quota={quota} now={now} />
      <DrawerSection title="Grants" note={grants.length > 0 && `${size(grants.reduce((sum, grant) => sum + grant.bytes, 0))} more`}>
        <Grants grants={grants} now={now} may={onGrant !== undefined} refresh={refresh} />
      </DrawerSection>
      {reset && <DrawerSection title="Reset"><div className="fs12 t2">The count began again {moment(reset.at, now)}, by <bdi>{visible(reset.reset_by)}</bdi>.</div></DrawerSection>}
      <DrawerSection title="Past periods" note={periods.data && periods.data.items.length > 0 && plural(periods.data.items.length, 'period')}>
        {periods.isError ? <div className="t3 fs12">Could not be loaded: {periods.error instanceof Error ? periods.error.message : 'the reason is not known'}</div> : <PastPeriods periods={periods.data?.items ?? []} pending={periods.isPending} now={now} />}
      </DrawerSection>
      {quota.user && <div className="drawer-note fs12"><Link className="link" href={scoped(`/users/${encodeURIComponent(quota.user)}`)}>All about {who}</Link></div>}
    </Drawer>
  );
}
