import type { OutlinedSpan, OutlinedTrace } from '../timeline/outline.js';
import { layoutSpans } from '../timeline/span-tree.js';
import { spanKey } from '../usage/call-marks.js';

/** The work of one service for one caller: the span at which it began, and what is below it. */
export interface ServiceEntry {
  readonly traceId: string;
  readonly span: OutlinedSpan;
  /** Spans of this entry and below it, up to the next entries. */
  readonly spanCount: number;
  readonly errorCount: number;
}

interface Others {
  /** Keys of spans that are shown as something else. They are entries only as spans of servers or consumers. */
  readonly taken: ReadonlySet<string>;
  /** Keys of spans that are entries in any case. */
  readonly named: ReadonlySet<string>;
}

const SERVER = 2;
const CONSUMER = 5;

/**
 * Where services begin to work: at the root of a trace, at a span of another service than its parent's, and
 * at a span of a server or consumer. Each span belongs to the nearest entry at or above it, if there is one.
 */
export function serviceEntries(
  traces: readonly OutlinedTrace[],
  { taken, named }: Others,
): readonly ServiceEntry[] {
  return traces.flatMap(({ id, spans }) => {
    const tree = layoutSpans(spans);
    const entryOf = new Int32Array(spans.length).fill(-1);
    const entries: { traceId: string; span: OutlinedSpan; spanCount: number; errorCount: number }[] = [];
    for (let row = 0; row < spans.length; row++) {
      const span = spans[tree.span[row]!]!;
      const parentRow = tree.parent[row]!;
      const parent = parentRow < 0 ? undefined : spans[tree.span[parentRow]!]!;
      const key = spanKey(id, span.id);
      const isServer = span.kind === SERVER || span.kind === CONSUMER;
      const isOther = parent === undefined || parent.service !== span.service;
      if (named.has(key) || isServer || (isOther && !taken.has(key))) {
        entryOf[row] = entries.push({ traceId: id, span, spanCount: 0, errorCount: 0 }) - 1;
      } else if (parentRow >= 0) {
        entryOf[row] = entryOf[parentRow]!;
      }
      const entry = entries[entryOf[row]!];
      if (entry === undefined) continue;
      entry.spanCount++;
      if (span.isError) entry.errorCount++;
    }
    return entries;
  });
}
