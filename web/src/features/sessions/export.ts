import { get } from '../../api/client';
import type { Session, SessionPage } from '../../api/types.gen';
import type { Cell } from '../../lib/csv';
import type { Filter } from '../../lib/filter';
import type { Sort } from '../../lib/sort';
import type { ListMode } from './list-state';
import { queryOf } from './use-rows';

const pageRows = 500;
/** A browser should not hold more text than this in one go. */
export const mostExportRows = 100_000;

/** Fetches every row that the filter lets through, page by page. Stops at 100 000 rows. */
export async function fetchAll(mode: ListMode, filter: Filter, sort: Sort): Promise<Session[]> {
  const rows: Session[] = [];
  let cursor: string | undefined;
  do {
    const page: SessionPage = await get<SessionPage>('/api/v1/sessions', { ...queryOf(mode, filter, sort), limit: pageRows, cursor });
    rows.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && rows.length < mostExportRows);
  return rows.slice(0, mostExportRows);
}

const iso = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at * 1000).toISOString());

export const csvHead = [
  'id', 'user', 'server', 'transport', 'state', 'real_address', 'real_port', 'virtual_address', 'virtual_address6', 'country', 'city', 'network', 'asn',
  'opened_at', 'last_seen_at', 'closed_at', 'end_reason', 'down_bytes', 'up_bytes', 'down_bps', 'up_bps', 'cipher', 'client_version', 'platform',
];

/** One session in the order of csvHead. Down and up are seen from the client, as on the page. */
export const csvRow = (s: Session): Cell[] => [
  s.id, s.user, s.server, s.transport, s.state, s.real_address, s.real_port, s.virtual_address, s.virtual_address6, s.place?.country_code, s.place?.city,
  s.place?.network, s.place?.asn, iso(s.opened_at), iso(s.last_seen_at), iso(s.closed_at), s.end_reason, s.tx_bytes, s.rx_bytes, s.tx_bps, s.rx_bps,
  s.cipher, s.client_version, s.platform,
];
