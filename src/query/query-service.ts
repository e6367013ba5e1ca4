import type { SessionFilters } from '../contract/session-filters.js';

/**
 * Reads of the Sessions API. Answers are the bytes of the JSON that the client gets, so that they
 * can cross threads and be passed on as they are. Methods reject with an `ApiError` for what the client can mend
 * (`cursor.invalid`) or try again (`query.unavailable`), and with any other error for a failure.
 */
export interface QueryService {
  list(query: SessionListRequest): Promise<Uint8Array>;
  /** Undefined where there is no such session. */
  get(sessionId: string): Promise<Uint8Array | undefined>;
  /** Undefined where there is no such session. */
  traces(sessionId: string, query: TraceListRequest): Promise<Uint8Array | undefined>;
  /** Undefined where there is no such session. */
  usage(sessionId: string, query: UsageRequest): Promise<Uint8Array | undefined>;
  /** Undefined where there is no such session. */
  exceptions(sessionId: string, query: ExceptionRequest): Promise<Uint8Array | undefined>;
  events(sessionId: string, query: EventListRequest): Promise<Uint8Array | undefined>;
  /** Undefined where there is no such session. */
  conversation(sessionId: string, query: ConversationRequest): Promise<Uint8Array | undefined>;
  /** Undefined where there is no such session. */
  pages(sessionId: string, query: PagesRequest): Promise<Uint8Array | undefined>;
  /** The content of a message's media, as it is; undefined where the session has none of this id. */
  media(sessionId: string, mediaId: string): Promise<Uint8Array | undefined>;
  /** Undefined where there is no such session. */
  outline(sessionId: string): Promise<Uint8Array | undefined>;
  /** `traceId` in lower case. Undefined where there is no such trace. */
  trace(traceId: string): Promise<Uint8Array | undefined>;
  /** Ids in lower case. Undefined where there is no such span. */
  span(traceId: string, spanId: string): Promise<Uint8Array | undefined>;
  stats(query: StatisticsRequest): Promise<Uint8Array>;
  timeline(query: TimelineRequest): Promise<Uint8Array>;
  top(query: TopRequest): Promise<Uint8Array>;
  visits(query: CountRequest): Promise<Uint8Array>;
  facets(): Promise<Uint8Array>;
  /**
   * Sessions by their ids, and which of them are in which lists: a line of JSON for each id, as the list has it, empty where there is no such
   * session; then a line with a list for each filter: the indexes of the ids that match, ascending.
   */
  changes(request: ChangesRequest): Promise<Uint8Array>;
}

/** Who asks. Clients take turns at reads that may take long. */
export interface Caller {
  /** Address of the client. */
  readonly address: string;
  /** Aborted when nobody waits for the answer any more. What was asked is then dropped, and rejects. */
  readonly gone?: AbortSignal;
}

/** The query service as each of its clients has it. */
export interface QueryPool {
  for(caller: Caller): QueryService;
  /** Requests under way are answered or fail; no others may follow. */
  close(): Promise<void>;
}

/** A valid query string of the list. */
export interface SessionListRequest extends SessionFilters {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface TraceListRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Which events of a session, and how. */
export interface EventListRequest {
  readonly limit?: number;
  readonly cursor?: string;
  /** Any of them. */
  readonly name?: readonly string[];
  /** SeverityNumber, 1 to 24. */
  readonly minSeverity?: number;
  readonly spanEvents?: boolean;
  readonly traceId?: string;
  readonly order?: 'asc' | 'desc';
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

/** The sessions that statistics and charts are of. */
export type CountRequest = SessionFilters;

export interface TopRequest extends CountRequest {
  readonly by?: 'cost' | 'duration';
  readonly limit?: number;
}

export type StatisticsRequest = CountRequest;

export interface TimelineRequest extends CountRequest {
  /** At least 1. */
  readonly intervalMs?: number;
}

export interface ChangesRequest {
  readonly sessionIds: readonly string[];
  readonly filters: readonly SessionFilters[];
}
