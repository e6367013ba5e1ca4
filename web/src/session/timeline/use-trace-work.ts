import { useCallback, useEffect, useMemo, useState } from 'react';
import type { SessionEvent } from '../queries.js';
import { type CallMark, spanKey } from '../usage/call-marks.js';
import type { OutlinedTrace } from './outline.js';
import { selfTimes } from './self-time.js';
import { type SiblingGroup, shownRows, siblingGroups } from './sibling-groups.js';
import { layoutSpans, type SpanTree } from './span-tree.js';

const NONE: ReadonlySet<string> = new Set();

/** The orders of the spans of a trace: as a tree, or one below the other, the greatest first. */
export const ORDERS = ['tree', 'duration', 'self', 'cost'] as const;
export type Order = (typeof ORDERS)[number];

/** A line of the waterfall: a span, the head of a group of equal siblings, or a log record of a span. */
export type Line =
  | { readonly kind: 'span'; readonly key: string; readonly row: number; readonly depth: number }
  | { readonly kind: 'group'; readonly key: string; readonly group: SiblingGroup; readonly depth: number }
  | {
      readonly kind: 'log';
      readonly key: string;
      readonly row: number;
      readonly event: SessionEvent;
      readonly depth: number;
    };

export interface TraceWork {
  readonly tree: SpanTree;
  /** Time of each row in which no child runs, milliseconds. */
  readonly self: Float64Array;
  readonly lines: readonly Line[];
  readonly folded: ReadonlySet<string>;
  readonly unfolded: ReadonlySet<string>;
  /** Place of the keyboard cursor among the lines; -1 if there is none. */
  readonly cursor: number;
  /** The row of a span by its id. */
  rowOf(spanId: string): number | undefined;
  /** Number of failed spans below a row. */
  failedBelow(row: number): number;
  setCursor(key: string): void;
  /** Shows a span, wherever it is folded away, and puts the cursor on it. */
  reveal(spanId: string): void;
  fold(spanId: string, isFolded?: boolean): void;
  toggleGroup(id: string): void;
  foldAll(): void;
  unfoldAll(): void;
}

interface Wanted {
  readonly trace: OutlinedTrace;
  readonly openSpan: string | undefined;
  readonly order: Order;
  readonly marks: ReadonlyMap<string, CallMark>;
  /** The events to show as lines below their spans. */
  readonly logs: ReadonlyMap<string, readonly SessionEvent[]> | undefined;
}

