import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

/** Draws a component into the document of the test; `stop` takes it out again. */
export async function draw(node: ReactNode) {
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const show = (next: ReactNode) => act(async () => root.render(<QueryClientProvider client={client}>{next}</QueryClientProvider>));
  await show(node);
  const stop = async () => {
    await act(async () => root.unmount());
    host.remove();
  };
  return { host, show, stop, text: () => host.textContent ?? '' };
}

/** Types a text the way React notices. */
export async function type(input: HTMLInputElement | HTMLTextAreaElement, value: string) {
  await act(async () => {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input) as object, 'value')?.set?.call(input, value);
    input.dispatchEvent(new window.Event('input', { bubbles: true }));
  });
}

export const press = (element: Element | null | undefined) => act(async () => void (element as HTMLElement | undefined)?.click());

export const key = (target: EventTarget, name: string) =>
  act(async () => void target.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true })));
