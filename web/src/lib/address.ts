/** Long addresses are cut in the middle: the prefix says who, the tail says which. */
export function shortAddress(address: string): string {
  return address.length > 21 ? `${address.slice(0, 13)}\u2026${address.slice(-6)}` : address;
}

/** Address and port in the form that can be pasted: IPv6 in brackets. */
export function withPort(address: string, port?: number): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * In the privacy mode keyed_hash an address of 100::/64 (RFC 6666: never a real peer) stands for a client. The last digits of it tell
 * clients apart; undefined for any other address.
 */
export function pseudonymOf(address: string): string | undefined {
  const tail = /^100::((?:[0-9a-f]{1,4}:){0,3}[0-9a-f]{1,4})$/i.exec(address)?.[1];
  if (tail === undefined) return undefined;
  const [low = '', high = ''] = tail.toLowerCase().split(':').reverse();
  return high.padStart(4, '0') + low.padStart(4, '0');
}
