import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

/** Asks again for everything that an act may have changed: limits, users, sessions. The stream brings the rest. */
export function useRefresh(): () => void {
  const client = useQueryClient();
  return useCallback(() => {
    for (const key of ['limits', 'quotas', 'user', 'users', 'session', 'sessions', 'periods', 'audit']) void client.invalidateQueries({ queryKey: [key] });
  }, [client]);
}
