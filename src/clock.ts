/** A clock with timers, like `performance.now` and `setTimeout`. */
export interface Clock {
  nowMs(): number;
  /** Returns a function that cancels the call. */
  after(ms: number, call: () => void): () => void;
}

/** The clock of the running program. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};
