import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { AccessError } from '../access/access-error.js';
import { AccessUnavailableError } from '../access/guard.js';
import { ApiError, TELEMETRY_HINT } from '../contract/errors.js';
import { requestIdOf } from '../request-id.js';
import { isDiskFull } from '../store/contract/unavailable.js';
import type { AnsweredRequest } from '../telemetry.js';
import { type ApiAccess, addAccess, sendRefusal } from './access.js';
import { AllowedMethods } from './allowed-methods.js';
import { addJsonBodies, type BodySchema, compileBodyValidator } from './json-body.js';
import { pathOf, sendProblem } from './problem.js';
import { compileQueryValidator, type QuerySchema, type RawQuery } from './query-validation.js';
import { addRoutes, NO_COMPILERS, type RoutesOptions } from './routes.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether successful answers (200) are not measured. */
    readonly isUnmeasured?: boolean;
  }
}

export interface ApiOptions extends Omit<RoutesOptions, 'openapi'> {
  /** Path in front of all paths, as clients see them; default is none. */
  readonly basePath?: string;
  /** The attributes whose values sessions are found by. Default: none. */
  readonly indexAttributes?: readonly string[];
  readonly access: ApiAccess;
  /** Called for every request that failed because of the server. */
  onFailure?(error: unknown, requestId: string): void;
  /** Called for every request once its answer was sent, or its connection has ended. */
  onAnswered?(answered: AnsweredRequest): void;
}

export interface Api {
  /** Answers any request, with a 404 for unknown paths. The caller keeps its server. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** The methods of a path. Empty if the path is unknown. */
  methodsOf(path: string): readonly string[];
  /** Resolves when nothing is answered any more. Does not close `queries`. */
  close(): Promise<void>;
}

/** Longer than any request line that node:http accepts, so that no path parameter is too long for the router. */
const MAX_PARAM_LENGTH = 65_536;

