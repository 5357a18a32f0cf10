import { useAuditCheck } from '../../api/accounts';
import { plural } from '../../lib/units';
import { Button } from '../../ui/controls';
import { Shape } from '../../ui/shape';

/** Whether the log was changed behind the back of Davylamp: each line holds the hash of the one before. */
export function ChainBadge() {
  const query = useAuditCheck();
  if (query.isPending) return <span className="st st-learn chain"><Shape kind="learn" size={10} />Checking the chain</span>;
  if (!query.data) return <span className="st st-off chain"><Shape kind="off" size={10} />The chain could not be checked <Button size="small" look="ghost" onClick={() => void query.refetch()}>Try again</Button></span>;
  const { lines, first_number, last_hash, broken_at } = query.data;
  if (broken_at !== undefined) {
    return <span className="st st-crit chain" role="alert" data-testid="chain"><Shape kind="crit" size={10} />The chain is broken at line {broken_at}: it, or one before it, was changed or taken out</span>;
  }
  const forgotten = first_number > 1 ? `, from number ${first_number}: older ones were forgotten, as retention says` : '';
  return (
    <span className="st st-ok chain" data-testid="chain" title={last_hash ? `Hash of the last line, to be kept elsewhere: ${last_hash}` : undefined}>
      <Shape kind="ok" size={10} />Chain holds <span className="t3 normal">{plural(lines, 'line')}{forgotten}</span>
    </span>
  );
}
