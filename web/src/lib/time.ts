const two = (n: number): string => String(n).padStart(2, '0');

/** How long something lasts: "42 s", "41 m", "2 h 06 m", "3 d 4 h". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${two(minutes % 60)} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How old data is: tenths below ten seconds, then as a duration. */
export function age(seconds: number): string {
  const positive = Math.max(0, seconds);
  return positive < 9.95 ? `${positive.toFixed(1)} s` : duration(positive);
}

const asDate = (at: number): Date => new Date(at * 1000);

/** 14:32:07 in the zone of the browser. */
export function clock(at: number): string {
  const date = asDate(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** 14:32. */
export const hourMinute = (at: number): string => clock(at).slice(0, 5);

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });

export const weekdayName = (at: number): string => weekday.format(asDate(at));

/** The shortest text that names a moment: 14:32 today, "Wed 14:32" within a week, else "17 Nov 14:05" and the year when it is another. */
export function moment(at: number, now: number): string {
  const date = asDate(at);
  const today = asDate(now);
  if (date.toDateString() === today.toDateString()) return hourMinute(at);
  if (now >= at && now - at < 6 * 86400) return `${weekday.format(date)} ${hourMinute(at)}`;
  const year = date.getFullYear() === today.getFullYear() ? '' : ` ${date.getFullYear()}`;
  return `${dayMonth.format(date)}${year} ${hourMinute(at)}`;
}

/** Date, time and zone in full: for titles. */
export const fullMoment = (at: number): string => full.format(asDate(at));

/** The zone of the browser: its short name and offset, such as "CET" and "UTC+1". */
export function zone(at = Date.now()): { name: string; offset: string } {
  const date = new Date(at);
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(date);
  const minutes = -date.getTimezoneOffset();
  const sign = minutes < 0 ? '\u2212' : '+';
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return {
    name: parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC',
    offset: `UTC${sign}${hours}${rest ? `:${two(rest)}` : ''}`,
  };
}
