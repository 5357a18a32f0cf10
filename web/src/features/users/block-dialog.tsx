import { X } from 'lucide-react';
import { useState } from 'react';
import { blockUser, unblockUser } from '../../api/acts';
import { visible } from '../../lib/text';
import { plural } from '../../lib/units';
import { useSessions } from '../../live/use-live';
import { BlockUntil, blockEnd, blockWords, openEnd } from '../../ui/block-fields';
import { Button, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Field, FieldGroup } from '../../ui/field';
import { actLater, tell, tellFailure } from '../../ui/later';
import { useRefresh } from '../../ui/use-refresh';

/** Refuses a user from now on. It says how many sessions end, asks why, and can be stopped for ten seconds. */
export function BlockDialog({ user, onClose }: { user: string; onClose: () => void }) {
  const refresh = useRefresh();
  const [end, setEnd] = useState(openEnd);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const theirs = useSessions().filter((session) => session.user === user);
  const servers = [...new Set(theirs.map(({ server }) => visible(server)))];
  const who = visible(user);
  const until_at = blockEnd(end, Date.now() / 1000);
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    const why = reason.trim();
    if (!why || until_at === 'invalid') return;
    onClose();
    actLater({
      doing: `Blocking ${who}`,
      run: () => blockUser(user, until_at, why).then((block) => `${who} is blocked ${blockWords(block.until_at)}.`).finally(refresh),
    });
  };
  return (
    <Dialog label={`Block ${who}`} className="grant-dialog sheet" onClose={onClose}>
      <div className="form-head">
        <h2 className="ell">Block <bdi>{who}</bdi>?</h2><span className="grow" />
        <IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton>
      </div>
      <form className="form" onSubmit={send} noValidate>
        <p className="t2">{theirs.length ? `${plural(theirs.length, 'session')} on ${servers.join(', ')} ${theirs.length === 1 ? 'ends' : 'end'}, and this user is refused` : 'This user is not online, and is refused'} until the block ends.</p>
        <FieldGroup label="Until" error={tried && until_at === 'invalid' ? 'Choose a moment that is still to come.' : undefined}>
          <BlockUntil value={end} onChange={setEnd} />
        </FieldGroup>
        <Field label="Reason, kept in the audit log" error={tried && !reason.trim() ? 'Say why; it is kept in the audit log.' : undefined}>
          {(ids) => <input {...ids} className="input" type="text" value={reason} maxLength={200} autoComplete="off" onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <div className="form-foot">
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" className="btn-danger" data-testid="block-submit"><span className="ell">Block {who}</span></Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Lets a user in again: at once, as nothing is lost by it. */
export async function unblock(user: string, refresh: () => void): Promise<void> {
  try {
    await unblockUser(user);
    tell(`${visible(user)} may connect again.`);
  } catch (error) {
    tellFailure(`Unblocking ${visible(user)}`, error);
  }
  refresh();
}
