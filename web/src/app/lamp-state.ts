import { useEffect } from 'react';
import { useLocation } from 'wouter';
import lampCap from '../assets/lamp-cap.svg';
import lampOut from '../assets/lamp-out.svg';
import lampSteady from '../assets/lamp-steady.svg';
import { openProblems } from '../lib/health';
import { useFreshness, useLive } from '../live/use-live';
import type { LampState } from '../ui/lamp';
import { pageName } from './pages';

const icons: Record<LampState, string> = { steady: lampSteady, cap: lampCap, out: lampOut };

/** The one status light: out when live data does not arrive, cap when a server needs a look. */
export function useLampState(): LampState {
  const live = useLive();
  const { stale } = useFreshness();
  if (stale || (!live.has_snapshot && live.phase === 'waiting')) return 'out';
  return openProblems(live.servers).length > 0 ? 'cap' : 'steady';
}

/** Keeps the title and the icon of the browser tab in step with the lamp. */
export function useTitle(lamp: LampState): void {
  const [location] = useLocation();
  const { servers } = useLive();
  const problems = openProblems(servers).length;
  useEffect(() => {
    document.title = `${problems ? `(${problems}) ` : ''}${pageName(location)} · Davylamp`;
  }, [location, problems]);
  useEffect(() => {
    document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute('href', icons[lamp]);
  }, [lamp]);
}
