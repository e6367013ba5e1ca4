import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import type { Telemetry } from '../telemetry.js';
import type { JsonSpan } from './server-span.js';

export interface SpanExporterOptions {
  /** Address of an OTLP/HTTP receiver, with or without `/v1/traces`. */
  readonly url: string;
  /** Headers of its requests, such as an API key. */
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string;
  /** Name of this process, which no other one has. */
  readonly instanceId: string;
  /** A valid `traceparent` that says not to record the request. */
  traceparent(): string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  readonly telemetry: Pick<Telemetry, 'ownSpans'>;
}

/** Interval between two requests, ms. */
const INTERVAL_MS = 5_000;
/** Spans of one request, and spans that may wait. */
const MOST_SENT = 512;
const MOST_WAITING = 4_096;
/** Time limit of a request, ms. */
const REQUEST_LIMIT_MS = 10_000;

/**
 * Sends spans over OTLP/HTTP in JSON. What the receiver does not take is dropped and counted: this server's own
 * traces must never cost the telemetry of others memory or time.
 */
export class SpanExporter {
  readonly #options: SpanExporterOptions;
  readonly #endpoint: string;
  #waiting: JsonSpan[] = [];
  #cancelTimer: (() => void) | undefined;
  #sending: Promise<void> | undefined;
  #hasFailed = false;

  constructor(options: SpanExporterOptions) {
    this.#options = options;
    this.#endpoint = /\/v1\/traces\/?$/.test(options.url)
      ? options.url
      : `${options.url.replace(/\/+$/, '')}/v1/traces`;
  }

  add(span: JsonSpan): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#options.telemetry.ownSpans.inc({ outcome: 'dropped' });
      return;
    }
    this.#waiting.push(span);
    this.#cancelTimer ??= this.#options.clock.after(INTERVAL_MS, () => void this.flush());
  }

  /** Sends all waiting spans. Never rejects. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.#sending;
    this.#sending = this.#sendAll();
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.splice(0, MOST_SENT);
      const reason = await this.#send(spans);
      this.#options.telemetry.ownSpans.inc(
        { outcome: reason === undefined ? 'sent' : 'dropped' },
        spans.length,
      );
      this.#report(reason);
    }
  }

  /** Returns the reason if the receiver did not take them. */
  async #send(spans: readonly JsonSpan[]): Promise<string | undefined> {
    const { fetch, headers, traceparent } = this.#options;
    try {
      const response = await fetch(this.#endpoint, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', traceparent: traceparent() },
        body: JSON.stringify(this.#document(spans)),
        signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
        redirect: 'error',
      });
      await response.arrayBuffer();
      return response.ok ? undefined : `HTTP status ${response.status}`;
    } catch (error) {
      const { message, cause } = error as Error;
      return cause instanceof Error ? cause.message : message;
    }
  }

  #document(spans: readonly JsonSpan[]): object {
    const { version, instanceId } = this.#options;
    const attributes = Object.entries({
      'service.name': 'sojourn',
      'service.version': version,
      'service.instance.id': instanceId,
    }).map(([key, value]) => ({ key, value: { stringValue: value } }));
    return {
      resourceSpans: [
        { resource: { attributes }, scopeSpans: [{ scope: { name: 'sojourn', version }, spans }] },
      ],
    };
  }

  /** Logs the first failure of a series, and its end. */
  #report(reason: string | undefined): void {
    const { log } = this.#options;
    if (reason !== undefined && !this.#hasFailed)
      log.warn('spans of this server cannot be sent, and are dropped until they can', {
        to: this.#endpoint,
        reason,
      });
    if (reason === undefined && this.#hasFailed) log.info('spans of this server are sent again');
    this.#hasFailed = reason !== undefined;
  }
}
