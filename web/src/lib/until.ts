const two = (n: number): string => String(n).padStart(2, '0');

/** The next midnight in the zone of the browser, UNIX seconds. */
export function nextMidnight(now: number): number {
  const date = new Date(now * 1000);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() / 1000;
}

/** What an input of date and time shows for a moment, in the zone of the browser. */
export function toLocalInput(at: number | undefined): string {
  if (at === undefined) return '';
  const date = new Date(at * 1000);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The moment that such an input names, or nothing. */
export function fromLocalInput(text: string): number | undefined {
  const at = new Date(text).getTime() / 1000;
  return text && Number.isFinite(at) ? at : undefined;
}
