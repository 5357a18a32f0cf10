import type { Limit, Period } from '../api/types.gen';
import { trimZeros } from './quota';
import { moment } from './time';
import { bytes, join } from './units';

const nth = (day: number): string => `${day}${day % 10 === 1 && day !== 11 ? 'st' : day % 10 === 2 && day !== 12 ? 'nd' : day % 10 === 3 && day !== 13 ? 'rd' : 'th'}`;

/** "a month, from the 12th, Europe/Berlin". */
export function periodText(period: Period, now: number): string {
  switch (period.kind) {
    case 'rolling': return `the last ${period.days} days`;
    case 'anniversary': return `a month from the ${nth(period.anchor_day)}, ${period.zone}`;
    case 'once': {
      const from = period.starts_at === undefined ? '' : ` from ${moment(period.starts_at, now)}`;
      return `once${from}${period.ends_at === undefined ? ', for ever' : ` until ${moment(period.ends_at, now)}`}`;
    }
    default: return `a ${period.kind}, ${period.zone}`;
  }
}

const counted = { down: ' down', up: ' up', both: '' } as const;
export const amountText = (limit: Pick<Limit, 'bytes' | 'direction'>): string => `${trimZeros(join(bytes(limit.bytes)))}${counted[limit.direction] ?? ''}`;

const binds = { user: 'this user', each: 'each member', group: 'the group together' } as const;
export const subjectText = (limit: Pick<Limit, 'subject_kind'>): string => binds[limit.subject_kind] ?? limit.subject_kind;
