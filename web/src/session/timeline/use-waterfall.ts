import { useCallback, useEffect, useMemo, useState } from 'react';
import type { OutlinedTrace } from './outline.js';
import { layoutSpans, placeOfRow, type SpanTree, shownRows } from './span-tree.js';

const NONE: ReadonlySet<string> = new Set();

export interface WaterfallState {
  readonly tree: SpanTree;
  /** The rows that are not folded. */
  readonly rows: Int32Array;
  readonly folded: ReadonlySet<string>;
  /** Index in `rows` of the keyboard cursor; -1 if there is none. */
  readonly cursor: number;
  /** Number of failed spans below a row. */
  failedBelow(row: number): number;
  setCursor(spanId: string): void;
  fold(spanId: string, isFolded?: boolean): void;
  foldAll(): void;
  unfoldAll(): void;
}

/**
 * The state of a waterfall: the shown rows and the cursor. The open span is never folded, and the cursor
 * starts at it.
 */
export function useWaterfall(trace: OutlinedTrace, openSpan: string | undefined): WaterfallState {
  const { spans } = trace;
  const tree = useMemo(() => layoutSpans(spans), [spans]);
  const rowOf = useMemo(() => {
    const rows = new Map<string, number>();
    for (const [row, index] of tree.span.entries()) rows.set(spans[index]!.id, row);
    return rows;
  }, [tree, spans]);
  const failed = useMemo(() => failuresBefore(trace, tree), [trace, tree]);
  const [folded, setFolded] = useState(NONE);
  const [cursorId, setCursor] = useState<string>();

  useEffect(() => {
    if (openSpan === undefined) return;
    setCursor(openSpan);
    setFolded((before) => {
      const above = foldedAbove(before, rowOf.get(openSpan) ?? -1);
      if (above.length === 0) return before;
      const after = new Set(before);
      for (const id of above) after.delete(id);
      return after;
    });
    function foldedAbove(before: ReadonlySet<string>, row: number): string[] {
      const ids: string[] = [];
      if (before.size === 0 || row < 0) return ids;
      for (let on = tree.parent[row]!; on >= 0; on = tree.parent[on]!) {
        const { id } = spans[tree.span[on]!]!;
        if (before.has(id)) ids.push(id);
      }
      return ids;
    }
  }, [openSpan, tree, spans, rowOf]);

  const rows = useMemo(() => shownRows(tree, spans, folded), [tree, spans, folded]);
  const fold = useCallback((spanId: string, isFolded?: boolean): void => {
    setFolded((before) => {
      const after = new Set(before);
      if (isFolded ?? !before.has(spanId)) after.add(spanId);
      else after.delete(spanId);
      return after;
    });
  }, []);
  return {
    tree,
    rows,
    folded,
    cursor: cursorId === undefined ? -1 : placeOfRow(rows, rowOf.get(cursorId) ?? -1),
    failedBelow: (row) => failed[row + tree.size[row]!]! - failed[row + 1]!,
    setCursor,
    fold,
    foldAll: () => {
      const parents = [...tree.span].filter((_, row) => tree.size[row]! > 1 && tree.depth[row]! > 0);
      setFolded(new Set(parents.map((index) => spans[index]!.id)));
    },
    unfoldAll: () => setFolded(NONE),
  };
}

/** For each row, the number of failed rows before it. */
function failuresBefore({ spans }: OutlinedTrace, tree: SpanTree): Int32Array {
  const before = new Int32Array(tree.span.length + 1);
  for (const [row, index] of tree.span.entries()) {
    before[row + 1] = before[row]! + (spans[index]!.isError ? 1 : 0);
  }
  return before;
}
