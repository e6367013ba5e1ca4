import type { ExceptionFacts, PageView, VisitFacts } from '../../normalize/facts.js';
import type { StoredCallRecord } from './usage.js';

/** The groups of a session: the records of one trace, or of one minute of log records without a trace. */

export interface GroupPosition {
  /** Earliest time of its records in the session: of its spans where it has any. */
  readonly startNs: bigint;
  /** Lower-case hex digits: the trace id, or, for log records without a trace, a longer key that identifies their minute. */
  readonly key: string;
}

export interface GroupScan {
  readonly after?: GroupPosition;
  readonly limit: number;
  /** No more groups are read once this many OTLP bytes were: the group that exceeds it is the last. */
  readonly maxBytes?: number;
}

export interface KnownGroups {
  /** The stamp that this reader returned. */
  readonly stamp?: number;
  /** How many groups are known, counted from the first. */
  readonly count: number;
}

export interface GroupVersions {
  /** Changes whenever anything in the store may have changed. */
  readonly stamp: number;
  /** Versions of the first groups, as in `StoredGroup`, each followed by a line feed. Missing where the stamp is still the known one. */
  readonly versions?: string;
}

export interface StoredGroup {
  readonly position: GroupPosition;
  /** Changes whenever the group's position, records or usage records may change. One line of text, to be compared only. */
  readonly version: string;
  /** Missing for log records without a trace. */
  readonly traceId?: string;
  /** The records of the group that are in the session, as an OTLP ExportTraceServiceRequest and an ExportLogsServiceRequest. */
  readonly spans: Uint8Array;
  readonly logs: Uint8Array;
  /** The group's records in the session that say something about a model call, by time. */
  readonly usageRecords: readonly StoredCallRecord[];
  /** Facts of its records about visits and exceptions; left out where there are none. */
  readonly facts?: readonly StoredFacts[];
}

/** What a record says about a visit and about exceptions. */
export interface StoredFacts {
  readonly record: RecordId;
  /** The service of the record. It may differ from `service.name` of its resource (docs/visits.md). */
  readonly service?: string;
  readonly visit?: VisitFacts;
  /** Exceptions that count in their group (S60), at the record that reported them first. */
  readonly exceptions?: readonly PlacedException[];
}

export interface PlacedException extends ExceptionFacts {
  /** Where an event of a span reports it: the index of that event among those that do. */
  readonly event?: number;
}

/** What a group says about pages. */
export interface StoredPageGroup {
  readonly position: GroupPosition;
  /** As in `StoredGroup`. */
  readonly version: string;
  /** Least start and greatest end of the group's records in the session. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly recordCount: number;
  readonly pages: readonly StoredPage[];
  /** Its records that report web vitals; left out where there are none. */
  readonly vitals?: Pick<StoredGroup, 'traceId' | 'spans' | 'logs' | 'facts'>;
}

/** A record that says that a page or screen was entered. */
export interface StoredPage {
  readonly record: RecordId;
  /** Start of the span, or time of the log record. */
  readonly timeNs: bigint;
  readonly page: PageView;
}

/** A record by its ids, in lower-case hex digits. */
export interface RecordId {
  /** Missing for a log record without a trace. */
  readonly traceId?: string;
  /** Of a span. */
  readonly spanId?: string;
  /** Of a log record: the digest of its content. */
  readonly logId?: string;
}
