import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.js';

/** Key of the query whether the server has any session. */
export const ANY_SESSION_KEY = ['sessions', 'any'] as const;

/** Whether the server has no session at all; requested only if the current list is empty. */
export function useIsServerEmpty(isListEmpty: boolean): boolean {
  const { data } = useQuery({
    queryKey: ANY_SESSION_KEY,
    queryFn: async ({ signal }) => {
      const page = await dataOf(api.GET('/api/v1/sessions', { params: { query: { limit: 1 } }, signal }));
      return page.items.length > 0;
    },
    enabled: isListEmpty,
  });
  return isListEmpty && data === false;
}
