import { useSyncExternalStore } from 'react';

/** Same value as in table.css: below this width a row has two lines. */
const NARROW = window.matchMedia('(max-width: 760px)');
const HEIGHT = 36;
const NARROW_HEIGHT = 64;

function subscribe(listener: () => void): () => void {
  NARROW.addEventListener('change', listener);
  return () => NARROW.removeEventListener('change', listener);
}

/** Height of each row in pixels. All rows have the same height, so that none needs measuring. */
export function useRowHeight(): number {
  return useSyncExternalStore(subscribe, () => (NARROW.matches ? NARROW_HEIGHT : HEIGHT));
}
