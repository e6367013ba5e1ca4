import type { Statement, Value } from './statement.js';

/** A statement about all of some rows, with their columns as arrays. None without rows. */
export function forRows<R>(
  name: string,
  text: string,
  rows: readonly R[],
  values: (rows: readonly R[]) => Value[],
): Statement[] {
  return rows.length === 0 ? [] : [{ name, text, values: values(rows) }];
}
