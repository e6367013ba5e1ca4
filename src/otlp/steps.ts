/**
 * Work that can be put down between two steps, each of a few milliseconds at most whatever the input is. What it works on is all that it has in common with
 * other work: several may be under way on one thread.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Does all of it at one go. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Work between two steps, in units of about 50 ns at the worst. */
const STEP_WORK = 65_536;

/** What a record, or what stands around records, costs at least: user agents and prices are looked up for it. */
const RECORD_WORK = 4_096;
/** Of a field that is skipped. */
const FIELD_WORK = 1;

/** Tells when a step is over, by counting work: clocks would have to be asked for each record. */
export class StepMeter {
  #left = STEP_WORK;

  /** Counts a record, or what stands around records, of so many bytes. True where the step is over. */
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
