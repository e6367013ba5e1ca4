import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a page of another origin sent the request. Browsers state the origin of every POST, and scripts
 * cannot change that. This keeps foreign pages from changing anything. Tools send neither header.
 *
 * `Sec-Fetch-Site` is the browser's own decision, and also correct behind a proxy that changed the Host.
 * Browsers leave it out on plain HTTP to other machines. Then the origin must equal the Host.
 */
export function isForeignPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return true;
  if (site === 'same-origin') return false;
  return headers.origin !== undefined && !isOwnOrigin(headers.origin, headers.host);
}

/** Whether a page of this server sent the request, by the browser's word. */
export function isOwnPage(headers: IncomingHttpHeaders): boolean {
  if (headers['sec-fetch-site'] === 'same-origin') return true;
  return headers.origin !== undefined && !isForeignPage(headers);
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  // Parsed with the page's scheme, so that an explicit default port is the same host.
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && page.host !== '' && new URL(own).host === page.host;
}
