/** Units that a volume may be typed in; SI first, as everything is shown in SI. */
export const volumeUnits = { MB: 1e6, GB: 1e9, TB: 1e12, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;
export type VolumeUnit = keyof typeof volumeUnits;

const mostBytes = Number.MAX_SAFE_INTEGER;

/** Bytes of what was typed, with a point or a comma; undefined when it is no number above zero or too large to be exact. */
export function toBytes(text: string, unit: VolumeUnit): number | undefined {
  const number = Number(text.trim().replace(',', '.'));
  if (!text.trim() || !Number.isFinite(number) || number < 0) return undefined;
  const amount = Math.round(number * volumeUnits[unit]);
  return amount <= mostBytes ? amount : undefined;
}

/** The largest unit in which the amount can be written exactly with two decimals; SI before binary. */
export function fromBytes(amount: number): { text: string; unit: VolumeUnit } {
  const tries: VolumeUnit[] = ['TB', 'GB', 'MB', 'TiB', 'GiB', 'MiB'];
  for (const unit of tries) {
    const value = amount / volumeUnits[unit];
    const text = String(Number(value.toFixed(2)));
    if (value >= 1 && Math.round(Number(text) * volumeUnits[unit]) === amount) return { text, unit };
  }
  return { text: String(amount / 1e6), unit: 'MB' };
}
