import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The request id from the client if it is safe in headers and logs, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return safeRequestId(headers['x-request-id']) ?? randomUUID();
}

/** The value if it is a request id that is safe in headers and logs. */
export function safeRequestId(given: unknown): string | undefined {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : undefined;
}
