import { parseTime } from '../../format/time.js';
import type { SessionException } from '../queries.js';
import type { Outline, OutlinedSpan, OutlinedTrace } from '../timeline/outline.js';

export interface FirstError {
  readonly trace: OutlinedTrace;
  readonly span: OutlinedSpan;
}

/**
 * What went wrong first: of the spans that failed with nothing failed below them, the one that ended first. What is above them failed
 * because of them, as a rule, and started earlier. Undefined where no span of the session failed.
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
 * Whether an exception came before the span that failed first. Not where that span tells of it: then the span says all. Times of exceptions are read to the
 * millisecond.
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
    // What is above a span that was met is known already; it also ends the walk where parents form a circle.
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
