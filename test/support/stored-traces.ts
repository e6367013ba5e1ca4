import { tracesJsonToProtobuf } from '../../src/otlp/json.js';
import type { StoredTrace } from '../../src/store/contract/trace.js';

/** A span in OTLP/JSON; ids in hex. */
interface JsonSpan {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly service?: string;
  readonly error?: boolean;
  /** Any other fields of the span. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A trace as a store keeps it: each span in an envelope of its own, positioned at its earliest start. */
export function storedTrace(traceId: string, spans: readonly JsonSpan[]): StoredTrace {
  const resourceSpans = spans.map((span) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: span.service ?? 'web' } }] },
    scopeSpans: [
      {
        scope: { name: 'test' },
        spans: [
          {
            traceId,
            spanId: span.spanId,
            parentSpanId: span.parentSpanId,
            name: 'work',
            startTimeUnixNano: span.startNs.toString(),
            endTimeUnixNano: span.endNs.toString(),
            status: span.error ? { code: 2, message: 'broken' } : {},
            ...span.more,
          },
        ],
      },
    ],
  }));
  const [startNs = 0n] = spans.map((span) => span.startNs).sort((a, b) => Number(a - b));
  return {
    position: { startNs, traceId },
    otlp: tracesJsonToProtobuf(JSON.stringify({ resourceSpans })).bytes,
  };
}
