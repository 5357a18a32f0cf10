// Codes of a second factor (RFC 6238: SHA-1, 30 s, 6 digits) and their secrets in base32.
import { createHmac, randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function makeSecret() {
  return [...randomBytes(32)].map((byte) => alphabet[byte % 32]).join('');
}

function toBytes(secret) {
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

export function codeAt(secret, seconds) {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const hash = createHmac('sha1', toBytes(secret)).update(step).digest();
  const value = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, '0');
}

/** A code of now, or of the step before or after. */
export const codeFits = (secret, code, seconds = Date.now() / 1000) => [-30, 0, 30].some((by) => codeAt(secret, seconds + by) === code);
