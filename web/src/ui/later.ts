import { useSyncExternalStore } from 'react';

type Stage = 'waiting' | 'running' | 'done' | 'failed';

/** Something that was asked for and waits, runs, or came to an end. */
export interface Act {
  id: number;
  /** What happens, without its end: "Kicking ann". */
  doing: string;
  stage: Stage;
  /** When it is carried out by itself, by the clock of the browser. */
  due_ms: number;
  /** What came of it. */
  text: string;
  /** A way back, while it is offered. */
  undo?: (() => void) | undefined;
}

interface Request {
  doing: string;
  /** Carries it out and resolves to what came of it. */
  run: () => Promise<string>;
  wait_seconds?: number;
}

/** Dangerous acts wait this long, so that they can be stopped. */
export const waitSeconds = 10;
const shownMs = 8000;
const failureShownMs = 30_000;

let acts: readonly Act[] = [];
let lastId = 0;
const listeners = new Set<() => void>();
const timers = new Map<number, ReturnType<typeof setTimeout>>();
const runs = new Map<number, () => Promise<string>>();

function publish(next: readonly Act[]): void {
  acts = next;
  for (const listener of listeners) listener();
}

const change = (id: number, part: Partial<Act>): void => publish(acts.map((act) => (act.id === id ? { ...act, ...part } : act)));

function arm(id: number, wait_ms: number, then: () => void): void {
  clearTimeout(timers.get(id));
  timers.set(id, setTimeout(then, wait_ms));
}

/** Takes it away. What still waits is not carried out. */
export function stopAct(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  runs.delete(id);
  publish(acts.filter((act) => act.id !== id));
}

/** Carries it out without waiting any longer. */
export async function actNow(id: number): Promise<void> {
  const run = runs.get(id);
  if (!run) return;
  runs.delete(id);
  clearTimeout(timers.get(id));
  change(id, { stage: 'running' });
  try {
    change(id, { stage: 'done', text: await run() });
    arm(id, shownMs, () => stopAct(id));
  } catch (error) {
    change(id, { stage: 'failed', text: error instanceof Error ? error.message : 'The reason is not known.' });
    arm(id, failureShownMs, () => stopAct(id));
  }
}

/** Asks for something to be done after a while in which it can be stopped. */
export function actLater({ doing, run, wait_seconds = waitSeconds }: Request): number {
  const id = (lastId += 1);
  runs.set(id, run);
  publish([...acts, { id, doing, stage: 'waiting', due_ms: Date.now() + wait_seconds * 1000, text: '' }]);
  arm(id, wait_seconds * 1000, () => void actNow(id));
  return id;
}

/** Says what happened, with a way back for a while. */
export function tell(text: string, undo?: () => void): void {
  const id = (lastId += 1);
  publish([...acts, { id, doing: '', stage: 'done', due_ms: Date.now() + waitSeconds * 1000, text, undo }]);
  arm(id, undo ? waitSeconds * 1000 : shownMs, () => stopAct(id));
}

/** Says that something did not work. */
export function tellFailure(doing: string, error: unknown): void {
  const id = (lastId += 1);
  publish([...acts, { id, doing, stage: 'failed', due_ms: 0, text: error instanceof Error ? error.message : 'The reason is not known.' }]);
  arm(id, failureShownMs, () => stopAct(id));
}

export const knownActs = (): readonly Act[] => acts;

export const useActs = (): readonly Act[] => useSyncExternalStore((listener) => (listeners.add(listener), () => listeners.delete(listener)), knownActs);
