import { send, toError } from './client';
import type { Me } from './types.gen';

/** Signs in. A refusal is an ApiError: 401 for a wrong pair, 429 with retry_after_seconds when locked out. */
export async function login(account: string, password: string): Promise<Me> {
  const response = await send('/api/v1/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ account, password }),
  });
  if (!response.ok) throw await toError(response);
  return (await response.json()) as Me;
}

export async function logout(): Promise<void> {
  const response = await send('/api/v1/auth/logout', { method: 'POST' });
  if (!response.ok && response.status !== 401) throw await toError(response);
}
