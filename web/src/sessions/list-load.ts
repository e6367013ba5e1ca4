import { useCallback, useState } from 'react';
import type { Filters } from './filters.js';
import { readFilters } from './filters.js';
import { type Bounds, boundsOf } from './range.js';
import type { SessionsSearch } from './search.js';

/**
 * One load of the list: what it is of, frozen at the moment of loading, so that all its pages belong together and nothing that comes
 * later moves what is being read.
 */
export interface ListLoad {
  readonly filters: Filters & Bounds;
  /** Tells loads apart, also of the same filters. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly loadedAt: number;
  /** Every page that is known to be, in order. Grows as pages come. */
  readonly pages: KnownPage[];
  /** The row that had the focus last, from 0. */
  focusedRow: number | undefined;
  /** The first row of the table's window on the list (table/row-window.ts). */
  windowStart: number;
}

export interface KnownPage {
  /** Undefined for the first page. */
  readonly cursor: string | undefined;
  /** How many rows it has, which may be fewer than were asked for; undefined until it has come. */
  rowCount: number | undefined;
}

/** Going back to a list within this time finds it as it was left. */
const KEPT_MS = 10 * 60_000;
const MAX_KEPT = 20;

const kept = new Map<string, ListLoad>();
let lastId = 0;

/** The load of the list that an address means, and how to load it anew. It outlives the component: the back button leads to it. */
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

/** The load of the list that an address means: the one that is kept, or a new one. */
export function loadFor(search: SessionsSearch): ListLoad {
  return kept.get(keyOf(search)) ?? remember(search);
}

/** To be called where a page of lists is entered: what is too old is loaded anew then, and never under the reader's eyes. */
export function forgetOldLoads(now: number): void {
  for (const [key, { loadedAt }] of kept) if (now - loadedAt > KEPT_MS) kept.delete(key);
}

/** Lets go of all loads: what they are of has changed so much that nobody wants to find them as they were. */
export function forgetLoads(): void {
  kept.clear();
}

/** The same for all addresses that mean the same. */
function keyOf(search: SessionsSearch): string {
  return JSON.stringify(Object.entries(search).sort());
}

function remember(search: SessionsSearch): ListLoad {
  const loadedAt = Date.now();
  const filters = { ...readFilters({ ...search }), ...boundsOf(search, loadedAt) };
  const load: ListLoad = {
    filters,
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
