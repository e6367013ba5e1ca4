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
export type SessionGroup = Schemas['SessionGroup'];
export type TopCall = Schemas['TopCall'];
export type ToolStatistic = Schemas['ToolStatistic'];
export type ErrorStatistic = Schemas['ErrorStatistic'];

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
export type ExportSummary = Schemas['ExportSummary'];

export interface ExportedPart {
  readonly bytes: Uint8Array;
  readonly facts: ExportSummary;
}
