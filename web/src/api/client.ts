import createClient from 'openapi-fetch';
import { ApiProblem, Unreachable } from './problem.js';
import type { components, paths } from './schema.js';

/** Shapes of the API under short names. */
export type Session = components['schemas']['Session'];
export type SessionState = Session['state'];
export type SessionPage = components['schemas']['SessionPage'];

/** The API of the server that this page came from. */
export const api = createClient<paths>({ baseUrl: '/' });

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
