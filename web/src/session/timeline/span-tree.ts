/** The fields of a span that the layout needs. */
interface TreeSpan {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly start: number;
}

/**
 * The spans of a trace as rows: parents before their children, siblings by start. Arrays are indexed by row.
 * Everything is computed once; folding a row skips `size` rows.
 */
export interface SpanTree {
  /** Index of the row's span in the list of spans. */
  readonly span: Int32Array;
  readonly depth: Int32Array;
  /** Number of rows of its subtree, including itself. */
  readonly size: Int32Array;
  /** The parent's row; -1 for a root. */
  readonly parent: Int32Array;
  /** Position among its siblings, from 1, and their number. */
  readonly place: Int32Array;
  readonly siblings: Int32Array;
}

/**
 * Lays out spans as a tree. Spans whose parent is missing are roots. In a circle of parents the earliest span
 * is a root. Not recursive, because traces may be as deep as they are long.
 */
export function layoutSpans(spans: readonly TreeSpan[]): SpanTree {
  const count = spans.length;
  const byStart = Int32Array.from(spans.keys()).sort(
    (a, b) => spans[a]!.start - spans[b]!.start || (spans[a]!.id < spans[b]!.id ? -1 : 1),
  );
  const parentOf = parents(spans, byStart);

  // Children of one parent are contiguous, by start: first they are counted, then placed.
  const firstChild = new Int32Array(count + 2);
  for (const parent of parentOf) firstChild[parent + 2]!++;
  for (let i = 1; i < firstChild.length; i++) firstChild[i]! += firstChild[i - 1]!;
  const children = new Int32Array(count);
  const filled = firstChild.slice();
  for (const index of byStart) children[filled[parentOf[index]! + 1]!++] = index;

  const tree: SpanTree = {
    span: new Int32Array(count),
    depth: new Int32Array(count),
    size: new Int32Array(count).fill(1),
    parent: new Int32Array(count),
    place: new Int32Array(count),
    siblings: new Int32Array(count),
  };
  const rowOf = new Int32Array(count);
  const stack: number[] = [];
  const push = (parent: number): void => {
    for (let i = firstChild[parent + 2]! - 1; i >= firstChild[parent + 1]!; i--) stack.push(children[i]!);
  };
  let row = 0;
  push(-1);
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    const parent = parentOf[index]!;
    const parentRow = parent < 0 ? -1 : rowOf[parent]!;
    rowOf[index] = row;
    tree.span[row] = index;
    tree.parent[row] = parentRow;
    tree.depth[row] = parentRow < 0 ? 0 : tree.depth[parentRow]! + 1;
    tree.siblings[row] = firstChild[parent + 2]! - firstChild[parent + 1]!;
    row++;
    push(index);
  }
  for (let i = firstChild.length - 2; i >= 0; i--) {
    for (let at = firstChild[i]!, place = 1; at < firstChild[i + 1]!; at++, place++) {
      tree.place[rowOf[children[at]!]!] = place;
    }
  }
  for (let i = count - 1; i >= 0; i--) {
    const parentRow = tree.parent[i]!;
    if (parentRow >= 0) tree.size[parentRow]! += tree.size[i]!;
  }
  return tree;
}

/** The parent of each span as an index in the list; -1 for a root. */
function parents(spans: readonly TreeSpan[], byStart: Int32Array): Int32Array {
  const places = new Map<string, number>();
  for (const [index, { id }] of spans.entries()) places.set(id, index);
  const parentOf = Int32Array.from(spans, ({ parentId }) =>
    parentId === undefined ? -1 : (places.get(parentId) ?? -1),
  );

  const rank = new Int32Array(spans.length);
  for (const [place, index] of byStart.entries()) rank[index] = place;
  /** The number of the upward walk that visited a span; 0 for none yet. */
  const walkOf = new Int32Array(spans.length);
  for (let from = 0, walk = 1; from < spans.length; from++, walk++) {
    let index = from;
    while (index >= 0 && walkOf[index] === 0) {
      walkOf[index] = walk;
      index = parentOf[index]!;
    }
    if (index < 0 || walkOf[index] !== walk) continue;
    let earliest = index;
    for (let on = parentOf[index]!; on !== index; on = parentOf[on]!) {
      if (rank[on]! < rank[earliest]!) earliest = on;
    }
    parentOf[earliest] = -1;
  }
  return parentOf;
}
