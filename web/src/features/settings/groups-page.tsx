import { useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { removeServerGroup, useAccounts, useServerGroups } from '../../api/accounts';
import { useMay } from '../../api/queries';
import type { ServerGroup } from '../../api/types.gen';
import { isInGroup } from '../../lib/roles';
import { useShortcuts } from '../../lib/shortcuts';
import { visible } from '../../lib/text';
import { useLive } from '../../live/use-live';
import { Button } from '../../ui/controls';
import { DangerDialog } from '../../ui/danger-dialog';
import { SettingsBar } from '../../ui/settings-bar';
import { Shape } from '../../ui/shape';
import { Empty, ErrorNote, SkeletonRows } from '../../ui/states';
import { Names } from '../../ui/text';
import '../../styles/grid.css';
import '../../styles/settings.css';
import { GroupDialog } from './group-dialog';

type Open = { kind: 'edit'; group: ServerGroup | undefined } | { kind: 'remove'; group: ServerGroup };

interface RowProps {
  group: ServerGroup;
  servers: readonly string[];
  accounts: readonly string[];
  onOpen: ((open: Open) => void) | undefined;
}

function Row({ group, servers, accounts, onOpen }: RowProps) {
  const now = servers.filter((server) => isInGroup(server, group.servers));
  return (
    <tr data-testid="group-row">
      <td className="table-name"><Names of={[group.name]} className="w5" /></td>
      <td data-label="Names and patterns" className="table-words"><Names of={group.servers} className="mono" /></td>
      <td data-label="Servers now" className="table-words">{now.length ? <Names of={now} /> : <span className="st st-warn"><Shape kind="warn" size={9} />none</span>}</td>
      <td data-label="Accounts" className="table-words">{accounts.length ? <Names of={accounts} /> : <span className="t3">none</span>}</td>
      {onOpen && (
        <td className="table-acts">
          <Button size="small" look="ghost" aria-label={`Edit ${visible(group.name)}`} onClick={() => onOpen({ kind: 'edit', group })}>Edit</Button>
          <Button size="small" look="ghost" aria-label={`Remove ${visible(group.name)}`} disabled={accounts.length > 0} title={accounts.length ? 'An account sees by it: change that first' : undefined} onClick={() => onOpen({ kind: 'remove', group })}>Remove</Button>
        </td>
      )}
    </tr>
  );
}

/** Servers under one name, by which accounts see only some of them. */
export function GroupsPage() {
  const client = useQueryClient();
  const may = useMay();
  const query = useServerGroups();
  const accounts = useAccounts().data?.items ?? [];
  const servers = useLive().servers.map(({ name }) => name);
  const [open, setOpen] = useState<Open>();
  const onOpen = may.administer ? setOpen : undefined;
  const close = () => setOpen(undefined);
  useShortcuts(onOpen ? { n: () => onOpen({ kind: 'edit', group: undefined }) } : {});
  const groups = query.data?.items ?? [];
  const add = onOpen && <Button look="primary" data-testid="group-new" onClick={() => onOpen({ kind: 'edit', group: undefined })}><Plus size={14} />New group</Button>;
  return (
    <div className="list-page">
      <SettingsBar title="Server groups" />
      {groups.length > 0 && (
        <div className="set-tools">
          <p className="t2">An account that is given groups sees only their servers. A server that comes later belongs to a group as soon as its name fits.</p>
          <span className="grow" />{add}
        </div>
      )}
      {query.isPending && <SkeletonRows rows={4} height={36} />}
      {query.isError && <ErrorNote what="Could not load server groups" error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && groups.length === 0 && <Empty title="No server group yet" actions={add}>A group puts servers under one name, so that an account can be shown only those. Without any, every account sees every server.</Empty>}
      {groups.length > 0 && (
        <div className="table-full" tabIndex={0} role="group" aria-label="Server groups">
          <table className="table" aria-label="Server groups">
            <thead><tr><th scope="col">Group</th><th scope="col">Names and patterns</th><th scope="col">Servers now</th><th scope="col">Accounts</th>{onOpen && <th scope="col"><span className="sr-only">Act</span></th>}</tr></thead>
            <tbody>{groups.map((group) => <Row key={group.name} group={group} servers={servers} accounts={accounts.filter(({ scope }) => scope.includes(group.name)).map(({ name }) => name)} onOpen={onOpen} />)}</tbody>
          </table>
        </div>
      )}
      {open?.kind === 'edit' && <GroupDialog group={open.group} taken={groups.map(({ name }) => name)} servers={servers} onClose={close} />}
      {open?.kind === 'remove' && (
        <DangerDialog
          label={`Remove ${visible(open.group.name)}`} title={<>Remove the group <bdi>{visible(open.group.name)}</bdi>?</>} button="Remove it" doing={`Removing the group ${visible(open.group.name)}`} onClose={close}
          run={(reason) => removeServerGroup(open.group.name, reason).then(() => `The group ${visible(open.group.name)} is removed.`).finally(() => void client.invalidateQueries({ queryKey: ['server-groups'] }))}
        >
          No account sees by it now. The servers themselves stay as they are.
        </DangerDialog>
      )}
    </div>
  );
}
