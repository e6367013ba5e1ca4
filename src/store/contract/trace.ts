/** The traces of a session, whole and in outline. */

export interface TracePosition {
  readonly startNs: bigint;
  /** 32 lower-case hex digits. */
  readonly traceId: string;
}

export interface TraceScan {
  readonly after?: TracePosition;
  /** 'forward' is later start, 'backward' earlier. The answer is in list order in both cases. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  /**
   * Reading stops once this many OTLP bytes were read. The trace that exceeds it is the last. At least two
   * traces are returned, if there are two, so that the caller knows whether one follows the first.
   */
  readonly maxBytes?: number;
}

export interface StoredTrace {
  /** The position of the trace in the session: the earliest start of its spans there. */
  readonly position: TracePosition;
  /**
   * The winning version of each span, as one OTLP `ExportTraceServiceRequest` message. A trace of a session
   * includes only its spans in that session.
   */
  readonly otlp: Uint8Array;
}

export interface StoredOutline {
  readonly traces: readonly OutlineTrace[];
  /** Whether spans are missing: the last ones of the last trace, and all later traces. */
  readonly truncated: boolean;
}

export interface OutlineTrace {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** Range of all its spans. A span that ends before it starts counts as a point. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** By start, ties by id. */
  readonly spans: readonly OutlineSpan[];
}

export interface OutlineSpan {
  /** 16 lower-case hex digits each. */
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly statusCode: number;
  readonly service?: string;
  /** The session of the span, if it is another one. */
  readonly sessionId?: string;
}

/** A session that spans of a trace are in. */
export interface TraceSession {
  readonly sessionId: string;
  /** How many spans of the trace are in it. */
  readonly spanCount: number;
}
