import type { Clock } from '../clock.js';

/** Number of messages that may be received and decompressed at the same time, besides slow ones. */
export const MESSAGES_AT_ONCE = 16;

/**
 * Number of slow messages that may be received besides. So this and `MESSAGES_AT_ONCE` bound the memory of messages that
 * arrive, whatever they decompress to.
 */
export const MOST_SLOW = 64;

/** Number of messages that may wait. Each takes the memory of its call and of the bytes that came. */
export const MOST_WAITING = 256;

/** A message that is not complete after this time, ms, is slow: while few are, it no longer keeps others waiting. */
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
  #slow = 0;

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
    let isSlow = false;
    let cancelTimer: (() => void) | undefined;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      cancelTimer?.();
      if (this.#waiting.delete(start)) return;
      if (isSlow) this.#slow--;
      else this.#endTurn();
    };
    const look = (): void => {
      if (this.#slow === MOST_SLOW) {
        cancelTimer = this.#clock.after(SLOW_MESSAGE_MS, look);
        return;
      }
      isSlow = true;
      this.#slow++;
      this.#endTurn();
    };
    const start = (): void => {
      this.#taken++;
      cancelTimer = this.#clock.after(SLOW_MESSAGE_MS, look);
      begin();
    };
    if (mayStart) start();
    else this.#waiting.add(start);
    return end;
  }

  /** Lets others begin, in the order in which they came. */
  #endTurn(): void {
    this.#taken--;
    for (const start of this.#waiting) {
      if (this.#taken >= MESSAGES_AT_ONCE) return;
      this.#waiting.delete(start);
      start();
    }
  }
}
