import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.js';
import type { Filters } from '../filters.js';
import type { Bounds } from '../range.js';

const FRESH_MS = 30_000;
const NONE: readonly string[] = [];

/** Which values are listed: those that begin with a text, those of an attribute too. And the sessions that are counted. */
interface Wanted extends Bounds, Filters {
  readonly prefix?: string;
  readonly attribute?: string;
}

/**
 * Values of the filters that sessions have, most frequent first, at most 200 of each. A list counts the sessions that
 * match all filters but its own.
 */
export function useFacets(wanted: Wanted = {}, isEnabled = true) {
  return useQuery({
    queryKey: ['sessions', 'facets', wanted],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/facets', { params: { query: wanted }, signal })),
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
    enabled: isEnabled,
  });
}

/** The indexed attributes that sessions have. */
export function useAttributeKeys(): readonly string[] {
  return useFacets().data?.attribute_keys.map(({ value }) => value) ?? NONE;
}
