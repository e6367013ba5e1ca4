import type { components, operations } from './schema.js';

/** Short names of what the API takes and answers. The descriptions of all members are in schema.d.ts. */

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type SessionPage = Schemas['SessionPage'];
export type RetentionPlan = Schemas['RetentionPlan'];
export type AuditEntry = Schemas['AuditEntry'];
export type SessionUsage = Schemas['SessionUsage'];
export type UsageRecord = Schemas['UsageRecordItem'];
export type ConversationPage = Schemas['ConversationPage'];
export type ConversationTurn = Schemas['ConversationTurn'];
export type SessionEventRecord = Schemas['Event'];
export type SessionException = Schemas['SessionException'];
export type VisitPage = Schemas['VisitPage'];

/** Parameters of an operation's query. Pages are read by iterating, and the project is an option of the client. */
export type QueryOf<Operation extends keyof operations> = Omit<
  NonNullable<operations[Operation]['parameters']['query']>,
  'cursor' | 'project' | 'id' | 'lastEventId'
>;

/** Filters of sessions, and how many a page has. */
export type SessionQuery = QueryOf<'listSessions'>;
/** Filters of sessions. */
export type SessionFilters = QueryOf<'streamSessions'>;

/** Format and filters of an export of sessions. */
export type ExportQuery = QueryOf<'exportSessions'>;

/** What the server says of a part of an export. */
export interface ExportFacts {
  readonly version: number;
  readonly format: string;
  readonly project: string;
  /** The filters, as a query string. */
  readonly filters: string;
  /** The time of all states and filters, RFC 3339. */
  readonly as_of: string;
  /** Sessions that are complete with this part. */
  readonly sessions: number;
  /** Spans and log records, of `otlp`. */
  readonly records?: number;
  /** Of them, those whose bytes JSON does not carry. */
  readonly inexact_records?: number;
  /** Sessions whose turns or telemetry are cut short because a block of the store is damaged. */
  readonly damaged_sessions?: number;
  /** Only with `q`: whether all telemetry was searched. */
  readonly is_complete?: boolean;
  readonly bytes: number;
  /** Of the bytes, in hex digits. */
  readonly sha256: string;
  /** Cursor of the next part. Left out at the end. */
  readonly next_cursor?: string;
}

export interface ExportedPart {
  readonly bytes: Uint8Array;
  readonly facts: ExportFacts;
}
export type SessionGroup = components['schemas']['SessionGroup'];
