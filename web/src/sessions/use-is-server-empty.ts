import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.js';

/** Whether the server has any session. */
export const ANY_SESSION_KEY = ['sessions', 'any'] as const;

/** Whether the server has no session at all; asked only where the list at hand has none. */
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
