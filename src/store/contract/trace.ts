/** The traces of a session, whole and in outline. */

export interface TracePosition {
  readonly startNs: bigint;
  /** 32 lower-case hex digits. */
  readonly traceId: string;
}

export interface TraceScan {
  readonly after?: TracePosition;
  /** 'forward' is later start, 'backward' earlier; the answer is in list order either way. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  /**
   * OTLP bytes after which no more traces are read: the one that goes beyond is the last. There are two at least, where there
   * are, so that it is seen whether one comes after the first.
   */
  readonly maxBytes?: number;
}

export interface StoredTrace {
  /** Where the trace stands in the session's list: the earliest start of its spans there. */
  readonly position: TracePosition;
  /** The winning version of each span, of a session's trace of those in the session, as one OTLP `ExportTraceServiceRequest` message. */
  readonly otlp: Uint8Array;
}

export interface StoredOutline {
  readonly traces: readonly OutlineTrace[];
  /** Whether spans are missing: the last of the last trace, and all traces behind it. */
  readonly truncated: boolean;
}

export interface OutlineTrace {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** Over all of its spans. One that ends before it starts counts as a point. */
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
  /** The session it is in, where that is another one. */
  readonly sessionId?: string;
}
