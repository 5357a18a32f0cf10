import { useState } from 'react';
import { resetQuota } from '../api/acts';
import type { Quota } from '../api/types.gen';
import { holderOf, usedOf } from '../lib/quota';
import { visible } from '../lib/text';
import { Button } from './controls';
import { Dialog } from './dialog';
import { Field } from './field';
import { tell, tellFailure } from './later';
import { useRefresh } from './use-refresh';

/** Forgives what was used so far in this period. It cannot be taken back, so it is asked once more. */
export function ResetDialog({ quota, onClose }: { quota: Quota; onClose: () => void }) {
  const refresh = useRefresh();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const who = visible(holderOf(quota));
  const { used, of } = usedOf(quota);
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!reason.trim()) return;
    onClose();
    try {
      await resetQuota(quota.limit_id, quota.user && quota.group ? quota.user : '', reason.trim());
      tell(`The count of ${who} starts again at zero.`);
    } catch (error) {
      tellFailure(`The reset of ${who}`, error);
    }
    refresh();
  };
  return (
    <Dialog label={`Reset ${who}`} className="grant-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2>Reset the count of <bdi>{who}</bdi>?</h2></div>
      <form className="form" onSubmit={(event) => void send(event)} noValidate>
        <p className="t2">The <bdi>{used} of {of}</bdi> used in this period are forgiven{quota.state === 'reached' && quota.enforce && ', and the user may connect again at once'}. What is on record stays. This cannot be undone.</p>
        <Field label="Reason, kept in the audit log" error={tried && !reason.trim() ? 'Say why; it is kept in the audit log.' : undefined}>
          {(ids) => <input {...ids} className="input" type="text" value={reason} maxLength={200} autoComplete="off" onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <div className="form-foot">
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" className="btn-danger" data-testid="reset-submit">Reset {who}</Button>
        </div>
      </form>
    </Dialog>
  );
}
