import { axisTicks } from '../timeline/time-axis.js';

interface Interval {
  readonly start: number;
  readonly end: number;
}

/** An idle time that the axis shows as a narrow column; all in milliseconds. */
export interface Fold extends Interval {
  /** Where the column is on the axis. */
  readonly from: number;
  readonly to: number;
}

/** An axis on which long idle times are folded. Apart from the folds, its unit is the millisecond. */
export interface FoldedAxis {
  /** Length of the axis. */
  readonly length: number;
  readonly folds: readonly Fold[];
  /** The place of a time on the axis; times beyond its ends are at its ends. */
  toPlace(time: number): number;
  /** The time at a place on the axis. */
  toTime(place: number): number;
}

/** Shorter idle times are never folded, in milliseconds. */
const LEAST_GAP = 5_000;
/** An idle time is long compared with this share of the time in which something happened. */
const LONG_SHARE = 0.25;
const MOST_FOLDS = 24;
/** The width of a fold, and of all of them, as shares of the rest of the axis. */
const FOLD_SHARE = 0.03;
const FOLDS_SHARE = 0.35;

/**
 * An axis from the first start to the last end. With `isFolded`, the longest idle times, at most 24, become
 * narrow columns of equal width. `busy` are the times in which something happened, in any order.
 */
export function foldedAxis(busy: readonly Interval[], isFolded: boolean): FoldedAxis {
  const { start, end, gaps, busyTime } = gapsOf(busy);
  const least = Math.max(LEAST_GAP, busyTime * LONG_SHARE);
  const folded = isFolded
    ? gaps
        .filter((gap) => gap.end - gap.start > least)
        .sort((a, b) => b.end - b.start - (a.end - a.start))
        .slice(0, MOST_FOLDS)
        .sort((a, b) => a.start - b.start)
    : [];
  const shown = folded.reduce((rest, gap) => rest - (gap.end - gap.start), end - start);
  const share = Math.min(FOLD_SHARE, FOLDS_SHARE / Math.max(1, folded.length));
  const width = shown > 0 ? shown * share : 1;

  // Breakpoints of a piecewise linear function, the same number of times and places.
  const times = [start];
  const places = [0];
  const folds: Fold[] = [];
  for (const gap of folded) {
    const from = places.at(-1)! + (gap.start - times.at(-1)!);
    const to = from + width;
    times.push(gap.start, gap.end);
    places.push(from, to);
    folds.push({ ...gap, from, to });
  }
  const length = places.at(-1)! + (end - times.at(-1)!);
  times.push(end);
  places.push(length);
  return {
    length,
    folds,
    toPlace: (time) => interpolate(times, places, time),
    toTime: (place) => interpolate(places, times, place),
  };
}

/** Round times on the axis outside of its folds, in milliseconds; about `most` of them. */
export function foldedTicks({ length, folds, toTime }: FoldedAxis, most: number): readonly number[] {
  const [, step] = axisTicks(length, most);
  if (step === undefined) return [];
  const starts = [toTime(0), ...folds.map(({ end }) => end)];
  const ends = [...folds.map(({ start }) => start), toTime(length)];
  return starts.flatMap((start, index) => {
    const first = Math.ceil(start / step);
    const count = Math.max(0, Math.floor(ends[index]! / step) - first + 1);
    return Array.from({ length: count }, (_, place) => (first + place) * step);
  });
}

/** The times between the first start and the last end in which nothing happened. */
function gapsOf(busy: readonly Interval[]): Interval & { gaps: Interval[]; busyTime: number } {
  const gaps: Interval[] = [];
  const sorted = busy.toSorted((a, b) => a.start - b.start);
  const start = sorted[0]?.start ?? 0;
  let end = start;
  let busyTime = 0;
  for (const each of sorted) {
    if (each.start > end) gaps.push({ start: end, end: each.start });
    busyTime += Math.max(0, each.end - Math.max(each.start, end));
    end = Math.max(end, each.end);
  }
  return { start, end, gaps, busyTime };
}

/** The value of a piecewise linear function, whose breakpoints ascend. */
function interpolate(from: readonly number[], to: readonly number[], value: number): number {
  let low = 0;
  let high = from.length - 1;
  if (value <= from[low]!) return to[low]!;
  if (value >= from[high]!) return to[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle]! <= value) low = middle;
    else high = middle;
  }
  const share = (value - from[low]!) / (from[high]! - from[low]!);
  return to[low]! + share * (to[high]! - to[low]!);
}
