import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { isLoopbackName } from './host-check.js';

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
  readonly #exact: ReadonlySet<string>;
  readonly #below: readonly HostsBelow[];
  readonly #all: boolean;
  readonly #loopback: boolean;

  /**
   * `origins` contains `loopback`, `*`, origins as browsers write them (including `null`), or patterns such
   * as `https://*.shop.example`.
   */
  constructor(origins: readonly string[]) {
    this.#exact = new Set(origins);
    this.#all = this.#exact.has('*');
    this.#loopback = this.#exact.has('loopback');
    this.#below = origins.flatMap((origin) => {
      const [scheme, rest] = origin.split('://*', 2);
      return rest === undefined ? [] : [{ start: `${scheme}://`, end: rest }];
    });
  }

  /** Whether pages of an origin, as in the Origin header, may send telemetry. */
  allows(origin: string): boolean {
    return (
      this.#all ||
      this.#exact.has(origin) ||
      (this.#loopback && isLoopbackOrigin(origin)) ||
      this.#below.some((hosts) => isBelow(origin, hosts))
    );
  }

  /**
   * Sets the headers that let the page read any answer; only `Vary` if its origin is not allowed. Credentials
   * are allowed because beacons always send them; they are ignored.
   */
  setHeaders(headers: IncomingHttpHeaders, response: ServerResponse): void {
    response.setHeader('Vary', 'Origin');
    const { origin } = headers;
    if (origin === undefined || !this.allows(origin)) return;
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

/** A pattern of all hosts below a domain, as the start and the end of their origins. */
interface HostsBelow {
  /** Scheme and slashes. */
  readonly start: string;
  /** The domain from its leading dot, and the port if there is one. */
  readonly end: string;
}

function isBelow(origin: string, { start, end }: HostsBelow): boolean {
  if (!origin.startsWith(start) || !origin.endsWith(end)) return false;
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(origin.slice(start.length, origin.length - end.length));
}

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  // Only an origin: no path, no user.
  return url.origin === origin && isLoopbackName(url.hostname.replace(/^\[(.*)\]$/, '$1'));
}
