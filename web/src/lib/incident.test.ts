import { describe, expect, it } from 'vitest';
import { foldedText, groupOf, inGroup, openIncidents, spanText, standingText } from './incident';
import { dayLanes, dayScale } from './lanes';
import { anIncident } from './test-agent';
import { openTroubles } from './troubles';

const ids = (incidents: { id: number }[]) => incidents.map(({ id }) => id);

describe('incidents in their groups', () => {
  const all = [
    anIncident({ id: 1, severity: 'warning', since_at: 10 }), anIncident({ id: 2, since_at: 5, acknowledged_at: 6 }), anIncident({ id: 3, since_at: 7 }), anIncident({ id: 4, silence_id: 9 }), anIncident({ id: 5, state: 'resolved', resolved_at: 20 }),
    anIncident({ id: 6, state: 'pending' }), anIncident({ id: 7, folded_into: 3 }), anIncident({ id: 8, state: 'resolved', resolved_at: 30 }),
  ];
  it('list as open what nobody has taken first, then the gravest', () => expect(ids(openIncidents(all))).toEqual([3, 1, 2]));
  it('keep what is silenced apart, and what is over newest first', () => expect([ids(inGroup(all, 'silenced')), ids(inGroup(all, 'closed'))]).toEqual([[4], [8, 5]]));
  it('show neither what may still pass nor what another explains', () => expect([groupOf(anIncident({ state: 'pending' })), groupOf(anIncident({ folded_into: 1 }))]).toEqual([undefined, undefined]));
});

it('says how it stands in a line', () => {
  expect(foldedText({ folded: 23 })).toBe('23 incidents folded in');
  expect(standingText(anIncident({ folded: 23, text: '71 of 74 came back' }), undefined)).toBe('23 incidents folded in. 71 of 74 came back');
  expect(standingText(anIncident({ silence_id: 1 }), { id: 1, maintenance: false, subject: '', starts_at: 0, ends_at: 9, reason: 'on the road\u202e', made_by: 'dk' })).toBe('dk: on the road⟨U+202E⟩');
  expect(standingText(anIncident({ acknowledged_at: 1, acknowledged_by: 'dana' }), undefined)).toBe('dana has taken it');
  expect(spanText(anIncident({ since_at: 10 }), 37)).toBe('open for 27 s');
  expect(spanText(anIncident({ since_at: 10, resolved_at: 250 }), 999)).toBe('lasted 4 m');
  expect(spanText(anIncident({ since_at: 10, resolved_at: 10 }), 999)).toBe('told once');
});

describe('the lanes of a day', () => {
  const lanesOf = (...incidents: ReturnType<typeof anIncident>[]) => Object.fromEntries(dayLanes(incidents, 1000, 5000).map(({ lane, bars, rows }) => [lane, { rows, bars: bars.map(({ incident, from, to, row }) => [incident.id, from, to, row]) }]));
  it('sort by kind and end at now what is open', () => {
    const day = lanesOf(anIncident({ id: 1, since_at: 4000 }), anIncident({ id: 2, condition: 'quota_near', since_at: 2000, resolved_at: 3000, state: 'resolved' }), anIncident({ id: 3, condition: 'user_connected', since_at: 2000, resolved_at: 2000, state: 'resolved' }));
    expect([day.Leaks?.bars, day.Quotas?.bars, day.Users?.bars, day.Other?.bars]).toEqual([[[1, 4000, 5000, 0]], [[2, 2000, 3000, 0]], [[3, 2000, 2000, 0]], []]);
  });
  it('put those that overlap in two rows, and begin at midnight what is older', () => {
    const day = lanesOf(anIncident({ id: 1, since_at: 500 }), anIncident({ id: 2, since_at: 2000, resolved_at: 3000, state: 'resolved' }), anIncident({ id: 3, since_at: 3500 }));
    expect(day.Leaks).toEqual({ rows: 2, bars: [[1, 1000, 5000, 0], [2, 2000, 3000, 1], [3, 3500, 5000, 1]] });
  });
  it('leave out what was over before, what is folded and what is pending', () =>
    expect(lanesOf(anIncident({ id: 1, since_at: 10, resolved_at: 20, state: 'resolved' }), anIncident({ id: 2, folded_into: 1 }), anIncident({ id: 3, state: 'pending' })).Leaks?.bars).toEqual([]));
  it('have a mark every second hour until a little after now', () => {
    expect(dayScale(0, 14.5 * 3600)).toMatchObject({ to: 16 * 3600 });
    expect(dayScale(0, 23.9 * 3600)).toMatchObject({ to: 24 * 3600 });
    expect(dayScale(0, 60).marks).toHaveLength(7);
  });
});

describe('troubles from incidents', () => {
  const known = { servers: [], quotas: [], losses: [], now: 0 };
  it('come first when critical, and are not said twice', () => {
    const troubles = openTroubles({ ...known, jobs: [{ name: 'backup', ok: false, began_at: 1, ended_at: 2, text: 'no room' }], incidents: [anIncident({ id: 4, condition: 'job_failed', subject: 'backup', severity: 'warning', title: 'The job backup failed' }), anIncident({ id: 5 })] });
    expect(troubles.map(({ title, path }) => [title, path])).toEqual([['home-nas leaks DNS', '/alerts/5'], ['The job backup failed', '/alerts/4']]);
  });
  it('are none for a notice, or for what is silenced', () => expect(openTroubles({ ...known, jobs: [], incidents: [anIncident({ severity: 'notice' }), anIncident({ id: 2, silence_id: 1 })] })).toEqual([]));
});
