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
