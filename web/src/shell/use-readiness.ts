import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../client/src/schema.js';
import { api, dataOf } from '../api/client.js';

/** How often the server's readiness is requested, ms. */
const ASK_EVERY_MS = 10_000;
/** The same while it does not answer, so that the page soon notices that it is back. */
const ASK_SILENT_MS = 2_000;

type Readiness = components['schemas']['Readiness'];

/** The server's readiness. Ready until the first answer. */
export function useReadiness(): Readiness {
  const { data } = useQuery<Readiness>({
    queryKey: ['readiness'],
    // A server that is not ready answers 503, which is a valid answer here.
    queryFn: ({ signal }) => dataOf(api.GET('/readyz', { signal }).then(orWhyNot)),
    initialData: { status: 'ready' as const },
    initialDataUpdatedAt: 0,
    staleTime: ASK_EVERY_MS,
    refetchInterval: ({ state: { status } }) => (status === 'error' ? ASK_SILENT_MS : ASK_EVERY_MS),
    retry: false,
  });
  return data;
}

interface Answer {
  readonly data?: Readiness;
  readonly error?: Readiness | components['schemas']['Problem'];
  readonly response: Response;
}

function orWhyNot(answer: Answer): Answer {
  const { data, error, response } = answer;
  const isReadiness = data === undefined && error !== undefined && !('detail' in error);
  return isReadiness && response.status === 503 ? { data: error, response } : answer;
}
