import type { FastifyInstance } from 'fastify';
import { ErrorQuery, ErrorStatistics, ToolQuery, ToolStatistics } from '../contract/tools-errors.js';
import type { ErrorRequest, QueryPool, ToolRequest } from '../query/query-service.js';
import { callerOf } from './caller.js';
import * as responses from './responses.js';
import { common, sendJson } from './session-routes.js';

export interface ToolRoutesOptions {
  readonly queries: Pick<QueryPool, 'for'>;
}

/** Calls of tools and errors over sessions (docs/tools-errors.md). */
export function addToolRoutes(app: FastifyInstance, { queries }: ToolRoutesOptions): void {
  app.get<{ Querystring: ToolRequest }>(
    '/api/v1/tools',
    {
      schema: {
        operationId: 'getToolStatistics',
        tags: ['Sessions'],
        summary: 'Calls of tools',
        description:
          'By tool, over the sessions of a range under any filter of the list: calls, failures, retries and percentiles of the duration. A filter chooses sessions: all calls of these sessions count. Sessions that called tools are looked at one by one, which takes some seconds for a hundred thousand of them.',
        querystring: ToolQuery,
        response: {
          200: responses.apiResponse('The calls by tool.', ToolStatistics),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => sendJson(reply, await queries.for(callerOf(reply)).toolStats(request.query)),
  );

  app.get<{ Querystring: ErrorRequest }>(
    '/api/v1/errors',
    {
      schema: {
        operationId: 'getErrorStatistics',
        tags: ['Sessions'],
        summary: 'Errors by type and shape of the message',
        description:
          'Over the sessions of a range under any filter of the list: how often, in how many sessions, first and last seen. A filter chooses sessions: all errors of these sessions count. Sessions with errors are looked at one by one, which takes some seconds for a hundred thousand of them.',
        querystring: ErrorQuery,
        response: {
          200: responses.apiResponse('The errors by shape.', ErrorStatistics),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => sendJson(reply, await queries.for(callerOf(reply)).errorStats(request.query)),
  );
}
