import { type AnyFilter, type Filters, readFilters } from './filters.js';
import { type GroupsSearch, readGroups } from './groups.js';
import { type RangeSearch, readRange } from './range.js';
import { readSorting, type Sorting } from './sorting.js';

/** The search parameters of the list: everything that decides what is shown. */
export interface SessionsSearch extends Filters, RangeSearch, Sorting, GroupsSearch {}

/** A change of the address; undefined removes a parameter. */
export type SearchChange = { readonly [Name in keyof SessionsSearch]?: SessionsSearch[Name] | undefined };

/** The change that sets a filter, or removes it by undefined. */
export function filterChange(name: AnyFilter, value: unknown): SearchChange {
  return { [name]: value } as SearchChange;
}

/**
 * Reads the search parameters. Unknown and invalid ones are ignored, so that an old or broken link still
 * works.
 */
export function readSessionsSearch(search: Record<string, unknown>): SessionsSearch {
  return {
    ...readFilters(search),
    ...readSorting(search),
    ...readGroups(search),
    ...readRange(search),
  };
}
