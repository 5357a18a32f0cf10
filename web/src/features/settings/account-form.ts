import type { Role } from '../../lib/roles';

export interface AccountDraft {
  name: string;
  role: Role;
  scope: string[];
  password: string;
}

export type AccountErrors = Partial<Record<keyof AccountDraft, string>>;

const mostNameBytes = 64;

/** What the server would refuse, said before it is sent. */
export function accountErrors(draft: AccountDraft, isNew: boolean): AccountErrors {
  const errors: AccountErrors = {};
  if (!isNew) return errors;
  const name = draft.name.trim();
  if (!name) errors.name = 'Give it a name.';
  else if (new TextEncoder().encode(name).length > mostNameBytes) errors.name = 'At most 64 bytes.';
  if ([...draft.password].length < 10) errors.password = 'At least 10 characters.';
  return errors;
}

const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Four groups of five letters and digits that are hard to mistake: 98 bits. */
export function makePassword(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  const out: string[] = [];
  while (out.length < 20) {
    // Bytes beyond the last whole multiple would favour the first letters.
    for (const byte of random(new Uint8Array(32))) if (byte < letters.length * 8 && out.length < 20) out.push(letters[byte % letters.length] ?? '');
  }
  return [0, 5, 10, 15].map((from) => out.slice(from, from + 5).join('')).join('-');
}
