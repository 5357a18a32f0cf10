import type { Session } from '../api/types.gen';
import { countryName, hasPoint } from './place';

export interface Totals {
  sessions: number;
  users: number;
  countries: number;
  rx_bps: number;
  tx_bps: number;
  without_location: number;
}

export function totals(sessions: readonly Session[]): Totals {
  const users = new Set<string>();
  const countries = new Set<string>();
  const sum = { sessions: sessions.length, rx_bps: 0, tx_bps: 0, without_location: 0 };
  for (const session of sessions) {
    users.add(session.user);
    if (session.place?.country_code) countries.add(session.place.country_code);
    if (!hasPoint(session.place)) sum.without_location += 1;
    sum.rx_bps += session.rx_bps;
    sum.tx_bps += session.tx_bps;
  }
  return { ...sum, users: users.size, countries: countries.size };
}

/** Sums of the rates of all sessions but those of some servers. */
export function ratesWithout(sessions: readonly Session[], servers: readonly string[]): Pick<Totals, 'rx_bps' | 'tx_bps'> {
  const sum = { rx_bps: 0, tx_bps: 0 };
  for (const session of sessions) {
    if (servers.includes(session.server)) continue;
    sum.rx_bps += session.rx_bps;
    sum.tx_bps += session.tx_bps;
  }
  return sum;
}

export interface CountryCount {
  code: string;
  name: string;
  sessions: number;
}

export function byCountry(sessions: readonly Session[]): CountryCount[] {
  const counts = new Map<string, CountryCount>();
  for (const { place } of sessions) {
    if (!place?.country_code) continue;
    const code = place.country_code.toUpperCase();
    const entry = counts.get(code) ?? { code, name: place.country ?? countryName(code), sessions: 0 };
    entry.sessions += 1;
    counts.set(code, entry);
  }
  return [...counts.values()].sort((a, b) => b.sessions - a.sessions || a.name.localeCompare(b.name));
}

export interface UserRate {
  user: string;
  country_code?: string;
  tx_bps: number;
  rx_bps: number;
  ids: number[];
}

export function byUser(sessions: readonly Session[]): UserRate[] {
  const users = new Map<string, UserRate>();
  for (const session of sessions) {
    const entry = users.get(session.user) ?? { user: session.user, tx_bps: 0, rx_bps: 0, ids: [] };
    entry.tx_bps += session.tx_bps;
    entry.rx_bps += session.rx_bps;
    entry.ids.push(session.id);
    if (session.place?.country_code) entry.country_code = session.place.country_code;
    users.set(session.user, entry);
  }
  return [...users.values()].sort((a, b) => b.tx_bps - a.tx_bps || a.user.localeCompare(b.user));
}

export interface CityPoint {
  key: string;
  latitude: number;
  longitude: number;
  name: string;
  country_code: string;
  country: string;
  sessions: number;
  rx_bps: number;
  tx_bps: number;
  servers: Record<string, number>;
}

/** Sessions gathered by place, most crowded first. Sessions without a place are left out; totals() counts them. */
export function byCity(sessions: readonly Session[]): CityPoint[] {
  const cities = new Map<string, CityPoint>();
  for (const session of sessions) {
    const place = session.place;
    if (!hasPoint(place)) continue;
    const key = `${place.latitude.toFixed(2)},${place.longitude.toFixed(2)}`;
    const code = place.country_code ?? '';
    const country = place.country ?? (code ? countryName(code) : 'Unknown country');
    const city = cities.get(key) ?? {
      key, latitude: place.latitude, longitude: place.longitude, name: place.city ?? country,
      country_code: code, country, sessions: 0, rx_bps: 0, tx_bps: 0, servers: {},
    };
    city.sessions += 1;
    city.rx_bps += session.rx_bps;
    city.tx_bps += session.tx_bps;
    city.servers[session.server] = (city.servers[session.server] ?? 0) + 1;
    cities.set(key, city);
  }
  return [...cities.values()].sort((a, b) => b.sessions - a.sessions || a.key.localeCompare(b.key));
}
