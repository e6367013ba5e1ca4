import type { ExportInclude } from '../contract/export.js';
import type { ExportFormat } from '../contract/export-format.js';
import type { SessionFilters } from '../contract/session-filters.js';
import type { Order, SessionSort } from '../contract/session-sort.js';
import type { TextFilter } from '../contract/text-filter.js';

/**
 * Reads of the Sessions API. Answers are bytes of JSON for the client, so that they can cross threads and be
 * sent unchanged. Methods reject with an `ApiError` for errors that the client can correct (`cursor.invalid`)
 * or retry (`query.unavailable`), and with any other error for a failure.
 */
export interface QueryService {
  /** The names of all projects that have had telemetry, as a list. The only answer about other projects. */
  projects(): Promise<Uint8Array>;
  list(query: SessionListRequest): Promise<Uint8Array>;
  /** Undefined if the session does not exist. */
  get(sessionId: string): Promise<Uint8Array | undefined>;
  /** Undefined if the session does not exist. */
  traces(sessionId: string, query: TraceListRequest): Promise<Uint8Array | undefined>;
  /** Undefined if the session does not exist. */
  usage(sessionId: string, query: UsageRequest): Promise<Uint8Array | undefined>;
  /** Undefined if the session does not exist. */
  exceptions(sessionId: string, query: ExceptionRequest): Promise<Uint8Array | undefined>;
  events(sessionId: string, query: EventListRequest): Promise<Uint8Array | undefined>;
  /** Undefined if the session does not exist. */
  scores(sessionId: string): Promise<Uint8Array | undefined>;
  /** A `ScorePlace`. Undefined if the session does not exist. Rejects if it has no such trace or span. */
  scorePlace(sessionId: string, about: ScoreSubject): Promise<Uint8Array | undefined>;
  /** Undefined if the session does not exist. */
  conversation(sessionId: string, query: ConversationRequest): Promise<Uint8Array | undefined>;
  /** Undefined if the session does not exist. */
  pages(sessionId: string, query: PagesRequest): Promise<Uint8Array | undefined>;
  /** The content of a message's media, unchanged. Undefined if the session has none with this id. */
  media(sessionId: string, mediaId: string): Promise<Uint8Array | undefined>;
  /** Undefined if the session does not exist. */
  outline(sessionId: string): Promise<Uint8Array | undefined>;
  /** Undefined if the session does not exist. */
  outlineColumns(sessionId: string): Promise<Uint8Array | undefined>;
  /** `traceId` in lower case. Undefined if the trace does not exist. */
  traceSessions(traceId: string): Promise<Uint8Array | undefined>;
  /** `traceId` in lower case. Undefined if the trace does not exist. */
  trace(traceId: string): Promise<Uint8Array | undefined>;
  /** Ids in lower case. Undefined if the span does not exist. */
  span(traceId: string, spanId: string): Promise<Uint8Array | undefined>;
  stats(query: StatisticsRequest): Promise<Uint8Array>;
  timeline(query: TimelineRequest): Promise<Uint8Array>;
  top(query: TopRequest): Promise<Uint8Array>;
  topCalls(query: TopRequest): Promise<Uint8Array>;
  groups(query: GroupRequest): Promise<Uint8Array>;
  visits(query: CountRequest): Promise<Uint8Array>;
  /** Scores by name over sessions. */
  scoreStats(query: CountRequest): Promise<Uint8Array>;
  /** Calls of tools over sessions. */
  toolStats(query: ToolRequest): Promise<Uint8Array>;
  /** Errors by shape over sessions. */
  errorStats(query: ErrorRequest): Promise<Uint8Array>;
  facets(query?: FacetRequest): Promise<Uint8Array>;
  /**
   * One part of an export, packed by `packPart`. Its size and duration are bounded, so that exports take turns
   * with other reads.
   */
  exportPart(request: ExportRequest): Promise<Uint8Array>;
  /**
   * Sessions by their ids, and the lists that they are in. The answer has one line of JSON per id, as in the
   * list, empty if the session does not exist. The last line has a list per filter: the ascending indexes of
   * the matching ids.
   */
  changes(request: ChangesRequest): Promise<Uint8Array>;
}

