import type { Condition } from '../../lib/incident';
import { fromLocalInput, nextMidnight } from '../../lib/until';

export type Until = 'hour' | 'four' | 'midnight' | 'week' | 'date';

export interface SilenceDraft {
  subject: string;
  condition: Condition | undefined;
  maintenance: boolean;
  until: Until;
  date: string;
  /** Of a maintenance window: when it begins; empty for now. */
  from: string;
  reason: string;
}

export interface SilenceRequest {
  subject: string;
  condition?: Condition;
  maintenance: boolean;
  starts_at: number;
  ends_at: number;
  reason: string;
}

/** What is typed as a silence. It always has an end and a reason. */
export function toSilence(draft: SilenceDraft, now: number): { silence: SilenceRequest; errors: { until?: string; from?: string; reason?: string } } {
  const errors: { until?: string; from?: string; reason?: string } = {};
  const starts_at = draft.from ? fromLocalInput(draft.from) : now;
  const begin = starts_at ?? now;
  const ends: Record<Until, number | undefined> = { hour: begin + 3600, four: begin + 4 * 3600, midnight: nextMidnight(begin), week: begin + 7 * 86_400, date: fromLocalInput(draft.date) };
  const ends_at = ends[draft.until];
  if (starts_at === undefined) errors.from = 'Give a date and a time.';
  if (ends_at === undefined) errors.until = 'Give a date and a time.';
  else if (ends_at <= Math.max(begin, now)) errors.until = 'The end lies before the start, or is past.';
  if (!draft.reason.trim()) errors.reason = 'Say why: others will read it.';
  return {
    errors,
    silence: { subject: draft.subject.trim(), maintenance: draft.maintenance, starts_at: begin, ends_at: ends_at ?? begin, reason: draft.reason.trim(), ...(draft.condition ? { condition: draft.condition } : {}) },
  };
}
