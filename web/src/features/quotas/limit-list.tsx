import type { useLimits } from '../../api/queries';
import type { Limit } from '../../api/types.gen';
import { amountText, periodText, subjectText } from '../../lib/limit';
import { visible } from '../../lib/text';
import { ErrorNote, SkeletonRows } from '../../ui/states';
import { atLimit } from './columns';
import { NoMatch, NoQuotas } from './no-quotas';

interface LimitListProps {
  limits: ReturnType<typeof useLimits>;
  q: string;
  /** Absent when the role may only read. */
  onOpen: ((limit: Limit) => void) | undefined;
  onNew: (() => void) | undefined;
}

function Row({ limit }: { limit: Limit }) {
  return (
    <>
      <span className="ell"><bdi className="w5">{visible(limit.subject)}</bdi> <span className="t3">{subjectText(limit)}</span></span>
      <span className="t1">{amountText(limit)}</span>
      <span className="t2 ell">{periodText(limit.period, Date.now() / 1000)}</span>
      <span className="t3 ell">{atLimit(limit)}{limit.note && `, ${visible(limit.note)}`}</span>
    </>
  );
}

/** The limits as they were laid down. */
export function LimitList({ limits, q, onOpen, onNew }: LimitListProps) {
  if (limits.isPending) return <SkeletonRows rows={8} height={40} />;
  if (!limits.data) return <ErrorNote what="Could not load limits" error={limits.error} onRetry={() => void limits.refetch()} />;
  if (limits.data.limits.length === 0) return <NoQuotas onNew={onNew} />;
  const shown = limits.data.limits.filter(({ subject }) => subject.toLowerCase().includes(q.toLowerCase()));
  if (shown.length === 0) return <NoMatch what="No limit is for someone called that." onClear={() => history.back()} />;
  return (
    <ul className="plain-list" aria-label="Limits">
      {shown.map((limit) => (
        <li key={limit.id}>
          {onOpen ? <button type="button" className="plain-row" data-testid="limit-row" onClick={() => onOpen(limit)}><Row limit={limit} /></button> : <div className="plain-row" data-testid="limit-row"><Row limit={limit} /></div>}
        </li>
      ))}
    </ul>
  );
}
