import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { freeBytes } from '../channel.js';
import { ConversationPage, ConversationQuery, MediaPath } from '../contract/conversation.js';
import { ApiError } from '../contract/errors.js';
import { EventPage, EventQuery } from '../contract/event.js';
import { ExceptionPage, ExceptionQuery } from '../contract/exception.js';
import { FacetQuery, Facets } from '../contract/facets.js';
import { GroupQuery, SessionGroups } from '../contract/groups.js';
import { endingOf, safeTypeOf } from '../contract/media.js';
import { Outline, OutlineColumns } from '../contract/outline.js';
import { NoQuery } from '../contract/schema-parts.js';
import { Session, SessionListQuery, SessionPage, SessionPath } from '../contract/session.js';
import { MAX_SESSION_ID_LENGTH } from '../contract/session-id.js';
import { SessionStatistics, StatisticsQuery } from '../contract/statistics.js';
import { Timeline, TimelineQuery } from '../contract/timeline.js';
import { SessionTop, TopQuery } from '../contract/top.js';
import { TopCalls, TopCallsQuery } from '../contract/top-calls.js';
import {
  Span,
  SpanPath,
  Trace,
  TraceListQuery,
  TracePage,
  TracePath,
  TraceSessions,
} from '../contract/trace.js';
import { SessionUsage, UsageQuery } from '../contract/usage.js';
import { PagesQuery, VisitPages } from '../contract/visit.js';
import { Visits, VisitsQuery } from '../contract/visits.js';
import type {
  ConversationRequest,
  CountRequest,
  EventListRequest,
  ExceptionRequest,
  FacetRequest,
  GroupRequest,
  PagesRequest,
  QueryPool,
  QueryService,
  SessionListRequest,
  StatisticsRequest,
  TimelineRequest,
  TopRequest,
  TraceListRequest,
  UsageRequest,
} from '../query/query-service.js';
import type { ApiAccess } from './access.js';
import { addByIdRoutes } from './by-id-routes.js';
import { callerOf } from './caller.js';
import { compressed } from './compression.js';
import { pathOf } from './problem.js';
import * as responses from './responses.js';

/** The store's writer, as far as the API uses it. */
export interface SessionChanges {
  /** Resolves to false if the session does not exist. */
  invalidate(project: string, sessionId: string): Promise<boolean>;
}

/** Answers with a session, or with an error if it does not exist. */
export type SendSession = (sessionId: string, reply: FastifyReply) => Promise<FastifyReply>;

export interface SessionRoutesOptions {
  readonly queries: Pick<QueryPool, 'for'>;
  readonly writer: SessionChanges;
  readonly access: Pick<ApiAccess, 'audit'>;
}

export const SESSIONS = '/api/v1/sessions';
const JSON_TYPE = 'application/json; charset=utf-8';
const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

export const common = {
  401: responses.unauthenticated,
  403: responses.forbidden,
  429: responses.tooManyTries,
  500: responses.failed,
  503: responses.unavailable,
};

/**
 * The Sessions API (DESIGN 3) below `/api/v1`. Query strings are validated, and answers of queries are sent
 * unchanged. Returns a function that answers with a session, for routes whose names may also be ids.
 */
