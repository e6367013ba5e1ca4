/**
 * Held while a segment file gets its name, by the threads of one process that write segments again: compaction and
 * rewriting. A thread that holds it and ends takes the process's claim on the log with it, so it is never waited for
 * for long.
 */
export class SegmentLock {
  readonly #cell: Int32Array<SharedArrayBuffer>;

  /** `cell` is one integer, 0 at first, that all threads share. */
  constructor(cell: Int32Array<SharedArrayBuffer>) {
    this.#cell = cell;
  }

  /** Runs work while no other thread does. */
  hold<T>(work: () => T): T {
    while (Atomics.compareExchange(this.#cell, 0, 0, 1) !== 0) Atomics.wait(this.#cell, 0, 1);
    try {
      return work();
    } finally {
      Atomics.store(this.#cell, 0, 0);
      Atomics.notify(this.#cell, 0);
    }
  }
}

/** A cell for the lock of one log. */
export function newLockCell(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** A lock that only one thread has. */
export function newLock(): SegmentLock {
  return new SegmentLock(newLockCell());
}
