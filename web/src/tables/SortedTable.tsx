import type { ReactNode } from 'react';
import { Skeleton } from '../components/Skeleton.js';
import { SortHead, useSortedInView } from '../components/SortHead.js';

/** Number of placeholder rows while a table is loading. */
const PENDING_ROWS = 8;

export interface SortedColumn<Item, Sort> {
  readonly name: string;
  /** Explains what is counted. */
  readonly hint?: string;
  /** What the server sorts by for it; undefined if it cannot. */
  readonly sort?: Sort;
  readonly cell: (item: Item) => ReactNode;
}

interface SortedTableProps<Item, Sort> {
  /** Describes the table for screen readers. */
  readonly label: string;
  /** The first one is the head of its row, the others are numbers. */
  readonly columns: readonly SortedColumn<Item, Sort>[];
  /** Undefined while they load. */
  readonly items: readonly Item[] | undefined;
  readonly keyOf: (item: Item) => string;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

/** A table whose rows the server sorts, the greatest or latest first. */
export function SortedTable<Item, Sort extends string>(props: SortedTableProps<Item, Sort>) {
  const { label, columns, items, keyOf, sort, onSort } = props;
  const [first, ...numbers] = columns;
  const scroller = useSortedInView(sort, items !== undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls the table
    <section ref={scroller} className="card shaded-scroll" tabIndex={0} aria-label={label}>
      <table className="sorted-table" aria-label={label} aria-busy={items === undefined}>
        <thead>
          <tr>
            {columns.map((column) => (
              <SortHead
                key={column.name}
                name={column.name}
                hint={column.hint}
                isSorted={column.sort === sort}
                onSort={column.sort === undefined ? undefined : () => onSort(column.sort!)}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {items === undefined
            ? Array.from({ length: PENDING_ROWS }, (_, row) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have nothing else
                <tr key={row}>
                  {columns.map(({ name }) => (
                    <td key={name}>
                      <Skeleton />
                    </td>
                  ))}
                </tr>
              ))
            : items.map((item) => (
                <tr key={keyOf(item)}>
                  <th scope="row">{first!.cell(item)}</th>
                  {numbers.map(({ name, cell }) => (
                    <td key={name}>{cell(item)}</td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
    </section>
  );
}
