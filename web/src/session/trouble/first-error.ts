import { parseTime } from '../../format/time.js';
import type { SessionException } from '../queries.js';
import type { Outline, OutlinedSpan, OutlinedTrace } from '../timeline/outline.js';
import { layoutSpans } from '../timeline/span-tree.js';

/** A failed span of the session. */
export interface FailedSpan {
  readonly trace: OutlinedTrace;
  readonly span: OutlinedSpan;
  /** When it and all failed spans below it had failed, milliseconds on the axis of the outline. */
  readonly failedBy: number;
}

const kept = new WeakMap<Outline, readonly FailedSpan[]>();

/**
 * The failed spans of the session, in the order in which they are read: by the time they had failed, and never a
 * span before the failed spans below it, because it usually failed because of them.
 */
export function failedSpans(outline: Outline): readonly FailedSpan[] {
  let failed = kept.get(outline);
  if (failed === undefined) {
    failed = outline.traces
      .flatMap((trace) => (trace.errorCount === 0 ? [] : failedOf(trace)))
      .sort((a, b) => a.failedBy - b.failedBy || a.below - b.below);
    kept.set(outline, failed);
  }
  return failed;
}

/** The first failure. Undefined if no span of the session failed. */
export function firstError(outline: Outline): FailedSpan | undefined {
  return failedSpans(outline)[0];
}

/**
 * Whether an exception came before the first failed span. False if that span itself reports the exception.
 * Times of exceptions have millisecond precision.
 */
export function isBefore(
  exception: SessionException,
  { span, failedBy }: FailedSpan,
  { origin }: Outline,
): boolean {
  if (exception.span?.span_id === span.id) return false;
  return parseTime(exception.first_time) < absoluteTime(failedBy, origin);
}

/** Milliseconds since 1970 of a time on the axis of an outline. */
export function absoluteTime(time: number, origin: bigint): number {
  return Number(origin) / 1e6 + time;
}

/** `below` is the number of failed spans below each. */
function failedOf(trace: OutlinedTrace): (FailedSpan & { readonly below: number })[] {
  const { spans } = trace;
  const tree = layoutSpans(spans);
  const failedBy = new Float64Array(spans.length).fill(Number.NEGATIVE_INFINITY);
  const count = new Int32Array(spans.length);
  const failed: (FailedSpan & { readonly below: number })[] = [];
  // Children come after their parents, so all that is below a row is known when it is reached from the end.
  for (let row = spans.length - 1; row >= 0; row--) {
    const span = spans[tree.span[row]!]!;
    if (span.isError && span.otherSession === undefined) {
      failedBy[row] = Math.max(failedBy[row]!, span.end);
      failed.push({ trace, span, failedBy: failedBy[row]!, below: count[row]! });
      count[row]!++;
    }
    const parent = tree.parent[row]!;
    if (parent < 0) continue;
    failedBy[parent] = Math.max(failedBy[parent]!, failedBy[row]!);
    count[parent]! += count[row]!;
  }
  return failed.reverse();
}
