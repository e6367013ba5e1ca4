import type { BlockLog, NewBlock, StoredBlock } from '../records/log.js';
import type { Database } from './database.js';
import { StoredBlocks } from './stored-block.js';

/** The log as rows of the database. */
export class DatabaseLog implements BlockLog {
  readonly #db: Database;
  readonly #stored: StoredBlocks;
  #lastId: number;

  constructor(db: Database) {
    this.#db = db;
    this.#stored = new StoredBlocks(db);
    this.#lastId = Number(db.prepare('SELECT max(id) AS id FROM block').get()?.id ?? 0);
  }

  get lastId(): number {
    return this.#lastId;
  }

  append(blocks: readonly NewBlock[]): void {
    if (blocks.length === 0) return;
    inTransaction(this.#db, () => {
      for (const [i, block] of blocks.entries()) this.#stored.insert({ id: this.#lastId + 1 + i, ...block });
    });
    this.#lastId += blocks.length;
  }

  read(id: number): StoredBlock | undefined {
    return this.#stored.read(id);
  }

  after(id: number): Iterable<StoredBlock> {
    return this.#stored.after(id);
  }

  probe(bytes: number): void {
    this.#db.exec(`
      INSERT INTO meta (key, value) VALUES ('probe', zeroblob(${bytes})) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
      DELETE FROM meta WHERE key = 'probe';
    `);
  }
}

/** All of the work is done, durably, or nothing of it. */
export function inTransaction(db: Database, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    // SQLite rolls back by itself where the disk is full.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
