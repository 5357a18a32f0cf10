import { afterEach, expect, it, vi } from 'vitest';
import { mayOf } from '../lib/roles';
import { aMe } from '../lib/test-house';
import { draw, press } from '../ui/test-render';
import { fakeServer, settle } from '../ui/test-server';
import { isHidden, pageName, usePages } from './pages';
import { ScopeSwitcher } from './scope-switcher';

afterEach(() => vi.unstubAllGlobals());

function Probe() {
  const { main, all, gear } = usePages();
  return <>{main.map(({ name }) => name).join(' ')} | {all.length - main.length} | {gear?.name ?? 'none'}</>;
}

it.each([
  [aMe(), 'Overview Sessions Users Agents Quotas Alerts Servers Attempts | 3 | Settings'],
  [aMe({ role: 'auditor' }), 'Overview Sessions Users Agents Quotas Alerts Servers Attempts | 3 | Settings'],
  [aMe({ role: 'viewer' }), 'Overview Sessions Users Agents Quotas Alerts Servers Attempts | 2 | System'],
  [aMe({ role: 'operator', scope: ['europe'] }), 'Overview Sessions Users Alerts Servers Attempts | 1 | none'],
])('shows each account the pages that are for it: $role $scope', async (me, pages) => {
  fakeServer({ 'GET /api/v1/me': me });
  const page = await draw(<Probe />);
  await settle();
  expect(page.text()).toBe(pages);
  await page.stop();
});

it('hides what belongs to no server from who sees only some, also behind its address', () => {
  const some = mayOf(aMe({ scope: ['europe'] }));
  expect(['/agents/home-nas', '/quotas', '/system', '/settings/audit'].map((path) => isHidden(path, some))).toEqual([true, true, true, true]);
  expect(['/', '/sessions/3', '/users/ann', '/alerts/7', '/servers', '/attempts', '/account', '/nowhere'].some((path) => isHidden(path, some))).toBe(false);
  expect(isHidden('/agents', mayOf(aMe()))).toBe(false);
});

it('says whose servers are seen', async () => {
  fakeServer({ 'GET /api/v1/me': aMe({ scope: ['europe', 'asia'] }) });
  const page = await draw(<ScopeSwitcher />);
  await settle();
  expect(page.text()).toContain('Your servers');
  await press(page.host.querySelector('button'));
  expect(page.host.querySelector('[data-testid="scope-of"]')?.textContent).toBe('You see the servers of: europe, asia');
  await page.stop();
});

it('names a page by its address', () => expect(['/', '/settings/audit', '/account', '/sessions/3', '/nowhere'].map(pageName)).toEqual(['Overview', 'Settings', 'Account', 'Sessions', 'Davylamp']));
