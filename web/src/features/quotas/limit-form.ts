import { ApiError } from '../../api/client';
import type { Limit, Period } from '../../api/types.gen';
import type { PeriodKind } from '../../lib/quota';
import { sentence } from '../../lib/text';
import { fromLocalInput, toLocalInput } from '../../lib/until';
import { fromBytes, toBytes } from '../../lib/volume';
import type { Volume } from '../../ui/volume-input';

/** A limit as it is typed. */
export interface Draft {
  id: number;
  subject_kind: Limit['subject_kind'];
  subject: string;
  direction: Limit['direction'];
  amount: Volume;
  kind: PeriodKind;
  zone: string;
  anchor_day: string;
  days: string;
  starts_at: string;
  ends_at: string;
  buffer: Volume;
  thresholds: string;
  enforce: boolean;
  kernel_stop: boolean;
  note: string;
}

/** The members of the API's Limit at which something can be wrong. */
export type Member = 'subject' | 'bytes' | 'zone' | 'anchor_day' | 'days' | 'starts_at' | 'ends_at' | 'buffer_bytes' | 'thresholds' | 'note' | 'kernel_stop';
export type Errors = Partial<Record<Member, string>>;

const members: Member[] = ['subject', 'buffer_bytes', 'bytes', 'zone', 'anchor_day', 'days', 'starts_at', 'ends_at', 'thresholds', 'note', 'kernel_stop'];
const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export function draftOf(limit: Limit | undefined, subject = ''): Draft {
  if (!limit) {
    return {
      id: 0, subject_kind: 'user', subject, direction: 'both', amount: { text: '100', unit: 'GB' }, kind: 'month', zone: ownZone(), anchor_day: '1', days: '30',
      starts_at: '', ends_at: '', buffer: { text: '0', unit: 'MB' }, thresholds: '50, 80, 95', enforce: true, kernel_stop: false, note: '',
    };
  }
  const { period } = limit;
  return {
    id: limit.id, subject_kind: limit.subject_kind, subject: limit.subject, direction: limit.direction, amount: fromBytes(limit.bytes), kind: period.kind, zone: period.zone,
    anchor_day: String(period.anchor_day), days: String(period.days), starts_at: toLocalInput(period.starts_at), ends_at: toLocalInput(period.ends_at),
    buffer: limit.buffer_bytes ? fromBytes(limit.buffer_bytes) : { text: '0', unit: 'MB' }, thresholds: limit.thresholds.join(', '), enforce: limit.enforce,
    kernel_stop: limit.kernel_stop, note: limit.note,
  };
}

const whole = (text: string, low: number, high: number): number | undefined => {
  const number = Number(text);
  return Number.isInteger(number) && number >= low && number <= high ? number : undefined;
};

/** "50, 80 95" as sorted percentages, each once; undefined when one is not between 1 and 100. */
export function parseThresholds(text: string): number[] | undefined {
  const numbers = text.split(/[\s,;%]+/).filter(Boolean).map((part) => whole(part, 1, 100));
  const known = numbers.filter((number) => number !== undefined);
  return known.length === numbers.length ? [...new Set(known)].sort((a, b) => a - b) : undefined;
}

export const calendarKinds: readonly PeriodKind[] = ['day', 'week', 'month', 'anniversary'];

function periodOf(draft: Draft, errors: Errors): Period {
  const { kind } = draft;
  const calendar = calendarKinds.includes(kind);
  const anchor_day = kind === 'anniversary' ? whole(draft.anchor_day, 1, 31) : 1;
  const days = kind === 'rolling' ? whole(draft.days, 1, 366) : 30;
  const starts_at = kind === 'once' ? fromLocalInput(draft.starts_at) : undefined;
  const ends_at = kind === 'once' ? fromLocalInput(draft.ends_at) : undefined;
  if (calendar && !draft.zone.trim()) errors.zone = 'Name the time zone in which days begin.';
  if (anchor_day === undefined) errors.anchor_day = 'A day from 1 to 31.';
  if (days === undefined) errors.days = 'From 1 to 366 days.';
  if (starts_at !== undefined && ends_at !== undefined && ends_at <= starts_at) errors.ends_at = 'The end lies before the start.';
  return {
    kind, zone: calendar ? draft.zone.trim() : 'UTC', anchor_day: anchor_day ?? 1, days: days ?? 30,
    ...(starts_at === undefined ? {} : { starts_at }), ...(ends_at === undefined ? {} : { ends_at }),
  };
}

/** What is typed as a limit, or what is wrong with it, by member. */
export function toLimit(draft: Draft): { limit: Limit; errors: Errors } {
  const errors: Errors = {};
  const bytes = toBytes(draft.amount.text, draft.amount.unit);
  const buffer_bytes = toBytes(draft.buffer.text || '0', draft.buffer.unit);
  const thresholds = parseThresholds(draft.thresholds);
  if (!draft.subject.trim()) errors.subject = draft.subject_kind === 'user' ? 'Name the user.' : 'Name the group.';
  if (!bytes) errors.bytes = 'A number above zero.';
  if (buffer_bytes === undefined) errors.buffer_bytes = 'A number, or 0 for none.';
  else if (bytes && buffer_bytes >= bytes) errors.buffer_bytes = 'Must be smaller than the limit.';
  if (!thresholds) errors.thresholds = 'Percentages from 1 to 100, such as 50, 80, 95.';
  const period = periodOf(draft, errors);
  const limit: Limit = {
    id: draft.id, subject_kind: draft.subject_kind, subject: draft.subject.trim(), direction: draft.direction, bytes: bytes ?? 0, period,
    buffer_bytes: buffer_bytes ?? 0, thresholds: thresholds ?? [], enforce: draft.enforce, kernel_stop: draft.enforce && draft.kernel_stop, note: draft.note.trim(),
    created_at: 0, created_by: '',
  };
  return { limit, errors };
}

/** A 422 of the server at the members that it names; what has no place in the form is told for the form as a whole. */
export function placeProblem(error: unknown): { errors: Errors; general: string | undefined } {
  const text = error instanceof Error ? error.message : 'The reason is not known.';
  const named = error instanceof ApiError ? Object.entries(error.problem.members ?? {}) : [];
  const errors: Errors = {};
  for (const [path, what] of named) {
    const last = path.replace(/\[\d+\]$/, '').split('.').at(-1);
    const member = members.find((name) => name === last);
    if (member) errors[member] = sentence(what);
  }
  return { errors, general: Object.keys(errors).length > 0 && Object.keys(errors).length >= named.length ? undefined : text };
}
