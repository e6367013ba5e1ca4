import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../client/src/schema.js';
import { api, dataOf } from '../api/client.js';

/** How often to ask, ms: a sign-in may end while nobody does anything. */
const ASK_EVERY_MS = 60_000;

/** Who uses the page; undefined until the server has said so. */
export function useCaller(): components['schemas']['Caller'] | undefined {
  const { data } = useQuery({
    queryKey: ['caller'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/me', { signal })),
    refetchInterval: ASK_EVERY_MS,
  });
  return data;
}
