import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { isLoopbackName } from './host-check.js';

/** Headers that exporters in browsers send, besides `x-` ones of their vendors'. */
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

/** How long a browser may remember a preflight's answer; browsers take less where their own limit is lower. */
const MAX_AGE_SECONDS = 7200;

/** Which web pages may send telemetry (Fetch standard, "CORS protocol"). For OTLP routes only. */
export class CorsPolicy {
  readonly #exact: ReadonlySet<string>;
  readonly #below: readonly HostsBelow[];
  readonly #all: boolean;
  readonly #loopback: boolean;

  /** `origins` holds `loopback`, `*`, origins as browsers write them (`null` among them), or patterns such as `https://*.shop.example`. */
  constructor(origins: readonly string[]) {
    this.#exact = new Set(origins);
    this.#all = this.#exact.has('*');
    this.#loopback = this.#exact.has('loopback');
    this.#below = origins.flatMap((origin) => {
      const [scheme, rest] = origin.split('://*', 2);
      return rest === undefined ? [] : [{ start: `${scheme}://`, end: rest }];
    });
  }

  /** Whether pages of an origin, as the Origin header has it, may send telemetry. */
  allows(origin: string): boolean {
    return (
      this.#all ||
      this.#exact.has(origin) ||
      (this.#loopback && isLoopbackOrigin(origin)) ||
      this.#below.some((hosts) => isBelow(origin, hosts))
    );
  }

  /**
   * Sets what lets the page read any answer to it; nothing but `Vary` where its origin is not allowed.
   * Credentials are allowed because beacons are always sent with them; none are looked at.
   */
  setHeaders(headers: IncomingHttpHeaders, response: ServerResponse): void {
    response.setHeader('Vary', 'Origin');
    const { origin } = headers;
    if (origin === undefined || !this.allows(origin)) return;
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', 'Retry-After');
  }

  /** Sets what else the answer to a preflight from an allowed origin says. */
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

/** All hosts below one, by how their origins begin and end. */
interface HostsBelow {
  /** Scheme and slashes. */
  readonly start: string;
  /** The domain from its dot on, and the port where there is one. */
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
  // An origin and nothing else: no path, no user.
  return url.origin === origin && isLoopbackName(url.hostname.replace(/^\[(.*)\]$/, '$1'));
}
