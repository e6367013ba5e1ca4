import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { Type } from '../contract/schema-builder.js';
import { sessionIdParameter } from '../contract/session.js';
import { keptSessionId } from '../contract/session-id.js';

/**
 * A session id can be any text, and some do not work in a path: proxies and clients remove `..` and double
 * slashes, and some ids are names of routes beside `:sessionId`. So each route of a session has a variant
 * with the id in the query parameter `id`.
 */

/**
 * Adds a variant for each route below `path`/:sessionId that is added from now on, and makes all of them
 * accept ids as they were sent.
 */
export function addByIdRoutes(app: FastifyInstance, path: string): void {
  const own = `${path}/:sessionId`;
  app.addHook('onRoute', (route) => {
    if (route.method === 'HEAD' || (route.url !== own && !route.url.startsWith(`${own}/`))) return;
    const byId = twinOf(route, route.url.replace(own, `${path}/by-id`));
    route.preHandler = [keepPathId, route.preHandler ?? []].flat();
    app.route(byId);
  });
}

interface RouteSchema {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly querystring?: { readonly properties: Record<string, never> };
  readonly params: { readonly properties: Record<string, never> };
}

function twinOf(route: RouteOptions, url: string): RouteOptions {
  const { params, ...schema } = route.schema as unknown as RouteSchema;
  const { sessionId: _, ...otherParams } = params.properties;
  const same = `The same as \`${route.url.replace(':sessionId', '{sessionId}')}\`, for ids of any form.`;
  return {
    ...route,
    url,
    schema: {
      ...schema,
      operationId: `${schema.operationId}ById`,
      summary: `${schema.summary}, by an id of any form`,
      description: schema.description === undefined ? same : `${same} ${schema.description}`,
      ...(Object.keys(otherParams).length > 0 && {
        params: Type.Object(otherParams, { additionalProperties: false }),
      }),
      querystring: Type.Object(
        { id: sessionIdParameter, ...schema.querystring?.properties },
        { additionalProperties: false },
      ),
    },
    preHandler: [keepQueryId, route.preHandler ?? []].flat(),
  };
}

async function keepPathId(request: FastifyRequest): Promise<void> {
  const params = request.params as { sessionId: string };
  params.sessionId = keptSessionId(params.sessionId);
}

async function keepQueryId(request: FastifyRequest): Promise<void> {
  const { id, ...query } = request.query as { id: string };
  request.params = { ...(request.params as object), sessionId: keptSessionId(id) };
  request.query = query;
}
