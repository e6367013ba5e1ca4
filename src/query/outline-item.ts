import type { Outline } from '../contract/outline.js';
import type { StoredOutline } from '../store/contract/trace.js';

/** The contract's outline. */
export function outlineItem({ traces, truncated }: StoredOutline): Outline {
  return {
    traces: traces.map(({ traceId, startNs, endNs, spans }) => ({
      trace_id: traceId,
      start_time_unix_nano: String(startNs),
      end_time_unix_nano: String(endNs),
      spans: spans.map((span) => ({
        span_id: span.spanId,
        ...(span.parentId !== undefined && { parent_span_id: span.parentId }),
        name: span.name,
        kind: span.kind,
        start_time_unix_nano: String(span.startNs),
        end_time_unix_nano: String(span.endNs),
        status_code: span.statusCode,
        ...(span.service !== undefined && { service: span.service }),
        ...(span.sessionId !== undefined && { session_id: span.sessionId }),
      })),
    })),
    truncated,
  };
}
