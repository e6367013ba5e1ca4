import type { Database, Statement } from './database.js';

/** Rows inserted by one statement. A call costs about as much as two rows. */
const ROWS_AT_ONCE = 32;

type Value = number | bigint | string | Uint8Array | null;

/** Inserts rows of a table, many with one statement. */
export class RowInserter {
  readonly #one: Statement;
  readonly #many: Statement;
  readonly #columns: number;
  /** The values of `#many`, reused for each statement. */
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

  /** Inserts a row, now or together with later ones. */
  add(...row: readonly Value[]): void {
    for (let i = 0; i < row.length; i++) this.#values[this.#length++] = row[i]!;
    if (this.#length < this.#values.length) return;
    this.#many.run(...this.#values);
    this.#length = 0;
  }

  /** Inserts all added rows. */
  flush(): void {
    for (let at = 0; at < this.#length; at += this.#columns) {
      this.#one.run(...this.#values.slice(at, at + this.#columns));
    }
    this.forget();
  }

  /** Discards added rows after their transaction was rolled back. */
  forget(): void {
    this.#length = 0;
    // Retains no values of rows.
    this.#values.fill(null);
  }
}
