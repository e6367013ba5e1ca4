import type { IncomingMessage } from 'node:http';

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)([^#]*)/i;

/**
 * Turns a request target in absolute form (`POST http://host/v1/traces`, as clients write it to a proxy) into
 * origin form. Its authority replaces the Host header, as RFC 9112, section 3.2.2, requires of servers.
 */
export function toOriginForm(request: IncomingMessage): void {
  const match = ABSOLUTE_FORM.exec(request.url ?? '');
  if (match === null) return;
  const [, authority = '', rest = ''] = match;
  request.headers.host = authority.slice(authority.lastIndexOf('@') + 1);
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
}
