import type { Quota } from '../../api/types.gen';
import { directionWord, holderOf, inTime, periodWord, runsOut } from '../../lib/quota';
import { cx, visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import type { Column } from '../../ui/columns';
import { Button } from '../../ui/controls';
import { QuotaBar, QuotaState, UsedOf } from '../../ui/quota-bar';
import { Shape } from '../../ui/shape';

export interface QuotaContext {
  now: number;
  online: ReadonlySet<string>;
  /** Absent when the role may not grant. */
  onGrant: ((quota: Quota) => void) | undefined;
}

export function RunsOut({ quota, now }: { quota: Quota; now: number }) {
  const { text, shape } = runsOut(quota, now);
  return (
    <span className={shape ? `st st-${shape}` : 't2'} title={quota.runs_out_at === undefined ? undefined : `Expected from the use so far: ${fullMoment(quota.runs_out_at)}`}>
      {shape && <Shape kind={shape} size={10} />}{text}
    </span>
  );
}

export function PeriodText({ quota, now }: { quota: Quota; now: number }) {
  const end = quota.resets_at;
  const rest = end !== undefined ? `${quota.period === 'once' ? 'ends' : 'resets'} ${inTime(end, now)}` : quota.period === 'rolling' ? 'old use drops out' : 'never resets';
  return <span className="t2" title={end === undefined ? undefined : fullMoment(end)}>{periodWord(quota.period)}, <span className="t3">{rest}</span></span>;
}

export const atLimit = (quota: Pick<Quota, 'enforce' | 'kernel_stop'>): string => (quota.enforce ? (quota.kernel_stop ? 'Stop, also in kernel' : 'Stop') : 'Tell only');

export function Holder({ quota, online }: { quota: Quota; online: boolean }) {
  return (
    <span className="row quota-holder">
      <bdi className={cx('grid-user ell')}>{visible(holderOf(quota))}</bdi>
      {!quota.user && <span className="tag">group</span>}
      {online && <span className="live quota-online" title="Online now"><span className="sr-only">online</span></span>}
    </span>
  );
}

export function quotaColumns({ now, online, onGrant }: QuotaContext): Column<Quota>[] {
  return [
    { key: 'user', title: 'User or group', width: 'minmax(150px,1.1fr)', min: 150, sort: 'user', rank: 0, cell: (q) => <Holder quota={q} online={online.has(q.user)} /> },
    { key: 'group', title: 'Group', width: 'minmax(80px,.6fr)', min: 80, rank: 4, cell: (q) => (q.group && q.user ? <bdi className="t2">{visible(q.group)}</bdi> : <span className="t3">{q.user ? 'own limit' : 'together'}</span>) },
    { key: 'direction', title: 'Counts', width: '56px', min: 56, rank: 5, cell: (q) => <span className="t2">{directionWord(q.direction)}</span> },
    { key: 'bar', title: 'Used and forecast', width: 'minmax(150px,2.1fr)', min: 150, sort: 'percent', rank: 1, cell: (q) => <QuotaBar quota={q} /> },
    { key: 'used', title: 'Used', width: '128px', min: 128, sort: 'used_bytes', end: true, rank: 0, cell: (q) => <UsedOf quota={q} /> },
    { key: 'out', title: 'Runs out', width: 'minmax(118px,.9fr)', min: 118, sort: 'runs_out_at', rank: 0, cell: (q) => <RunsOut quota={q} now={now} /> },
    { key: 'period', title: 'Period', width: 'minmax(150px,1.1fr)', min: 150, sort: 'resets_at', rank: 2, cell: (q) => <PeriodText quota={q} now={now} /> },
    { key: 'stop', title: 'At the limit', width: '86px', min: 86, rank: 6, cell: (q) => <span className="t2" title={atLimit(q)}>{q.enforce ? (q.kernel_stop ? 'Stop, kernel' : 'Stop') : 'Tell only'}</span> },
    { key: 'state', title: 'State', width: '92px', min: 92, rank: 3, cell: (q) => <QuotaState quota={q} /> },
    ...(onGrant
      ? [{
          key: 'grant', title: 'Act', head: <span className="sr-only">Act</span>, width: '60px', min: 60, end: true, rank: 1,
          cell: (q: Quota) => <Button size="small" look="ghost" data-testid="quota-grant" aria-label={`Grant more to ${visible(holderOf(q))}`} onClick={(event) => (event.stopPropagation(), onGrant(q))}>Grant</Button>,
        }]
      : []),
  ];
}

/** A row on a phone: three lines. */
export function QuotaCard({ quota, now, online }: { quota: Quota; now: number; online: boolean }) {
  const end = quota.resets_at;
  return (
    <span className="quota-card">
      <span className="row"><span className="card-name grow ell"><Holder quota={quota} online={online} /></span><UsedOf quota={quota} /></span>
      <QuotaBar quota={quota} slim />
      <span className="row card-line"><RunsOut quota={quota} now={now} /><span className="grow" /><span className="ell">{end === undefined ? periodWord(quota.period) : `resets ${moment(end, now)}`}</span></span>
    </span>
  );
}
