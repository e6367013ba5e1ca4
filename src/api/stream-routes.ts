import type { FastifyInstance } from 'fastify';
import type { SessionFilters } from '../contract/session-filters.js';
import { SESSION_STREAM, SessionStreamHeaders, SessionStreamQuery } from '../contract/stream.js';
import type { LiveProjects } from '../live/live-projects.js';
import type { Sink } from '../live/live-sessions.js';
import * as responses from './responses.js';
import { common, isLiteral, SESSIONS, type SendSession } from './session-routes.js';

const STREAM_TYPE = 'text/event-stream; charset=utf-8';

/** A valid query string of the stream. */
interface StreamRequest extends SessionFilters {
  readonly lastEventId?: string;
}

/** The live stream of changed sessions, as server-sent events (WHATWG HTML, section 9.2). */
export function addStreamRoutes(
  app: FastifyInstance,
  live: Pick<LiveProjects, 'open'>,
  sendSession: SendSession,
): void {
  app.get<{ Querystring: StreamRequest }>(
    `${SESSIONS}/stream`,
    {
      // The duration of a stream depends only on the client.
      config: { isUnmeasured: true },
      schema: {
        operationId: 'streamSessions',
        tags: ['Sessions'],
        summary: 'Sessions as they change',
        description:
          'Server-sent events: a `session` event for each session that is new or has changed, as the list has it, with the filters of the list. A session comes once a second at most. A client that was away goes on where it was by `Last-Event-ID`, as browsers do by themselves; where the server no longer knows what it has missed, it gets a `reset`.',
        querystring: SessionStreamQuery,
        headers: SessionStreamHeaders,
        response: {
          200: responses.response('The stream.', SESSION_STREAM, {
            mediaType: 'text/event-stream',
            headers: { 'Cache-Control': responses.noStore },
          }),
          400: responses.badQuery,
          ...common,
        },
      },
    },
    async (request, reply) => {
      if (!isLiteral(request, 'stream')) return sendSession('stream', reply);
      if (request.method === 'HEAD') return reply.type(STREAM_TYPE).send();
      const { lastEventId, ...filters } = request.query;
      const header = request.headers['last-event-id'];
      const { raw } = reply;
      const sink: Sink = {
        write: (text) => {
          if (!raw.headersSent) {
            reply.hijack();
            const headers = { ...reply.getHeaders(), 'content-type': STREAM_TYPE, 'x-accel-buffering': 'no' };
            raw.writeHead(200, headers as Record<string, string>);
          }
          return raw.write(text);
        },
        end: () => {
          // A client that does not read would keep the connection, and the stopping server, open.
          if (raw.writableLength > 0) raw.destroy();
          else raw.end();
        },
      };
      const since = typeof header === 'string' ? header : lastEventId;
      const stream = await live.open(request.project, filters, since, sink);
      raw.on('drain', () => stream.drained());
      raw.on('close', () => stream.closed());
      if (raw.closed || raw.destroyed) stream.closed();
      return reply;
    },
  );
}