export function addSessionRoutes(
  app: FastifyInstance,
  { queries, writer, access }: SessionRoutesOptions,
): SendSession {
  addByIdRoutes(app, SESSIONS);
  /** The queries on behalf of this request's client. */
  const ask = (reply: FastifyReply): QueryService => queries.for(callerOf(reply));

  app.get<{ Querystring: SessionListRequest }>(
    SESSIONS,
    {
      schema: {
        operationId: 'listSessions',
        tags: ['Sessions'],
        summary: 'List sessions',
        description:
          'Newest start first. `startTime` and `endTime` select by a session’s own start, `activeFrom` and `activeTo` by its activity, both ends included; a session is never clipped. Several filters mean *and*, several values of one filter mean *or*. Pages are read by key: following `next_cursor` while telemetry arrives skips no session that was there.',
        querystring: SessionListQuery,
        response: {
          200: responses.apiResponse('A page of sessions.', SessionPage),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => sendJson(reply, await ask(reply).list(request.query)),
  );

  app.get<{ Querystring: StatisticsRequest }>(
    `${SESSIONS}/stats`,
    {
      schema: {
        operationId: 'getSessionStatistics',
        tags: ['Sessions'],
        summary: 'Statistics of sessions',
        description:
          'Of the sessions of a range, under any filter of the list. Adjacent ranges of starts share no session, so their counts add up; a session may have activity in several ranges. Of a range of time alone sums are kept ready; under any other filter the sessions of the range are counted one by one, which takes some seconds for a million of them. A session whose id is `stats` (or `timeline`, `top`, `top-calls`, `groups`, `visits`, `facets`, `stream`) is read as `/api/v1/sessions/by-id?id=stats`.',
        querystring: StatisticsQuery,
        response: {
          200: responses.apiResponse('The statistics.', SessionStatistics),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      if (!isLiteral(request, 'stats')) return session('stats', reply);
      return sendJson(reply, await ask(reply).stats(request.query));
    },
  );

  app.get<{ Querystring: TimelineRequest }>(
    `${SESSIONS}/timeline`,
    {
      schema: {
        operationId: 'getSessionTimeline',
        tags: ['Sessions'],
        summary: 'Sessions over time',
        description:
          'Sessions, errors, model calls, tokens and cost by the start of the sessions, and the models they used. Exact at both ends of the range: adjacent ranges of starts add up. With `activeFrom` the sessions that started before the first point are in `earlier`. Takes the filters of the list.',
        querystring: TimelineQuery,
        response: {
          200: responses.apiResponse('The timeline.', Timeline),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      if (!isLiteral(request, 'timeline')) return session('timeline', reply);
      return sendJson(reply, await ask(reply).timeline(request.query));
    },
  );

  app.get<{ Querystring: TopRequest }>(
    `${SESSIONS}/top`,
    {
      schema: {
        operationId: 'getTopSessions',
        tags: ['Sessions'],
        summary: 'The most expensive or longest sessions',
        description:
          'Of the sessions of a range, under any filter of the list, those with the greatest cost or duration.',
        querystring: TopQuery,
        response: {
          200: responses.apiResponse('The sessions.', SessionTop),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      if (!isLiteral(request, 'top')) return session('top', reply);
      return sendJson(reply, await ask(reply).top(request.query));
    },
  );

  app.get<{ Querystring: TopRequest }>(
    `${SESSIONS}/top-calls`,
    {
      schema: {
        operationId: 'getTopCalls',
        tags: ['Sessions'],
        summary: 'The most expensive or longest model calls',
        description:
          'Of the sessions of a range, under any filter of the list, the model calls with the greatest cost or duration, each with its session. Filters choose sessions: with `model`, a call may be of another model of such a session. Only calls that count are listed, each once. In a session of more than 25,000 records that reports calls twice, both reports may be listed. The sessions are looked at one by one, and up to `limit` of them are read as a whole.',
        querystring: TopCallsQuery,
        response: {
          200: responses.apiResponse('The calls.', TopCalls),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      if (!isLiteral(request, 'top-calls')) return session('top-calls', reply);
      return sendJson(reply, await ask(reply).topCalls(request.query));
    },
  );

  app.get<{ Querystring: GroupRequest }>(
    `${SESSIONS}/groups`,
    {
      schema: {
        operationId: 'getSessionGroups',
        tags: ['Sessions'],
        summary: 'Sums of sessions by a value',
        description:
          'Of the sessions of a range, under any filter of the list: sessions, errors, model calls, tokens, cost and percentiles of the duration for each user, service, model, provider, country, device, release, operation, tool, error type, route, HTTP failure, or value of an indexed attribute. Two ranges or values are compared by two requests. The sessions are looked at one by one, which takes a second or two for a million of them.',
        querystring: GroupQuery,
        response: {
          200: responses.apiResponse('The groups.', SessionGroups),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      if (!isLiteral(request, 'groups')) return session('groups', reply);
      return sendJson(reply, await ask(reply).groups(request.query));
    },
  );

  app.get<{ Querystring: CountRequest }>(
    `${SESSIONS}/visits`,
    {
      schema: {
        operationId: 'getVisits',
        tags: ['Sessions'],
        summary: 'What visits have in common: releases, pages and web vitals',
        description:
          'Of the sessions of a range, under any filter of the list: which releases break, where visitors come in and leave, and how slow pages were for them. The sessions are looked at one by one, which takes a second or two for a hundred thousand visits.',
        querystring: VisitsQuery,
        response: {
          200: responses.apiResponse('The sums.', Visits),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      if (!isLiteral(request, 'visits')) return session('visits', reply);
      return sendJson(reply, await ask(reply).visits(request.query));
    },
  );

  app.get<{ Querystring: FacetRequest }>(
    `${SESSIONS}/facets`,
    {
      schema: {
        operationId: 'getSessionFacets',
        tags: ['Sessions'],
        summary: 'What sessions can be filtered by',
        description:
          'The values that sessions have for the filters of the list, each with its exact number of sessions. Without filters they are kept ready. Under filters each list counts the sessions that match all other filters: its own filter (and its `not.`) is left out, so that a list shows what else could be chosen. The sessions of the range are then looked at one by one, which takes some 0.2 s for a million of them.',
        querystring: FacetQuery,
        response: {
          200: responses.apiResponse('The values.', Facets),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      if (!isLiteral(request, 'facets')) return session('facets', reply);
      return sendJson(reply, await ask(reply).facets(request.query));
    },
  );

  app.get<{ Params: { sessionId: string } }>(
    `${SESSIONS}/:sessionId`,
    {
      schema: {
        operationId: 'getSession',
        tags: ['Sessions'],
        summary: 'One session',
        params: SessionPath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The session.', Session),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    (request, reply) => session(request.params.sessionId, reply),
  );

  app.get<{ Params: { sessionId: string }; Querystring: TraceListRequest }>(
    `${SESSIONS}/:sessionId/traces`,
    {
      schema: {
        operationId: 'listSessionTraces',
        tags: ['Traces'],
        summary: 'Traces of a session',
        description:
          'The traces with at least one span in the session, each with those of its spans that are in the session. `GET /api/v1/traces/{traceId}` has all of them.',
        params: SessionPath,
        querystring: TraceListQuery,
        response: {
          200: responses.apiResponse('A page of traces.', TracePage),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const bytes = mayExist(sessionId) ? await ask(reply).traces(sessionId, request.query) : undefined;
      return sendJson(reply, bytes ?? noSession(sessionId));
    },
  );

  app.get<{ Params: { sessionId: string } }>(
    `${SESSIONS}/:sessionId/outline`,
    {
      schema: {
        operationId: 'getSessionOutline',
        tags: ['Traces'],
        summary: 'All traces and spans of a session, in short',
        description:
          'The traces with at least one span in the session, each with all of its spans, without attributes, events and links: what a time line is drawn from. `GET /api/v1/traces/{traceId}/spans/{spanId}` has the rest of a span.',
        params: SessionPath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The outline.', Outline),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const bytes = mayExist(sessionId) ? await ask(reply).outline(sessionId) : undefined;
      return sendJson(reply, bytes ?? noSession(sessionId));
    },
  );

  app.get<{ Params: { sessionId: string } }>(
    `${SESSIONS}/:sessionId/outline-columns`,
    {
      schema: {
        operationId: 'getSessionOutlineColumns',
        tags: ['Traces'],
        summary: 'All traces and spans of a session, in short, by columns',
        description:
          'The same as the outline in a quarter of its size, and for more spans: a session of a hundred thousand is read at once.',
        params: SessionPath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The outline.', OutlineColumns),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const bytes = mayExist(sessionId) ? await ask(reply).outlineColumns(sessionId) : undefined;
      return sendJson(reply, bytes ?? noSession(sessionId));
    },
  );

  app.get<{ Params: { sessionId: string }; Querystring: UsageRequest }>(
    `${SESSIONS}/:sessionId/usage`,
    {
      schema: {
        operationId: 'getSessionUsage',
        tags: ['Sessions'],
        summary: 'Why the usage of a session is what it is',
        description:
          'Every record of the session that reports a model call, or has numbers that look like it: its normalised numbers, the price used or why there is none, and whether it counts, or why not and what counts instead. Every page has the totals of the whole session. All costs are at current prices, even while lists still have to follow a change of prices.',
        params: SessionPath,
        querystring: UsageQuery,
        response: {
          200: responses.apiResponse('A page of the account of its usage.', SessionUsage),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const bytes = mayExist(sessionId) ? await ask(reply).usage(sessionId, request.query) : undefined;
      return sendJson(reply, bytes ?? noSession(sessionId));
    },
  );

  app.get<{ Params: { sessionId: string }; Querystring: ExceptionRequest }>(
    `${SESSIONS}/:sessionId/exceptions`,
    {
      schema: {
        operationId: 'listSessionExceptions',
        tags: ['Sessions'],
        summary: 'What was thrown in a session',
        description:
          'Its exceptions and crashes, reported by events of spans, log records or attributes of spans. Each exception of a service is listed once, earliest first, with how often it was thrown. In a session with very many traces an exception may be listed again on a later page, with the reports of the traces there.',
        params: SessionPath,
        querystring: ExceptionQuery,
        response: {
          200: responses.apiResponse('A page of exceptions.', ExceptionPage),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const bytes = mayExist(sessionId) ? await ask(reply).exceptions(sessionId, request.query) : undefined;
      return sendJson(reply, bytes ?? noSession(sessionId));
    },
  );

  app.get<{ Params: { sessionId: string }; Querystring: EventListRequest }>(
    `${SESSIONS}/:sessionId/events`,
    {
      schema: {
        operationId: 'listSessionEvents',
        tags: ['Sessions'],
        summary: 'Log records and span events of a session',
        description:
          'The log records of the session, each once, in order of time; with `spanEvents=true` also the events of its spans. Data points of metrics are left out: they are in `/usage`. A page may be empty and have a `next_cursor` if many events were read without a match.',
        params: SessionPath,
        querystring: EventQuery,
        response: {
          200: responses.apiResponse('A page of events.', EventPage),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const bytes = mayExist(sessionId) ? await ask(reply).events(sessionId, request.query) : undefined;
      return sendJson(reply, bytes ?? noSession(sessionId));
    },
  );

  app.get<{ Params: { sessionId: string }; Querystring: ConversationRequest }>(
    `${SESSIONS}/:sessionId/conversation`,
    {
      schema: {
        operationId: 'getSessionConversation',
        tags: ['Sessions'],
        summary: 'What was said in a session',
        description:
          'The messages of its model calls and the runs of its tools, in order. Calls repeat the messages before them; each is shown once. A page may be empty and have a `next_cursor` if many traces were read without a message.',
        params: SessionPath,
        querystring: ConversationQuery,
        response: {
          200: responses.apiResponse('A page of turns.', ConversationPage),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const bytes = mayExist(sessionId) ? await ask(reply).conversation(sessionId, request.query) : undefined;
      return sendJson(reply, bytes ?? noSession(sessionId));
    },
  );

  app.get<{ Params: { sessionId: string }; Querystring: PagesRequest }>(
    `${SESSIONS}/:sessionId/pages`,
    {
      schema: {
        operationId: 'getSessionPages',
        tags: ['Sessions'],
        summary: 'The pages of a visit',
        description:
          'The pages or screens that the visitor was on, in order of time, each with what happened there: clicks, requests, exceptions, web vitals and model calls. Counts are of all, lists are bounded. Their number is `visit.page_views` of the session.',
        params: SessionPath,
        querystring: PagesQuery,
        response: {
          200: responses.apiResponse('A page of the pages of the visit.', VisitPages),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const bytes = mayExist(sessionId) ? await ask(reply).pages(sessionId, request.query) : undefined;
      return sendJson(reply, bytes ?? noSession(sessionId));
    },
  );

  app.get<{ Params: { sessionId: string; mediaId: string } }>(
    `${SESSIONS}/:sessionId/media/:mediaId`,
    {
      schema: {
        operationId: 'getSessionMedia',
        tags: ['Sessions'],
        summary: 'An image, audio or a file of a conversation',
        description:
          'Content that a message carries inline, by the `media_id` that its turn has. What begins like PNG, JPEG, GIF, WebP, AVIF, WAV, Ogg, WebM audio or MP3 has that type, whatever the message says; anything else is a download of unknown type.',
        params: MediaPath,
        querystring: NoQuery,
        response: {
          200: responses.mediaResponse,
          400: responses.badQuery,
          404: responses.notFound('session or media'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId, mediaId } = request.params;
      const content = mayExist(sessionId) ? await ask(reply).media(sessionId, mediaId) : undefined;
      if (content === undefined) throw noMedia(mediaId);
      return sendMedia(reply, content);
    },
  );

  app.post<{ Params: { sessionId: string } }>(
    `${SESSIONS}/:sessionId/invalidate`,
    {
      schema: {
        operationId: 'invalidateSession',
        tags: ['Sessions'],
        summary: 'Invalidate a session',
        description:
          'An operator’s mark that a session does not count; its state is `invalidated` from then on. Doing it again changes nothing.',
        params: SessionPath,
        querystring: NoQuery,
        response: {
          204: responses.emptyResponse('The session is invalidated.'),
          400: responses.badQuery,
          404: responses.notFound('session'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const { project, identity } = request;
      const found = mayExist(sessionId) && (await writer.invalidate(project, sessionId));
      if (!found) throw noSession(sessionId);
      const action = 'session.invalidated';
      await access.audit({ actor: identity.actor, action, subject: sessionId, project, detail: {} });
      return reply.code(204).send();
    },
  );

  app.get<{ Params: { traceId: string } }>(
    '/api/v1/traces/:traceId',
    {
      schema: {
        operationId: 'getTrace',
        tags: ['Traces'],
        summary: 'One trace',
        description: 'All stored spans of the trace, whatever sessions they belong to.',
        params: TracePath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The trace.', Trace),
          400: responses.badQuery,
          404: responses.notFound('trace'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const traceId = request.params.traceId.toLowerCase();
      const bytes = TRACE_ID.test(traceId) ? await ask(reply).trace(traceId) : undefined;
      return sendJson(reply, bytes ?? noTrace(request.params.traceId));
    },
  );

  app.get<{ Params: { traceId: string } }>(
    '/api/v1/traces/:traceId/sessions',
    {
      schema: {
        operationId: 'getTraceSessions',
        tags: ['Traces'],
        summary: 'The sessions of a trace',
        description: 'The sessions that the trace has spans in, those with most of them first.',
        params: TracePath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The sessions.', TraceSessions),
          400: responses.badQuery,
          404: responses.notFound('trace'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const traceId = request.params.traceId.toLowerCase();
      const bytes = TRACE_ID.test(traceId) ? await ask(reply).traceSessions(traceId) : undefined;
      return sendJson(reply, bytes ?? noTrace(request.params.traceId));
    },
  );

  app.get<{ Params: { traceId: string; spanId: string } }>(
    '/api/v1/traces/:traceId/spans/:spanId',
    {
      schema: {
        operationId: 'getSpan',
        tags: ['Traces'],
        summary: 'One span',
        description: 'The span with everything, as it stands in its trace.',
        params: SpanPath,
        querystring: NoQuery,
        response: {
          200: responses.apiResponse('The span.', Span),
          400: responses.badQuery,
          404: responses.notFound('span'),
          ...common,
        },
      },
    },
    async (request, reply) => {
      const traceId = request.params.traceId.toLowerCase();
      const spanId = request.params.spanId.toLowerCase();
      const mayBe = TRACE_ID.test(traceId) && SPAN_ID.test(spanId);
      const bytes = mayBe ? await ask(reply).span(traceId, spanId) : undefined;
      return sendJson(reply, bytes ?? noSpan(request.params.spanId));
    },
  );

  return session;

  async function session(sessionId: string, reply: FastifyReply): Promise<FastifyReply> {
    const bytes = mayExist(sessionId) ? await ask(reply).get(sessionId) : undefined;
    return sendJson(reply, bytes ?? noSession(sessionId));
  }
}

/**
 * Whether this segment of the path is literally the name of a route. The router decodes before it matches,
 * but a percent-encoded id is never a route's name.
 */
export function isLiteral(request: FastifyRequest, name: string): boolean {
  return pathOf(request.raw.url) === `${SESSIONS}/${name}`;
}

/** Sends bytes that nothing else uses, compressed if that is worthwhile, or throws the error. */
export async function sendJson(reply: FastifyReply, answer: Uint8Array | ApiError): Promise<FastifyReply> {
  if (answer instanceof ApiError) throw answer;
  reply.type(JSON_TYPE).header('Vary', 'Accept-Encoding');
  const small = await compressed(answer, reply.request.headers['accept-encoding']);
  if (small !== undefined) return reply.header('Content-Encoding', 'gzip').send(small);
  // At `finish` the system has all of it. If the connection breaks before, the garbage collector frees it.
  reply.raw.once('finish', () => freeBytes(answer));
  return reply.send(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
}

/**
 * The content is from strangers. Only types that a browser shows without running code keep their type, and
 * even those may not load anything.
 */
const MEDIA_HEADERS = {
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

function sendMedia(reply: FastifyReply, content: Uint8Array): FastifyReply {
  const type = safeTypeOf(content);
  const name = `media.${endingOf(type)}`;
  reply
    .headers(MEDIA_HEADERS)
    .header('Content-Disposition', `${type === undefined ? 'attachment' : 'inline'}; filename="${name}"`)
    .type(type ?? 'application/octet-stream');
  return reply.send(Buffer.from(content.buffer, content.byteOffset, content.byteLength));
}

/** No stored id is empty, or longer than the contract allows (at most two UTF-16 code units per character). */
export function mayExist(sessionId: string): boolean {
  return sessionId !== '' && sessionId.length <= 2 * MAX_SESSION_ID_LENGTH;
}

export function noSession(sessionId: string): ApiError {
  return new ApiError('session.not_found', 'There is no session with this id.', {
    resource: { type: 'session', id: sessionId },
  });
}

function noMedia(mediaId: string): ApiError {
  return new ApiError('media.not_found', 'No message of this session carries content of this id.', {
    resource: { type: 'media', id: mediaId },
  });
}

function noTrace(traceId: string): ApiError {
  return new ApiError('trace.not_found', 'There is no trace with this id.', {
    resource: { type: 'trace', id: traceId },
  });
}

function noSpan(spanId: string): ApiError {
  return new ApiError('span.not_found', 'There is no span with this id in this trace.', {
    resource: { type: 'span', id: spanId },
  });
}
