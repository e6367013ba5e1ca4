import { firstOf } from '../url.js';

/** What the list is ordered by; without it, by start, newest first. */
export interface Sorting {
  readonly sort?: Sort;
  readonly order?: 'asc' | 'desc';
}

export const SORTS = ['start', 'lastActivity', 'duration', 'cost', 'tokens', 'errors'] as const;
export type Sort = (typeof SORTS)[number];

/** Reads the order from the address. The usual one is left out, so that equal lists have one address. */
export function readSorting(search: Readonly<Record<string, unknown>>): Sorting {
  const [sort, order] = [firstOf(search.sort), firstOf(search.order)];
  const known = SORTS.find((each) => each === sort) ?? 'start';
  return {
    ...(known !== 'start' && { sort: known }),
    ...(order === 'asc' && { order: 'asc' }),
  };
}

/** Whether it is another order than that of the stream. */
export function isSorted({ sort, order }: Sorting): boolean {
  return sort !== undefined || order !== undefined;
}

/** The order after a click on a column: greatest first, then least first, then the usual one. */
export function nextSorting({ sort = 'start', order = 'desc' }: Sorting, clicked: Sort): Sorting {
  if (clicked !== sort) return readSorting({ sort: clicked });
  if (order === 'desc') return readSorting({ sort, order: 'asc' });
  return {};
}
