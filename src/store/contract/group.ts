import type { ExceptionFacts, PageView, VisitFacts } from '../../normalize/facts.js';
import type { StoredCallRecord } from './usage.js';

/** The groups of a session: the records of one trace, or of one minute of log records without a trace. */

export interface GroupPosition {
  /** Earliest time of its records in the session: of its spans where it has any. */
  readonly startNs: bigint;
  /** Lower-case hex digits: the trace id, or longer what tells log records without a trace apart. */
  readonly key: string;
}

export interface GroupScan {
  readonly after?: GroupPosition;
  readonly limit: number;
  /** OTLP bytes after which no more groups are read: the one that goes beyond is the last. */
  readonly maxBytes?: number;
}

export interface KnownGroups {
  /** As this reader gave it. */
  readonly stamp?: number;
  /** How many groups, from the first. */
  readonly count: number;
}

export interface GroupVersions {
  /** Another one where anything in the store may have changed. */
  readonly stamp: number;
  /** Versions of the first groups, as in `StoredGroup`, each with a line feed behind it; missing where the stamp is the known one. */
  readonly versions?: string;
}

export interface StoredGroup {
  readonly position: GroupPosition;
  /** All that the group's place, records and usage records depend on: a text of one line, for comparison. */
  readonly version: string;
  /** Missing for log records without a trace. */
  readonly traceId?: string;
  /** The records of the group that are in the session, as an OTLP ExportTraceServiceRequest and an ExportLogsServiceRequest. */
  readonly spans: Uint8Array;
  readonly logs: Uint8Array;
  /** All records of the session in this group that say something about a model call, by time. */
  readonly usageRecords: readonly StoredCallRecord[];
  /** Of those of its records that tell of a visit or of exceptions; left out where none does. */
  readonly facts?: readonly StoredFacts[];
}

/** What a record tells of a visit and of exceptions. */
export interface StoredFacts {
  readonly record: RecordId;
  /** The service of the record, which need not be `service.name` of its resource (docs/visits.md). */
  readonly service?: string;
  readonly visit?: VisitFacts;
  /** Those that count in their group (S60), where they were told first. */
  readonly exceptions?: readonly PlacedException[];
}

export interface PlacedException extends ExceptionFacts {
  /** Of one that an event of a span tells: its number among those events. */
  readonly event?: number;
}

/** A group as far as it tells of pages. */
export interface StoredPageGroup {
  readonly position: GroupPosition;
  /** As in `StoredGroup`. */
  readonly version: string;
  /** Least start and greatest end of the group's records in the session. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly recordCount: number;
  readonly pages: readonly StoredPage[];
  /** Of its records those that tell of web vitals; left out where none does. */
  readonly vitals?: Pick<StoredGroup, 'traceId' | 'spans' | 'logs' | 'facts'>;
}

/** A record that tells of a page or screen that was entered. */
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
