import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { api, dataOf } from '../api/client.js';
import { useListLoad } from '../sessions/list-load.js';
import type { Counted } from '../sessions/overview/use-overview.js';
import type { SearchChange } from '../sessions/search.js';
import { readSessionsOf, readTableSearch, type TableSearch } from './search.js';

/** What the API can sort by, greatest or latest first; the first one is the usual one. */
export const TOOL_SORTS = ['calls', 'failures', 'retries', 'sessions', 'p95'] as const;
export const ERROR_SORTS = ['sessions', 'count', 'last_seen', 'first_seen'] as const;
export type ToolSort = (typeof TOOL_SORTS)[number];
export type ErrorSort = (typeof ERROR_SORTS)[number];

/** Rows that are shown at first. */
export const FEW_ROWS = 100;
/** Limit of the API. */
export const MOST_ROWS = 1_000;
/** The server reads all sessions for a table, so it is asked less often than for the list. */
const REFRESH_MS = 120_000;

interface TablePageOptions<Sort> {
  readonly path: '/tools' | '/errors';
  /** The search parameters of the address. */
  readonly raw: Record<string, unknown>;
  readonly sorts: readonly Sort[];
}

/** The address of a table: which sessions it is about and its order, and how to change them. */
export function useTablePage<Sort extends string>({ path, raw, sorts }: TablePageOptions<Sort>) {
  const search = useMemo(() => readTableSearch(raw), [raw]);
  const sessions = useMemo(() => readSessionsOf({ ...search }), [search]);
  const navigate = useNavigate();
  const [load] = useListLoad(sessions);
  const [areAllWanted, setAllWanted] = useState(false);
  const change = useCallback(
    (next: SearchChange | { readonly sort: Sort | undefined }) => {
      void navigate({ to: path, search: { ...search, ...next } as TableSearch, resetScroll: false });
    },
    [navigate, path, search],
  );
  const usual = sorts[0]!;
  return {
    /** Filters and range, as the list takes them. */
    sessions,
    /** The same for the API. */
    counted: load.filters,
    sort: sorts.find((each) => each === search.sort) ?? usual,
    limit: areAllWanted ? MOST_ROWS : FEW_ROWS,
    setAllWanted,
    onChange: (next: SearchChange) => change(next),
    onSort: (next: Sort) => change({ sort: next === usual ? undefined : next }),
  };
}

export function useTools(counted: Counted, sort: ToolSort, limit: number) {
  return useQuery({
    queryKey: ['sessions', 'tools', sort, limit, counted],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/tools', { params: { query: { ...counted, sort, limit } }, signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

export function useErrors(counted: Counted, sort: ErrorSort, limit: number) {
  return useQuery({
    queryKey: ['sessions', 'errors', sort, limit, counted],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/errors', { params: { query: { ...counted, sort, limit } }, signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}
