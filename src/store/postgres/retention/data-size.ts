import { STORED_BYTES } from '../block-row.js';
import { KEPT_SCHEMA_NAME } from '../schema.js';
import type { SyncSession } from '../statement.js';

/** Blocks whose sizes are added up at once. */
const BLOCKS = 20_000;

/**
 * The size of the data, without the free space in files of PostgreSQL, which only `VACUUM FULL` gives back. The bytes of
 * blocks are known. All tables are taken to have as much free space as that of blocks, since what goes leaves them alike.
 */
export class DataSize {
  readonly #session: SyncSession;
  /** Bytes of the blocks up to this one. */
  #bytes = 0;
  #upTo = 0;

  constructor(session: SyncSession) {
    this.#session = session;
  }

  /** A block has become smaller. */
  removed(block: number, bytes: number): void {
    if (block <= this.#upTo) this.#bytes -= bytes;
  }

  /** Adds up what was appended since the last time, and measures. Yields from time to time. */
  *measure(): Generator<void, number> {
    const last = this.#number(`SELECT coalesce(max(number), 0) FROM ${KEPT_SCHEMA_NAME}.log_block`, []);
    while (this.#upTo < last) {
      const to = Math.min(last, this.#upTo + BLOCKS);
      this.#bytes += this.#number(
        `SELECT coalesce(sum(${STORED_BYTES}), 0)::int8 FROM ${KEPT_SCHEMA_NAME}.log_block WHERE number > $1::int8 AND number <= $2::int8`,
        [this.#upTo, to],
      );
      this.#upTo = to;
      yield;
    }
    const ofLog = this.#number(`SELECT pg_total_relation_size('${KEPT_SCHEMA_NAME}.log_block')`, []);
    const all = this.#number(
      `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::int8 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND (n.nspname = $1 OR n.nspname LIKE 'sojourn\\_rows\\_%')`,
      [KEPT_SCHEMA_NAME],
    );
    return Math.round((all * Math.min(this.#bytes, ofLog)) / ofLog);
  }

  #number(text: string, values: readonly (number | string)[]): number {
    return Number(this.#session.run([{ text, values }])[0]!.rows[0]![0]);
  }
}
