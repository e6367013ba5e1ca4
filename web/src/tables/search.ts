import { type Filters, readFilters } from '../sessions/filters.js';
import { type RangeSearch, readRange } from '../sessions/range.js';
import { firstOf } from '../url.js';

/** The search parameters of a table: the sessions it is about, and what its rows are sorted by. */
export interface TableSearch extends Filters, RangeSearch {
  /** One of the API's; any other is the usual one. */
  readonly sort?: string;
}

/** Reads the search parameters. Unknown and invalid ones are ignored. */
export function readTableSearch(search: Record<string, unknown>): TableSearch {
  const sort = firstOf(search.sort);
  return { ...readSessionsOf(search), ...(typeof sort === 'string' && { sort }) };
}

/** What an address says about which sessions are meant: their filters and their range of time. */
export function readSessionsOf(search: Record<string, unknown>): Filters & RangeSearch {
  return { ...readFilters(search), ...readRange(search) };
}
