import type { Outline, OutlineColumns } from '../contract/outline.js';
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

/** The contract's outline by columns. */
export function outlineColumns({ traces, truncated }: StoredOutline): OutlineColumns {
  const [names, services, sessions] = [new Texts(), new Texts(), new Texts()];
  const columns: Omit<OutlineColumns, 'traces' | 'names' | 'services' | 'sessions' | 'truncated'> = {
    span_id: [],
    parent: [],
    name: [],
    service: [],
    session: [],
    kind: [],
    status_code: [],
    start_offset: [],
    duration: [],
  };
  let first = 0;
  for (const { spans, startNs } of traces) {
    const places = new Map(spans.map(({ spanId }, index) => [spanId, first + index]));
    for (const span of spans) {
      columns.span_id.push(span.spanId);
      columns.parent.push(span.parentId === undefined ? NONE : (places.get(span.parentId) ?? MISSING));
      columns.name.push(names.placeOf(span.name));
      columns.service.push(span.service === undefined ? NONE : services.placeOf(span.service));
      columns.session.push(span.sessionId === undefined ? NONE : sessions.placeOf(span.sessionId));
      columns.kind.push(span.kind);
      columns.status_code.push(span.statusCode);
      columns.start_offset.push(Number(span.startNs - startNs));
      columns.duration.push(Number(span.endNs - span.startNs));
    }
    first += spans.length;
  }
  return {
    traces: traces.map(({ traceId, startNs, endNs, spans }) => ({
      trace_id: traceId,
      start_time_unix_nano: String(startNs),
      end_time_unix_nano: String(endNs),
      span_count: spans.length,
    })),
    names: names.all,
    services: services.all,
    sessions: sessions.all,
    ...columns,
    truncated,
  };
}

const NONE = -1;
const MISSING = -2;

/** Each text once, in the order of their first use. */
class Texts {
  readonly all: string[] = [];
  readonly #places = new Map<string, number>();

  placeOf(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.all.push(text) - 1;
      this.#places.set(text, place);
    }
    return place;
  }
}
