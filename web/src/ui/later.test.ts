import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { actLater, actNow, knownActs, stopAct } from './later';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  for (const { id } of knownActs()) stopAct(id);
  vi.useRealTimers();
});

describe('a dangerous act', () => {
  it('waits ten seconds, then is carried out once', async () => {
    const run = vi.fn(async () => 'Done.');
    actLater({ doing: 'Kicking ann', run });
    await vi.advanceTimersByTimeAsync(9_900);
    expect(run).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(run).toHaveBeenCalledOnce();
    expect(knownActs()[0]).toMatchObject({ stage: 'done', text: 'Done.' });
  });

  it('can be stopped while it waits', async () => {
    const run = vi.fn(async () => '');
    stopAct(actLater({ doing: 'Kicking ann', run }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(run).not.toHaveBeenCalled();
    expect(knownActs()).toEqual([]);
  });

  it('can be hurried, and still runs once', async () => {
    const run = vi.fn(async () => '');
    await actNow(actLater({ doing: 'Kicking ann', run }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(run).toHaveBeenCalledOnce();
  });

  it('says in the words of the server why it did not work', async () => {
    await actNow(actLater({ doing: 'Kicking ann', run: () => Promise.reject(new Error('gru-1 did not answer.')) }));
    expect(knownActs()[0]).toMatchObject({ stage: 'failed', text: 'gru-1 did not answer.' });
  });
});
