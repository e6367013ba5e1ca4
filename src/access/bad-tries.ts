import { isIPv6 } from 'node:net';
import type { Clock } from '../clock.js';
import { AccessError } from './access-error.js';

/** Wrong tries of an address that are answered at once. */
const FREE_TRIES = 5;
/** One try is forgotten after this time, ms. */
const FORGET_MS = 10_000;
/** Delay of the first slowed answer, ms. It doubles with each further one. */
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 8_000;
/** Answers that may be delayed at a time, of one address and in all: each keeps its connection open. */
const MAX_WAITING_OF_ADDRESS = 8;
const MAX_WAITING = 256;
const MAX_REMEMBERED = 10_000;

interface Tries {
  count: number;
  atMs: number;
  waiting: number;
}

/** Slows the answers to wrong keys by address. */
export class BadTries {
  readonly #clock: Clock;
  /** By network, least recently used first. */
  readonly #tries = new Map<string, Tries>();
  #waiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Counts a wrong try. Resolves when it may be answered.
   * @throws AccessError `tries` if too many answers to this address, or in all, are waiting
   */
  async count(address: string): Promise<void> {
    const delayMs = this.#delayOf(address);
    if (delayMs === 0) return;
    const tries = this.#tries.get(networkOf(address))!;
    if (tries.waiting >= MAX_WAITING_OF_ADDRESS || this.#waiting >= MAX_WAITING) {
      throw new AccessError('tries', 'too many wrong API keys came from this address', {
        retryAfterSeconds: Math.ceil(MAX_DELAY_MS / 1000),
      });
    }
    tries.waiting++;
    this.#waiting++;
    await new Promise<void>((resolve) => this.#clock.after(delayMs, resolve));
    tries.waiting--;
    this.#waiting--;
  }

  #delayOf(address: string): number {
    const network = networkOf(address);
    const nowMs = this.#clock.nowMs();
    const tries = this.#tries.get(network) ?? { count: 0, atMs: nowMs, waiting: 0 };
    tries.count = Math.max(0, tries.count - (nowMs - tries.atMs) / FORGET_MS) + 1;
    tries.atMs = nowMs;
    this.#tries.delete(network);
    this.#tries.set(network, tries);
    if (this.#tries.size > MAX_REMEMBERED) this.#tries.delete(this.#tries.keys().next().value!);
    const slowed = Math.ceil(tries.count) - FREE_TRIES;
    return slowed <= 0 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(slowed - 1, 16));
  }
}

/** An IPv4 address, or the /64 of an IPv6 address, of which one machine has all. */
function networkOf(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(bare)) return bare;
  const [head = '', tail] = bare.split('%', 1)[0]!.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - groups.length - rest.length).fill('0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}
