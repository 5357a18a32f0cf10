import type { Session } from '../api/types.gen';

export type SortKey =
  | 'user' | 'server' | 'real_address' | 'country' | 'virtual_address' | 'opened_at' | 'closed_at'
  | 'rx_bytes' | 'tx_bytes' | 'rx_bps' | 'tx_bps';

export interface Sort {
  key: SortKey;
  descending: boolean;
}

export function parseSort(text: string | null, fallback: string): Sort {
  const value = text ?? fallback;
  const descending = value.startsWith('-');
  return { key: (descending ? value.slice(1) : value) as SortKey, descending };
}

export const formatSort = (sort: Sort): string => `${sort.descending ? '-' : ''}${sort.key}`;

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function value(session: Session, key: SortKey): string | number {
  if (key === 'country') return session.place?.country_code ?? '';
  return session[key] ?? '';
}

/** Compares two sessions; equal ones keep a fixed order by id, so that rows never swap without a reason. */
export function compareSessions(sort: Sort): (a: Session, b: Session) => number {
  const sign = sort.descending ? -1 : 1;
  return (a, b) => {
    const left = value(a, sort.key);
    const right = value(b, sort.key);
    const order = typeof left === 'number' && typeof right === 'number' ? left - right : collator.compare(String(left), String(right));
    return order === 0 ? a.id - b.id : sign * order;
  };
}
