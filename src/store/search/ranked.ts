import { Listing } from '../contract/listing.js';
import { SORT_AMOUNTS, type SortAmount } from '../contract/session.js';
import { type Condition, NUMBERS } from './conditions.js';
import type { Bounds } from './search-rows.js';

/**
 * Columns and indexes that sorted lists are read by (docs/decisions/024-titles-sorting-views.md), in the SQL
 * that all databases share. A session is ranked when it is closed: one that continues would move in every
 * index with each of its records. Open sessions are read besides.
 */

/** The amount of any session in its row `s`. */
export const SORTED_BY: Readonly<Record<SortAmount, string>> = {
  lastActivity: NUMBERS.lastNs,
  duration: NUMBERS.durationNs,
  cost: NUMBERS.costNanoUsd,
  tokens: NUMBERS.tokens,
  errors: 'nullif(s.failures, 0)',
};

/** The column with the amount of a session that is not open; null in all other rows. */
export function rankedColumn(sort: SortAmount): string {
  return `ranked_${sort.toLowerCase()}`;
}

/** The columns, as lines of a definition of the table `session`. */
export function rankedColumns(type: string, kind: 'STORED' | 'VIRTUAL'): string {
  return SORT_AMOUNTS.map((sort) => {
    const amount = SORTED_BY[sort].replaceAll('s.', '');
    const closed = `listing IN (${Listing.ended}, ${Listing.timedOut})`;
    return `    ${rankedColumn(sort)} ${type} GENERATED ALWAYS AS (CASE WHEN ${closed} THEN ${amount} END) ${kind}`;
  }).join(',\n');
}

export const RANKED_INDEXES = SORT_AMOUNTS.map((sort) => {
  const column = rankedColumn(sort);
  return `  CREATE INDEX session_${column} ON session (project, ${column}, start_ns) WHERE ${column} IS NOT NULL;`;
}).join('\n');

/** The closed sessions of a project in the order of an amount, from a position on: conditions on rows `s`. */
export function rankedConditions(
  project: number,
  sort: SortAmount,
  { after, direction }: Bounds,
): Condition[] {
  const column = `s.${rankedColumn(sort)}`;
  const conditions: Condition[] = [['s.project = ?', project], [`${column} IS NOT NULL`]];
  if (after === undefined) return conditions;
  const than = direction === 'newer' ? '>' : '<';
  const { amount = 0n, startNs, id } = after;
  return [
    ...conditions,
    // The first condition is a range of the index, which has no ids.
    [`(${column}, s.start_ns) ${than}= (?, ?)`, amount, startNs],
    [`((${column}, s.start_ns) ${than} (?, ?) OR s.id ${than} ?)`, amount, startNs, id],
  ];
}

export function rankedOrder(sort: SortAmount, { direction }: Pick<Bounds, 'direction'>): string {
  const order = direction === 'newer' ? 'ASC' : 'DESC';
  return `s.${rankedColumn(sort)} ${order}, s.start_ns ${order}, s.id ${order}`;
}
