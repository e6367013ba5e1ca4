import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.js';

/** Whether no session at all is of a user. Asked only once the list of some range and filters is empty. */
export function useIsUnknown(userId: string, isListEmpty: boolean): boolean {
  const { data } = useQuery({
    queryKey: ['user', 'has-sessions', userId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions', { params: { query: { userId, limit: 1 } }, signal })),
    enabled: isListEmpty,
  });
  return isListEmpty && data?.items.length === 0;
}
