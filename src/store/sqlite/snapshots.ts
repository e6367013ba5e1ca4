import type { Reads, Snapshots } from '../read/reads.js';
import type { Database } from './database.js';

/**
 * Snapshots of one connection: a read transaction from the first to the last of its reads. A connection has one transaction at a time, so snapshots take turns in the order
 * in which they were asked for, however long the work of one awaits between its reads.
 */
export class SqliteSnapshots implements Snapshots {
  readonly #db: Database;
  readonly #reads: Reads;
  /** Settles when the last snapshot that was asked for is over. */
  #latest: Promise<unknown> = Promise.resolve();

  constructor(db: Database, reads: Reads) {
    this.#db = db;
    this.#reads = reads;
  }

  snapshot<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    const result = this.#latest.then(() => this.#inTransaction(work));
    this.#latest = result.catch(() => {});
    return result;
  }

  async #inTransaction<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    this.#db.exec('BEGIN');
    try {
      return await work(this.#reads);
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  /** Resolves when all snapshots that were asked for are over. */
  async settled(): Promise<void> {
    await this.#latest;
  }
}
