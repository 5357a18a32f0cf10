import { act } from 'react';
import { vi } from 'vitest';

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

type Answers = Record<string, unknown>;

/** Answers of a server by "METHOD /path"; a status and a body, or the body alone, or what makes one of the address. What has none is 404. */
export function fakeServer(answers: Answers) {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    const method = init?.method ?? 'GET';
    const [path = ''] = url.split('?');
    asked.push({ method, path: url, body: init?.body === undefined ? undefined : JSON.parse(String(init.body)) });
    const known = answers[`${method} ${path}`];
    const answer = typeof known === 'function' ? (known as (url: string) => unknown)(url) : known;
    const [status, body] = Array.isArray(answer) ? (answer as [number, unknown]) : [answer === undefined ? 404 : 200, answer ?? { detail: 'There is no such thing.' }];
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  });
  const done = (method: string) => asked.filter((one) => one.method === method);
  return { asked, answers, done };
}

/** Sends a form the way a person does, and lets the answer arrive. */
export async function send(form: HTMLFormElement | null) {
  await act(async () => form?.requestSubmit());
  await settle();
}

/** Lets what was asked for arrive. */
export const settle = () => act(async () => {
  for (let round = 0; round < 4; round += 1) await new Promise((resolve) => setTimeout(resolve, 5));
});
