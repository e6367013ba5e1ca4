import type { SpanTree } from './span-tree.js';

/** A span's time on the axis of its session, milliseconds; it never ends before it starts. */
export interface Timed {
  readonly start: number;
  readonly end: number;
}

/**
 * The time of each row that none of its children was running, milliseconds: its duration less the union of its
 * children's intervals within it.
 */
export function selfTimes(spans: readonly Timed[], tree: SpanTree): Float64Array {
  const self = new Float64Array(tree.span.length);
  for (const [row, index] of tree.span.entries()) {
    const { start, end } = spans[index]!;
    let covered = 0;
    let reach = start;
    // Children come by start, so one pass finds their union.
    for (let child = row + 1; child < row + tree.size[row]!; child += tree.size[child]!) {
      const each = spans[tree.span[child]!]!;
      const to = Math.min(each.end, end);
      covered += Math.max(0, to - Math.max(each.start, reach));
      reach = Math.max(reach, to);
    }
    self[row] = Math.max(0, end - start - covered);
  }
  return self;
}
