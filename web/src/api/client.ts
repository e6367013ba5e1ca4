import createClient, { defaultPathSerializer } from 'openapi-fetch';
import { ApiProblem, Unreachable } from './problem.js';
import type { components, paths } from './schema.js';

/** Shapes of the API under short names. */
export type Session = components['schemas']['Session'];
export type SessionState = Session['state'];
export type SessionPage = components['schemas']['SessionPage'];

/** Paths below `/api/v1/sessions` that are no sessions; a session of that name is asked for with a percent-encoded letter. */
const OWN_NAMES = new Set(['stats', 'timeline', 'facets', 'stream', 'top']);

/** A session's id as the part of a path that it is in the API. */
export function sessionSegment(sessionId: string): string {
  if (!OWN_NAMES.has(sessionId)) return encodeURIComponent(sessionId);
  return `%${sessionId.charCodeAt(0).toString(16)}${sessionId.slice(1)}`;
}

/** The API of the server that this page came from. */
export const api = createClient<paths>({
  baseUrl: '/',
  pathSerializer: (path, parameters) =>
    defaultPathSerializer(
      path.replace('{sessionId}', sessionSegment(String(parameters.sessionId))),
      parameters,
    ),
});

/** The data of an answer; throws `ApiProblem` or `Unreachable` where there is none. */
export async function dataOf<T>(
  answer: Promise<{ readonly data?: T; readonly error?: unknown; readonly response: Response }>,
): Promise<T> {
  const { data, error, response } = await answer.catch((cause: unknown) => {
    // What fetch throws where nothing answers; a request that was taken back is none of that.
    throw cause instanceof TypeError ? new Unreachable(cause) : cause;
  });
  if (data === undefined) throw new ApiProblem(response.status, error);
  return data;
}
