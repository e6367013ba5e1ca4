import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.js';
import { ErrorNote } from '../components/ErrorNote.js';

/** How often the server is asked how it is, ms; not at once, as what the page is for comes first. */
const ASK_EVERY_MS = 10_000;

/** What the server says of itself where its answers are not what they should be. */
export function ServerNote() {
  const { data } = useQuery({
    queryKey: ['readiness'],
    queryFn: ({ signal }) => dataOf(api.GET('/readyz', { signal })),
    initialData: { status: 'ready' as const },
    staleTime: ASK_EVERY_MS,
    refetchInterval: ASK_EVERY_MS,
    retry: false,
  });
  if (data.status !== 'ready' || data.reason === undefined) return null;
  return <ErrorNote error={`The server says: ${data.reason}.`} />;
}
