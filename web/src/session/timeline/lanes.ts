interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * Assigns each interval a lane, from 0, so that intervals in one lane do not overlap. Intervals are sorted by
 * start. If more than `most` overlap, the rest goes to the lane that is free soonest.
 */
export function assignLanes(intervals: readonly Interval[], most: number): Int32Array {
  const ends: number[] = [];
  return Int32Array.from(intervals, ({ start, end }) => {
    let lane = ends.findIndex((free) => free <= start);
    if (lane < 0 && ends.length < most) lane = ends.length;
    if (lane < 0) lane = ends.indexOf(Math.min(...ends));
    ends[lane] = Math.max(ends[lane] ?? 0, end);
    return lane;
  });
}
