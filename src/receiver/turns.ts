import type { Steps } from '../otlp/steps.js';

/** The result of the work is no longer needed. */
export class AbandonedError extends Error {
  override readonly name = 'AbandonedError';
}

export interface TurnsOptions {
  /** A clock like `performance.now`. */
  nowMs(): number;
  /** Runs the call after everything else that waits, like `setImmediate`. */
  later(call: () => void): void;
  /** How long one slice may hold the thread, ms, plus the time of its longest step. */
  readonly sliceMs: number;
}

interface Work {
  /** Runs a slice. Returns true if the work is done. */
  go(): boolean;
}

/**
 * Runs work in steps on a thread shared with everything else. Work runs in slices, one at each turn of the
 * event loop whatever the number of works, and the works take turns.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #waiting: Work[] = [];

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /**
   * The result of the work: synchronously if it is done within the first slice, for which a promise would
   * only cost time. Throws or rejects with the work's error, and with `AbandonedError` if `isAbandoned`
   * returns true between two slices.
   */
  run<T>(steps: Steps<T>, isAbandoned: () => boolean): T | Promise<T> {
    const first = this.#slice(steps);
    if (first.done) return first.value;
    return new Promise<T>((resolve, reject) => {
      const go = (): boolean => {
        try {
          if (isAbandoned()) throw new AbandonedError('nobody waits for it');
          const slice = this.#slice(steps);
          if (slice.done) resolve(slice.value);
          return slice.done === true;
        } catch (error) {
          reject(error);
          return true;
        }
      };
      this.#waiting.push({ go });
      if (this.#waiting.length === 1) this.#options.later(() => this.#turn());
    });
  }

  #slice<T>(steps: Steps<T>): IteratorResult<undefined, T> {
    const { nowMs, sliceMs } = this.#options;
    const endMs = nowMs() + sliceMs;
    for (;;) {
      const step = steps.next();
      if (step.done || nowMs() >= endMs) return step;
    }
  }

  #turn(): void {
    const work = this.#waiting[0]!;
    const isDone = work.go();
    this.#waiting.shift();
    if (!isDone) this.#waiting.push(work);
    if (this.#waiting.length > 0) this.#options.later(() => this.#turn());
  }
}
