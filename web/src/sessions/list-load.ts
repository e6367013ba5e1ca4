import { useCallback, useState } from 'react';
import type { Filters } from './filters.js';
import { readFilters } from './filters.js';
import { type Bounds, boundsOf } from './range.js';
import type { SessionsSearch } from './search.js';
import { readSorting, type Sorting } from './sorting.js';

/**
 * One load of the list, with its filters frozen at the time of loading. So all its pages belong together, and
 * later changes do not move what is being read.
 */
export interface ListLoad {
  readonly filters: Filters & Bounds;
  readonly sorting: Sorting;
  /** Distinguishes loads of the same filters. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly loadedAt: number;
  /** Every known page, in order. Grows as pages load. */
  readonly pages: KnownPage[];
  /** The row that last had the focus, from 0. */
  focusedRow: number | undefined;
  /** The first row of the table's window on the list (table/row-window.ts). */
  windowStart: number;
}

export interface KnownPage {
  /** Undefined for the first page. */
  readonly cursor: string | undefined;
  /** Number of rows to request, if it is not the usual one. */
  limit?: number;
  /** Number of rows, which may be fewer than requested; undefined until the page has loaded. */
  rowCount: number | undefined;
}

/** Returning to a list within this time finds it unchanged. */
const KEPT_MS = 10 * 60_000;
const MAX_KEPT = 20;

const kept = new Map<string, ListLoad>();
let lastId = 0;

/**
 * The load of the list for an address, and a function to reload it. It outlives the component, so that the
 * back button finds it.
 */
export function useListLoad(search: SessionsSearch): [load: ListLoad, reload: () => void] {
  const [, redraw] = useState(0);
  const key = keyOf(search);
  const load = loadFor(search);
  const reload = useCallback(() => {
    kept.delete(key);
    redraw((count) => count + 1);
  }, [key]);
  return [load, reload];
}

/** The load of the list for an address: the kept one, or a new one. */
export function loadFor(search: SessionsSearch): ListLoad {
  return kept.get(keyOf(search)) ?? remember(search);
}

/**
 * Drops old loads. Called when a list page is entered, so that a list is never replaced while it is being
 * read.
 */
export function forgetOldLoads(now: number): void {
  for (const [key, { loadedAt }] of kept) if (now - loadedAt > KEPT_MS) kept.delete(key);
}

/** Drops all loads, after a change that makes all of them outdated. */
export function forgetLoads(): void {
  kept.clear();
}

/** The same for all addresses of the same list. */
function keyOf({ by: _, most: _1, compare: _2, ...search }: SessionsSearch): string {
  return JSON.stringify(Object.entries(search).sort());
}

function remember(search: SessionsSearch): ListLoad {
  const loadedAt = Date.now();
  const filters = { ...readFilters({ ...search }), ...boundsOf(search, loadedAt) };
  const load: ListLoad = {
    filters,
    sorting: readSorting({ ...search }),
    id: ++lastId,
    loadedAt,
    pages: [{ cursor: undefined, rowCount: undefined }],
    focusedRow: undefined,
    windowStart: 0,
  };
  kept.set(keyOf(search), load);
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_KEPT) break;
    kept.delete(oldest);
  }
  return load;
}
