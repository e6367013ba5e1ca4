import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PROJECT_HEADER } from '../access/project-name.js';
import { Type } from '../contract/schema-builder.js';

/** Tools for agents, as far as the API hands them requests. */
export interface McpEndpoint {
  /** `message`: the body of the request, parsed. */
  answer(
    request: Request,
    message: unknown,
    caller: { readonly fetch: typeof fetch; readonly project: string; readonly signal: AbortSignal },
  ): Promise<Response>;
}

export interface McpRoutesOptions {
  readonly mcp: McpEndpoint;
}

/** Headers of the caller that belong to its own request. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...['accept', 'accept-encoding', 'connection', 'content-length', 'content-type', 'transfer-encoding'],
  ...['expect', 'host', 'origin', 'traceparent', 'x-request-id', PROJECT_HEADER],
]);

/**
 * The Model Context Protocol over streamable HTTP (docs/mcp.md). The tools read the API with the credentials of
 * their caller, so they see what the caller sees: one project.
 */
export function addMcpRoutes(app: FastifyInstance, { mcp }: McpRoutesOptions): void {
  app.post(
    '/mcp',
    {
      config: { access: 'read' },
      // The protocol describes itself; the OpenAPI document has the API that the tools read.
      schema: { hide: true, body: Type.Unknown() },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) gone.abort();
      });
      const asked = new Request('http://sojourn.internal/mcp', {
        method: 'POST',
        headers: plainHeaders(request, () => true),
        body: JSON.stringify(request.body),
        signal: gone.signal,
      });
      const answer = await mcp.answer(asked, request.body, {
        fetch: (input, init) => inject(app, request, new Request(input, init)),
        project: request.project,
        signal: gone.signal,
      });
      return send(reply, answer);
    },
  );
}

/** Answers a read of the API within this process, on behalf of the sender of `request`. */
async function inject(app: FastifyInstance, request: FastifyRequest, read: Request): Promise<Response> {
  const { pathname, search } = new URL(read.url);
  const { statusCode, rawPayload, headers } = await app.inject({
    method: 'GET',
    url: pathname + search,
    headers: {
      ...plainHeaders(request, (name) => !OWN_HEADERS.has(name)),
      ...Object.fromEntries(read.headers),
    },
    remoteAddress: request.socket.remoteAddress ?? '',
    signal: read.signal,
  });
  const type = headers['content-type']?.toString() ?? 'application/json';
  return new Response(Uint8Array.from(rawPayload), { status: statusCode, headers: { 'content-type': type } });
}

function plainHeaders(
  { headers }: FastifyRequest,
  isWanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || !isWanted(name) ? [] : [[name, String(value)] as const],
    ),
  );
}

function send(reply: FastifyReply, answer: Response): FastifyReply {
  reply.code(answer.status).headers(Object.fromEntries(answer.headers)).header('Cache-Control', 'no-store');
  return answer.body === null ? reply.send() : reply.send(Readable.fromWeb(answer.body as never));
}
