/** Number of keys whose use is remembered. */
const MAX_REMEMBERED = 1_000;

interface Bucket {
  /** Requests that may be made at once. */
  left: number;
  atMs: number;
}

/** Limits of requests a minute (token buckets): a minute's requests may come at once. */
export class RateLimits {
  readonly #nowMs: () => number;
  /** Least recently used first. */
  readonly #buckets = new Map<string, Bucket>();

  /** `nowMs`: a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Takes one request. Returns the seconds until there is another one if none is left, else 0. */
  take(name: string, perMinute: number): number {
    const nowMs = this.#nowMs();
    const { left, atMs } = this.#buckets.get(name) ?? { left: perMinute, atMs: nowMs };
    const refilled = Math.min(perMinute, left + ((nowMs - atMs) * perMinute) / 60_000);
    const isAllowed = refilled >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, { left: isAllowed ? refilled - 1 : refilled, atMs: nowMs });
    if (this.#buckets.size > MAX_REMEMBERED) this.#buckets.delete(this.#buckets.keys().next().value!);
    return isAllowed ? 0 : Math.ceil(((1 - refilled) * 60) / perMinute);
  }
}
