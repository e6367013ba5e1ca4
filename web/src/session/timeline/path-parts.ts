import type { PathPart } from './critical-path.js';
import type { TimeWindow } from './time-window.js';

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The parts of a critical path by row, each by time. */
export function partsByRow(parts: readonly PathPart[]): ReadonlyMap<number, readonly Stretch[]> {
  const byRow = new Map<number, Stretch[]>();
  for (const { row, from, to } of parts) {
    const known = byRow.get(row);
    if (known === undefined) byRow.set(row, [{ from, to }]);
    else known.push({ from, to });
  }
  return byRow;
}

/** Parts that are closer than this share of the window cannot be told apart. */
const CLOSE = 1 / 400;

/**
 * The stretches to draw in a window, as shares of it: those in view, with neighbours that cannot be told apart
 * joined, so that their number is bounded.
 */
export function visibleStretches(
  stretches: readonly Stretch[],
  { from, to }: TimeWindow,
): readonly Stretch[] {
  const length = to - from;
  const shown: { from: number; to: number }[] = [];
  for (const stretch of stretches) {
    const first = Math.max(0, (stretch.from - from) / length);
    const last = Math.min(1, (stretch.to - from) / length);
    if (last < 0 || first > 1) continue;
    const before = shown.at(-1);
    if (before !== undefined && first - before.to < CLOSE) before.to = Math.max(before.to, last);
    else shown.push({ from: first, to: last });
  }
  return shown;
}
