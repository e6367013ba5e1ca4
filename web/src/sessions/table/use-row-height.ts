import { useSyncExternalStore } from 'react';

/** Same value as in table.css: below this width a row has two lines. */
const NARROW = window.matchMedia('(max-width: 760px)');
const HEIGHT = 36;
const NARROW_HEIGHT = 64;
/** Height of the line with the place of a search, pixels. Same value as in table.css. */
const MATCH_HEIGHT = 24;

function subscribe(listener: () => void): () => void {
  NARROW.addEventListener('change', listener);
  return () => NARROW.removeEventListener('change', listener);
}

/** Whether a row has two lines. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => NARROW.matches);
}

/**
 * Height of each row in pixels. All rows have the same height, so that none needs measuring. `hasMatches`: whether
 * they have a line for the place of a search.
 */
export function useRowHeight(hasMatches: boolean): number {
  const height = useSyncExternalStore(subscribe, () => (NARROW.matches ? NARROW_HEIGHT : HEIGHT));
  return hasMatches ? height + MATCH_HEIGHT : height;
}
