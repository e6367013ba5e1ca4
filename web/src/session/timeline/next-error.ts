import type { Outline } from './outline.js';

export interface SpanPlace {
  readonly trace: string;
  readonly span: string;
}

/**
 * The span that failed next after a place, by trace and then by start; round again at the end. Undefined where nothing failed. A place
 * without a span is before the first of its trace.
 */
export function nextError({ traces }: Outline, traceId: string | undefined, spanId: string | undefined) {
  const from = Math.max(
    0,
    traces.findIndex(({ id }) => id === traceId),
  );
  for (let step = 0; step <= traces.length; step++) {
    const trace = traces[(from + step) % traces.length];
    if (trace === undefined || trace.errorCount === 0) continue;
    const after = step === 0 ? trace.spans.findIndex(({ id }) => id === spanId) + 1 : 0;
    const span = trace.spans.slice(after).find(({ isError }) => isError);
    if (span !== undefined) return { trace: trace.id, span: span.id } satisfies SpanPlace;
  }
  return undefined;
}
