import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { ApiError, onSignedOut } from '../api/client';
import { isPassing } from '../api/patience';
import { pathHere } from '../lib/base';
import { liveSocket } from '../live/use-live';

/** Refusals are final, and a server that does not answer was asked several times already. */
const retry = (failures: number, error: unknown): boolean =>
  failures < 1 && !(error instanceof ApiError && (isPassing(error.status) || (error.status >= 400 && error.status < 500)));

function makeClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry, staleTime: 5_000, refetchOnWindowFocus: false } } });
}

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  const [, navigate] = useLocation();
  useEffect(
    () =>
      onSignedOut(() => {
        liveSocket.stop();
        client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'about' });
        if (pathHere() === '/login') return;
        navigate(`/login?next=${encodeURIComponent(pathHere() + location.search)}`, { replace: true });
      }),
    [client, navigate],
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
