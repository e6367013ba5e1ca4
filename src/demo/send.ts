import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { RETRYABLE_STATUSES, rejectionIn, waitBeforeRetry } from './answer.js';
import { logsRequest, traceRequest } from './otlp.js';
import type { DemoRecord } from './telemetry.js';

const compress = promisify(gzip);

/** Statuses of a server that needs another key than the one given. */
const REFUSED_KEY = new Set([401, 403]);
const ATTEMPTS = 6;
const REQUEST_TIMEOUT_MS = 30_000;

/** A failure with a one-line message for the user. */
export class SendError extends Error {
  override readonly name = 'SendError';
}

/** Totals of everything sent so far. */
export interface SendTotals {
  spans: number;
  logs: number;
  requests: number;
  /** Bodies as sent, bytes. */
  bytes: number;
  /** Number of rejected records, and the server's last reason. */
  rejected: number;
  rejection: string | undefined;
}

export interface SenderOptions {
  /** Base address, without a slash at its end. */
  readonly endpoint: string;
  /** API key; undefined for none. */
  readonly key: string | undefined;
  /** Aborts the waiting and the running requests. */
  readonly signal: AbortSignal;
  /** Commands as the user can type them: one that starts a server, and one that makes a key for this sender. */
  readonly startCommand: string;
  readonly keyCommand: string;
}

/** Sends records to an OTLP/HTTP endpoint as gzipped JSON. */
export class OtlpSender {
  readonly totals: SendTotals = {
    spans: 0,
    logs: 0,
    requests: 0,
    bytes: 0,
    rejected: 0,
    rejection: undefined,
  };
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the server has acknowledged the records. Rejects with a `SendError` if it cannot be reached
   * or refuses them, and with an `AbortError` on the signal.
   */
  async send(records: readonly DemoRecord[]): Promise<void> {
    const spans = records.filter((record) => record.type === 'span');
    const logs = records.filter((record) => record.type === 'log');
    if (spans.length > 0) {
      await this.#post('/v1/traces', traceRequest(spans));
      this.totals.spans += spans.length;
    }
    if (logs.length > 0) {
      await this.#post('/v1/logs', logsRequest(logs));
      this.totals.logs += logs.length;
    }
  }

  async #post(path: string, message: unknown): Promise<void> {
    const { endpoint, key, signal, keyCommand } = this.#options;
    const body = await compress(JSON.stringify(message));
    for (let attempt = 1; ; attempt++) {
      const response = await this.#request(path, body);
      const answer = await response.text();
      if (response.ok) {
        this.totals.requests++;
        this.totals.bytes += body.length;
        this.#countRejected(answer);
        return;
      }
      if (REFUSED_KEY.has(response.status)) throw new SendError(keyRefused(answer, key, keyCommand));
      if (!RETRYABLE_STATUSES.has(response.status) || attempt === ATTEMPTS) {
        const text = answer.replace(/\s+/g, ' ').slice(0, 200);
        throw new SendError(`${endpoint}${path} answered ${response.status}${text && `: ${text}`}`);
      }
      await sleep(waitBeforeRetry(response.headers.get('retry-after'), attempt), undefined, { signal });
    }
  }

  async #request(path: string, body: Uint8Array<ArrayBuffer>): Promise<Response> {
    const { endpoint, key, signal, startCommand } = this.#options;
    try {
      return await fetch(`${endpoint}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          ...(key !== undefined && { 'x-api-key': key }),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new SendError(unreachable(endpoint, error, startCommand));
    }
  }

  #countRejected(answer: string): void {
    const rejection = rejectionIn(answer);
    if (rejection === undefined) return;
    this.totals.rejected += rejection.count;
    this.totals.rejection = rejection.reason;
  }
}

/** What to do about a refused key: the server's reason, and how to give a right one. */
function keyRefused(answer: string, key: string | undefined, keyCommand: string): string {
  let reason: unknown;
  try {
    reason = (JSON.parse(answer) as { message?: unknown }).message;
  } catch {
    // Not an answer of OTLP, such as that of a proxy.
  }
  const why = typeof reason === 'string' ? `: ${reason.replace(/\s+/g, ' ').slice(0, 200)}` : '';
  const remedy = `give one with the scope ingest by SOJOURN_KEY or --key; this makes one where the server runs: ${keyCommand}`;
  return key === undefined
    ? `the server needs an API key${why}; ${remedy}`
    : `the server refuses this API key${why}; ${remedy}`;
}

function unreachable(endpoint: string, error: unknown, startCommand: string): string {
  const cause = (error as { cause?: unknown }).cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ECONNREFUSED') {
    return `nothing listens at ${endpoint}; start the server with ${startCommand}, or name another with --endpoint`;
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `${endpoint} did not answer within ${REQUEST_TIMEOUT_MS / 1000} s`;
  }
  const reason = cause instanceof Error ? cause.message : String(error);
  return `cannot reach ${endpoint}: ${code ?? reason.replace(/\s+/g, ' ')}`;
}
