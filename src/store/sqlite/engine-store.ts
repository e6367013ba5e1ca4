import type { ChangeSet } from '../engine/changes.js';
import { Engine, type EngineOptions, type EngineStore } from '../engine/engine.js';
import type { LoadAnswer, LoadRequest } from '../engine/loads.js';
import type { BlockLog } from '../records/log.js';
import { ChangeWriter } from './apply.js';
import { type Database, inTransaction } from './database.js';
import { SqliteLoads } from './load.js';
import { SessionColumns } from './session-columns.js';

/** SQLite's results for what is wrong in a statement or its values: an error, a constraint, a mismatch, a range. */
const FAULTS_OF_VALUES = new Set([1, 19, 20, 25]);

/** What the engine needs of a database that is open for writing. */
class SqliteEngineStore implements EngineStore {
  readonly #loads: SqliteLoads;
  readonly #writer: ChangeWriter;

  constructor(db: Database, columns: SessionColumns) {
    this.#loads = new SqliteLoads(db);
    this.#writer = new ChangeWriter(db, columns);
  }

  load(request: Exclude<LoadRequest, { name: 'blocks' }>): LoadAnswer {
    return this.#loads.answer(request);
  }

  apply(changes: ChangeSet): void {
    this.#writer.apply(changes);
  }

  mayPass(error: unknown): boolean {
    const { errcode, errno } = error as { errcode?: number; errno?: number };
    // One of a system call has a number as well: of the files of the log.
    if (errcode === undefined) return errno !== undefined;
    return !FAULTS_OF_VALUES.has(errcode & 0xff);
  }
}

/** Packs sessions that are quiet into columns (session-columns.ts), between the commits of the engine. */
export class QuietSessions {
  readonly #db: Database;
  readonly #engine: Pick<Engine, 'isAtRest'>;
  readonly #columns: SessionColumns;

  constructor(db: Database, engine: Pick<Engine, 'isAtRest'>, columns: SessionColumns) {
    this.#db = db;
    this.#engine = engine;
    this.#columns = columns;
  }

  /** To be called once a second, by which it is judged what is quiet. */
  sweep(): void {
    this.#columns.sweep();
  }

  /** Packs a chunk of quiet sessions, in some 50 ms; false where there is none, or not now. */
  packNext(): boolean {
    if (!this.#columns.isDue || !this.#engine.isAtRest) return false;
    this.#write(() => this.#columns.packNext());
    return true;
  }

  /** Packs all sessions, quiet or not. */
  packAll(): void {
    this.#write(() => this.#columns.packAll());
  }

  #write(work: () => void): void {
    try {
      inTransaction(this.#db, work);
    } catch (error) {
      this.#columns.load();
      throw error;
    }
  }
}

/** An engine over a database that is open for writing, and a log. `recover` comes next. */
export function engineOn(
  db: Database,
  log: BlockLog,
  options: EngineOptions,
): { readonly engine: Engine; readonly quiet: QuietSessions } {
  const columns = new SessionColumns(db);
  columns.load();
  const engine = new Engine(new SqliteEngineStore(db, columns), log, options);
  return { engine, quiet: new QuietSessions(db, engine, columns) };
}
