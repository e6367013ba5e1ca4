import type { Outline } from './outline.js';

export interface SpanPlace {
  readonly trace: string;
  readonly span: string;
}

/**
 * The next failed span after a position, by trace and then by start, wrapping around at the end. Undefined if
 * no span failed. A position without a span is before the first span of its trace.
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
