import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { OriginList } from '../access/origin-list.js';

/** Headers that exporters in browsers send, besides the `x-` headers of vendors. */
const EXPORTER_HEADERS = new Set([
  'authorization',
  'b3',
  'baggage',
  'content-encoding',
  'content-type',
  'traceparent',
  'tracestate',
  'user-agent',
]);
const CUSTOM_HEADER = /^x-[a-z0-9-]{1,64}$/;

/** How long a browser may cache a preflight's answer; some browsers have a lower limit of their own. */
const MAX_AGE_SECONDS = 7200;

/** Decides which web pages may send telemetry (Fetch standard, "CORS protocol"). For OTLP routes only. */
export class CorsPolicy {
  readonly #origins: OriginList;

  /** `origins`: as in `--cors-origins`. */
  constructor(origins: readonly string[]) {
    this.#origins = new OriginList(origins);
  }

  /** Whether pages of an origin, as in the Origin header, may send telemetry. */
  allows(origin: string): boolean {
    return this.#origins.has(origin);
  }

  /**
   * Sets the headers that let a page of an allowed origin read any answer; only `Vary` if `origin` is
   * undefined. Credentials are allowed because beacons always send them; they are ignored.
   */
  setHeaders(origin: string | undefined, response: ServerResponse): void {
    response.setHeader('Vary', 'Origin');
    if (origin === undefined) return;
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', 'Retry-After');
  }

  /** Sets the further headers of the answer to a preflight from an allowed origin. */
  setPreflightHeaders(headers: IncomingHttpHeaders, response: ServerResponse): void {
    response.setHeader('Access-Control-Allow-Methods', 'POST');
    response.setHeader('Access-Control-Max-Age', String(MAX_AGE_SECONDS));
    const requested = headers['access-control-request-headers'] ?? '';
    const allowed = requested
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => EXPORTER_HEADERS.has(name) || CUSTOM_HEADER.test(name));
    if (allowed.length > 0) response.setHeader('Access-Control-Allow-Headers', allowed.join(', '));
  }
}
