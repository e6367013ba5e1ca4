import createClient from 'openapi-fetch';
import { queryText } from '../../../client/src/query-text.js';
import type { components, paths } from '../../../client/src/schema.js';
import { ApiProblem, Unreachable } from './problem.js';
import { PROJECT } from './project.js';
import { noteAnswer } from './reachability.js';
import { setSignedOut } from './signed-out.js';

/** Short names for the API's types. */
export type Session = components['schemas']['Session'];
export type SessionState = Session['state'];
export type SessionPage = components['schemas']['SessionPage'];

/** The API of the server that served this page. Its addresses are relative to `<base>`, like all of the page. */
export const api = createClient<paths>({
  baseUrl: '.',
  querySerializer: queryText,
  ...(PROJECT !== undefined && { headers: { 'x-sojourn-project': PROJECT } }),
});

/** Returns the data of an answer. Throws `ApiProblem` for an error answer and `Unreachable` without an answer. */
export async function dataOf<T>(
  answer: Promise<{ readonly data?: T; readonly error?: unknown; readonly response: Response }>,
): Promise<T> {
  const { data, error, response } = await answer.catch((cause: unknown) => {
    // fetch throws a TypeError when nothing answers. An aborted request throws something else.
    if (!(cause instanceof TypeError)) throw cause;
    noteAnswer(false);
    throw new Unreachable(cause);
  });
  noteAnswer(true);
  if (response.status === 401) setSignedOut();
  if (data === undefined) throw new ApiProblem(response.status, error);
  return data;
}
