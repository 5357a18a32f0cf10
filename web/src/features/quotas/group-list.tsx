import type { useLimits } from '../../api/queries';
import type { Group } from '../../api/types.gen';
import { visible } from '../../lib/text';
import { plural } from '../../lib/units';
import { Empty, ErrorNote, SkeletonRows } from '../../ui/states';

interface GroupListProps {
  limits: ReturnType<typeof useLimits>;
  q: string;
  onOpen: (group: Group) => void;
}

export function GroupList({ limits, q, onOpen }: GroupListProps) {
  if (limits.isPending) return <SkeletonRows rows={8} height={40} />;
  if (!limits.data) return <ErrorNote what="Could not load groups" error={limits.error} onRetry={() => void limits.refetch()} />;
  const needle = q.toLowerCase();
  const shown = limits.data.groups.filter(({ name, members }) => name.toLowerCase().includes(needle) || members.some((member) => member.toLowerCase().includes(needle)));
  if (shown.length === 0) return <Empty title={q ? 'No group matches' : 'No group yet'}>{q ? 'Neither a name nor a member contains these letters.' : <>A group lets one limit bind many users. Everyone is always in the group <b>everyone</b>.</>}</Empty>;
  return (
    <ul className="plain-list" aria-label="Groups">
      {shown.map((group) => (
        <li key={group.name}>
          <button type="button" className="plain-row" data-testid="group-row" onClick={() => onOpen(group)}>
            <bdi className="w5 ell">{visible(group.name)}</bdi>
            <span className="t2">{group.name === 'everyone' ? 'all users' : plural(group.members.length, 'member')}</span>
            <span className="t3 ell">{group.members.slice(0, 8).map(visible).join(', ')}</span>
            <span className="t3 ell">{visible(group.note)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
