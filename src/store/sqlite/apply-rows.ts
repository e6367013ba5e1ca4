import type { Database, Statement } from './database.js';

/** Rows of one statement. A call costs about as much as two rows. */
const ROWS_AT_ONCE = 32;

type Value = number | bigint | string | Uint8Array | null;

/** Inserts rows of a table, many with one statement. */
export class RowInserter {
  readonly #one: Statement;
  readonly #many: Statement;
  readonly #columns: number;
  /** Those of `#many`, used again and again. */
  readonly #values: Value[];
  #length = 0;

  /** `insert` is the statement up to its values, `rest` what follows them. */
  constructor(db: Database, insert: string, columns: number, rest = '') {
    const row = `(${new Array(columns).fill('?').join(', ')})`;
    this.#one = db.prepare(`${insert} VALUES ${row} ${rest}`);
    this.#many = db.prepare(`${insert} VALUES ${new Array(ROWS_AT_ONCE).fill(row).join(', ')} ${rest}`);
    this.#columns = columns;
    this.#values = new Array<Value>(ROWS_AT_ONCE * columns).fill(null);
  }

  /** Inserts a row, now or with those that come. */
  add(...row: readonly Value[]): void {
    for (let i = 0; i < row.length; i++) this.#values[this.#length++] = row[i]!;
    if (this.#length < this.#values.length) return;
    this.#many.run(...this.#values);
    this.#length = 0;
  }

  /** Inserts what was added. */
  flush(): void {
    for (let at = 0; at < this.#length; at += this.#columns) {
      this.#one.run(...this.#values.slice(at, at + this.#columns));
    }
    this.forget();
  }

  /** Drops what was added: its transaction was given up. */
  forget(): void {
    this.#length = 0;
    // No row is kept in memory for that.
    this.#values.fill(null);
  }
}
