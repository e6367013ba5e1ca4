import type { IncomingMessage, ServerResponse } from 'node:http';
import { problemDocument } from '../contract/errors.js';
import { isLoopbackName } from '../setting-kinds.js';

/**
 * Guard against DNS rebinding. A web page can make its own host name resolve to this machine and then reach a
 * server here, but its requests keep that name in their Host header.
 */

const HOST_HEADER = /^(\[[0-9a-f:.]+\]|[^\s:/@?#[\]]+)(?::\d{1,5})?$/i;

/**
 * Whether a request names this server by an allowed name (`hostAllowed`). HTTP/1.0 has no Host header, and
 * browsers do not use it.
 */
export function requestAllowed(request: IncomingMessage, allowedHosts: readonly string[]): boolean {
  const { host } = request.headers;
  if (host === undefined && request.httpVersion === '1.0') return true;
  return hostAllowed(host, allowedHosts);
}

/**
 * Whether a Host header names this machine as loopback (`localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`) or
 * by one of `allowedHosts`, with any port or none. `allowedHosts` are names and addresses without ports and
 * brackets, in any case. A missing header is not allowed, because browsers always send one.
 */
export function hostAllowed(hostHeader: string | undefined, allowedHosts: readonly string[]): boolean {
  const host = HOST_HEADER.exec(hostHeader ?? '')?.[1]
    ?.toLowerCase()
    .replace(/^\[(.*)\]$/, '$1');
  if (host === undefined) return false;
  return isLoopbackName(host) || allowedHosts.some((allowed) => allowed.toLowerCase() === host);
}

/**
 * Answers a request whose Host is not allowed. Uses 403 rather than 421 (Misdirected Request), because a 421
 * invites the client to retry on another connection, with the same result.
 */
export function refuseHost(path: string, response: ServerResponse): void {
  const { status, type, body } = problemDocument(
    'host.forbidden',
    path,
    'The Host header names a host that this server does not go by. Use localhost, or add the name to --allowed-hosts.',
  );
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    // The body, if any, is not read.
    Connection: 'close',
  });
  response.end(body);
}
