import type { ExceptionFacts, PageView, VisitFacts } from '../../normalize/facts.js';
import type { StoredCallRecord } from './usage.js';

/** The groups of a session: the records of one trace, or of one minute of log records without a trace. */

export interface GroupPosition {
  /** Earliest time of its records in the session; if it has spans, of its spans. */
  readonly startNs: bigint;
  /**
   * The trace id in lower-case hex digits. For log records without a trace, a longer key that identifies
   * their minute.
   */
  readonly key: string;
}

export interface GroupScan {
  readonly after?: GroupPosition;
  readonly limit: number;
  /** Reading stops once this many OTLP bytes were read. The group that exceeds it is the last. */
  readonly maxBytes?: number;
}

export interface KnownGroups {
  /** The stamp that this reader returned. */
  readonly stamp?: number;
  /** Number of known groups, counted from the first. */
  readonly count: number;
}

export interface GroupVersions {
  /** Changes whenever anything in the store may have changed. */
  readonly stamp: number;
  /**
   * Versions of the first groups, as in `StoredGroup`, each followed by a line feed. Undefined if the stamp
   * is still the known one.
   */
  readonly versions?: string;
}

export interface StoredGroup {
  readonly position: GroupPosition;
  /**
   * Changes whenever the group's position, records or usage records may have changed. One line of text, only
   * to be compared.
   */
  readonly version: string;
  /** Undefined for log records without a trace. */
  readonly traceId?: string;
  /**
   * The group's records in the session, as an OTLP ExportTraceServiceRequest and an ExportLogsServiceRequest.
   */
  readonly spans: Uint8Array;
  readonly logs: Uint8Array;
  /** The group's records in the session that report a model call, by time. */
  readonly usageRecords: readonly StoredCallRecord[];
  /** Facts of its records about visits and exceptions; undefined if there are none. */
  readonly facts?: readonly StoredFacts[];
}

/** The visit and the exceptions that a record reports. */
export interface StoredFacts {
  readonly record: RecordId;
  /** The service of the record. It may differ from `service.name` of its resource (docs/visits.md). */
  readonly service?: string;
  readonly visit?: VisitFacts;
  /** Exceptions that count in their group (S60), at the record that reported them first. */
  readonly exceptions?: readonly PlacedException[];
}

export interface PlacedException extends ExceptionFacts {
  /** If a span event reports it, the index of that event among those that report exceptions. */
  readonly event?: number;
}

/** The pages that a group reports. */
export interface StoredPageGroup {
  readonly position: GroupPosition;
  /** As in `StoredGroup`. */
  readonly version: string;
  /** Least start and greatest end of the group's records in the session. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly recordCount: number;
  readonly pages: readonly StoredPage[];
  /** Its records that report web vitals; undefined if there are none. */
  readonly vitals?: Pick<StoredGroup, 'traceId' | 'spans' | 'logs' | 'facts'>;
}

/** A record that reports the view of a page or screen. */
export interface StoredPage {
  readonly record: RecordId;
  /** Start of the span, or time of the log record. */
  readonly timeNs: bigint;
  readonly page: PageView;
}

/** A record by its ids, in lower-case hex digits. */
export interface RecordId {
  /** Undefined for a log record without a trace. */
  readonly traceId?: string;
  /** Only for a span. */
  readonly spanId?: string;
  /** Only for a log record: the digest of its content. */
  readonly logId?: string;
}
