import type { Place } from '../api/types.gen';
import { networkName, placeName } from '../lib/place';
import { visible } from '../lib/text';
import { Flag } from './flag';

/** Flag, city, and the network one step quieter. */
export function PlaceText({ place, network = true }: { place: Place | undefined; network?: boolean }) {
  const carrier = network ? visible(networkName(place)) : '';
  return (
    <span className="place">
      <Flag code={place?.country_code} />
      <bdi className="place-name">{visible(placeName(place))}</bdi>
      {carrier && <bdi className="place-network">{carrier}</bdi>}
    </span>
  );
}
