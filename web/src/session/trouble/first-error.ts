import { parseTime } from '../../format/time.js';
import type { SessionException } from '../queries.js';
import type { Outline, OutlinedSpan, OutlinedTrace } from '../timeline/outline.js';

export interface FirstError {
  readonly trace: OutlinedTrace;
  readonly span: OutlinedSpan;
}

/**
 * The first failure: of the failed spans without a failed span below them, the one that ended first. Spans
 * above it usually failed because of it, and started earlier. Undefined if no span of the session failed.
 */
export function firstError({ traces }: Outline): FirstError | undefined {
  let first: FirstError | undefined;
  for (const trace of traces) {
    if (trace.errorCount === 0) continue;
    for (const span of causes(trace)) {
      if (first === undefined || span.end < first.span.end) first = { trace, span };
    }
  }
  return first;
}

/**
 * Whether an exception came before the first failed span. False if that span itself reports the exception.
 * Times of exceptions have millisecond precision.
 */
export function isBefore(exception: SessionException, { span }: FirstError, { origin }: Outline): boolean {
  if (exception.span?.span_id === span.id) return false;
  return parseTime(exception.first_time) < Number(origin) / 1e6 + span.end;
}

function causes({ spans }: OutlinedTrace): OutlinedSpan[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const failed = spans.filter(({ isError, otherSession }) => isError && otherSession === undefined);
  const above = new Set<OutlinedSpan>();
  for (const span of failed) {
    let parent = parentOf(span);
    // The ancestors of a visited span are known already. This also ends the walk in a circle of parents.
    while (parent !== undefined && parent !== span && !above.has(parent)) {
      above.add(parent);
      parent = parentOf(parent);
    }
  }
  const deepest = failed.filter((span) => !above.has(span));
  return deepest.length > 0 ? deepest : failed;

  function parentOf({ parentId }: OutlinedSpan): OutlinedSpan | undefined {
    return parentId === undefined ? undefined : byId.get(parentId);
  }
}
