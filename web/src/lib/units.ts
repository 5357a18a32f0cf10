/** A number and its unit, kept apart so that the unit can be drawn one step quieter. */
export interface Quantity {
  value: string;
  unit: string;
}

const rateUnits = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'];
const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Three significant digits, never more, for 0 <= value < 1000. */
function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

function scale(amount: number, units: readonly string[]): Quantity {
  if (!Number.isFinite(amount) || amount < 0) return { value: 'n/a', unit: '' };
  let step = 0;
  let rest = amount;
  // 999.5 would be written "1000": the next unit says it in three digits.
  while (rest >= 999.5 && step < units.length - 1) {
    rest /= 1000;
    step += 1;
  }
  return { value: step === 0 ? rest.toFixed(0) : threeDigits(rest), unit: units[step] ?? '' };
}

/** Bits per second, SI steps. */
export const rate = (bps: number): Quantity => scale(bps, rateUnits);

/** Bytes, SI steps. */
export const bytes = (amount: number): Quantity => scale(amount, byteUnits);

export const join = (quantity: Quantity): string => (quantity.unit ? `${quantity.value} ${quantity.unit}` : quantity.value);

/** Writes an amount in the unit of another one, so that "2.79 down, 0.67 up" may share a unit. */
export function bytesIn(amount: number, unit: string): string {
  const step = byteUnits.indexOf(unit);
  if (step <= 0) return amount.toFixed(0);
  const value = amount / 1000 ** step;
  return value >= 999.5 ? value.toFixed(0) : threeDigits(value);
}

export const count = (n: number): string => n.toLocaleString('en-GB');

/** "1 session", "2 sessions". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** "+12", "-3", "±0". */
export function signed(n: number): string {
  if (n === 0) return '±0';
  return n > 0 ? `+${count(n)}` : `\u2212${count(-n)}`;
}

/** Relative change in percent with its sign, or nothing when there is nothing to compare with. */
export function change(now: number, before: number): string | undefined {
  if (before <= 0) return undefined;
  const percent = Math.round((now / before - 1) * 100);
  return `${signed(percent)} %`;
}
