import type { Reads, Snapshots } from '../read/reads.js';
import type { Database } from './database.js';

/**
 * Snapshots of one connection. A snapshot is a read transaction from its first to its last read. A connection
 * has one transaction at a time, so snapshots take turns in the order of the calls, however long one waits
 * between its reads.
 */
export class SqliteSnapshots implements Snapshots {
  readonly #db: Database;
  readonly #reads: Reads;
  /** Settles when the last requested snapshot has ended. */
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

  /** Resolves when all requested snapshots have ended. */
  async settled(): Promise<void> {
    await this.#latest;
  }
}
