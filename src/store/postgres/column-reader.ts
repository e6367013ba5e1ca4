import type { ColumnRows } from '../search/columns/column-rows.js';

/** Sessions by columns: this store packs none, so all of them are read by their rows. */
export const NO_COLUMNS: ColumnRows = {
  heads: async () => [],
  parts: async () => [],
  users: async () => [],
  loose: async () => [],
  unpacked: async () => [{ first: 0, last: Number.MAX_SAFE_INTEGER }],
  userNumbers: async () => new Map(),
};
