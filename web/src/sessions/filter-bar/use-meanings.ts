import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, dataOf } from '../../api/client.js';
import type { AnyFilter, FilterName, FilterValue } from '../filters.js';
import type { Counted } from '../overview/use-overview.js';
import { FACETS } from './ChoiceList.js';
import { filterText } from './filter-text.js';
import { useFacets } from './use-facets.js';

/** A filter and a value of it that a text may mean. */
export interface Meaning {
  readonly name: AnyFilter;
  readonly value: string;
  /** Sessions that have it, under all filters of the list but the search. */
  readonly count: number;
}

/** Values of one filter. */
const MOST_OF_A_FILTER = 3;
/** Time without typing after which the server is asked. */
const TYPED_MS = 250;
/** What only the language of the search has. */
const OPERATORS = /[":*]|(?:^|\s)-/;

/**
 * The values of filters that have a text in them: one name may be that of a service, a route and a page. Empty for short
 * texts, and while nothing is known.
 */
export function useMeanings(text: string, counted: Counted): readonly Meaning[] {
  const wanted = useSettled(text.trim().toLowerCase());
  const isEnabled = wanted.length >= 2 && !OPERATORS.test(wanted);
  const { q: _, url: _1, ...others } = counted;
  const { data: facets } = useFacets(others, isEnabled);
  const page = /^\/|:\/\//.test(wanted) ? wanted : `/${wanted}`;
  const pages = useQuery({
    queryKey: ['sessions', 'page-count', page, others],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/stats', { params: { query: { ...others, url: page } }, signal })),
    enabled: isEnabled,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!isEnabled || facets === undefined) return [];
  const found = (Object.entries(FACETS) as [FilterName, (typeof FACETS)[FilterName] & string][]).flatMap(
    ([name, facet]) =>
      (facets[facet] ?? [])
        .filter(({ value }) =>
          `${value} ${filterText<AnyFilter>(name, value as FilterValue)}`.toLowerCase().includes(wanted),
        )
        .slice(0, MOST_OF_A_FILTER)
        .map(({ value, count }): Meaning => ({ name, value, count })),
  );
  const visits = pages.data?.total_sessions ?? 0;
  return visits === 0 ? found : [{ name: 'url', value: page, count: visits }, ...found];
}

/** A text once it has not changed for a while. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
