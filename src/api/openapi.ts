import swagger from '@fastify/swagger';
import Fastify from 'fastify';
import { NAMED_SCHEMAS } from '../contract/schemas.js';
import { COUNTRY_ATTRIBUTION } from '../country-source.js';
import { withOtlpRoutes } from './otlp-paths.js';
import * as responses from './responses.js';
import { addRoutes, NO_COMPILERS } from './routes.js';

const DESCRIPTION = `Sessions made of OpenTelemetry data: who did what, for how long, how it went, and what it cost.

Every answer has an \`X-Request-Id\`: the request's own, where it sends one of 1 to 128 letters, digits, dots, underscores and
hyphens, else a new one. Errors are problem documents (RFC 9457) whose \`type\` is \`/problems/\` and the error code.
\`HEAD\` is answered wherever \`GET\` is. A query parameter that a route does not have is an error, and so is one that is given several times,
unless it is a list. An answer with \`Sojourn-Behind\` may lack what was acknowledged: while the disk takes nothing, or sessions are not yet, or cannot be, brought up
to date.

Integers of 64 bits are numbers up to 2^53 − 1 and strings of digits beyond, since most programs read JSON numbers as doubles; times in
nanoseconds since 1970 are always strings, as ProtoJSON writes them.`;

/**
 * The OpenAPI document of this version of the server, from the routes and schemas of the API. A separate
 * module, so that the API starts without the packages that only the document needs.
 */
export async function openApiDocument(version: string, basePath = ''): Promise<object> {
  const none = (): never => {
    throw new Error('made for its description only');
  };
  const app = Fastify({ schemaController: NO_COMPILERS });
  app.setValidatorCompiler(() => none);
  app.setSerializerCompiler(() => none);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sojourn',
        version,
        description: `${DESCRIPTION}\n\n${COUNTRY_ATTRIBUTION}`,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      // Where no key is needed, none has to be sent.
      security: [{}, { bearer: [] }, { apiKey: [] }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An API key.' },
          apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'An API key.' },
        },
      },
      servers: [{ url: basePath || '/', description: 'The server that this document came from.' }],
      tags: [
        { name: 'Telemetry', description: 'Where OpenTelemetry senders deliver (OTLP over HTTP).' },
        { name: 'Sessions', description: 'Sessions and their statistics.' },
        { name: 'Traces', description: 'The spans behind a session.' },
        { name: 'Exports', description: 'Sessions and their telemetry as files.' },
        { name: 'Scores', description: 'Results of evaluations, and feedback of people.' },
        {
          name: 'Alerts',
          description: 'Measures over sessions, and who is told when they pass a threshold.',
        },
        { name: 'Erasure', description: 'Erasing sessions and users, and the jobs that do it.' },
        { name: 'Views', description: 'Saved views of the list: filters, range and order under a name.' },
        { name: 'Access', description: 'Who the caller is, signing in, projects, and the audit log.' },
        { name: 'Server', description: 'The server itself.' },
      ],
    },
    refResolver: { buildLocalReference: (schema) => String(schema.$id) },
  });
  for (const schema of NAMED_SCHEMAS) app.addSchema(schema);
  // Answered before any route.
  app.addHook('onRoute', ({ schema }) => {
    if (schema?.response === undefined) return;
    schema.response = { ...schema.response, 431: responses.headersTooLarge };
  });
  addRoutes(app, {
    queries: { for: none },
    live: { open: none },
    writer: { invalidate: none },
    scores: { write: none, nowNs: none },
    alerts: {
      store: { list: none, get: none, add: none, replace: none, remove: none },
      runner: { deliver: none },
      measure: none,
      parseFilters: none,
      webhookHosts: [],
      nowMs: none,
    },
    views: { store: { list: none, put: none, remove: none }, nowMs: none },
    access: { audit: none, identify: none },
    accessStore: { keys: none, audit: none },
    mcp: { answer: none },
    signIn: {
      signIns: { begin: none, end: none, list: none, refuse: none, revoke: none },
      oidc: undefined,
      isNeeded: false,
      onFailure: none,
    },
    version,
    ready: none,
    telemetry: { contentType: '', render: none, httpRequestSeconds: { observe: none } },
    openapi: none,
  });
  await app.ready();
  try {
    return withOtlpRoutes(app.swagger());
  } finally {
    await app.close();
  }
}