/** The lines of a trace and the cursor in them. The open span is never folded, and the cursor starts at it. */
export function useTraceWork({ trace, openSpan, order, marks, logs }: Wanted): TraceWork {
  const { spans } = trace;
  const tree = useMemo(() => layoutSpans(spans), [spans]);
  const self = useMemo(() => selfTimes(spans, tree), [spans, tree]);
  const groups = useMemo(() => siblingGroups(spans, tree), [spans, tree]);
  const rows = useMemo(
    () => new Map([...tree.span].map((index, row) => [spans[index]!.id, row])),
    [tree, spans],
  );
  const failed = useMemo(() => failuresBefore(trace, tree), [trace, tree]);
  const [folded, setFolded] = useState(NONE);
  const [unfolded, setUnfolded] = useState(NONE);
  const [cursorKey, setCursor] = useState<string>();

  const reveal = useCallback(
    (spanId: string): void => {
      setCursor(spanId);
      const row = rows.get(spanId);
      if (row === undefined) return;
      const path = new Set<number>([row]);
      for (let above = tree.parent[row]!; above >= 0; above = tree.parent[above]!) path.add(above);
      setFolded((before) => without(before, [...path].filter((each) => each !== row).map(idOf)));
      const hiding = groups.filter((group) => group.rows.some((each) => path.has(each)));
      setUnfolded((before) =>
        hiding.every(({ id }) => before.has(id))
          ? before
          : new Set([...before, ...hiding.map(({ id }) => id)]),
      );
      function idOf(each: number): string {
        return spans[tree.span[each]!]!.id;
      }
    },
    [rows, tree, spans, groups],
  );
  useEffect(() => {
    if (openSpan !== undefined) reveal(openSpan);
  }, [openSpan, reveal]);

  const lines = useMemo(() => {
    if (order === 'tree') {
      const shown = shownRows(tree, spans, { folded, groups, unfolded });
      const found: Line[] = [];
      for (const [place, item] of shown.items.entries()) {
        const depth = shown.depth[place]!;
        if (item < 0) {
          const group = groups[~item]!;
          found.push({ kind: 'group', key: `group ${group.id}`, group, depth });
        } else addSpan(found, item, depth);
      }
      return found;
    }
    const amountOf = amounts(order, trace, tree, self, marks);
    const found: Line[] = [];
    const sorted = [...tree.span.keys()].filter((row) => order !== 'cost' || amountOf(row) > 0);
    for (const row of sorted.sort((a, b) => amountOf(b) - amountOf(a) || a - b)) addSpan(found, row, 0);
    return found;
    function addSpan(to: Line[], row: number, depth: number): void {
      const { id } = spans[tree.span[row]!]!;
      to.push({ kind: 'span', key: id, row, depth });
      for (const event of logs?.get(id) ?? []) {
        to.push({ kind: 'log', key: `log ${event.id}`, row, event, depth: depth + 1 });
      }
    }
  }, [order, tree, spans, folded, groups, unfolded, trace, self, marks, logs]);
  const places = useMemo(() => new Map(lines.map(({ key }, place) => [key, place])), [lines]);

  const fold = useCallback((spanId: string, isFolded?: boolean): void => {
    setFolded((before) => {
      const after = new Set(before);
      if (isFolded ?? !before.has(spanId)) after.add(spanId);
      else after.delete(spanId);
      return after;
    });
  }, []);
  const toggleGroup = useCallback((id: string): void => {
    setUnfolded((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  }, []);
  return {
    tree,
    self,
    lines,
    folded,
    unfolded,
    cursor: cursorKey === undefined ? -1 : (places.get(cursorKey) ?? -1),
    rowOf: (spanId) => rows.get(spanId),
    failedBelow: (row) => failed[row + tree.size[row]!]! - failed[row + 1]!,
    setCursor,
    reveal,
    fold,
    toggleGroup,
    foldAll: () => {
      const parents = [...tree.span].filter((_, row) => tree.size[row]! > 1 && tree.depth[row]! > 0);
      setFolded(new Set(parents.map((index) => spans[index]!.id)));
      setUnfolded(NONE);
    },
    unfoldAll: () => {
      setFolded(NONE);
      setUnfolded(new Set(groups.map(({ id }) => id)));
    },
  };
}

/** What an order sorts by, greatest first. */
function amounts(
  order: Exclude<Order, 'tree'>,
  { id, spans }: OutlinedTrace,
  tree: SpanTree,
  self: Float64Array,
  marks: ReadonlyMap<string, CallMark>,
): (row: number) => number {
  const spanOf = (row: number) => spans[tree.span[row]!]!;
  switch (order) {
    case 'duration':
      return (row) => spanOf(row).end - spanOf(row).start;
    case 'self':
      return (row) => self[row]!;
    case 'cost':
      return (row) => marks.get(spanKey(id, spanOf(row).id))?.costUsd ?? 0;
  }
}

function without(ids: ReadonlySet<string>, gone: readonly string[]): ReadonlySet<string> {
  if (!gone.some((id) => ids.has(id))) return ids;
  const after = new Set(ids);
  for (const id of gone) after.delete(id);
  return after;
}

/** For each row, the number of failed rows before it. */
function failuresBefore({ spans }: OutlinedTrace, tree: SpanTree): Int32Array {
  const before = new Int32Array(tree.span.length + 1);
  for (const [row, index] of tree.span.entries()) {
    before[row + 1] = before[row]! + (spans[index]!.isError ? 1 : 0);
  }
  return before;
}
