import { X } from 'lucide-react';
import { useState } from 'react';
import type { GrantRequest } from '../api/acts';
import { grantMore, removeGrant } from '../api/acts';
import type { Quota } from '../api/types.gen';
import { holderOf, runOutWith, trimZeros } from '../lib/quota';
import { visible } from '../lib/text';
import { moment } from '../lib/time';
import { bytes, join } from '../lib/units';
import { fromLocalInput, nextMidnight, toLocalInput } from '../lib/until';
import type { VolumeUnit } from '../lib/volume';
import { toBytes } from '../lib/volume';
import { Button, IconButton } from './controls';
import { Dialog } from './dialog';
import { Choices, Field, FieldGroup } from './field';
import { tell, tellFailure } from './later';
import { QuotaBar } from './quota-bar';
import { useRefresh } from './use-refresh';
import { VolumeInput } from './volume-input';

type Amount = '5' | '20' | '50' | 'other';
type Until = 'midnight' | 'period' | 'date';

const size = (amount: number): string => trimZeros(join(bytes(amount)));

/** What the quota would look like with that much more. */
export function GrantPreview({ quota, more, now }: { quota: Quota; more: number; now: number }) {
  const allowed_bytes = quota.allowed_bytes + more;
  const after = { ...quota, allowed_bytes };
  const end = runOutWith(quota, more, now);
  const enough = allowed_bytes > quota.used_bytes;
  return (
    <div className="grant-preview">
      <div className="row fs12">
        <span className="t2">New limit <bdi className="t1 w5">{size(allowed_bytes)}</bdi></span>
        <span className="grow" />
        <span className="t2">{!enough ? 'still used up' : end === undefined ? 'lasts the period' : <>lasts until <span className="t1 w5">{moment(end, now)}</span></>}</span>
      </div>
      <QuotaBar quota={after} />
    </div>
  );
}

/** More bytes for a while. It holds at once; the message that says so offers a way back. */
export function GrantDialog({ quota, onClose }: { quota: Quota; onClose: () => void }) {
  const now = Date.now() / 1000;
  const refresh = useRefresh();
  const period_end = quota.resets_at;
  const [amount, setAmount] = useState<Amount>('20');
  const [other, setOther] = useState<{ text: string; unit: VolumeUnit }>({ text: '', unit: 'GB' });
  const [until, setUntil] = useState<Until>(period_end === undefined ? 'midnight' : 'period');
  const [date, setDate] = useState(toLocalInput(nextMidnight(now)));
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const who = visible(holderOf(quota));
  const more = amount === 'other' ? toBytes(other.text, other.unit) : Number(amount) * 1e9;
  const until_at = until === 'midnight' ? nextMidnight(now) : until === 'period' ? period_end : fromLocalInput(date);
  const errors = {
    amount: !more ? 'Say how much, above zero.' : undefined,
    until: until_at === undefined || until_at <= now ? 'Choose a moment that is still to come.' : undefined,
    reason: reason.trim() ? undefined : 'Say why; it is kept in the audit log.',
  };
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (errors.amount || errors.until || errors.reason || !more || until_at === undefined) return;
    onClose();
    void give({ limit_id: quota.limit_id, user: quota.user && quota.group ? quota.user : '', bytes: more, until_at, reason: reason.trim() }, who, refresh);
  };
  return (
    <Dialog label={`Grant more to ${who}`} className="grant-dialog sheet" onClose={onClose}>
      <div className="form-head">
        <h2>Grant more to <bdi>{who}</bdi></h2><span className="grow" />
        <IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton>
      </div>
      <form className="form" onSubmit={send} noValidate>
        <FieldGroup label="Add" error={tried ? errors.amount : undefined}>
          <Choices<Amount> label="How much" value={amount} onChange={setAmount} options={[{ value: '5', label: '5 GB' }, { value: '20', label: '20 GB' }, { value: '50', label: '50 GB' }, { value: 'other', label: 'Other' }]} />
          {amount === 'other' && <VolumeInput label="Amount" text={other.text} unit={other.unit} onChange={setOther} />}
        </FieldGroup>
        <FieldGroup label="Until" error={tried ? errors.until : undefined}>
          <Choices<Until>
            label="Until when" value={until} onChange={setUntil}
            options={[
              { value: 'midnight', label: 'Midnight' },
              ...(period_end === undefined ? [] : [{ value: 'period' as const, label: `${moment(period_end, now)}, period end` }]),
              { value: 'date', label: 'Pick a date' },
            ]}
          />
          {until === 'date' && <input className="input" type="datetime-local" aria-label="Date and time" value={date} onChange={(event) => setDate(event.target.value)} />}
        </FieldGroup>
        <Field label="Reason, kept in the audit log" error={tried ? errors.reason : undefined}>
          {(ids) => <input {...ids} className="input" type="text" value={reason} maxLength={200} autoComplete="off" onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <GrantPreview quota={quota} more={more ?? 0} now={now} />
        <div className="form-foot">
          <span className="fs12 t3">Undo for 10 s after</span><span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" data-testid="grant-submit">Grant {more ? size(more) : ''}</Button>
        </div>
      </form>
    </Dialog>
  );
}

async function give(request: GrantRequest, who: string, refresh: () => void): Promise<void> {
  try {
    const grant = await grantMore(request);
    const takeBack = () => void removeGrant(grant.id).catch((error: unknown) => tellFailure('Taking the grant back', error)).finally(refresh);
    tell(`${who} may use ${size(request.bytes)} more until ${moment(request.until_at, Date.now() / 1000)}.`, takeBack);
  } catch (error) {
    tellFailure(`The grant to ${who}`, error);
  } finally {
    refresh();
  }
}
