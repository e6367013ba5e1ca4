import type { Clock } from '../clock.js';

export interface RefusedOriginsOptions {
  /** The origins that are allowed, as the setting has them. */
  readonly allowed: readonly string[];
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Told of an origin, and of the setting that would allow it beside those that are allowed. */
  onOrigin(origin: string, setting: string): void;
  /** Told when more origins are refused than are told of, once a day. */
  onTooMany(): void;
}

/** Origins that are told of within a day: anybody can send any. */
const MAX_A_DAY = 100;
/** Origins that are not told of again. */
const MAX_REMEMBERED = 1_000;
const DAY_MS = 86_400_000;

/** What browsers send, without what could be meant for the shell or the list that a setting is pasted into. */
const PLAIN_ORIGIN = /^(?:null|[a-z][a-z0-9+.-]{0,31}:\/\/[a-z0-9._[\]:-]{1,260})$/;

/**
 * Tells the operator which web pages are refused, each origin once. Bounded: 100 origins a day, of which the last 1,000 are remembered. What no
 * browser sends as an origin is not told of.
 */
export class RefusedOrigins {
  readonly #options: RefusedOriginsOptions;
  readonly #told = new Set<string>();
  #dayStart = 0;
  #toldInDay = 0;

  constructor(options: RefusedOriginsOptions) {
    this.#options = options;
    this.#dayStart = options.clock.nowMs();
  }

  /** Takes the `Origin` of a request that was refused for it. */
  add(origin: string): void {
    if (this.#told.has(origin) || !PLAIN_ORIGIN.test(origin)) return;
    const now = this.#options.clock.nowMs();
    if (now - this.#dayStart >= DAY_MS) {
      this.#dayStart = now;
      this.#toldInDay = 0;
    }
    if (this.#toldInDay > MAX_A_DAY) return;
    this.#toldInDay++;
    if (this.#toldInDay > MAX_A_DAY) {
      this.#options.onTooMany();
      return;
    }
    this.#told.add(origin);
    if (this.#told.size > MAX_REMEMBERED) {
      const [oldest] = this.#told;
      this.#told.delete(oldest!);
    }
    const { allowed } = this.#options;
    this.#options.onOrigin(origin, `--cors-origins=${[...allowed, origin].join(',')}`);
  }
}
