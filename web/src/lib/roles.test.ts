import { describe, expect, it } from 'vitest';
import type { Account } from '../api/types.gen';
import { isInGroup, isLastAdmin, mayOf, rolesWithin } from './roles';

const account = (over: Partial<Account>): Account => ({ name: 'ann', role: 'admin', origin: 'local', scope: [], second_factor: false, created_at: 0, ...over });

describe('what a role may', () => {
  it('is nothing before it is known', () => expect(Object.values(mayOf(undefined)).some(Boolean)).toBe(false));
  it('lets a viewer only see', () => expect(mayOf({ role: 'viewer', scope: [] })).toMatchObject({ act: false, see_accounts: false, see_audit: false }));
  it('lets an auditor read accounts and the audit log, and act on nothing', () => expect(mayOf({ role: 'auditor', scope: [] })).toMatchObject({ act: false, lay_down: false, see_accounts: true, see_audit: true, administer: false }));
  it('lets an operator act, and lay down nothing', () => expect(mayOf({ role: 'operator', scope: [] })).toMatchObject({ act: true, lay_down: false, see_audit: false }));
  it('keeps an admin of some servers from what is about all', () => expect(mayOf({ role: 'admin', scope: ['europe'] })).toMatchObject({ act: true, act_widely: false, lay_down: false, see_accounts: false, administer: false, scoped: true }));
});

describe('the role of a token', () => {
  it('is at most that of its account', () => {
    expect(rolesWithin('viewer')).toEqual(['viewer']);
    expect(rolesWithin('auditor')).toEqual(['viewer', 'auditor']);
    expect(rolesWithin('operator')).toEqual(['viewer', 'operator']);
    expect(rolesWithin('admin')).toEqual(['viewer', 'auditor', 'operator', 'admin']);
  });
});

describe('the last admin', () => {
  it('is the only one who sees every server', () => {
    const ann = account({});
    expect(isLastAdmin(ann, [ann, account({ name: 'bob', role: 'operator' })])).toBe(true);
    expect(isLastAdmin(ann, [ann, account({ name: 'bob', scope: ['europe'] })])).toBe(true);
    expect(isLastAdmin(ann, [ann, account({ name: 'bob' })])).toBe(false);
  });
});

describe('a server group', () => {
  it('holds servers by name, and by how they begin', () => {
    expect(isInGroup('fra-1', ['hel-1', 'fra-1'])).toBe(true);
    expect(isInGroup('fra-1', ['fra-*'])).toBe(true);
    expect(isInGroup('fra-1', ['fra'])).toBe(false);
    expect(isInGroup('fra-1', [])).toBe(false);
  });
});
