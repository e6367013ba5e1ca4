/** A part of a time axis, milliseconds. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** The smallest part that can be shown, as a share of the whole: further in, positions would not be exact. */
const SMALLEST = 1e-9;

/**
 * The window scaled by a factor: below 1 shows less. The time at `at`, a share of the window from 0 to 1, stays
 * where it is, unless the window would leave the whole.
 */
export function zoomed(window: TimeWindow, whole: TimeWindow, factor: number, at: number): TimeWindow {
  const length = whole.to - whole.from;
  const before = window.to - window.from;
  const after = Math.min(length, Math.max(before * factor, length * SMALLEST));
  return within(window.from + at * (before - after), after, whole);
}

/** The window moved by a share of itself: 1 is the next one to the right. */
export function panned(window: TimeWindow, whole: TimeWindow, by: number): TimeWindow {
  const length = window.to - window.from;
  return within(window.from + by * length, length, whole);
}

/** The window moved as little as possible, so that a span is in it, or at least its beginning. */
export function including(
  window: TimeWindow,
  whole: TimeWindow,
  span: { start: number; end: number },
): TimeWindow {
  const length = window.to - window.from;
  if (span.start >= window.from && span.end <= window.to) return window;
  // A span that is longer than the window fills it already, or is shown from its beginning.
  if (span.start <= window.from && span.end >= window.to) return window;
  const from = span.end - span.start > length || span.start < window.from ? span.start : span.end - length;
  return within(from, length, whole);
}

/** The part of the axis between two shares of a window, in either order. */
export function partOf(window: TimeWindow, whole: TimeWindow, a: number, b: number): TimeWindow {
  const length = window.to - window.from;
  const [first, last] = a < b ? [a, b] : [b, a];
  const least = (whole.to - whole.from) * SMALLEST;
  return within(window.from + first * length, Math.max((last - first) * length, least), whole);
}

function within(from: number, length: number, whole: TimeWindow): TimeWindow {
  if (length >= whole.to - whole.from) return whole;
  const first = Math.max(whole.from, Math.min(from, whole.to - length));
  return { from: first, to: Math.min(whole.to, first + length) };
}
