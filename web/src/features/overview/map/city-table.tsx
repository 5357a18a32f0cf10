import type { CityPoint } from '../../../lib/aggregate';
import { visible } from '../../../lib/text';
import { join, rate } from '../../../lib/units';

const mostRows = 200;

/** The map for those who cannot see it. */
export function CityTable({ cities }: { cities: readonly CityPoint[] }) {
  return (
    <table id="map-cities" className="sr-only">
      <caption>Sessions by city{cities.length > mostRows ? `, the first ${mostRows} of ${cities.length}` : ''}</caption>
      <thead><tr><th scope="col">City</th><th scope="col">Country</th><th scope="col">Sessions</th><th scope="col">Rate down</th></tr></thead>
      <tbody>
        {cities.slice(0, mostRows).map((city) => (
          <tr key={city.key}><td>{visible(city.name)}</td><td>{city.country}</td><td>{city.sessions}</td><td>{join(rate(city.tx_bps))}</td></tr>
        ))}
      </tbody>
    </table>
  );
}
