import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The id the client gave its request, where it is one that may be repeated in headers and logs; else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/**
 * Whether a browser sent the request for a page of another origin. Browsers say with every POST where the page comes from and scripts cannot change
 * that, so this is what keeps foreign pages from changing anything; tools send neither header. `Sec-Fetch-Site` is the browser's own verdict, and holds also
 * where a proxy has put another Host in place of the one that the browser asked. Browsers leave it out on plain HTTP to other machines: then
 * the origin must be the Host's.
 */
export function isForeignPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return true;
  if (site === 'same-origin') return false;
  return headers.origin !== undefined && !isOwnOrigin(headers.origin, headers.host);
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  // Read with the page's scheme, so that a default port written out is the same host.
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && page.host !== '' && new URL(own).host === page.host;
}
