import { useEffect, useRef, useSyncExternalStore } from 'react';
import { readSetting, writeSetting } from './storage';

const listeners = new Set<() => void>();
let enabled: boolean | undefined;

const areEnabled = (): boolean => (enabled ??= readSetting('single-keys') !== 'off');

/** Single keys can be turned off (WCAG 2.1.4): they disturb people who dictate. */
export function setShortcuts(on: boolean): void {
  enabled = on;
  writeSetting('single-keys', on ? 'on' : 'off');
  for (const listener of listeners) listener();
}

export const useShortcutsEnabled = (): boolean =>
  useSyncExternalStore((listener) => (listeners.add(listener), () => listeners.delete(listener)), areEnabled);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export type Keymap = Record<string, (event: KeyboardEvent) => void>;

/** Name of a pressed key as a keymap writes it: "j", "Shift D", "Escape", "mod+k". */
export function keyName(event: KeyboardEvent): string {
  if (event.ctrlKey || event.metaKey) return `mod+${event.key.toLowerCase()}`;
  if (event.altKey) return `alt+${event.key.toLowerCase()}`;
  return event.shiftKey && /^[A-Z]$/.test(event.key) ? `Shift ${event.key}` : event.key;
}

/** Runs keymap entries for keys pressed anywhere on the page. Never in inputs, except Escape and mod+ combinations, nor below an open dialog. */
export function useShortcuts(keymap: Keymap, active = true): void {
  const current = useRef(keymap);
  current.current = keymap;
  useEffect(() => {
    if (!active) return;
    let first = '';
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const name = keyName(event);
      const combined = name.startsWith('mod+');
      if (document.querySelector('dialog[open]') && !combined) return;
      if (isTyping(event.target) && !combined) return;
      if (!combined && name !== 'Escape' && !areEnabled()) return;
      const sequence = first === 'g' ? `g ${name}` : name;
      first = name === 'g' ? 'g' : '';
      const run = current.current[sequence] ?? (sequence === name ? undefined : current.current[name]);
      if (!run) return;
      event.preventDefault();
      run(event);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [active]);
}