/** The REST API, to be mounted on a node:http server. */
export async function createApi(options: ApiOptions): Promise<Api> {
  const app = Fastify({
    logger: false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    // The caller stops its server and decides on connections.
    return503OnClosing: false,
    schemaController: NO_COMPILERS,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // Errors of the router happen before all hooks.
    frameworkErrors: (_error, request, reply) => {
      setCommonHeaders(request, reply);
      sendProblem(
        request,
        reply,
        new ApiError('url.invalid', 'The path is not valid percent-encoded UTF-8.'),
      );
    },
  });
  const allowedMethods = new AllowedMethods();
  app.addHook('onRoute', ({ url, method }) => allowedMethods.add(url, [method].flat()));
  app.addHook('onRequest', async (request, reply) => {
    setCommonHeaders(request, reply);
    const { behind } = options.ready();
    if (behind !== undefined && isApiPath(request)) reply.header('Sojourn-Behind', behind);
  });
  addAccess(app, options.access);
  // The router treats the empty string after a trailing slash as an id. A real id with a slash at its end has
  // it percent-encoded. It also treats the name of a route as an id, where the route lacks the method.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return undefined;
    const path = pathOf(request.raw.url);
    if (path.endsWith('/') || allowedMethods.refuses(path, request.method)) return reply.callNotFound();
    return undefined;
  });
  // The time that the server needed until now, ms (W3C Server Timing).
  app.addHook('onSend', async (_request, reply) => {
    reply.header('Server-Timing', `total;dur=${reply.elapsedTime.toFixed(2)}`);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    options.onAnswered?.({
      transport: 'http',
      method: request.method,
      route,
      status: reply.statusCode,
      requestId: request.id,
      durationMs: reply.elapsedTime,
      traceparent: request.headers.traceparent?.toString(),
    });
    if (request.routeOptions.config.isUnmeasured && reply.statusCode === 200) return;
    const labels = { route, status: String(reply.statusCode) };
    options.telemetry.httpRequestSeconds.observe(labels, reply.elapsedTime / 1000);
  });

  app.setValidatorCompiler<QuerySchema | BodySchema>(({ schema, httpPart }) => {
    if (httpPart === 'body') return compileBodyValidator(schema as BodySchema);
    if (httpPart === 'querystring') {
      const validate = compileQueryValidator(schema as QuerySchema, options);
      return (query: RawQuery) => validate(query);
    }
    // Path parameters are not validated: an unknown one is a 404, which the routes decide.
    return (value: unknown) => ({ value });
  });
  // Answers are bytes, or small objects for which JSON.stringify is fast enough.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  addJsonBodies(app);

  const answerNotFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = pathOf(request.raw.url);
    const methods = allowedMethods.of(path);
    if (methods.length === 0) {
      const resource = { type: 'route', id: path };
      const detail = `Nothing is at this path.${hintFor(request, allowedMethods)}`;
      return sendProblem(request, reply, new ApiError('route.not_found', detail, { resource }));
    }
    reply.header('Allow', methods.join(', '));
    const detail = `Use ${methods.join(', ')} instead of ${request.method}.`;
    return sendProblem(request, reply, new ApiError('method.not_allowed', detail));
  };

  app.setErrorHandler<FastifyError | ApiError | AccessError>((error, request, reply) => {
    if (error instanceof AccessError) {
      options.access.onRefusal(error.reason);
      return sendRefusal(request, reply, error);
    }
    if (error instanceof AccessUnavailableError) {
      options.onFailure?.(error.cause, request.id);
      return sendProblem(request, reply, new ApiError('query.unavailable', `${error.message}.`));
    }
    if (error instanceof ApiError) {
      if (error.code === 'store.damaged') options.onFailure?.(error, request.id);
      return sendProblem(request, reply, maybeBehind(error, options));
    }
    if (isClientError(error)) {
      // The framework checks bodies of methods like QUERY before it looks whether the route has the method.
      if (request.is404) return answerNotFound(request, reply);
      return sendProblem(request, reply, new ApiError('request.invalid', error.message));
    }
    options.onFailure?.(error, request.id);
    if (isDiskFull(error)) {
      const detail =
        'The disk of the server is full, and this needs to write. Try again once there is space.';
      return sendProblem(request, reply, new ApiError('store.unavailable', detail));
    }
    return sendProblem(
      request,
      reply,
      new ApiError('internal.error', `The server failed on request ${request.id}.`),
    );
  });
  app.setNotFoundHandler(answerNotFound);

  addRoutes(app, {
    ...options,
    ready: () => options.ready(),
    openapi: async () => {
      const { openApiDocument } = await import('./openapi.js');
      return openApiDocument(options.version, options.basePath);
    },
  });
  await app.ready();
  return {
    handle: (request, response) => app.routing(request, response),
    methodsOf: (path) => allowedMethods.of(path),
    close: () => app.close(),
  };
}

/** A hint for a request with an unknown path. */
function hintFor({ method, headers, raw }: FastifyRequest, allowedMethods: AllowedMethods): string {
  const path = pathOf(raw.url);
  const short = path.replace(/\/+$/, '');
  if (short !== path && allowedMethods.of(short).length > 0)
    return ` Leave out the slash at its end: ${short}`;
  const isTelemetry = /^application\/(?:json|x-protobuf)\b/i.test(headers['content-type'] ?? '');
  return method === 'POST' && isTelemetry ? ` ${TELEMETRY_HINT}` : '';
}

function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('X-Request-Id', request.id);
  reply.header('X-Content-Type-Options', 'nosniff');
  if (isApiPath(request)) reply.header('Cache-Control', 'private, no-store');
}

function isApiPath(request: FastifyRequest): boolean {
  return pathOf(request.raw.url).startsWith('/api/v1');
}

/** If answers lack telemetry, a missing resource may be part of it: adds that to the error. */
function maybeBehind(error: ApiError, { ready }: Pick<ApiOptions, 'ready'>): ApiError {
  const { behind } = ready();
  if (behind === undefined || error.resource === undefined || error.resource.type === 'route') return error;
  return new ApiError(error.code, `${error.message} It may be among what is not answered yet: ${behind}.`, {
    resource: error.resource,
  });
}

/** Whether the framework refused the client's request. Only the framework throws such errors. */
function isClientError({ statusCode = 500 }: FastifyError): boolean {
  return statusCode >= 400 && statusCode < 500;
}
