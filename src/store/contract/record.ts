import type { GroupPosition } from './group.js';

/** The telemetry of a session as it was received, in parts. */

export interface RecordPosition {
  readonly group: GroupPosition;
  /**
   * The last record of the group that was read, as text to be compared only. Undefined if all of them were.
   */
  readonly record?: string;
}

export interface RecordScan {
  readonly after?: RecordPosition;
  /** Reading stops before the record with which the part would have more bytes. It has at least one. */
  readonly maxBytes: number;
}

export interface FoundRecords {
  /** The winning version of each span of the part, as OTLP ExportTraceServiceRequests. */
  readonly spans: Uint8Array;
  /** Its log records, each once, as OTLP ExportLogsServiceRequests. */
  readonly logs: Uint8Array;
  readonly count: number;
  /** Where the next part begins. Undefined if this is the last one. */
  readonly next?: RecordPosition;
}
