import type { Database, Statement } from './database.js';

/** Rows of one statement. A call costs about as much as two rows. */
const ROWS_AT_ONCE = 32;

type Value = number | bigint | string | Uint8Array | null;

/** Inserts rows of a table, many with one statement. */
export class RowInserter {
  readonly #one: Statement;
  readonly #many: Statement;
  readonly #columns: number;
  #values: Value[] = [];

  /** `insert` is the statement up to its values, `rest` what follows them. */
  constructor(db: Database, insert: string, columns: number, rest = '') {
    const row = `(${new Array(columns).fill('?').join(', ')})`;
    this.#one = db.prepare(`${insert} VALUES ${row} ${rest}`);
    this.#many = db.prepare(`${insert} VALUES ${new Array(ROWS_AT_ONCE).fill(row).join(', ')} ${rest}`);
    this.#columns = columns;
  }

  /** Inserts a row, now or with those that come. */
  add(...row: readonly Value[]): void {
    for (const value of row) this.#values.push(value);
    if (this.#values.length < ROWS_AT_ONCE * this.#columns) return;
    this.#many.run(...this.#values);
    this.#values = [];
  }

  /** Inserts what was added. */
  flush(): void {
    const values = this.#values;
    for (let at = 0; at < values.length; at += this.#columns) {
      this.#one.run(...values.slice(at, at + this.#columns));
    }
    this.#values = [];
  }

  /** Drops what was added: its transaction was given up. */
  forget(): void {
    this.#values = [];
  }
}
