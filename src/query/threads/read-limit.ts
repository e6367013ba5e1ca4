import { ApiError } from '../../contract/errors.js';

/** Most questions that a thread has at a time. */
export const MAX_UNDER_WAY = 64;

/** No question has this id. */
const NOBODY = -1;

export type SharedFlags = Int32Array<SharedArrayBuffer>;

/** Which of the questions that a thread has are taken back: memory that both threads see at once, also in the middle of a long read. */
export class CancelFlags {
  readonly shared: SharedFlags;

  /** `shared` is that of the other side; left out, it is made. */
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

/** The client of the read at hand is gone; nobody waits for an answer. */
export class ReadCancelledError extends Error {
  override readonly name = 'ReadCancelledError';
}

/** Stops the read at hand where its client is gone or its time is over. A thread has one read at a time. */
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
   * The read of this question begins.
   *
   * @throws ReadCancelledError where it is taken back already.
   */
  begin(id: number): void {
    this.#id = id;
    this.#beganAtMs = this.#nowMs();
    this.check();
  }

  /**
   * To be called by every loop whose length is the client's choice, some hundred times a second.
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
