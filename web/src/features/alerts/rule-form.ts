import type { AlertRule } from '../../api/types.gen';
import type { Condition } from '../../lib/incident';

/** A rule as it is typed. */
export interface RuleDraft {
  id: number;
  name: string;
  condition: Condition;
  subject: string;
  hold: string;
  clear: string;
  needed: string;
  of: string;
  severity: AlertRule['severity'];
  channels: readonly string[];
  by_clock: string;
  zone: string;
  repeat: string;
  enabled: boolean;
}

export type RuleErrors = Partial<Record<keyof RuleDraft, string>>;

const spans: Record<string, number> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** "90 s", "5 min", "2 h"; a bare number is seconds. Undefined when it is none of them. */
export function readSpan(text: string): number | undefined {
  const found = /^(\d{1,7})\s*(s|m|min|h|d)?$/i.exec(text.trim());
  const unit = spans[(found?.[2] ?? 's').toLowerCase()];
  return found?.[1] && unit ? Number(found[1]) * unit : undefined;
}

export function writeSpan(seconds: number): string {
  if (seconds > 0 && seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds > 0 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

export function toRuleDraft(rule: AlertRule): RuleDraft {
  return {
    id: rule.id, name: rule.name, condition: rule.condition, subject: rule.subject, hold: writeSpan(rule.hold_seconds), clear: writeSpan(rule.clear_seconds), needed: String(rule.needed), of: String(rule.of),
    severity: rule.severity, channels: rule.channels, by_clock: rule.by_clock ?? '', zone: rule.zone ?? '', repeat: rule.repeat_seconds ? writeSpan(rule.repeat_seconds) : '', enabled: rule.enabled,
  };
}

/** What an operator most often asks for, ready but for the name. */
export function userRule(condition: 'user_connected' | 'user_absent' | 'user_new_country', zone: string): RuleDraft {
  return { id: 0, name: '', condition, subject: '', hold: '0 s', clear: '0 s', needed: '1', of: '1', severity: condition === 'user_new_country' ? 'warning' : 'notice', channels: [], by_clock: condition === 'user_absent' ? '09:00' : '', zone: condition === 'user_absent' ? zone : '', repeat: '', enabled: true };
}

const ruleName = ({ condition, subject, by_clock }: RuleDraft): string => {
  const who = subject.trim() || 'anyone';
  if (condition === 'user_connected') return `${who} connects`;
  if (condition === 'user_absent') return `${who} did not come by ${by_clock}`;
  return condition === 'user_new_country' ? `${who} from a new country` : condition.replaceAll('_', ' ');
};

/** What is typed as a rule, or what is wrong with it, by member. */
export function toRule(draft: RuleDraft): { rule: AlertRule; errors: RuleErrors } {
  const errors: RuleErrors = {};
  const hold_seconds = readSpan(draft.hold || '0');
  const clear_seconds = readSpan(draft.clear || '0');
  const repeat_seconds = readSpan(draft.repeat || '0');
  const needed = Number(draft.needed);
  const of = Number(draft.of);
  const absent = draft.condition === 'user_absent';
  if (hold_seconds === undefined) errors.hold = 'Such as 30 s, 5 min or 2 h.';
  if (clear_seconds === undefined) errors.clear = 'Such as 30 s, 5 min or 2 h.';
  if (repeat_seconds === undefined) errors.repeat = 'Such as 30 min, or empty for once.';
  if (!Number.isInteger(needed) || !Number.isInteger(of) || needed < 1 || of < needed || of > 100) errors.needed = 'Such as 2 of 3.';
  if (absent && !draft.subject.trim()) errors.subject = 'Name the user who should come.';
  if (absent && !/^([01]\d|2[0-3]):[0-5]\d$/.test(draft.by_clock)) errors.by_clock = 'A time such as 09:00.';
  if (absent && !draft.zone.trim()) errors.zone = 'A time zone such as Europe/Berlin.';
  const rule: AlertRule = {
    id: draft.id, name: draft.name.trim() || ruleName(draft), condition: draft.condition, subject: draft.subject.trim(), hold_seconds: hold_seconds ?? 0, clear_seconds: clear_seconds ?? 0, needed, of, severity: draft.severity,
    channels: [...draft.channels], repeat_seconds: repeat_seconds ?? 0, enabled: draft.enabled, ...(absent ? { by_clock: draft.by_clock, zone: draft.zone.trim() } : {}),
  };
  return { rule, errors };
}
