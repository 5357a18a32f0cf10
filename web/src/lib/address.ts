/** Long addresses are cut in the middle: the prefix says who, the tail says which. */
export function shortAddress(address: string): string {
  return address.length > 21 ? `${address.slice(0, 13)}\u2026${address.slice(-6)}` : address;
}

/** Address and port in the form that can be pasted: IPv6 in brackets. */
export function withPort(address: string, port?: number): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
