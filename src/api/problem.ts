import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_ERRORS, type ApiError, type ErrorCode, problemType } from '../contract/errors.js';

const PROBLEM_JSON = 'application/problem+json; charset=utf-8';
/** Seconds until a client should retry after a temporary failure. */
const RETRY_AFTER_S = 1;
/** Errors that need a longer wait. */
const RETRY_LATER_S: { readonly [C in ErrorCode]?: number } = { 'query.timeout': 30 };

/**
 * Answers with the problem document (RFC 9457) of an error.
 *
 * @param retryAfterS seconds until a client should retry, if it may. Default: as usual for this error.
 */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: ApiError,
  retryAfterS: number = RETRY_LATER_S[error.code] ?? RETRY_AFTER_S,
): FastifyReply {
  const { status, title, retryable } = API_ERRORS[error.code];
  const problem = {
    type: problemType(error.code),
    title,
    status,
    detail: error.message,
    instance: pathOf(request.raw.url),
    ...errorsOf(error, status),
    ...(error.resource && { resource_type: error.resource.type, resource_id: error.resource.id }),
  };
  if (retryable) reply.header('Retry-After', String(retryAfterS));
  return reply
    .code(status)
    .type(PROBLEM_JSON)
    .send(Buffer.from(JSON.stringify(problem)));
}

/** Refused parameters. An answer 400 always lists them, also where something else was wrong. */
function errorsOf({ fields }: ApiError, status: number): { readonly errors?: ApiError['fields'] } {
  if (fields !== undefined) return { errors: fields };
  return status === 400 ? { errors: [] } : {};
}

/** The path of a request target, without its query. */
export function pathOf(target: string | undefined): string {
  const [path = ''] = (target ?? '').split('?', 1);
  return path;
}
