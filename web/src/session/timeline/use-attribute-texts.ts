import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../../client/src/schema.js';
import { api, dataOf } from '../../api/client.js';
import type { OutlinedTrace } from './outline.js';

/** A trace of more spans is not loaded whole for a search. */
export const MOST_SEARCHED_SPANS = 5_000;
const KEPT_MS = 60_000;

/**
 * The keys and values of the attributes of each span of a trace, and what its status says, in lower case; undefined
 * while they load, and for a trace with too many spans. Loaded only once they are wanted.
 */
export function useAttributeTexts(trace: OutlinedTrace, areWanted: boolean) {
  const { id, spans } = trace;
  const isSmall = spans.length <= MOST_SEARCHED_SPANS;
  const { data, isFetching, error } = useQuery({
    queryKey: ['trace', id, 'attribute-texts', spans.length],
    queryFn: async ({ signal }) =>
      textsOf(
        await dataOf(api.GET('/api/v1/traces/{traceId}', { params: { path: { traceId: id } }, signal })),
      ),
    enabled: areWanted && isSmall,
    structuralSharing: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
  });
  return { texts: data, isLoading: isFetching, areLeftOut: !isSmall || error !== null };
}

function textsOf({ spans }: components['schemas']['Trace']): ReadonlyMap<string, string> {
  return new Map(
    spans.map(({ span_id, attributes, status }) => {
      const texts = attributes.map(({ key, value }) => {
        return `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
      });
      return [span_id, [status.message ?? '', ...texts].join('\n').toLowerCase()];
    }),
  );
}
