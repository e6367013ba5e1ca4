import { parseTime } from '../format/time.js';
import { firstOf } from '../url.js';
import { type AnyFilter, type Filters, readFilters } from './filters.js';
import { type GroupsSearch, readGroups } from './groups.js';
import { isRangeName, type RangeSearch } from './range.js';
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
  const [range, startTime, endTime] = [search.range, search.startTime, search.endTime].map(firstOf);
  return {
    ...readFilters(search),
    ...readSorting(search),
    ...readGroups(search),
    ...(isRangeName(range) && { range }),
    ...(isTime(startTime) && { startTime }),
    ...(isTime(endTime) && { endTime }),
  };
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(parseTime(value));
}
