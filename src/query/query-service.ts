import type { DeviceType } from '../normalize/facts.js';
import type { SessionState } from './state.js';

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
  conversation(sessionId: string, query: ConversationRequest): Promise<Uint8Array | undefined>;
  /** Undefined where there is no such session. */
  outline(sessionId: string): Promise<Uint8Array | undefined>;
  /** `traceId` in lower case. Undefined where there is no such trace. */
  trace(traceId: string): Promise<Uint8Array | undefined>;
  /** Ids in lower case. Undefined where there is no such span. */
  span(traceId: string, spanId: string): Promise<Uint8Array | undefined>;
  stats(query: StatisticsRequest): Promise<Uint8Array>;
  timeline(query: TimelineRequest): Promise<Uint8Array>;
  top(query: TopRequest): Promise<Uint8Array>;
  facets(): Promise<Uint8Array>;
  /**
   * Sessions by their ids, and which of them are in which lists: a line of JSON for each id, as the list has it, empty where there is no such
   * session; then a line with a list for each filter: the indexes of the ids that match, ascending.
   */
  changes(request: ChangesRequest): Promise<Uint8Array>;
  /** Requests under way are answered or fail; no others may follow. */
  close(): Promise<void>;
}

/** Valid filters of a list of sessions; times in nanoseconds since 1970. */
export interface SessionFilters {
  readonly userId?: string;
  readonly isActive?: boolean;
  readonly startTime?: bigint;
  readonly endTime?: bigint;
  readonly service?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly state?: SessionState;
  readonly deviceType?: DeviceType;
  /** Upper case. */
  readonly country?: string;
  readonly hasErrors?: boolean;
  readonly minDurationMs?: number;
  readonly minCostUsd?: number;
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

export interface ConversationRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface UsageRequest {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface TopRequest {
  readonly by?: 'cost' | 'duration';
  readonly startTime?: bigint;
  readonly endTime?: bigint;
  readonly limit?: number;
}

export interface StatisticsRequest {
  readonly startTime?: bigint;
  readonly endTime?: bigint;
}

export interface TimelineRequest extends StatisticsRequest {
  /** At least 1. */
  readonly intervalMs?: number;
}

export interface ChangesRequest {
  readonly sessionIds: readonly string[];
  readonly filters: readonly SessionFilters[];
}
