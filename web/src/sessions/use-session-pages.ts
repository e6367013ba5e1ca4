import { type QueryClient, queryOptions, useQueries, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, type Session } from '../api/client.js';
import type { ListLoad } from './list-load.js';
import { mergePage, type ShownPage } from './page-merge.js';
import { pageStarts, pagesFor } from './page-span.js';
import { isSorted } from './sorting.js';

/** Rows of a page of the API. One page fills any screen twice, and costs the server a few milliseconds. */
const PAGE_ROWS = 100;
/** Rows of the first page, which is part of the first load: just enough for a screen. */
const FIRST_PAGE_ROWS = 60;
/** The next page is requested this many rows ahead, so that scrolling at reading speed meets no empty row. */
const AHEAD_ROWS = 25;
/** How often visible pages are read again: states change with time alone, without an event. */
const REFRESH_MS = 30_000;
/** How long an invisible page is kept: a list of a million rows must not stay in memory. */
const KEPT_MS = 60_000;

export interface SessionPages {
  /** Number of known rows, loaded or not. */
  readonly rowCount: number;
  /** Whether there are more rows after them. */
  readonly hasMore: boolean;
  /** Undefined while loading. */
  row(index: number): Session | undefined;
  /** Whether the row no longer belongs to the list. */
  hasLeft(index: number): boolean;
  /** Whether a search did not reach all telemetry. */
  readonly isIncomplete: boolean;
  /** Whether nothing has loaded yet. */
  readonly isPending: boolean;
  readonly error: Error | null;
  retry(): void;
}

/** The prefix of the query keys of a list's pages. */
export function listKey({ id }: ListLoad): readonly unknown[] {
  return ['sessions', 'list', id];
}

/** The query for a known page of a list. */
export function pageQuery(client: QueryClient, load: ListLoad, index: number) {
  const queryKey = [...listKey(load), index];
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<ShownPage> => {
      const known = load.pages[index]!;
      const limit = known.limit ?? (index === 0 ? FIRST_PAGE_ROWS : PAGE_ROWS);
      const query = {
        ...load.filters,
        ...load.sorting,
        limit,
        ...(known.cursor && { cursor: known.cursor }),
      };
      const fresh = await dataOf(api.GET('/api/v1/sessions', { params: { query }, signal }));
      const shown = client.getQueryData<ShownPage>(queryKey);
      const page = shown === undefined ? fresh : mergePage(shown, fresh, isSorted(load.sorting));
      known.rowCount = page.items.length;
      if (page.next_cursor !== undefined) {
        load.pages[index + 1] ??= { cursor: page.next_cursor, rowCount: undefined };
      }
      return page;
    },
    staleTime: REFRESH_MS,
    refetchInterval: REFRESH_MS,
    gcTime: KEPT_MS,
  });
}

/** Rows of a page on the way to the end of the list: the most that the API gives. */
const END_PAGE_ROWS = 1_000;

/**
 * Loads the next unknown page of a list, as large as it can be. Only its position and size are kept: if its rows
 * come into view, they are read again.
 */
export async function loadNextPage(client: QueryClient, load: ListLoad): Promise<void> {
  const index = load.pages.length - 1;
  const page = load.pages[index]!;
  if (page.rowCount !== undefined) return;
  if (index > 0) page.limit = END_PAGE_ROWS;
  const query = pageQuery(client, load, index);
  await client.fetchQuery(query);
  if (client.getQueryCache().find(query)?.isActive() === false)
    client.removeQueries({ ...query, exact: true });
}

/**
 * The pages of a list around the visible rows. A page's cursor is in the page before it, so pages first load
 * in order. Later only visible pages are kept, and a dropped page is read again by its cursor.
 */
export function useSessionPages(load: ListLoad, firstRow: number, lastRow: number): SessionPages {
  const client = useQueryClient();
  const wanted = pagesFor(load.pages, firstRow, lastRow + AHEAD_ROWS);
  const results = useQueries({
    queries: wanted.map((index) => pageQuery(client, load, index)),
  });

  const starts = pageStarts(load.pages);
  const loaded = new Map(wanted.map((index, at) => [index, results[at]!.data]));
  const startOf = (index: number): number => starts.findLastIndex((start) => start <= index);
  const pageOf = (index: number): ShownPage | undefined => loaded.get(startOf(index));
  const row = (index: number): Session | undefined => pageOf(index)?.items[index - starts[startOf(index)]!];
  const failed = results.find(({ error, data }) => error !== null && data === undefined);
  return {
    rowCount: starts.at(-1)!,
    hasMore: load.pages.at(-1)!.rowCount === undefined,
    row,
    hasLeft: (index) => pageOf(index)?.left?.includes(row(index)?.['session.id'] ?? '') ?? false,
    isIncomplete: results.some(({ data }) => data?.search?.is_complete === false),
    isPending: results[0]!.data === undefined && results[0]!.error === null,
    error: failed?.error ?? null,
    retry: () => {
      for (const result of results) if (result.error !== null) void result.refetch();
    },
  };
}
