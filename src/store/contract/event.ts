import type { LogRecordView, SpanEventView, SpanView } from '../../otlp/read.js';

/** The events of a session: its log records, and the events of its spans. */

/** Where an event stands among those of its session. */
export interface EventPosition {
  /** Of a log record its time, or that of its observation. Of a span event its time, within its span: one that is outside stands at the nearer end. */
  readonly timeNs: bigint;
  /** Of a log record the digest of its content in hex digits; of a span event `spanEventId`. Empty is before all of that time. */
  readonly id: string;
}

/** The id of an event of a span: its trace and span id, and its place among the span's events, such that these are in order. */
export function spanEventId(traceId: string, spanId: string, index: number): string {
  return `${traceId}-${spanId}-${String(index).padStart(4, '0')}`;
}

/** Which events are asked for; together the conditions mean *and*. */
export interface EventFilter {
  /** Matched whole; any of them. */
  readonly names?: readonly string[];
  /** SeverityNumber, 1 to 24. Events without one do not match, but span events named `exception` count as errors. */
  readonly minSeverity?: number;
  /** Whether span events are among them. */
  readonly spanEvents?: boolean;
  /** Those of one trace; lower-case hex digits. */
  readonly traceId?: string;
}

export interface EventScan extends EventFilter {
  readonly after?: EventPosition;
  /** 'forward' is later, 'backward' earlier; the answer is in order of time either way. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  /** Bytes after which no more events are read: the one that goes beyond is the last, and there are two at least, where there are. */
  readonly maxBytes?: number;
}

export interface FoundEvents {
  readonly events: readonly StoredEvent[];
  /** Where the search was given up before `limit` events were found; there may be more beyond. */
  readonly stoppedAt?: EventPosition;
}

export type StoredEvent = {
  readonly position: EventPosition;
  /** Bytes of the event, its resource and its scope. */
  readonly size: number;
} & (
  | { readonly kind: 'log'; readonly log: LogRecordView }
  | { readonly kind: 'span_event'; readonly event: SpanEventView; readonly span: SpanView }
);
