import { type Agent, request as httpRequest } from 'node:http';
import type { WaitingRequest } from './outbox.js';

/** The receiver of requests. */
export interface Target {
  readonly agent: Agent;
  readonly origin: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** The receiver's answer to one request. */
export type Answer =
  | { readonly kind: 'acknowledged' }
  /** Retry after `afterMs`: the receiver was full or the connection broke. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

const RETRY_MS = 20;
/** A shorter delay that the receiver asks for is respected; a longer one is cut to this. */
const LONGEST_RETRY_MS = 2_000;
const TIMEOUT_MS = 60_000;
/** Field 1 without content. */
const EMPTY_PARTIAL_SUCCESS = Buffer.from([0x0a, 0x00]);

/** Sends one request and waits for the whole answer; never rejects. */
export function post({ agent, origin, headers }: Target, body: WaitingRequest): Promise<Answer> {
  return new Promise((resolve) => {
    const request = httpRequest({
      agent,
      host: origin.hostname,
      port: origin.port,
      path: `${origin.pathname === '/' ? '' : origin.pathname}${body.path}`,
      method: 'POST',
      timeout: TIMEOUT_MS,
      headers: {
        ...headers,
        'content-type': 'application/x-protobuf',
        'content-encoding': 'gzip',
        'content-length': body.gzip.length,
      },
    });
    const broken = (error: Error) => resolve({ kind: 'again', afterMs: RETRY_MS, reason: error.message });
    request.on('error', broken);
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', broken);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const content = Buffer.concat(chunks);
        if (status === 200 && isFullSuccess(content)) resolve({ kind: 'acknowledged' });
        else if (status === 429 || status === 503) {
          const seconds = Number(response.headers['retry-after'] ?? 0);
          const afterMs = Math.min(LONGEST_RETRY_MS, Math.max(RETRY_MS, seconds * 1000 || 0));
          resolve({ kind: 'again', afterMs, reason: `status ${status}` });
        } else {
          const text = JSON.stringify(content.toString('utf8').slice(0, 200));
          resolve({ kind: 'refused', reason: `status ${status} with ${text}` });
        }
      });
    });
    request.end(body.gzip);
  });
}

/** An empty message, or an empty `partial_success`, which some receivers always send. */
function isFullSuccess(content: Buffer): boolean {
  return content.length === 0 || content.equals(EMPTY_PARTIAL_SUCCESS);
}
