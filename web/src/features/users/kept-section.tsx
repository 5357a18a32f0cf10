import { Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { eraseUser } from '../../api/acts';
import { atBase } from '../../lib/base';
import { visible } from '../../lib/text';
import { plural } from '../../lib/units';
import { Button } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { DrawerSection } from '../../ui/drawer';
import { Field } from '../../ui/field';
import { actLater } from '../../ui/later';
import { useRefresh } from '../../ui/use-refresh';

function EraseDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const refresh = useRefresh();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const who = visible(user);
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    const why = reason.trim();
    if (!why) return;
    onClose();
    actLater({ doing: `Erasing ${who}`, run: () => eraseUser(user, why).then(({ rows }) => `${who} is erased: ${plural(rows, 'row')}.`).finally(refresh) });
  };
  return (
    <Dialog label={`Erase ${who}`} className="grant-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">Erase <bdi>{who}</bdi>?</h2></div>
      <form className="form" onSubmit={send} noValidate>
        <p className="t2">Sessions, addresses, traffic, events, and this user’s own limits, grants and block are removed for good; servers keep the bytes in their sums, under no name. While the user is online it is refused.</p>
        <Field label="Reason, kept in the audit log" error={tried && !reason.trim() ? 'Say why; it is kept in the audit log.' : undefined}>
          {(ids) => <input {...ids} className="input" type="text" value={reason} maxLength={200} autoComplete="off" onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <div className="form-foot">
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" className="btn-danger"><span className="ell">Erase {who}</span></Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What is on record of a person: handed out, or erased. */
export function KeptSection({ user }: { user: string }) {
  const [erasing, setErasing] = useState(false);
  return (
    <DrawerSection title="What is kept of this user">
      <div className="row">
        <a className="btn btn-small" href={atBase(`/api/v1/users/${encodeURIComponent(user)}/export`)} download><Download size={13} />Save it as JSON</a>
        <Button size="small" look="ghost" onClick={() => setErasing(true)}><Trash2 size={13} />Erase</Button>
      </div>
      {erasing && <EraseDialog user={user} onClose={() => setErasing(false)} />}
    </DrawerSection>
  );
}
