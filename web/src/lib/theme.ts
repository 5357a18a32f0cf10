import { useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from './storage';

export type ThemeChoice = 'dark' | 'light' | 'system';
export type Theme = 'dark' | 'light';

const listeners = new Set<() => void>();
let choice: ThemeChoice = 'dark';

const prefersLight = (): MediaQueryList => matchMedia('(prefers-color-scheme: light)');
const resolve = (): Theme => (choice === 'system' ? (prefersLight().matches ? 'light' : 'dark') : choice);

function apply(): void {
  document.documentElement.dataset.theme = resolve();
  for (const listener of listeners) listener();
}

/** Reads the stored choice; called once before the first paint. The room is dark unless someone chose otherwise. */
export function startTheme(): void {
  const stored = readSetting('theme');
  if (stored === 'light' || stored === 'system' || stored === 'dark') choice = stored;
  prefersLight().addEventListener('change', apply);
  apply();
}

export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  writeSetting('theme', next);
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useThemeChoice = (): ThemeChoice => useSyncExternalStore(subscribe, () => choice);
export const useTheme = (): Theme => useSyncExternalStore(subscribe, resolve);
