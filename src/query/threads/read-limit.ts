import { ApiError } from '../../contract/errors.js';

/** Maximum number of requests that a thread has at a time. */
export const MAX_UNDER_WAY = 64;

/** No request has this id. */
const NOBODY = -1;

export type SharedFlags = Int32Array<SharedArrayBuffer>;

/**
 * The cancelled requests of a thread. The memory is shared, so the thread sees them even in the middle of a
 * long read.
 */
export class CancelFlags {
  readonly shared: SharedFlags;

  /** `shared` is the memory of the other side. New memory by default. */
  constructor(shared: SharedFlags = new Int32Array(new SharedArrayBuffer(4 * MAX_UNDER_WAY)).fill(NOBODY)) {
    this.shared = shared;
  }

  cancel(id: number): void {
    Atomics.store(this.shared, id % MAX_UNDER_WAY, id);
  }

  isCancelled(id: number): boolean {
    return Atomics.load(this.shared, id % MAX_UNDER_WAY) === id;
  }
}

/** The client of the current read is gone, so nobody waits for the answer. */
export class ReadCancelledError extends Error {
  override readonly name = 'ReadCancelledError';
}

/** Stops the current read when its client is gone or its time is over. A thread has one read at a time. */
export class ReadLimit {
  readonly #flags: CancelFlags;
  readonly #timeoutMs: number;
  readonly #nowMs: () => number;
  #id = NOBODY;
  #beganAtMs = 0;

  constructor(options: { flags: CancelFlags; timeoutMs: number; nowMs: () => number }) {
    this.#flags = options.flags;
    this.#timeoutMs = options.timeoutMs;
    this.#nowMs = options.nowMs;
  }

  /**
   * Begins the read of this request.
   *
   * @throws ReadCancelledError if it is already cancelled.
   */
  begin(id: number): void {
    this.#id = id;
    this.#beganAtMs = this.#nowMs();
    this.check();
  }

  /**
   * Must be called a few hundred times a second by every loop whose length a client decides.
   *
   * @throws ReadCancelledError
   * @throws ApiError `query.timeout`
   */
  readonly check = (): void => {
    if (this.#flags.isCancelled(this.#id)) throw new ReadCancelledError('the client is gone');
    if (this.#nowMs() - this.#beganAtMs > this.#timeoutMs) throw timeoutError(this.#timeoutMs);
  };
}

export function timeoutError(timeoutMs: number): ApiError {
  return new ApiError(
    'query.timeout',
    `The read took longer than ${timeoutMs / 1000} s and was given up. Ask for less at once, or try again later.`,
  );
}
