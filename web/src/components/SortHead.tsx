import { type RefObject, useEffect, useRef } from 'react';
import { Icon } from './Icon.js';

interface SortHeadProps {
  readonly name: string;
  /** Explains what is counted. */
  readonly hint?: string | undefined;
  readonly isSorted: boolean;
  /** Undefined if nothing can be sorted by the column. */
  readonly onSort: (() => void) | undefined;
}

/** The head of a column, whose button has the greatest of it come first. */
export function SortHead({ name, hint, isSorted, onSort }: SortHeadProps) {
  if (onSort === undefined) {
    return (
      <th scope="col" title={hint}>
        {name}
      </th>
    );
  }
  return (
    <th scope="col" title={hint} aria-sort={isSorted ? 'descending' : 'none'}>
      <button type="button" className={isSorted ? 'head-sort head-sorted' : 'head-sort'} onClick={onSort}>
        {name}
        {isSorted && <Icon name="arrow-down" />}
      </button>
    </th>
  );
}

/**
 * Keeps the column that a table is sorted by in view, where the table is wider than the screen and its first column
 * stays at the left. Returns the reference of what scrolls.
 */
export function useSortedInView(sort: string, isLoaded: boolean): RefObject<HTMLElement | null> {
  const scroller = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the column is another one after these
  useEffect(() => {
    const heads = scroller.current?.querySelectorAll<HTMLElement>('thead th');
    const sorted = [...(heads ?? [])].find((head) => head.ariaSort === 'descending');
    if (scroller.current === null || sorted === undefined) return;
    const { scrollLeft, clientWidth } = scroller.current;
    const first = heads![0]!.offsetWidth;
    const [from, to] = [sorted.offsetLeft, sorted.offsetLeft + sorted.offsetWidth];
    if (from < scrollLeft + first) scroller.current.scrollLeft = from - first;
    else if (to > scrollLeft + clientWidth) scroller.current.scrollLeft = to - clientWidth;
  }, [sort, isLoaded]);
  return scroller;
}
