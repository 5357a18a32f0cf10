import { describe, expect, it } from 'vitest';
import { ApiError } from '../../api/client';
import type { Limit } from '../../api/types.gen';
import { draftOf, parseThresholds, placeProblem, toLimit } from './limit-form';

const limit: Limit = {
  id: 7, subject_kind: 'each', subject: 'press', direction: 'down', bytes: 50e9, period: { kind: 'anniversary', zone: 'Asia/Tokyo', anchor_day: 12, days: 30 }, buffer_bytes: 5e6,
  thresholds: [50, 80], enforce: true, kernel_stop: true, note: 'n', created_at: 5, created_by: 'dana',
};
const refusal = (members: Record<string, string> | undefined, status = 422) =>
  new ApiError({ type: '', title: '', status, detail: 'period.zone is not a time zone', request_id: '', ...(members ? { members } : {}) });

describe('the form of a limit', () => {
  it('gives back what it was given', () => expect(toLimit(draftOf(limit))).toEqual({ limit: { ...limit, created_at: 0, created_by: '' }, errors: {} }));
  it('names every member that is wrong', () =>
    expect(Object.keys(toLimit({ ...draftOf(limit), subject: ' ', amount: { text: '0', unit: 'GB' }, anchor_day: '32', zone: '', thresholds: '50, x' }).errors).sort()).toEqual(['anchor_day', 'bytes', 'subject', 'thresholds', 'zone']));
  it('asks only for what the kind of period needs', () =>
    expect(toLimit({ ...draftOf(limit), kind: 'rolling', zone: '', anchor_day: '99', days: '7' })).toMatchObject({ errors: {}, limit: { period: { kind: 'rolling', days: 7, anchor_day: 1, zone: 'UTC' } } }));
  it('wants the end of a stretch after its start', () =>
    expect(toLimit({ ...draftOf(limit), kind: 'once', starts_at: '2026-11-21T10:00', ends_at: '2026-11-20T10:00' }).errors.ends_at).toBeDefined());
  it('lets a stretch be without an end', () => expect(toLimit({ ...draftOf(limit), kind: 'once' }).limit.period).not.toHaveProperty('ends_at'));
  it('does not stop early by more than the limit', () => expect(toLimit({ ...draftOf(limit), buffer: { text: '50', unit: 'GB' } }).errors.buffer_bytes).toBeDefined());
  it('stops in the kernel only who is stopped', () => expect(toLimit({ ...draftOf(limit), enforce: false }).limit.kernel_stop).toBe(false));
  it('reads thresholds in any order, each once', () => expect([parseThresholds('95, 50 80;50'), parseThresholds(''), parseThresholds('0'), parseThresholds('101')]).toEqual([[50, 80, 95], [], undefined, undefined]));
});

describe('a refusal of the server', () => {
  it('is shown at the member that it names', () => expect(placeProblem(refusal({ 'period.zone': 'is not a time zone' }))).toEqual({ errors: { zone: 'Is not a time zone.' }, general: undefined }));
  it('is shown for the form when a member has no place in it', () => expect(placeProblem(refusal({ 'period.zone': 'is bad', colour: 'is unknown' })).general).toBe('period.zone is not a time zone'));
  it('is shown for the form when it names none', () => expect(placeProblem(refusal(undefined, 409))).toEqual({ errors: {}, general: 'period.zone is not a time zone' }));
});
