import { isLoopbackName } from '../setting-kinds.js';

/** A list of the origins of web pages, in the form of `--cors-origins`. */
export class OriginList {
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

  /** Whether an origin, as in the Origin header, is in the list. */
  has(origin: string): boolean {
    return (
      this.#all ||
      this.#exact.has(origin) ||
      (this.#loopback && isLoopbackOrigin(origin)) ||
      this.#below.some((hosts) => isBelow(origin, hosts))
    );
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
  return url.origin === origin && isLoopbackName(url.hostname);
}
