import { useState } from 'react';
import { moment } from '../lib/time';
import { fromLocalInput, nextMidnight, toLocalInput } from '../lib/until';

type Kind = 'lifted' | 'hour' | 'midnight' | 'date';

export interface BlockEnd {
  kind: Kind;
  date: string;
}

export const openEnd: BlockEnd = { kind: 'lifted', date: '' };

/** When a block ends: undefined until it is lifted; 'invalid' when the date is missing or past. */
export function blockEnd({ kind, date }: BlockEnd, now: number): number | undefined | 'invalid' {
  if (kind === 'lifted') return undefined;
  if (kind === 'hour') return now + 3600;
  if (kind === 'midnight') return nextMidnight(now);
  const at = fromLocalInput(date);
  return at === undefined || at <= now ? 'invalid' : at;
}

export const blockWords = (until_at: number | undefined): string => (until_at === undefined ? 'until it is lifted' : `until ${moment(until_at, Date.now() / 1000)}`);

/** Until when someone is blocked. */
export function BlockUntil({ value, onChange }: { value: BlockEnd; onChange: (value: BlockEnd) => void }) {
  const [first] = useState(() => toLocalInput(nextMidnight(Date.now() / 1000)));
  return (
    <div className="block-until">
      <select
        className="input" aria-label="Blocked until" value={value.kind}
        onChange={(event) => onChange({ kind: event.target.value as Kind, date: value.date || first })}
      >
        <option value="lifted">Until it is lifted</option>
        <option value="hour">For one hour</option>
        <option value="midnight">Until midnight</option>
        <option value="date">Until a date</option>
      </select>
      {value.kind === 'date' && <input className="input" type="datetime-local" aria-label="Date and time" value={value.date} onChange={(event) => onChange({ ...value, date: event.target.value })} />}
    </div>
  );
}
