import type { Timed } from './self-time.js';
import type { SpanTree } from './span-tree.js';

/** A trace as a flame graph over time: each span on a level of its own time, below its parent. */
export interface FlameLayout {
  /** The level of each row, from 0 at the top. */
  readonly level: Int32Array;
  readonly levelCount: number;
  /** The rows of each level, by start. */
  readonly rows: readonly (readonly number[])[];
}

/**
 * Puts each span on the first level below its parent's that is free when it starts. Spans of one level do not
 * overlap, unless a span starts before its parent: it then counts from its parent's start.
 */
export function flameLayout(spans: readonly Timed[], tree: SpanTree): FlameLayout {
  const count = tree.span.length;
  const start = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const own = spans[tree.span[row]!]!.start;
    const parent = tree.parent[row]!;
    start[row] = parent < 0 ? own : Math.max(own, start[parent]!);
  }
  const byStart = Int32Array.from({ length: count }, (_, row) => row).sort(
    (a, b) => start[a]! - start[b]! || a - b,
  );
  const free = new FreeLevels(count);
  const level = new Int32Array(count);
  const rows: number[][] = [];
  for (const row of byStart) {
    const parent = tree.parent[row]!;
    const above = parent < 0 ? -1 : level[parent]!;
    const own = free.firstFree(above + 1, start[row]!);
    level[row] = own;
    free.take(own, Math.max(start[row]!, spans[tree.span[row]!]!.end));
    while (rows.length <= own) rows.push([]);
    rows[own]!.push(row);
  }
  return { level, levelCount: rows.length, rows };
}

/** Until when each level is taken. A tree of minima finds a free one among many thousands in a few steps. */
class FreeLevels {
  readonly #size: number;
  /** The earliest time at which a level of a subtree is free; the levels themselves are the last `size` entries. */
  readonly #earliest: Float64Array;

  constructor(levels: number) {
    let size = 1;
    while (size < levels + 1) size *= 2;
    this.#size = size;
    this.#earliest = new Float64Array(2 * size).fill(Number.NEGATIVE_INFINITY);
  }

  take(level: number, until: number): void {
    const earliest = this.#earliest;
    let node = level + this.#size;
    earliest[node] = until;
    for (node >>= 1; node > 0; node >>= 1) {
      earliest[node] = Math.min(earliest[2 * node]!, earliest[2 * node + 1]!);
    }
  }

  /** The first level at or after `least` that is free at `time`. */
  firstFree(least: number, time: number): number {
    const earliest = this.#earliest;
    let node = least + this.#size;
    // Up to a subtree that begins at or after `least` and has a free level, then down to its first.
    while (earliest[node]! > time) {
      while (node % 2 === 1) node >>= 1;
      node += 1;
    }
    while (node < this.#size) {
      node *= 2;
      if (earliest[node]! > time) node += 1;
    }
    return node - this.#size;
  }
}
