import type { Place } from '../api/types.gen';

const regions = new Intl.DisplayNames(['en'], { type: 'region' });

export function countryName(code: string): string {
  try {
    return regions.of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}

const kinds: Record<Place['kind'], string> = {
  public: 'Unknown place',
  private: 'Private network',
  cgnat: 'Carrier network (CGNAT)',
  loopback: 'This machine',
  link_local: 'Link-local',
  documentation: 'Documentation address',
  multicast: 'Multicast',
  reserved: 'Reserved address',
};

/** City, else country, else what kind of address it is. */
export function placeName(place: Place | undefined): string {
  if (!place) return 'Unknown place';
  if (place.city) return place.city;
  if (place.country) return place.country;
  if (place.country_code) return countryName(place.country_code);
  return kinds[place.kind] ?? 'Unknown place';
}

/** Network name with its number: "Rivernet AS64511". */
export function networkName(place: Place | undefined): string {
  if (!place) return '';
  return [place.network, place.asn ? `AS${place.asn}` : undefined].filter(Boolean).join(' ');
}

export const hasPoint = (place: Place | undefined): place is Place & { latitude: number; longitude: number } =>
  place?.latitude !== undefined && place.longitude !== undefined;
