import { useSyncExternalStore } from 'react';
import { COLUMNS, type Column, type ColumnId } from './columns.js';

/** Which columns the reader wants, in which order and how wide. Kept in this browser. */
export interface ColumnChoice {
  /** The shown columns, in order. */
  readonly shown: readonly ColumnId[];
  /** Pixels, of columns whose width was changed. */
  readonly widths: Readonly<Partial<Record<ColumnId, number>>>;
}

const KEY = 'sojourn.columns';
const LEAST_WIDTH = 40;
const GREATEST_WIDTH = 800;
/** Not shown unless chosen: others say nearly the same. */
const UNUSUAL: ReadonlySet<ColumnId> = new Set(['lastActivity']);

export const USUAL: ColumnChoice = {
  shown: COLUMNS.map(({ id }) => id).filter((id) => !UNUSUAL.has(id)),
  widths: {},
};

let current = kept();
const listeners = new Set<() => void>();

function kept(): ColumnChoice {
  try {
    return readChoice(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
  } catch {
    return USUAL;
  }
}

/** Reads a kept choice. Unknown columns are left out; anything else that is wrong gives the usual ones. */
export function readChoice(value: unknown): ColumnChoice {
  const { shown, widths } = (value ?? {}) as { readonly shown?: unknown; readonly widths?: unknown };
  if (!Array.isArray(shown)) return USUAL;
  const ids = new Set(COLUMNS.map(({ id }) => id));
  const known = [...new Set(shown)].filter((id): id is ColumnId => ids.has(id as ColumnId));
  const entries = Object.entries((widths ?? {}) as Record<string, unknown>).flatMap(([id, width]) =>
    ids.has(id as ColumnId) && typeof width === 'number' ? [[id, bounded(width)]] : [],
  );
  return { shown: known, widths: Object.fromEntries(entries) as ColumnChoice['widths'] };
}

export function chooseColumns(choice: ColumnChoice): void {
  current = choice;
  try {
    if (choice === USUAL) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(choice));
  } catch {
    // Lasts until the page is left.
  }
  for (const listener of listeners) listener();
}

export function useColumnChoice(): ColumnChoice {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** The choice with another width of a column; undefined: the usual one. */
export function withWidth(choice: ColumnChoice, id: ColumnId, width: number | undefined): ColumnChoice {
  const { [id]: _, ...others } = choice.widths;
  return { ...choice, widths: width === undefined ? others : { ...others, [id]: bounded(width) } };
}

/** The choice with or without a column. A new one comes behind those that usually stand before it. */
export function withColumn(choice: ColumnChoice, id: ColumnId, isShown: boolean): ColumnChoice {
  const rest = choice.shown.filter((each) => each !== id);
  if (!isShown) return { ...choice, shown: rest };
  const order = COLUMNS.map((column) => column.id);
  const before = rest.findLastIndex((each) => order.indexOf(each) < order.indexOf(id));
  return { ...choice, shown: rest.toSpliced(before + 1, 0, id) };
}

/** The choice with a column moved by so many places. */
export function moved(choice: ColumnChoice, id: ColumnId, places: number): ColumnChoice {
  const from = choice.shown.indexOf(id);
  const to = from + places;
  if (from < 0 || to < 0 || to >= choice.shown.length) return choice;
  return { ...choice, shown: choice.shown.toSpliced(from, 1).toSpliced(to, 0, id) };
}

function bounded(width: number): number {
  return Math.round(Math.min(GREATEST_WIDTH, Math.max(LEAST_WIDTH, width)));
}

export function widthOf({ id, width }: Column, { widths }: ColumnChoice): number {
  return widths[id] ?? width;
}

/** Width of the column of the session's id, and the space between columns, pixels. As in table.css. */
const SESSION_WIDTH = 124;
const GAP = 16;
const PADDING = 40;

/** The chosen columns that fit into a width, in order. The least important ones are left out. */
export function fitting(choice: ColumnChoice, width: number): readonly Column[] {
  const shown = choice.shown.map((id) => COLUMNS.find((column) => column.id === id)!);
  let left = width - PADDING - SESSION_WIDTH;
  const kept = new Set<Column>();
  for (const column of shown.toSorted((a, b) => a.rank - b.rank)) {
    left -= GAP + widthOf(column, choice);
    if (left < 0) break;
    kept.add(column);
  }
  return shown.filter((column) => kept.has(column));
}

/** The columns of the table as a grid, with that of the session's id first. */
export function gridOf(columns: readonly Column[], choice: ColumnChoice): string {
  const tracks = columns.map((column) => {
    const width = widthOf(column, choice);
    const isGrowing = column.grows !== undefined && choice.widths[column.id] === undefined;
    return isGrowing ? `minmax(${width}px, ${column.grows}fr)` : `${width}px`;
  });
  const isFilled = tracks.some((track) => track.endsWith('fr)'));
  return [isFilled ? `${SESSION_WIDTH}px` : `minmax(${SESSION_WIDTH}px, 1fr)`, ...tracks].join(' ');
}
