import { useEffect } from 'react';
import { useLocation } from 'wouter';
import lampCap from '../assets/lamp-cap.svg';
import lampOut from '../assets/lamp-out.svg';
import lampSteady from '../assets/lamp-steady.svg';
import { useCutOff, useFreshness, useLive } from '../live/use-live';
import { useTroubles } from '../live/use-troubles';
import type { Trouble } from '../lib/troubles';
import type { LampState } from '../ui/lamp';
import { pageName } from './pages';

const icons: Record<LampState, string> = { steady: lampSteady, cap: lampCap, out: lampOut };

const isFault = (trouble: Trouble): boolean => trouble.key !== 'quotas';

/** The one status light: out when live data does not arrive, cap when something needs a look: a server, a certificate, a job, a loss. Who is stopped by a quota is as it should be. */
export function useLampState(): LampState {
  const live = useLive();
  const { stale } = useFreshness();
  const cutOff = useCutOff();
  const troubles = useTroubles();
  if (stale || (!live.has_snapshot && cutOff)) return 'out';
  return troubles.some(isFault) ? 'cap' : 'steady';
}

/** Keeps the icon of the browser tab in step with the lamp; its title counts what is critical. */
export function useTitle(lamp: LampState): void {
  const [location] = useLocation();
  const critical = useTroubles().filter((trouble) => trouble.shape === 'crit' && isFault(trouble)).length;
  useEffect(() => {
    document.title = `${critical ? `(${critical}) ` : ''}${pageName(location)} · Davylamp`;
  }, [location, critical]);
  useEffect(() => {
    document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute('href', icons[lamp]);
  }, [lamp]);
}
