/** Target time of one step, ms. It limits how long others wait. */
const STEP_MS = 40;

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
      if (nowMs - beganMs > this.#stepMs) this.#units = Math.max(this.#limits.least, this.#units >> 1);
      else if (nowMs - beganMs < this.#stepMs / 2) this.#units = Math.min(this.#limits.most, this.#units * 2);
      if (!hasMore || (nowMs >= endMs && isEnough())) return;
    }
  }
}
