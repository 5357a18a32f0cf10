import { useEffect, useState, useSyncExternalStore } from 'react';

/** The clock of the browser in milliseconds, renewed every `step_ms`. */
export function useNow(step_ms = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), step_ms);
    return () => clearInterval(timer);
  }, [step_ms]);
  return now;
}

/** True once `on` has been so without a break for `lasting_ms`. */
export function useLasting(on: boolean, lasting_ms: number): boolean {
  const [lasted, setLasted] = useState(false);
  useEffect(() => {
    if (!on) return setLasted(false);
    const timer = setTimeout(() => setLasted(true), lasting_ms);
    return () => clearTimeout(timer);
  }, [on, lasting_ms]);
  return on && lasted;
}

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}

export const usePhone = (): boolean => useMedia('(max-width: 639px)');
export const useReducedMotion = (): boolean => useMedia('(prefers-reduced-motion: reduce)');