/** The client of a request. Clients take turns at long reads. */
export interface Caller {
  /** The project whose sessions it sees. */
  readonly project: string;
  /** Address of the client. */
  readonly address: string;
  /** Aborted when nobody waits for the answer any more. The request is then dropped and rejects. */
  readonly gone?: AbortSignal;
}

/** Query services per client. */
export interface QueryPool {
  for(caller: Caller): QueryService;
  /** Requests in progress are answered or fail. No others may follow. */
  close(): Promise<void>;
}

/** A valid query string of the list. */
export interface SessionListRequest extends SessionFilters, TextFilter {
  readonly sort?: SessionSort;
  readonly order?: Order;
  readonly limit?: number;
  readonly cursor?: string;
}

export interface TraceListRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Filters and order of a session's events. */
export interface EventListRequest {
  readonly limit?: number;
  readonly cursor?: string;
  /** Any of these names. */
  readonly name?: readonly string[];
  /** SeverityNumber, 1 to 24. */
  readonly minSeverity?: number;
  readonly spanEvents?: boolean;
  readonly traceId?: string;
  readonly order?: 'asc' | 'desc';
}

/** What a score is about; of a span, its trace too. Neither for the session. Ids in lower case. */
export interface ScoreSubject {
  readonly traceId?: string;
  readonly spanId?: string;
  /** The id that the score is to have. */
  readonly scoreId?: string;
}

/** Where the log record of a score belongs, so that it is in the session and changes nothing else of it. */
export interface ScorePlace {
  /** Nanoseconds since 1970, in decimal digits. */
  readonly time: string;
  /** Left out if the session is named by its trace, which the record then names. */
  readonly session?: string;
  readonly trace?: string;
  /** The number of scores that the session was given by the API, deleted ones included. */
  readonly given: number;
  /** Whether the asked `scoreId` is among them. */
  readonly isKnown: boolean;
  /** When its latest version was given, also one that deleted it: nanoseconds since 1970, in decimal digits. */
  readonly latestNs: string;
}

export interface ConversationRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface PagesRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface ExceptionRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface UsageRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Selects the sessions of statistics and charts. */
export type CountRequest = SessionFilters & TextFilter;

/** Which values of filters are listed, and the sessions that are counted. */
export interface FacetRequest extends CountRequest {
  readonly prefix?: string;
  readonly attribute?: string;
}

/** The greatest of the sessions that match, or of their model calls. */
export interface TopRequest extends CountRequest {
  readonly by?: 'cost' | 'duration';
  readonly limit?: number;
}

/** What sessions are grouped by, and which groups are listed. */
export interface GroupRequest extends CountRequest {
  /** A name, or `attr.KEY`. */
  readonly by: string;
  readonly sort?: 'sessions' | 'errors' | 'tokens' | 'cost';
  readonly limit?: number;
}

export interface ToolRequest extends CountRequest {
  readonly sort?: 'calls' | 'failures' | 'retries' | 'sessions' | 'p95';
  readonly limit?: number;
}

export interface ErrorRequest extends CountRequest {
  readonly sort?: 'sessions' | 'count' | 'last_seen' | 'first_seen';
  readonly limit?: number;
}

export interface StatisticsRequest extends CountRequest {
  /** Whether percentiles of durations are read too. */
  readonly percentiles?: boolean;
}

export interface TimelineRequest extends CountRequest {
  /** At least 1. */
  readonly intervalMs?: number;
}

/** A part of an export of the sessions that match all filters, or of one session. */
export interface ExportRequest extends SessionFilters, TextFilter {
  readonly format: ExportFormat;
  readonly include?: ExportInclude;
  readonly bom?: boolean;
  /** Maximum number of sessions that the part has or begins. */
  readonly limit?: number;
  /** The end of the part before. */
  readonly cursor?: string;
  /** As the part before has it. */
  readonly waiting?: readonly string[];
  readonly sessionId?: string;
}

export interface ChangesRequest {
  readonly sessionIds: readonly string[];
  readonly filters: readonly SessionFilters[];
}
