import { type PointerEvent, useRef } from 'react';
import { Icon } from '../../components/Icon.js';
import { nextSorting, type Sorting } from '../sorting.js';
import { type ColumnChoice, chooseColumns, widthOf, withWidth } from './column-choice.js';
import type { Column } from './columns.js';

interface ColumnHeadProps {
  readonly column: Column;
  readonly choice: ColumnChoice;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}

/** Pixels by which an arrow key changes a width. */
const STEP = 8;

/** The head of a column: a click sorts by it, and its right edge changes its width. */
export function ColumnHead({ column, choice, sorting, onSort }: ColumnHeadProps) {
  const { id, title, sort, isNumber } = column;
  const { sort: sorted = 'start', order = 'desc' } = sorting;
  const isSorted = sort !== undefined && sort === sorted;
  const direction = order === 'asc' ? 'ascending' : 'descending';
  return (
    <span
      role="columnheader"
      className={`cell-head cell-${id}${isNumber ? ' num' : ''}`}
      {...(sort !== undefined && { 'aria-sort': isSorted ? direction : 'none' })}
    >
      {sort === undefined ? (
        title
      ) : (
        <button
          type="button"
          className={isSorted ? 'head-sort head-sorted' : 'head-sort'}
          onClick={() => onSort(nextSorting(sorting, sort))}
        >
          {title}
          {isSorted && <Icon name={order === 'asc' ? 'arrow-up' : 'arrow-down'} />}
        </button>
      )}
      <WidthHandle column={column} choice={choice} />
    </span>
  );
}

function WidthHandle({ column, choice }: Pick<ColumnHeadProps, 'column' | 'choice'>) {
  const { id, title } = column;
  const drag = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const shownWidth = (handle: HTMLElement): number =>
    Math.round(handle.parentElement!.getBoundingClientRect().width);
  const set = (width: number | undefined): void => chooseColumns(withWidth(choice, id, width));
  return (
    <span
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${title}`}
      aria-valuenow={widthOf(column, choice)}
      aria-valuemin={40}
      aria-valuemax={800}
      tabIndex={0}
      className="head-width"
      title="Drag to change the width, double-click for the usual one"
      onPointerDown={(event: PointerEvent<HTMLElement>) => {
        drag.current = { x: event.clientX, width: shownWidth(event.currentTarget) };
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (drag.current !== undefined) set(drag.current.width + event.clientX - drag.current.x);
      }}
      onPointerUp={() => {
        drag.current = undefined;
      }}
      onDoubleClick={() => set(undefined)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        set(shownWidth(event.currentTarget) + (event.key === 'ArrowLeft' ? -STEP : STEP));
      }}
    />
  );
}
