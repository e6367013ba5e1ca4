import type { SpanTree } from './span-tree.js';

/** The fields of a span that decide which siblings are equal. */
interface GroupedSpan {
  readonly id: string;
  readonly name: string;
  readonly service: string | undefined;
  readonly kind: number;
}

/** Siblings with the same name, service and kind. */
export interface SiblingGroup {
  /** The id of its first span. */
  readonly id: string;
  /** Its rows, by start. */
  readonly rows: readonly number[];
}

/** Fewer equal siblings than this are read faster one by one. */
const LEAST = 5;

/** The groups of equal siblings of a trace, in the order of their first rows. */
export function siblingGroups(spans: readonly GroupedSpan[], tree: SpanTree): readonly SiblingGroup[] {
  const groups: SiblingGroup[] = [];
  const alike = new Map<string, number[]>();
  const find = (first: number, end: number): void => {
    alike.clear();
    for (let row = first; row < end; row += tree.size[row]!) {
      const { name, service, kind } = spans[tree.span[row]!]!;
      const key = `${kind} ${service?.length ?? -1} ${service ?? ''}${name}`;
      const rows = alike.get(key);
      if (rows === undefined) alike.set(key, [row]);
      else rows.push(row);
    }
    for (const rows of alike.values()) {
      if (rows.length >= LEAST) groups.push({ id: spans[tree.span[rows[0]!]!]!.id, rows });
    }
  };
  find(0, tree.span.length);
  for (let row = 0; row < tree.span.length; row++) {
    if (tree.size[row]! > LEAST) find(row + 1, row + tree.size[row]!);
  }
  return groups.sort((a, b) => a.rows[0]! - b.rows[0]!);
}

/** What is shown of a trace: spans, and groups of them. Arrays are indexed by place, from the top. */
export interface ShownRows {
  /** The row of the tree, or `~group` for the head of a group. */
  readonly items: Int32Array;
  readonly depth: Int32Array;
  /** The place of each row of the tree; -1 if it is not shown. */
  readonly placeOf: Int32Array;
}

interface Folding {
  /** Ids of spans whose children are hidden. */
  readonly folded: ReadonlySet<string>;
  readonly groups: readonly SiblingGroup[];
  /** Ids of groups whose spans are shown. */
  readonly unfolded: ReadonlySet<string>;
}

/** The rows that are shown: parents before their children, and the spans of a group together below its head. */
export function shownRows(
  tree: SpanTree,
  spans: readonly GroupedSpan[],
  { folded, groups, unfolded }: Folding,
): ShownRows {
  const groupOf = new Int32Array(tree.span.length).fill(-1);
  for (const [group, { rows }] of groups.entries()) for (const row of rows) groupOf[row] = group;
  const items: number[] = [];
  const depths: number[] = [];
  const placeOf = new Int32Array(tree.span.length).fill(-1);
  // The items still to be shown, the next one at the end.
  const stack: number[] = [];
  const stackDepths: number[] = [];
  const pushAll = (next: readonly number[], depth: number): void => {
    for (let i = next.length - 1; i >= 0; i--) {
      stack.push(next[i]!);
      stackDepths.push(depth);
    }
  };
  const siblings = (first: number, end: number): number[] => {
    const next: number[] = [];
    for (let row = first; row < end; row += tree.size[row]!) {
      const group = groupOf[row]!;
      if (group < 0) next.push(row);
      else if (groups[group]!.rows[0] === row) next.push(~group);
    }
    return next;
  };
  pushAll(siblings(0, tree.span.length), 0);
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const depth = stackDepths.pop()!;
    items.push(item);
    depths.push(depth);
    if (item < 0) {
      const { id, rows } = groups[~item]!;
      if (unfolded.has(id)) pushAll(rows, depth + 1);
      continue;
    }
    placeOf[item] = items.length - 1;
    if (tree.size[item]! > 1 && !folded.has(spans[tree.span[item]!]!.id)) {
      pushAll(siblings(item + 1, item + tree.size[item]!), depth + 1);
    }
  }
  return { items: Int32Array.from(items), depth: Int32Array.from(depths), placeOf };
}
