const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps that people count in, longer than a second. */
const STEPS = [5, 10, 15, 30]
  .map((count) => count * SECOND)
  .concat(
    [1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
    [1, 2, 3, 6, 12].map((count) => count * HOUR),
    [1, 2, 7, 14, 30, 90, 365].map((count) => count * DAY),
  );

/** Round offsets from 0 to `duration`, at most `most` of them; all in milliseconds. */
export function axisTicks(duration: number, most: number): number[] {
  if (!(duration > 0)) return [0];
  const step = stepOf(duration / Math.max(1, most));
  // Multiplied rather than added up, because rounding errors would accumulate.
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, index) => index * step);
}

/** Whether the label of a tick fits before the end of the axis. */
export function hasRoom(tick: number, duration: number): boolean {
  return duration <= 0 || tick / duration < 0.93;
}

/** The smallest round step that is not below `least`. */
function stepOf(least: number): number {
  if (least > SECOND * 2) {
    const step = STEPS.find((each) => each >= least);
    if (step !== undefined) return step;
    return Math.ceil(least / (365 * DAY)) * 365 * DAY;
  }
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}
