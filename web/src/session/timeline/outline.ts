import type { components } from '../../../../client/src/schema.js';

type OutlineDocument = components['schemas']['SessionOutline'];
type OutlineSpan = components['schemas']['OutlineSpan'];

/** A session's traces on one axis: all times in milliseconds since its start, exact to the nanosecond. */
export interface Outline {
  /** Start of the axis, nanoseconds since 1970. */
  readonly origin: bigint;
  readonly duration: number;
  readonly traces: readonly OutlinedTrace[];
  readonly services: readonly string[];
  /** Whether the session has more traces than these. */
  readonly isTruncated: boolean;
}

export interface OutlinedTrace {
  readonly id: string;
  /** Name of the earliest span without a parent in the trace. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly spans: readonly OutlinedSpan[];
  readonly errorCount: number;
}

export interface OutlinedSpan {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly service: string | undefined;
  readonly start: number;
  /** At or after the start. */
  readonly end: number;
  readonly isError: boolean;
  /** The span's session, if it is not the session of the outline. */
  readonly otherSession: string | undefined;
}

/** Puts an outline of the API on one axis. */
export function readOutline({ traces, truncated }: OutlineDocument): Outline {
  let origin: bigint | undefined;
  for (const { start_time_unix_nano: start } of traces) {
    if (origin === undefined || BigInt(start) < origin) origin = BigInt(start);
  }
  const first = origin ?? 0n;
  const since = (nanoseconds: string): number => Number(BigInt(nanoseconds) - first) / 1e6;

  const services = new Set<string>();
  let duration = 0;
  const outlined = traces.map((trace): OutlinedTrace => {
    const ids = new Set(trace.spans.map((span) => span.span_id));
    const spans = trace.spans.map((span) => outlinedSpan(span, since));
    for (const { service } of spans) if (service !== undefined) services.add(service);
    const root = spans.find(({ parentId }) => parentId === undefined || !ids.has(parentId)) ?? spans[0];
    const start = since(trace.start_time_unix_nano);
    const end = Math.max(start, since(trace.end_time_unix_nano));
    duration = Math.max(duration, end);
    const errorCount = spans.reduce((count, { isError }) => count + (isError ? 1 : 0), 0);
    return { id: trace.trace_id, name: root?.name ?? '', start, end, spans, errorCount };
  });
  return {
    origin: first,
    duration,
    traces: outlined,
    services: [...services].sort(),
    isTruncated: truncated,
  };
}

function outlinedSpan(span: OutlineSpan, since: (nanoseconds: string) => number): OutlinedSpan {
  const start = since(span.start_time_unix_nano);
  return {
    id: span.span_id,
    parentId: span.parent_span_id,
    name: span.name,
    kind: span.kind,
    service: span.service,
    start,
    end: Math.max(start, since(span.end_time_unix_nano)),
    isError: span.status_code === 2,
    otherSession: span.session_id,
  };
}
