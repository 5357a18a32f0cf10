import { useState } from 'react';
import { lockedSeconds } from '../../api/login';
import { useNow } from '../../lib/use-now';

/** Counts a lock-out down. `take` says whether an error was one. */
export function useLock() {
  const now = useNow(1000);
  const [until_ms, setUntil] = useState(0);
  const wait = Math.max(0, Math.ceil((until_ms - Math.max(now, Date.now())) / 1000));
  const take = (error: unknown): boolean => {
    const seconds = lockedSeconds(error);
    if (seconds !== undefined) setUntil(Date.now() + seconds * 1000);
    return seconds !== undefined;
  };
  return { wait, take };
}
