import type { FastifyInstance } from 'fastify';
import { API_ERRORS, ApiError, isErrorCode } from '../contract/errors.js';
import { ProblemDefinition, ProblemPath } from '../contract/problem.js';
import { Type } from '../contract/schema-builder.js';
import { Health, Readiness } from '../contract/server.js';
import { type ApiAccess, mayReadServer } from './access.js';
import * as responses from './responses.js';
import { common } from './session-routes.js';

export interface ReadyState {
  readonly ready: boolean;
  /** What the server is waiting for if it is not ready, or a problem despite which it is. */
  readonly reason?: string;
  /** Why answers may lack acknowledged telemetry. Undefined if they are complete. */
  readonly behind?: string;
  /** State of the store and its disk, after the first measurement. */
  readonly store?: {
    readonly size_bytes: number;
    readonly free_bytes: number;
    readonly seconds_until_full?: number;
  };
}

/** The server's own metrics, as far as the API uses them. */
export interface ApiTelemetry {
  /** Media type of `render`. */
  readonly contentType: string;
  /** All metrics in the text format of Prometheus. */
  render(): Promise<string>;
  /** `sojourn_http_request_seconds`. */
  readonly httpRequestSeconds: {
    observe(labels: { route: string; status: string }, seconds: number): void;
  };
}

export interface ServerRoutesOptions {
  readonly access: Pick<ApiAccess, 'identify'>;
  readonly telemetry: ApiTelemetry;
  readonly version: string;
  ready(): ReadyState;
  /** The OpenAPI document. Called at the first request for it. */
  openapi(): Promise<object>;
}

const TAGS = ['Server'];

/** Routes about the server: health, metrics, the OpenAPI document and the meanings of errors. */
export function addServerRoutes(app: FastifyInstance, options: ServerRoutesOptions): void {
  const { access, telemetry, version } = options;

  app.get(
    '/healthz',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'getHealth',
        tags: TAGS,
        summary: 'Whether the process answers',
        response: { 200: responses.response('It does.', Health) },
      },
    },
    async (_request, reply) => reply.header('Cache-Control', 'no-store').send({ status: 'ok', version }),
  );

  app.get(
    '/readyz',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'getReadiness',
        tags: TAGS,
        summary: 'Whether the server takes telemetry and answers queries',
        description:
          'Needs no key. The reason and the size of the store are told only to callers that may read the whole server.',
        response: {
          200: responses.response('It is ready.', Readiness),
          503: responses.response('It is stopping, or its disk takes nothing.', Readiness),
        },
      },
    },
    async (request, reply) => {
      const { ready, ...details } = options.ready();
      const isTold = await mayReadServer(access, request.raw);
      const { reason, store } = isTold ? details : {};
      return reply
        .code(ready ? 200 : 503)
        .header('Cache-Control', 'no-store')
        .send({
          status: ready ? 'ready' : 'unavailable',
          ...(reason !== undefined && { reason }),
          ...(store !== undefined && { store }),
        });
    },
  );

  app.get(
    '/metrics',
    {
      config: { projects: 'all' },
      schema: {
        operationId: 'getMetrics',
        tags: TAGS,
        summary: 'The server’s own metrics',
        response: {
          200: responses.response('Metrics in the text format of Prometheus.', Type.String(), {
            mediaType: 'text/plain',
          }),
          ...common,
        },
      },
    },
    async (_request, reply) =>
      reply
        .header('Cache-Control', 'no-store')
        .type(telemetry.contentType)
        .send(await telemetry.render()),
  );

  /** Made once, however many ask for it at the same time: it takes tens of milliseconds and megabytes. */
  let document: Promise<Buffer> | undefined;
  app.get(
    '/openapi.json',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'getOpenApi',
        tags: TAGS,
        summary: 'This document',
        response: { 200: responses.response('The OpenAPI document of this server.', Type.Object({})) },
      },
    },
    async (_request, reply) => {
      document ??= options.openapi().then((made) => Buffer.from(JSON.stringify(made)));
      return reply
        .header('Cache-Control', 'no-cache')
        .type('application/json; charset=utf-8')
        .send(await document);
    },
  );

  app.get<{ Params: { code: string } }>(
    '/problems/:code',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'getProblem',
        tags: TAGS,
        summary: 'What an error code means',
        description: 'The `type` of every problem document leads here.',
        params: ProblemPath,
        response: {
          200: responses.response('The meaning of the code.', ProblemDefinition),
          404: responses.notFound('error code'),
        },
      },
    },
    async (request, reply) => {
      const { code } = request.params;
      if (!isErrorCode(code)) {
        throw new ApiError('error.not_found', 'There is no error with this code.', {
          resource: { type: 'error', id: code },
        });
      }
      return reply.send({ code, ...API_ERRORS[code] });
    },
  );
}
