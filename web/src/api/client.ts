import { atBase, basePath } from '../lib/base';
import { readSetting, writeSetting } from '../lib/storage';
import { isPassing, pause, pauseMs } from './patience';
import type { Problem } from './types.gen';

/** An answer that is not a success, in the words of the server. Status 0: no answer at all. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
  }
  get status(): number {
    return this.problem.status;
  }
}

const signedOutListeners = new Set<() => void>();

/** Called when the server no longer knows this browser and renewing the login did not help. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

export const announceSignedOut = (): void => signedOutListeners.forEach((listener) => listener());

export async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(atBase(path), { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw noAnswer();
  }
}

const noAnswer = () =>
  new ApiError({
    type: 'about:blank', title: 'No answer', status: 0, request_id: '',
    detail: 'The server did not answer. Is Davylamp running, and is the network up?',
  });

/** Asks again, a few times, while the daemon behind a proxy restarts. Only for what changes nothing. */
async function sendPatiently(path: string, init: RequestInit): Promise<Response> {
  for (let tried = 0; ; tried += 1) {
    const answer = await send(path, init).catch((error: unknown) => {
      if (error instanceof ApiError) return error;
      throw error;
    });
    const asked = answer instanceof Response ? Number(answer.headers.get('retry-after') ?? NaN) : NaN;
    const wait = isPassing(answer.status) ? pauseMs(tried, Number.isFinite(asked) ? asked : undefined, Math.random()) : undefined;
    if (wait !== undefined) await pause(wait, init.signal);
    else if (answer instanceof Response) return answer;
    else throw answer;
  }
}

export async function toError(response: Response): Promise<ApiError> {
  const fallback: Problem = {
    type: 'about:blank', title: response.statusText || 'Error', status: response.status,
    detail: isPassing(response.status) ? 'A part of Davylamp is restarting, or its proxy cannot reach it. Try again in a moment.' : `The server said ${response.status}.`, request_id: response.headers.get('x-request-id') ?? '',
  };
  try {
    const body = (await response.json()) as Partial<Problem>;
    return new ApiError({ ...fallback, ...body, status: response.status });
  } catch {
    return new ApiError(fallback);
  }
}

export type RefreshResult = 'renewed' | 'denied' | 'unreachable';
let refreshing: Promise<RefreshResult> | undefined;

async function postRefresh(asked_at_ms: number): Promise<RefreshResult> {
  // The refresh token rotates: when another tab has just used it, ours is already the new one.
  if (Number(readSetting(`renewed${basePath()}`) ?? 0) > asked_at_ms) return 'renewed';
  try {
    const response = await send('/api/v1/auth/refresh', { method: 'POST' });
    if (response.ok) writeSetting(`renewed${basePath()}`, String(Date.now()));
    if (response.ok) return 'renewed';
    return response.status === 401 || response.status === 403 ? 'denied' : 'unreachable';
  } catch {
    return 'unreachable';
  }
}

/** Renews the login. Everyone who asks while one renewal is under way, in this tab or another, shares its result. */
export function refresh(): Promise<RefreshResult> {
  const asked_at_ms = Date.now();
  const locks = globalThis.navigator?.locks;
  const run = () => postRefresh(asked_at_ms);
  refreshing ??= (locks ? locks.request(`davylamp-refresh${basePath()}`, run) : run()).finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

const longestCheckMs = 5000;

/** Whether this browser is still signed in; renews the login only when it must, since each renewal uses up a token. A renewal under way is never broken off: its answer may be the only one that holds the new token. */
export async function checkLogin(): Promise<RefreshResult> {
  try {
    const response = await send('/api/v1/me', { signal: AbortSignal.timeout(longestCheckMs) });
    if (response.ok) return 'renewed';
    return response.status === 401 ? await refresh() : 'unreachable';
  } catch {
    return 'unreachable';
  }
}

/** A 401 about a password or code that was typed into a form says nothing about the login. */
const aboutTyped = /:(wrong-password|wrong-code|sign-on-refused)$/;

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const ask = init.method === undefined ? sendPatiently : send;
  let response = await ask(path, init);
  if (response.status === 401) {
    const refused = await toError(response.clone());
    if (aboutTyped.test(refused.problem.type)) throw refused;
    const renewed = await refresh();
    // Nobody said that the login ended: it is only not known now.
    if (renewed === 'unreachable') throw noAnswer();
    if (renewed === 'renewed') response = await ask(path, init);
    if (renewed === 'denied' || response.status === 401) announceSignedOut();
  }
  if (!response.ok) throw await toError(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

type Verb = 'POST' | 'PUT' | 'DELETE';

/** Changes something. The answer is undefined when the server has nothing to say. A refusal is an ApiError. */
export function act<T = undefined>(verb: Verb, path: string, body?: unknown): Promise<T> {
  return request<T>(path, body === undefined ? { method: verb } : { method: verb, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

/** GET with query parameters; empty ones are left out. */
export function get<T>(path: string, params: Record<string, string | number | undefined> = {}, signal?: AbortSignal): Promise<T> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return request<T>(text ? `${path}?${text}` : path, signal ? { signal } : {});
}
