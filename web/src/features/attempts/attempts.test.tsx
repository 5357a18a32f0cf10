import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Attempt, AttemptPage as Page } from '../../api/types.gen';
import { liveStore } from '../../live/use-live';
import { draw, press } from '../../ui/test-render';
import { AttemptCard, rowKey, whyText } from './columns';
import { Countries } from './countries';
import AttemptsPage from './page';

const attempt = (over: Partial<Attempt>): Attempt => ({ address: '198.51.100.7', protocol: 'udp', port: 1194, outcome: 'refused', why: '[UFW BLOCK]', user: '', server: 'door', count: 3, first_at: 900, last_at: 1000, ...over });
let answer: Page;
let asked: string[];
let stop: () => Promise<void>;

beforeEach(() => {
  asked = [];
  answer = { items: [attempt({})], countries: [{ country_code: 'NL', country: 'Netherlands', refused: 3, failed: 0, accepted: 0 }], total: 1 };
  history.replaceState(null, '', '/attempts');
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return new Response(JSON.stringify(answer));
  });
});
afterEach(async () => {
  await stop?.();
  vi.unstubAllGlobals();
});

async function page() {
  liveStore.apply({ kind: 'snapshot', number: 1, at: 1000, sessions: [], servers: [], events: [], quotas: [], jobs: [], agents: [], incidents: [] }, Date.now());
  const drawn = await draw(<AttemptsPage />);
  stop = drawn.stop;
  await act(async () => new Promise((resolve) => setTimeout(resolve, 0)));
  return drawn;
}

it('asks for the last day and for the outcome that is pressed', async () => {
  const { host, text } = await page();
  expect(asked.at(-1)).toMatch(/hours=24/);
  expect(text()).toContain('Netherlands');
  const failed = [...host.querySelectorAll('button')].find((button) => button.textContent === 'Failed');
  await press(failed);
  await act(async () => new Promise((resolve) => setTimeout(resolve, 0)));
  expect(asked.at(-1)).toMatch(/outcome=failed/);
});

it('says how to begin when no log is read', async () => {
  answer = { items: [], countries: [], total: 0 };
  const { text } = await page();
  expect(text()).toContain('[[source.firewall]]');
});

it('draws hostile names as text', async () => {
  const drawn = await draw(<AttemptCard row={attempt({ user: '<img src=x>\u202e', why: 'auth_failed', outcome: 'failed' })} now={1000} />);
  stop = drawn.stop;
  expect(drawn.host.querySelector('img')).toBeNull();
  expect(drawn.text()).toContain('<img src=x>');
  expect(drawn.text()).not.toContain('\u202e');
  expect(drawn.text()).toContain('Wrong name or password');
});

it('sums the countries that are not drawn', async () => {
  const countries = Array.from({ length: 11 }, (_, index) => ({ country_code: `A${String.fromCharCode(65 + index)}`, refused: 10, failed: 1, accepted: 0 }));
  const drawn = await draw(<Countries countries={countries} />);
  stop = drawn.stop;
  expect(drawn.text()).toContain('3 more33');
});

it('tells rows apart and reasons in words', () => {
  expect(rowKey(attempt({}))).not.toBe(rowKey(attempt({ outcome: 'accepted' })));
  expect(whyText('auth_failed')).toBe('Wrong name or password');
  expect(whyText('some_other_thing')).toBe('some other thing');
  expect(whyText('[VPN-CONN] ')).toBe('[VPN-CONN] ');
});
