import type { LogRecordView, SpanEventView, SpanView } from '../../otlp/read.js';

/** The events of a session: its log records, and the events of its spans. */

/** The position of an event among those of its session. */
export interface EventPosition {
  /** Of a log record: its time, or else its observed time. Of a span event: its time, moved to the nearer end of its span where it lies outside. */
  readonly timeNs: bigint;
  /** Of a log record: the digest of its content in hex digits. Of a span event: `spanEventId`. The empty text sorts before all events of that time. */
  readonly id: string;
}

/** The id of a span event: trace id, span id and index among the span's events, so that sorting by id keeps their order. */
export function spanEventId(traceId: string, spanId: string, index: number): string {
  return `${traceId}-${spanId}-${String(index).padStart(4, '0')}`;
}

/** Conditions that all have to hold. */
export interface EventFilter {
  /** The event has any of these names, matched whole. */
  readonly names?: readonly string[];
  /** SeverityNumber, 1 to 24. Events without one do not match, but span events named `exception` count as errors. */
  readonly minSeverity?: number;
  /** Whether span events are included. */
  readonly spanEvents?: boolean;
  /** Only events of this trace; lower-case hex digits. */
  readonly traceId?: string;
}

export interface EventScan extends EventFilter {
  readonly after?: EventPosition;
  /** 'forward' is later, 'backward' earlier; the answer is in order of time either way. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  /** No more events are read once this many bytes were: the event that exceeds it is the last. At least two are returned, where there are two. */
  readonly maxBytes?: number;
}

export interface FoundEvents {
  readonly events: readonly StoredEvent[];
  /** Where the search stopped before `limit` events were found; there may be more beyond. */
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
