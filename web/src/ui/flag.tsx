import { atBase } from '../lib/base';
import { countryName } from '../lib/place';

declare const __FLAGS_BASE__: string;

/** Flag of a country, loaded when it comes into view. Without a code: hatched. */
export function Flag({ code, width = 16 }: { code?: string | undefined; width?: number }) {
  const height = Math.round(width * 0.7);
  if (!code || !/^[A-Za-z]{2}$/.test(code)) {
    return <span className="flag flag-none" style={{ width, height }} role="img" aria-label="Country not known" />;
  }
  const upper = code.toUpperCase();
  const name = countryName(upper);
  return <img className="flag" src={atBase(`${__FLAGS_BASE__}/${upper}.svg`)} width={width} height={height} alt={name} title={name} loading="lazy" decoding="async" />;
}
