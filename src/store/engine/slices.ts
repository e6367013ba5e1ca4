/** Target time of one step, ms. It limits how long others wait. */
const STEP_MS = 40;

/** By how much a step changes the next one at most: a single one may have been interrupted. */
const MOST_CHANGE = 2;

/** How long work continues before it yields to others, ms. */
export const SLICE_MS = 75;

/** Units of work in a step. With fewer than `least`, the fixed cost would be too large a part. */
export interface UnitLimits {
  readonly least: number;
  readonly most: number;
}

/**
 * Does long work in slices. From the time that steps take, it learns how many units (blocks, sessions) to
 * give to each.
 */
export class Slices {
  readonly #limits: UnitLimits;
  readonly #nowMs: () => number;
  readonly #stepMs: number;
  #units: number;

  /** `stepMs`: target time of one step. */
  constructor(limits: UnitLimits, nowMs: () => number, stepMs = STEP_MS) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#stepMs = stepMs;
    this.#units = limits.least;
  }

  /**
   * Calls `step` with a number of units until it returns false, or `sliceMs` have passed and `isEnough`
   * returns true. Exceeds `sliceMs` by at most one step, unless `isEnough` requires more.
   */
  run(step: (units: number) => boolean, sliceMs = SLICE_MS, isEnough: () => boolean = () => true): void {
    const endMs = this.#nowMs() + sliceMs;
    for (;;) {
      const beganMs = this.#nowMs();
      const hasMore = step(this.#units);
      const nowMs = this.#nowMs();
      this.#learn(nowMs - beganMs, hasMore);
      if (!hasMore || (nowMs >= endMs && isEnough())) return;
    }
  }

  /** `isFull`: the step had all units that it was given. One that had fewer does not show how long all would take. */
  #learn(ms: number, isFull: boolean): void {
    const factor = Math.max(1 / MOST_CHANGE, Math.min(MOST_CHANGE, this.#stepMs / ms));
    if (factor > 1 && !isFull) return;
    const { least, most } = this.#limits;
    this.#units = Math.max(least, Math.min(most, Math.round(this.#units * factor)));
  }
}
