import type { Timed } from './self-time.js';
import type { SpanTree } from './span-tree.js';

/** A part of a critical path: a row, and when it was what the trace waited for, milliseconds on the axis. */
export interface PathPart {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

interface Visit {
  readonly row: number;
  readonly from: number;
  /** The parts from here to the end of the visit are known. */
  at: number;
  /** Children by end, the last to end at the end of the list. */
  readonly children: number[];
}

/**
 * What a trace waited for, at each time of its longest root, from its end to its start: a span waits for the child
 * that ended last before the part that is known, and for itself where there is none. A child that ended later did
 * not hold that part up. The parts are disjoint and cover the root's whole duration; they are sorted by time.
 */
export function criticalPath(spans: readonly Timed[], tree: SpanTree): PathPart[] {
  const root = longestRoot(spans, tree);
  if (root === undefined) return [];
  const parts: PathPart[] = [];
  const add = (row: number, from: number, to: number): void => {
    if (to > from) parts.push({ row, from, to });
  };
  const spanOf = (row: number): Timed => spans[tree.span[row]!]!;
  const visit = (row: number, from: number, to: number): Visit => {
    const children: number[] = [];
    for (let child = row + 1; child < row + tree.size[row]!; child += tree.size[child]!) children.push(child);
    children.sort((a, b) => spanOf(a).end - spanOf(b).end);
    return { row, from, at: to, children };
  };
  // Not recursive, because traces may be as deep as they are long.
  const stack = [visit(root, spanOf(root).start, spanOf(root).end)];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const child = top.children.pop();
    if (child === undefined || spanOf(child).end <= top.from) {
      add(top.row, top.from, top.at);
      stack.pop();
      continue;
    }
    const { start, end } = spanOf(child);
    if (end > top.at || start >= end) continue;
    const from = Math.max(start, top.from);
    add(top.row, end, top.at);
    top.at = from;
    stack.push(visit(child, from, end));
  }
  return parts.sort((a, b) => a.from - b.from);
}

function longestRoot(spans: readonly Timed[], tree: SpanTree): number | undefined {
  let longest: number | undefined;
  let most = -1;
  for (let row = 0; row < tree.span.length; row += tree.size[row]!) {
    const { start, end } = spans[tree.span[row]!]!;
    if (end - start <= most) continue;
    most = end - start;
    longest = row;
  }
  return longest;
}
