import type { Session } from '../api/types.gen';
import { hasPoint } from './place';

/** What a list of sessions is narrowed to. Empty lists and absent fields do not narrow. */
export interface Filter {
  server: string[];
  country: string[];
  user?: string;
  transport?: string;
  /** `none`: sessions without a place on the map. Only live ones can be asked for it. */
  place?: 'none';
  q?: string;
}

export type FilterField = keyof Filter;
export const filterFields: FilterField[] = ['server', 'country', 'user', 'transport', 'place', 'q'];
export const emptyFilter: Filter = { server: [], country: [] };

const aliases: Record<string, FilterField> = {
  server: 'server',
  country: 'country',
  user: 'user',
  transport: 'transport',
  protocol: 'transport',
  place: 'place',
  q: 'q',
};

/** Splits at blanks outside of double quotes; a quote may stand inside a word, as in user:"a b". */
function words(text: string): string[] {
  return text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
}

const unquote = (word: string): string => word.replaceAll('"', '');

const list = (value: string): string[] => [...new Set(value.split(',').map((part) => part.trim()).filter(Boolean))];

/** Reads the text form, such as `server:fra-1,hel-1 country:DE user:"ann b" x`. Words without a known field are searched for. */
export function parseFilter(text: string): Filter {
  const filter: Filter = { server: [], country: [] };
  const search: string[] = [];
  for (const word of words(text)) {
    const colon = word.indexOf(':');
    const field = colon > 0 ? aliases[word.slice(0, colon).toLowerCase()] : undefined;
    const value = unquote(field ? word.slice(colon + 1) : word);
    if (field === 'place' && value !== 'none') search.push(unquote(word));
    else if (!field || field === 'q') search.push(value);
    else if (value === '') continue;
    else if (field === 'server') filter.server = list([...filter.server, value].join(','));
    else if (field === 'country') filter.country = list([...filter.country, value].join(',')).map((code) => code.toUpperCase());
    else if (field === 'place') filter.place = 'none';
    else filter[field] = field === 'transport' ? value.toLowerCase() : value;
  }
  const q = search.filter(Boolean).join(' ');
  if (q) filter.q = q;
  return filter;
}

const quote = (value: string): string => (/\s/.test(value) ? `"${value}"` : value);

/** The text form of a filter; parseFilter reads it back. */
export function formatFilter(filter: Filter): string {
  const parts: string[] = [];
  if (filter.server.length) parts.push(`server:${quote(filter.server.join(','))}`);
  if (filter.country.length) parts.push(`country:${filter.country.join(',')}`);
  if (filter.user) parts.push(`user:${quote(filter.user)}`);
  if (filter.transport) parts.push(`transport:${filter.transport}`);
  if (filter.place) parts.push(`place:${filter.place}`);
  if (filter.q) parts.push(filter.q);
  return parts.join(' ');
}

/** Adds what the second filter says to the first: lists grow, single values are replaced. */
export function mergeFilter(base: Filter, added: Filter): Filter {
  const merged: Filter = {
    server: [...new Set([...base.server, ...added.server])],
    country: [...new Set([...base.country, ...added.country])],
  };
  for (const field of ['user', 'transport', 'q'] as const) {
    const value = added[field] ?? base[field];
    if (value) merged[field] = value;
  }
  if (added.place ?? base.place) merged.place = 'none';
  return merged;
}

export function dropField(filter: Filter, field: FilterField): Filter {
  const next: Filter = { ...filter };
  if (field === 'server' || field === 'country') next[field] = [];
  else delete next[field];
  return next;
}

export const activeFields = (filter: Filter): FilterField[] =>
  filterFields.filter((field) => (Array.isArray(filter[field]) ? filter[field].length > 0 : Boolean(filter[field])));

export function readFilter(params: URLSearchParams): Filter {
  const filter: Filter = { server: list(params.get('server') ?? ''), country: list(params.get('country') ?? '').map((code) => code.toUpperCase()) };
  for (const field of ['user', 'transport', 'q'] as const) {
    const value = params.get(field);
    if (value) filter[field] = value;
  }
  if (params.get('place') === 'none' && !params.get('state')) filter.place = 'none';
  return filter;
}

export function writeFilter(params: URLSearchParams, filter: Filter): void {
  for (const field of filterFields) {
    const value = filter[field];
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text) params.set(field, text);
    else params.delete(field);
  }
}

/** What free text is looked for in: the same as on the server, so that live and ended lists agree. */
function haystack(session: Session): string {
  const place = session.place;
  return [
    session.user, session.common_name, session.real_address, session.virtual_address, session.virtual_address6,
    place?.city, place?.country, place?.network,
  ].filter(Boolean).join('\n').toLowerCase();
}

/** Whether a live session passes; the server applies the same rules to lists that it answers. */
export function matches(session: Session, filter: Filter): boolean {
  if (filter.server.length && !filter.server.includes(session.server)) return false;
  if (filter.country.length && !filter.country.includes((session.place?.country_code ?? '').toUpperCase())) return false;
  if (filter.user && session.user !== filter.user) return false;
  if (filter.transport && session.transport !== filter.transport) return false;
  if (filter.place && hasPoint(session.place)) return false;
  return !filter.q || haystack(session).includes(filter.q.toLowerCase());
}
