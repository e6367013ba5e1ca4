import type { Clock } from '../clock.js';

export interface RefusedOriginsOptions {
  /** The allowed origins, as in the setting. */
  readonly allowed: readonly string[];
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Called with an origin, and with the setting that would allow it beside the allowed ones. */
  onOrigin(origin: string, setting: string): void;
  /** Called once a day if more origins are refused than are reported. */
  onTooMany(): void;
}

/** Maximum number of origins reported a day: anybody can send any. */
const MAX_A_DAY = 100;
/** Number of reported origins that are remembered, so that they are not reported again. */
const MAX_REMEMBERED = 1_000;
const DAY_MS = 86_400_000;

/**
 * The form of an origin from a browser, without characters that have a meaning in a shell or in the list of
 * the setting.
 */
const PLAIN_ORIGIN = /^(?:null|[a-z][a-z0-9+.-]{0,31}:\/\/[a-z0-9._[\]:-]{1,260})$/;

/**
 * Reports refused web pages to the operator, each origin once. Bounded: 100 origins a day, of which the last
 * 1,000 are remembered. An origin that no browser sends is not reported.
 */
export class RefusedOrigins {
  readonly #options: RefusedOriginsOptions;
  readonly #reported = new Set<string>();
  #dayStart = 0;
  #loggedInDay = 0;

  constructor(options: RefusedOriginsOptions) {
    this.#options = options;
    this.#dayStart = options.clock.nowMs();
  }

  /** Adds the `Origin` of a request that was refused for it. */
  add(origin: string): void {
    if (this.#reported.has(origin) || !PLAIN_ORIGIN.test(origin)) return;
    const now = this.#options.clock.nowMs();
    if (now - this.#dayStart >= DAY_MS) {
      this.#dayStart = now;
      this.#loggedInDay = 0;
    }
    if (this.#loggedInDay > MAX_A_DAY) return;
    this.#loggedInDay++;
    if (this.#loggedInDay > MAX_A_DAY) {
      this.#options.onTooMany();
      return;
    }
    this.#reported.add(origin);
    if (this.#reported.size > MAX_REMEMBERED) {
      const [oldest] = this.#reported;
      this.#reported.delete(oldest!);
    }
    const { allowed } = this.#options;
    this.#options.onOrigin(origin, `--cors-origins=${[...allowed, origin].join(',')}`);
  }
}
