import type { components } from '../../../../client/src/schema.js';

type OutlineColumns = components['schemas']['SessionOutlineColumns'];

/** A session's traces on one axis: all times in milliseconds since its start, exact to the nanosecond. */
export interface Outline {
  /** Start of the axis, nanoseconds since 1970. */
  readonly origin: bigint;
  readonly duration: number;
  readonly traces: readonly OutlinedTrace[];
  readonly services: readonly string[];
  /** Whether the session has more spans than these. */
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
  /** Undefined for a root, and if the parent is not in the trace. */
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
export function readOutline(columns: OutlineColumns): Outline {
  let origin: bigint | undefined;
  for (const { start_time_unix_nano: start } of columns.traces) {
    if (origin === undefined || BigInt(start) < origin) origin = BigInt(start);
  }
  const zero = origin ?? 0n;
  let duration = 0;
  let first = 0;
  const traces = columns.traces.map((trace): OutlinedTrace => {
    const startNs = Number(BigInt(trace.start_time_unix_nano) - zero);
    const start = startNs / 1e6;
    const end = Math.max(start, Number(BigInt(trace.end_time_unix_nano) - zero) / 1e6);
    const last = first + trace.span_count;
    const spans: OutlinedSpan[] = [];
    let errorCount = 0;
    let root: OutlinedSpan | undefined;
    for (let place = first; place < last; place++) {
      const span = spanAt(columns, place, startNs);
      spans.push(span);
      if (span.isError) errorCount++;
      if (columns.parent[place]! < 0) root ??= span;
    }
    first = last;
    duration = Math.max(duration, end);
    return { id: trace.trace_id, name: (root ?? spans[0])?.name ?? '', start, end, spans, errorCount };
  });
  return {
    origin: zero,
    duration,
    traces,
    services: [...columns.services].sort(),
    isTruncated: columns.truncated,
  };
}

/** `traceStart` in nanoseconds on the axis. */
function spanAt(columns: OutlineColumns, place: number, traceStart: number): OutlinedSpan {
  const parent = columns.parent[place]!;
  const startNs = traceStart + columns.start_offset[place]!;
  return {
    id: columns.span_id[place]!,
    parentId: parent < 0 ? undefined : columns.span_id[parent],
    name: columns.names[columns.name[place]!]!,
    kind: columns.kind[place]!,
    service: columns.services[columns.service[place]!],
    start: startNs / 1e6,
    end: (startNs + Math.max(0, columns.duration[place]!)) / 1e6,
    isError: columns.status_code[place] === 2,
    otherSession: columns.sessions[columns.session[place]!],
  };
}
