import { useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { removeNode, useNodes } from '../../api/nodes';
import { useMay } from '../../api/queries';
import type { Node } from '../../api/types.gen';
import { useShortcuts } from '../../lib/shortcuts';
import { visible } from '../../lib/text';
import { duration, fullMoment, moment } from '../../lib/time';
import { useNow } from '../../lib/use-now';
import { Button } from '../../ui/controls';
import { DangerDialog } from '../../ui/danger-dialog';
import { SettingsBar } from '../../ui/settings-bar';
import { Shape } from '../../ui/shape';
import { Empty, ErrorNote, SkeletonRows } from '../../ui/states';
import '../../styles/grid.css';
import '../../styles/settings.css';
import { NodeDialog } from './node-dialog';
import { nodeState, skewText } from './node-state';

interface RowProps {
  node: Node;
  now: number;
  acts: { onToken: (node: Node) => void; onRemove: (node: Node) => void } | undefined;
}

function Row({ node, now, acts }: RowProps) {
  const { shape, words } = nodeState(node);
  const skew = skewText(node.skew_ms);
  return (
    <tr data-testid="node-row">
      <td className="table-name"><bdi className="w5">{visible(node.name)}</bdi></td>
      <td><span className={`st st-${shape}`}><Shape kind={shape} size={10} /><bdi>{words}</bdi></span></td>
      <td data-label="Last seen">{node.last_seen_at === undefined ? <span className="t3">not yet</span> : <span title={fullMoment(node.last_seen_at)}>{now - node.last_seen_at < 3600 ? `${duration(now - node.last_seen_at)} ago` : moment(node.last_seen_at, now)}</span>}</td>
      <td data-label="Version">{node.version === undefined ? <span className="t3">n/a</span> : <bdi>{visible(node.version)}</bdi>}</td>
      <td data-label="Clock">{skew.far ? <span className="st st-warn"><Shape kind="warn" size={9} /><bdi dir="ltr">{skew.text}</bdi></span> : <bdi dir="ltr" className={skew.text === 'n/a' ? 't3' : undefined}>{skew.text}</bdi>}</td>
      <td data-label="Enrolled" className="t3"><span title={fullMoment(node.enrolled_at)}>{moment(node.enrolled_at, now)}</span> by <bdi>{visible(node.enrolled_by)}</bdi></td>
      {acts && (
        <td className="table-acts">
          <Button size="small" look="ghost" aria-label={`New token for ${visible(node.name)}`} onClick={() => acts.onToken(node)}>New token</Button>
          <Button size="small" look="ghost" aria-label={`Remove ${visible(node.name)}`} onClick={() => acts.onRemove(node)}>Remove</Button>
        </td>
      )}
    </tr>
  );
}

/** Hosts whose collector dials out to a daemon here, because nothing else leads to them. */
export function NodesPage() {
  const client = useQueryClient();
  const may = useMay();
  const query = useNodes();
  const now = useNow(5000) / 1000;
  const [enrolling, setEnrolling] = useState<{ again: string | undefined }>();
  const [removing, setRemoving] = useState<Node>();
  const nodes = query.data?.items ?? [];
  const refresh = () => void client.invalidateQueries({ queryKey: ['nodes'] });
  const acts = may.administer ? { onToken: (node: Node) => setEnrolling({ again: node.name }), onRemove: setRemoving } : undefined;
  useShortcuts(may.administer ? { n: () => setEnrolling({ again: undefined }) } : {});
  const add = may.administer && <Button look="primary" data-testid="node-new" onClick={() => setEnrolling({ again: undefined })}><Plus size={14} />Enrol node</Button>;
  return (
    <div className="list-page">
      <SettingsBar title="Nodes" />
      {nodes.length > 0 && <div className="set-tools"><p className="t2">The collector of a node dials out with its token and delivers over one TLS port. What it cannot deliver it keeps.</p><span className="grow" />{add}</div>}
      {query.isPending && <SkeletonRows rows={4} height={36} />}
      {query.isError && <ErrorNote what="Could not load nodes" error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && nodes.length === 0 && <Empty title="No node yet" actions={add}>A node is another host with VPN servers. Its collector connects from there to a daemon here, with a token that is made by enrolling it.</Empty>}
      {nodes.length > 0 && (
        <div className="table-full" tabIndex={0} role="group" aria-label="Nodes">
          <table className="table" aria-label="Nodes">
            <thead><tr><th scope="col">Node</th><th scope="col">State</th><th scope="col">Last seen</th><th scope="col">Version</th><th scope="col">Clock</th><th scope="col">Enrolled</th>{may.administer && <th scope="col"><span className="sr-only">Act</span></th>}</tr></thead>
            <tbody>{nodes.map((node) => <Row key={node.name} node={node} now={now} acts={acts} />)}</tbody>
          </table>
        </div>
      )}
      {enrolling && <NodeDialog again={enrolling.again} taken={nodes.map(({ name }) => name)} uplink={query.data?.uplink} onClose={() => (setEnrolling(undefined), refresh())} />}
      {removing && (
        <DangerDialog
          label={`Remove ${visible(removing.name)}`} title={<>Remove the node <bdi>{visible(removing.name)}</bdi>?</>} button="Remove it" doing={`Removing the node ${visible(removing.name)}`} onClose={() => setRemoving(undefined)}
          run={(reason) => removeNode(removing.name, reason).then(() => `${visible(removing.name)} may deliver no more.`).finally(refresh)}
        >
          {removing.connected_to === undefined ? 'Its token counts no more.' : 'Its line ends now, and its token counts no more.'} What it has delivered stays; what it still keeps it can deliver only after it is enrolled again.
        </DangerDialog>
      )}
    </div>
  );
}
