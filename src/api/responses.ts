import type { TSchema } from '@sinclair/typebox';
import { SAFE_TYPES } from '../contract/media.js';
import { NotFoundProblem, Problem, QueryProblem } from '../contract/problem.js';
import { Type } from '../contract/schema-builder.js';

/** Responses of routes in the form of @fastify/swagger: content by media type, and headers. */

const requestId = { type: 'string', description: 'Id of the request: the one it came with, or a new one.' };
export const noStore = { type: 'string', description: 'Always `private, no-store`.' };
const retryAfter = { type: 'string', description: 'Seconds after which to try again.' };

interface ResponseOptions {
  readonly mediaType?: string;
  readonly headers?: Record<string, unknown>;
}

export function response(description: string, schema: TSchema, options: ResponseOptions = {}) {
  const { mediaType = 'application/json', headers = {} } = options;
  const [example] = (schema.examples ?? []) as unknown[];
  const content = {
    [mediaType]: {
      schema: schema.$id === undefined ? schema : Type.Ref(`${schema.$id}#`),
      ...(example !== undefined && { example }),
    },
  };
  return { description, headers: { 'X-Request-Id': requestId, ...headers }, content };
}

export function apiResponse(description: string, schema: TSchema) {
  return response(description, schema, { headers: { 'Cache-Control': noStore } });
}

const binary = { schema: { type: 'string', format: 'binary' } };

/** Content of a message: one of the types that are safe to show, or bytes. */
export const mediaResponse = {
  description: 'The content.',
  headers: {
    'X-Request-Id': requestId,
    'Cache-Control': noStore,
    'Content-Disposition': {
      type: 'string',
      description: '`inline` for a type that is shown, else `attachment`.',
    },
    'Content-Security-Policy': { type: 'string', description: "Always `sandbox; default-src 'none'`." },
  },
  content: Object.fromEntries(
    [...SAFE_TYPES, 'application/octet-stream'].map((mediaType) => [mediaType, binary]),
  ),
};

/** A file in one of these formats. */
export function exportResponse(mediaTypes: readonly string[]) {
  return {
    description: 'The file.',
    headers: {
      'X-Request-Id': requestId,
      'Cache-Control': noStore,
      'Content-Disposition': {
        type: 'string',
        description: 'Always `attachment`, with a name for the file.',
      },
      'Sojourn-Export': {
        type: 'string',
        contentMediaType: 'application/json',
        contentSchema: { $ref: '#/components/schemas/ExportSummary' },
        description:
          'JSON, an `ExportSummary`: counts, the SHA-256 of the bytes before any compression, and `next_cursor` if more follows. A trailer where the answer has the whole export.',
      },
    },
    content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType.split(';')[0]!, binary])),
  };
}

export function emptyResponse(description: string) {
  return { description, type: 'null', headers: { 'X-Request-Id': requestId } };
}

function problem(description: string, schema: TSchema, headers: Record<string, unknown> = {}) {
  return response(description, schema, { mediaType: 'application/problem+json', headers });
}

export const badQuery = problem('Query parameters were refused.', QueryProblem);
export const badBody = problem('Fields of the body, or query parameters, were refused.', QueryProblem);
export const bodyTooLarge = problem('The body is too large.', Problem);
export const tooManyScores = problem('The session has as many scores as it can have.', Problem);
export const tooManyViews = problem('The project has as many saved views as it can have.', Problem);
export const tooManyAlerts = problem('The project has as many alerts as it can have.', Problem);
export const unauthenticated = problem('There is no valid API key, and one is needed.', Problem, {
  'WWW-Authenticate': { type: 'string', description: 'The scope that the key needs.' },
});
export const forbidden = problem(
  'The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change.',
  Problem,
);
export const tooManyTries = problem('Too many wrong API keys came from this address.', Problem, {
  'Retry-After': retryAfter,
});
export const headersTooLarge = problem('The address and the headers are too large together.', Problem);
export const unsupported = problem('The store cannot do this.', Problem);
export const failed = problem('The server failed.', Problem);
export const unavailable = problem('Queries cannot be answered at this moment.', Problem, {
  'Retry-After': retryAfter,
});

export function notFound(what: string) {
  return problem(`There is no such ${what}.`, NotFoundProblem);
}
