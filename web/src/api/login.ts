import { useQuery } from '@tanstack/react-query';
import { atBase } from '../lib/base';
import { ApiError, get, send, toError } from './client';
import type { LoginOptions, Me, SecondFactorAnswer } from './types.gen';

/** What a login comes to: who is signed in, or the challenge that a code of the second factor answers. */
export type LoginStep = { me: Me } | { challenge: string };

const needsCode = 'urn:davylamp:problem:second-factor-needed';

function post(path: string, body?: unknown): Promise<Response> {
  return send(path, body === undefined ? { method: 'POST' } : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

/** The first step. A refusal is an ApiError: 401 for a wrong pair, 429 with retry_after_seconds when locked out. */
export async function login(account: string, password: string): Promise<LoginStep> {
  const response = await post('/api/v1/auth/login', { account, password });
  if (response.ok) return { me: (await response.json()) as Me };
  const error = await toError(response);
  const { challenge } = error.problem;
  if (error.problem.type === needsCode && challenge) return { challenge };
  throw error;
}

/** The second step, within five minutes of the first. The code may be a recovery code. */
export async function answerChallenge(answer: SecondFactorAnswer): Promise<Me> {
  const response = await post('/api/v1/auth/second-factor', answer);
  if (!response.ok) throw await toError(response);
  return (await response.json()) as Me;
}

export async function logout(): Promise<void> {
  const response = await post('/api/v1/auth/logout');
  if (!response.ok && response.status !== 401) throw await toError(response);
}

/** How one may sign in here. A server that does not say takes passwords. */
export const useLoginOptions = () =>
  useQuery({ queryKey: ['login-options'], queryFn: ({ signal }) => get<LoginOptions>('/api/v1/login-options', {}, signal), staleTime: 60_000, retry: false });

/** Where the browser goes to sign in with the identity provider; it comes back to the page by itself. */
export const providerPath = (): string => atBase('/api/v1/oidc/start');

/** How long a lock-out lasts, when it is one. */
export const lockedSeconds = (error: unknown): number | undefined => (error instanceof ApiError && error.status === 429 ? (error.problem.retry_after_seconds ?? 30) : undefined);
