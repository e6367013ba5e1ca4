import type { LogRecordView, SpanEventView, SpanView } from '../../otlp/read.js';

/** The events of a session: its log records, and the events of its spans. */

/** The position of an event among those of its session. */
export interface EventPosition {
  /**
   * For a log record, its time, or else its observed time. For a span event, its time, limited to the range
   * of its span.
   */
  readonly timeNs: bigint;
  /**
   * For a log record, the digest of its content in hex digits. For a span event, `spanEventId`. The empty
   * text sorts before all events of that time.
   */
  readonly id: string;
}

/** The id of a span event: trace id, span id and index among the span's events, so that sorting by id keeps their order. */
export function spanEventId(traceId: string, spanId: string, index: number): string {
  return `${traceId}-${spanId}-${String(index).padStart(4, '0')}`;
}

/** Conditions that must all hold. */
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
  /** 'forward' is later, 'backward' earlier. The answer is in time order in both cases. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  /**
   * Reading stops once this many bytes were read. The event that exceeds it is the last. At least two events
   * are returned, if there are two.
   */
  readonly maxBytes?: number;
}

export interface FoundEvents {
  readonly events: readonly StoredEvent[];
  /** Where the search stopped before it found `limit` events. There may be more after it. */
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
