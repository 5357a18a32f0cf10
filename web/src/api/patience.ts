/** Answers of a proxy while the daemon behind it restarts, and no answer at all: asking again soon is likely to work. */
const passing: ReadonlySet<number> = new Set([0, 502, 503, 504]);
export const isPassing = (status: number): boolean => passing.has(status);

const waitsMs = [300, 900, 2000];
const longestAskedMs = 5000;

/** How long to wait before trying again, half of it at random so that many pages do not come back at once; undefined: enough was tried. */
export function pauseMs(tried: number, asked_seconds: number | undefined, random: number): number | undefined {
  const whole = waitsMs[tried];
  if (whole === undefined) return undefined;
  if (asked_seconds !== undefined && asked_seconds * 1000 > longestAskedMs) return undefined;
  return Math.max((asked_seconds ?? 0) * 1000, Math.round(whole / 2 + (whole / 2) * random));
}

/** Resolves after a while, or is rejected as soon as `signal` ends it. */
export function pause(wait_ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException('No longer asked for.', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, wait_ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
