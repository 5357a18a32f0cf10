import { Suspense } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { draw } from '../ui/test-render';
import { PageBoundary, loadPatiently } from './page-boundary';

const Page = () => <>the page</>;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('asks again for a part that did not come while a daemon restarts', async () => {
  const load = vi.fn().mockRejectedValueOnce(new TypeError('gone')).mockRejectedValueOnce(new TypeError('gone')).mockResolvedValue({ default: Page });
  const loaded = loadPatiently(load);
  await vi.advanceTimersByTimeAsync(1200);
  expect((await loaded).default).toBe(Page);
});

it('gives up after a few seconds', async () => {
  const load = vi.fn().mockRejectedValue(new TypeError('gone'));
  const loaded = expect(loadPatiently(load)).rejects.toThrow('did not come');
  await vi.advanceTimersByTimeAsync(5000);
  await loaded;
  expect(load.mock.calls.length).toBeLessThanOrEqual(4);
});

it('says that a page failed, and leaves what is around it', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const Broken = () => {
    throw new Error('It broke.');
  };
  const drawn = await draw(<>navigation <PageBoundary><Suspense fallback={null}><Broken /></Suspense></PageBoundary></>);
  expect(drawn.text()).toContain('navigation');
  expect(drawn.text()).toContain('Could not show this page');
  expect(drawn.text()).toContain('It broke.');
  await drawn.stop();
});
