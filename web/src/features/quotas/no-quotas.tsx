import type { ReactNode } from 'react';
import { Button } from '../../ui/controls';
import { Empty } from '../../ui/states';

/** No limit was ever laid down: what one does, and how to make the first. */
export function NoQuotas({ onNew }: { onNew: (() => void) | undefined }) {
  return (
    <Empty title="No limit yet" actions={onNew && <Button look="primary" onClick={onNew}>Make the first limit</Button>}>
      <p>A limit says how much a user, or a group, may move in a period. Davylamp counts every byte, tells when a limit is near, and stops who has reached it.</p>
      <p className="empty-line">{onNew ? 'Or on the server:' : 'An admin can make one here, or on the server:'}</p>
      <code className="mono code-line">davylamp quota set ann 100GB --period month</code>
    </Empty>
  );
}

export function NoMatch({ what, onClear }: { what: ReactNode; onClear: () => void }) {
  return <Empty title="Nobody matches" actions={<Button onClick={onClear}>Clear the filter</Button>}>{what}</Empty>;
}
