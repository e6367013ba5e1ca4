import type { Clock } from '../clock.js';

/** Number of messages that may be received and decompressed at the same time. */
export const MESSAGES_AT_ONCE = 32;

/** Number of messages that may wait: one of each connection. Each takes the memory of its call and of the bytes that came. */
export const MOST_WAITING = 256;

/** A message that is not complete after this time, ms, no longer keeps others waiting. */
export const SLOW_MESSAGE_MS = 1_000;

/**
 * Lets messages be received in turns. The library decompresses every message as it arrives, before anything can
 * count its size, so without turns as much memory is in use as senders like. Bytes of messages that wait for their turn
 * stay with their senders, by the flow control of HTTP/2.
 */
export class MessageTurns {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Calls `begin` when the message may be received, which may be at once. The message is complete, or will not come,
   * once the returned function is called; further calls of it do nothing. Undefined, without a call of `begin`, if too many
   * wait.
   */
  take(begin: () => void): (() => void) | undefined {
    const mayStart = this.#taken < MESSAGES_AT_ONCE;
    if (!mayStart && this.#waiting.size === MOST_WAITING) return undefined;
    let isOver = false;
    let cancelSlow: (() => void) | undefined;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      cancelSlow?.();
      if (this.#waiting.delete(start)) return;
      this.#taken--;
      this.#next();
    };
    const start = (): void => {
      this.#taken++;
      cancelSlow = this.#clock.after(SLOW_MESSAGE_MS, end);
      begin();
    };
    if (mayStart) start();
    else this.#waiting.add(start);
    return end;
  }

  /** In the order in which they came. */
  #next(): void {
    for (const start of this.#waiting) {
      if (this.#taken >= MESSAGES_AT_ONCE) return;
      this.#waiting.delete(start);
      start();
    }
  }
}
