/**
 * Where the page is shown: empty at the top of a host, "/davylamp" below a path of a proxy. The server writes it into
 * <base href> of index.html; the attribute is read, not what the browser makes of it.
 */
export function basePath(): string {
  const href = document.querySelector('base')?.getAttribute('href') ?? '/';
  const path = /^https?:/.test(href) ? new URL(href).pathname : href;
  return path.startsWith('/') ? path.replace(/\/+$/, '') : '';
}

/** A path of this server as a browser must ask for it. */
export const atBase = (path: string): string => `${basePath()}${path}`;

/** The path of the page's address without its base. */
export function pathHere(): string {
  const base = basePath();
  const { pathname } = location;
  if (base && pathname !== base && !pathname.startsWith(`${base}/`)) return pathname;
  return pathname.slice(base.length) || '/';
}

/** An address of this page that others can open. */
export const linkTo = (path: string): string => `${location.origin}${atBase(path)}`;
