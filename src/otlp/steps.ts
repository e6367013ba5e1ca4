/**
 * Work that can be interrupted between two steps, each of a few milliseconds at most whatever the input is.
 * It shares only its input with other work, so that several such tasks can be interleaved on one thread.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Work of one step, in units of at most about 50 ns. */
const STEP_WORK = 65_536;

/** Minimum work of a record, resource or scope: user agents and prices are looked up for it. */
const RECORD_WORK = 4_096;
/** Work of a skipped field. */
const FIELD_WORK = 1;

/** Decides when a step ends, by counting work. Reading a clock for each record would cost more. */
export class StepMeter {
  #left = STEP_WORK;

  /** Counts a record, resource or scope of this many bytes. Returns true if the step ends. */
  record(bytes: number): boolean {
    return this.#spend(RECORD_WORK + bytes);
  }

  field(): boolean {
    return this.#spend(FIELD_WORK);
  }

  #spend(work: number): boolean {
    this.#left -= work;
    if (this.#left > 0) return false;
    this.#left = STEP_WORK;
    return true;
  }
}
