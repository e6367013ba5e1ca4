import type { KnownPage } from './list-load.js';

/** Index of the first row of each page; the last entry is the number of all known rows. */
export function pageStarts(pages: readonly KnownPage[]): number[] {
  const starts = [0];
  for (const { rowCount = 0 } of pages) starts.push(starts.at(-1)! + rowCount);
  return starts;
}

/**
 * The pages to load for these rows, both ends included: pages with some of them, and the last known page if
 * the rows reach it. The first page is always included. It has no cursor, and after a reload it would begin
 * with other rows.
 */
export function pagesFor(pages: readonly KnownPage[], firstRow: number, lastRow: number): number[] {
  const starts = pageStarts(pages);
  return pages.flatMap((_, index) => {
    const hasRows = starts[index + 1]! > starts[index]!;
    const overlaps = hasRows && starts[index]! <= lastRow && starts[index + 1]! > firstRow;
    const isReachedEnd = index === pages.length - 1 && starts[index]! <= lastRow;
    return overlaps || isReachedEnd || index === 0 ? [index] : [];
  });
}
