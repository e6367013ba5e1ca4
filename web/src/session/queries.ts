import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { components } from '../../../client/src/schema.js';
import { api, dataOf, type Session } from '../api/client.js';
import type { EventSearch } from './search.js';
import { readOutline } from './timeline/outline.js';

export type SessionUsage = components['schemas']['SessionUsage'];
export type UsageRecordItem = components['schemas']['UsageRecordItem'];
export type SessionException = components['schemas']['SessionException'];
export type RecordReference = components['schemas']['RecordReference'];
export type SessionEvent = components['schemas']['Event'];
export type Turn = components['schemas']['ConversationTurn'];

export type VisitPage = components['schemas']['VisitPage'];
export type VisitRequest = components['schemas']['VisitRequest'];
export type VisitAction = components['schemas']['VisitAction'];

/** How often an open session is read, and a closed one, which may become active again. */
const OPEN_MS = 3_000;
const CLOSED_MS = 30_000;
const TURNS_A_PAGE = 100;
const RECORDS_A_PAGE = 500;
const PAGES_A_PAGE = 50;
const EXCEPTIONS_A_PAGE = 50;
const EVENTS_A_PAGE = 200;
/** Maximum number of events that are marked on the bars of a trace. */
const MARKED_EVENTS = 500;

/** The prefix of the query keys of everything shown for a session. */
export function sessionKey(sessionId: string): readonly unknown[] {
  return ['session', sessionId];
}

export function isOpen({ state }: Session): boolean {
  return state === 'active' || state === 'idle';
}

/** Uses the route that takes any id, like all queries below, because a path cannot contain every id. */
export function sessionQuery(sessionId: string) {
  return queryOptions({
    queryKey: [...sessionKey(sessionId), 'item'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/by-id', { params: { query: { id: sessionId } }, signal })),
    refetchInterval: ({ state: { data } }) => (data !== undefined && isOpen(data) ? OPEN_MS : CLOSED_MS),
  });
}

export function outlineQuery(sessionId: string) {
  return queryOptions({
    queryKey: [...sessionKey(sessionId), 'outline'],
    queryFn: async ({ signal }) =>
      readOutline(
        await dataOf(
          api.GET('/api/v1/sessions/by-id/outline-columns', { params: { query: { id: sessionId } }, signal }),
        ),
      ),
    // Comparing tens of thousands of spans one by one would be slow.
    structuralSharing: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function spanQuery(traceId: string, spanId: string) {
  return queryOptions({
    queryKey: ['span', traceId, spanId],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/traces/{traceId}/spans/{spanId}', {
          params: { path: { traceId, spanId } },
          signal,
        }),
      ),
    structuralSharing: false,
    // A provisional span is replaced by its final one.
    staleTime: OPEN_MS,
  });
}

export function usageQuery(sessionId: string) {
  return infiniteQueryOptions({
    queryKey: [...sessionKey(sessionId), 'usage'],
    queryFn: ({ pageParam, signal }) => {
      const query = { id: sessionId, limit: RECORDS_A_PAGE, ...(pageParam !== '' && { cursor: pageParam }) };
      return dataOf(api.GET('/api/v1/sessions/by-id/usage', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function pagesQuery(sessionId: string) {
  return infiniteQueryOptions({
    queryKey: [...sessionKey(sessionId), 'pages'],
    queryFn: ({ pageParam, signal }) => {
      const query = { id: sessionId, limit: PAGES_A_PAGE, ...(pageParam !== '' && { cursor: pageParam }) };
      return dataOf(api.GET('/api/v1/sessions/by-id/pages', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function exceptionsQuery(sessionId: string) {
  return infiniteQueryOptions({
    queryKey: [...sessionKey(sessionId), 'exceptions'],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        id: sessionId,
        limit: EXCEPTIONS_A_PAGE,
        ...(pageParam !== '' && { cursor: pageParam }),
      };
      return dataOf(api.GET('/api/v1/sessions/by-id/exceptions', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function eventsQuery(sessionId: string, { name, severity, spanEvents, order }: EventSearch) {
  return infiniteQueryOptions({
    queryKey: [...sessionKey(sessionId), 'events', 'list', { name, severity, spanEvents, order }],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        id: sessionId,
        limit: EVENTS_A_PAGE,
        ...(name !== undefined && { name: [...name] }),
        ...(severity !== undefined && { minSeverity: severity }),
        ...(spanEvents === true && { spanEvents }),
        ...(order !== undefined && { order }),
        ...(pageParam !== '' && { cursor: pageParam }),
      };
      return dataOf(api.GET('/api/v1/sessions/by-id/events', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    structuralSharing: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The first log records and exceptions of a trace that belong to the session. */
export function traceEventsQuery(sessionId: string, traceId: string) {
  return queryOptions({
    queryKey: [...sessionKey(sessionId), 'events', 'trace', traceId],
    queryFn: async ({ signal }) => {
      const of = { id: sessionId, traceId, limit: MARKED_EVENTS };
      // Most span events of browsers only carry times, so only exceptions are loaded.
      const [logs, exceptions] = await Promise.all(
        [of, { ...of, spanEvents: true, name: ['exception'] }].map((query) =>
          dataOf(api.GET('/api/v1/sessions/by-id/events', { params: { query }, signal })),
        ),
      );
      const events = new Map([...logs!.items, ...exceptions!.items].map((event) => [event.id, event]));
      return [...events.values()];
    },
    structuralSharing: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The scores of a session, one by one. */
export function scoresQuery(sessionId: string) {
  return queryOptions({
    queryKey: [...sessionKey(sessionId), 'scores'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/by-id/scores', { params: { query: { id: sessionId } }, signal })),
    staleTime: CLOSED_MS,
  });
}

export function conversationQuery(sessionId: string) {
  return infiniteQueryOptions({
    queryKey: [...sessionKey(sessionId), 'conversation'],
    queryFn: ({ pageParam, signal }) => {
      const query = { id: sessionId, limit: TURNS_A_PAGE, ...(pageParam !== '' && { cursor: pageParam }) };
      return dataOf(api.GET('/api/v1/sessions/by-id/conversation', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
