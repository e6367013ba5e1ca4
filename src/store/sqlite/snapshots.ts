import type { Reads, Snapshots } from '../read/reads.js';
import { Turns } from '../read/turns.js';
import type { Database } from './database.js';

/**
 * Snapshots of one connection. A snapshot is a read transaction from its first to its last read. A connection
 * has one transaction at a time, so snapshots take turns.
 */
export class SqliteSnapshots implements Snapshots {
  readonly #db: Database;
  readonly #reads: Reads;
  readonly #turns = new Turns();

  constructor(db: Database, reads: Reads) {
    this.#db = db;
    this.#reads = reads;
  }

  snapshot<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    return this.#turns.take(() => this.#inTransaction(work));
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
  settled(): Promise<void> {
    return this.#turns.settled();
  }
}
