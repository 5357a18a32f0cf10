import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { draw } from '../ui/test-render';
import { liveStore, useCutOff } from '../live/use-live';

const Probe = () => <>{useCutOff() ? 'cut off' : 'calm'}</>;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('says nothing of a break of under three seconds', async () => {
  liveStore.apply({ kind: 'snapshot', number: 1, at: 1, sessions: [], servers: [], events: [], quotas: [], jobs: [], agents: [], incidents: [] }, Date.now());
  const probe = await draw(<Probe />);
  const wait = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
  await act(async () => liveStore.beginLine());
  await wait(2900);
  expect(probe.text()).toBe('calm');
  await wait(200);
  expect(probe.text()).toBe('cut off');
  await act(async () => void liveStore.apply({ kind: 'snapshot', number: 1, at: 1, sessions: [], servers: [], events: [], quotas: [], jobs: [], agents: [], incidents: [] }, Date.now()));
  expect(probe.text()).toBe('calm');
  await probe.stop();
});
