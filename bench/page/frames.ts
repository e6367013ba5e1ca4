/** How smoothly a page moved. */
export interface Frames {
  readonly perSecond: number;
  /** The longest time from one frame to the next, ms. */
  readonly longestMs: number;
}

/** From the times of consecutive frames, ms. Undefined for fewer than two. */
export function framesOf(times: readonly number[]): Frames | undefined {
  const between = times.slice(1).map((time, i) => time - times[i]!);
  const total = between.reduce((sum, each) => sum + each, 0);
  if (total === 0) return undefined;
  return { perSecond: (between.length * 1000) / total, longestMs: Math.max(...between) };
}
