/**
 * Browsers limit the height of an element (some to 18 million pixels), and a list of a million rows is twice
 * that. So the table is a window of this many rows on the list. It moves when scrolling nears its end.
 */
export const WINDOW_ROWS = 100_000;
/** The window moves when the view is this many rows from its end. */
const MARGIN_ROWS = 1_000;

/** The window's first row after the visible rows changed; unchanged if it need not move. */
export function moveWindow(
  base: number,
  rowCount: number,
  firstVisible: number,
  lastVisible: number,
): number {
  const half = WINDOW_ROWS / 2;
  if (lastVisible > base + WINDOW_ROWS - MARGIN_ROWS && rowCount > base + WINDOW_ROWS) return base + half;
  if (base > 0 && firstVisible < base + MARGIN_ROWS) return Math.max(0, base - half);
  return base;
}
