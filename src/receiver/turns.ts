import type { Steps } from '../otlp/steps.js';

/** Nobody waits for the result of the work any more. */
export class AbandonedError extends Error {
  override readonly name = 'AbandonedError';
}

export interface TurnsOptions {
  /** Time, of the kind of `performance.now`. */
  nowMs(): number;
  /** Has the call made when everything else that waits has had its turn, of the kind of `setImmediate`. */
  later(call: () => void): void;
  /** How long one piece of work may hold the thread, ms; as much longer as its longest step takes. */
  readonly sliceMs: number;
}

interface Work {
  /** Does a slice; true where all is done. */
  go(): boolean;
}

/**
 * Lets work in steps share a thread with everything else that happens there: it runs in slices, one at each turn of the event loop whatever the number of
 * works, and the works take turns.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #waiting: Work[] = [];

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /**
   * The result of the work: at once where it is done within the first slice, which is where a promise would only cost time. Throws or rejects with what the
   * work throws, and with an `AbandonedError` where `isAbandoned` says so between two slices.
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
