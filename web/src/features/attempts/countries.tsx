import type { CountryAttempts } from '../../api/types.gen';
import { countryName } from '../../lib/place';
import { visible } from '../../lib/text';
import { count } from '../../lib/units';
import { Flag } from '../../ui/flag';

const shown = 8;
const sum = ({ refused, failed, accepted }: CountryAttempts): number => refused + failed + accepted;

/** Where attempts come from: the first countries, the rest as one. */
export function Countries({ countries }: { countries: readonly CountryAttempts[] }) {
  const total = countries.reduce((all, one) => all + sum(one), 0);
  const rest = countries.slice(shown);
  if (total === 0) return null;
  const part = (n: number) => `${Math.max(1, Math.round((n / total) * 100))} %`;
  return (
    <ul className="attempt-countries" aria-label="Attempts by country" tabIndex={0}>
      {countries.slice(0, shown).map((one) => (
        <li key={one.country_code ?? ''} title={`${count(one.refused)} refused, ${count(one.failed)} failed, ${count(one.accepted)} accepted`}>
          <Flag code={one.country_code} />
          <span className="ell">{one.country_code ? visible(countryName(one.country_code)) : 'Place not known'}</span>
          <span className="w5">{count(sum(one))}</span><span className="t3">{part(sum(one))}</span>
        </li>
      ))}
      {rest.length > 0 && <li><span className="t3">{rest.length} more</span><span className="w5">{count(rest.reduce((all, one) => all + sum(one), 0))}</span></li>}
    </ul>
  );
}
