import { type QueryClient, queryOptions, useQueries, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, type Session } from '../api/client.js';
import type { ListLoad } from './list-load.js';
import { mergePage, type ShownPage } from './page-merge.js';
import { pageStarts, pagesFor } from './page-span.js';

/** Rows of a page of the API. One page fills any screen twice, and costs the server a few milliseconds. */
const PAGE_ROWS = 100;
/** Those of the first, which is part of the first load: what fills a screen, and not more. */
const FIRST_PAGE_ROWS = 60;
/** How far ahead of what is drawn the next page is asked for, so that scrolling at reading speed meets no empty row. */
const AHEAD_ROWS = 25;
/** How often the pages in view are read again: states change by the passing of time alone, of which no event tells. */
const REFRESH_MS = 30_000;
/** How long a page out of view is kept: a list of a million rows must not stay in memory. */
const KEPT_MS = 60_000;

export interface SessionPages {
  /** Rows that are known to be, loaded or not. */
  readonly rowCount: number;
  /** Whether there are more behind them. */
  readonly hasMore: boolean;
  /** Undefined where the row has yet to come. */
  row(index: number): Session | undefined;
  /** Whether the row was of the list, and is no more. */
  hasLeft(index: number): boolean;
  /** Whether nothing has come yet. */
  readonly isPending: boolean;
  readonly error: Error | null;
  retry(): void;
}

/** The keys of all pages of a list begin with this. */
export function listKey({ id }: ListLoad): readonly unknown[] {
  return ['sessions', 'list', id];
}

/** How to read a page of a list that is known to be. */
export function pageQuery(client: QueryClient, load: ListLoad, index: number) {
  const queryKey = [...listKey(load), index];
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<ShownPage> => {
      const known = load.pages[index]!;
      const limit = index === 0 ? FIRST_PAGE_ROWS : PAGE_ROWS;
      const query = { ...load.filters, limit, ...(known.cursor && { cursor: known.cursor }) };
      const fresh = await dataOf(api.GET('/api/v1/sessions', { params: { query }, signal }));
      const shown = client.getQueryData<ShownPage>(queryKey);
      const page = shown === undefined ? fresh : mergePage(shown, fresh);
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

/**
 * The pages of a list around the rows in view. A page's cursor is in the page before, so they are loaded in order the first time;
 * after that only those in view are kept, and a page that went away is read again by its cursor.
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
    isPending: results[0]!.data === undefined && results[0]!.error === null,
    error: failed?.error ?? null,
    retry: () => {
      for (const result of results) if (result.error !== null) void result.refetch();
    },
  };
}
