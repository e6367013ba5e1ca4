import type { ChangeSet } from '../engine/changes.js';
import { Engine, type EngineOptions, type EngineStore } from '../engine/engine.js';
import type { LoadAnswer, LoadRequest } from '../engine/loads.js';
import type { BlockLog } from '../records/log.js';
import { ChangeWriter } from './apply.js';
import { type Database, inTransaction, isDamaged, resultOf } from './database.js';
import { SqliteLoads } from './load.js';
import { SessionColumns } from './session-columns.js';

/** SQLite's results for what is wrong in a statement or its values: an error, a constraint, a mismatch, a range. */
const FAULTS_OF_VALUES = new Set([1, 19, 20, 25]);

/** What the engine needs of a database that is open for writing. */
export class SqliteEngineStore implements EngineStore {
  #rows: Rows;
  #damage: string | undefined;
  /** Why nothing may be written to these rows. */
  #held: Error | undefined;

  constructor(db: Database) {
    this.#rows = new Rows(db);
  }

  /** Why the file of sessions is known to be damaged. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** Goes over to other rows, by another connection. To be called where the engine replaces its rows. */
  use(db: Database): void {
    this.#rows = new Rows(db);
    this.#damage = undefined;
    this.#held = undefined;
  }

  /** Fails every write with this error until `use`. */
  hold(error: Error): void {
    this.#held = error;
  }

  load(request: Exclude<LoadRequest, { name: 'blocks' }>): LoadAnswer {
    return this.#watched(() => this.#rows.loads.answer(request));
  }

  apply(changes: ChangeSet, isPart: boolean): void {
    if (this.#held !== undefined) throw this.#held;
    this.#watched(() => this.#rows.writer.apply(changes, isPart));
  }

  end(): void {
    this.#watched(() => this.#rows.writer.end());
  }

  /** What is packed into columns. */
  get columns(): SessionColumns {
    return this.#rows.columns;
  }

  /** Writes what no change set of the engine has, all of it or nothing. */
  write(work: (columns: SessionColumns) => void): void {
    if (this.#held !== undefined) throw this.#held;
    const { db, columns } = this.#rows;
    try {
      this.#watched(() => inTransaction(db, () => work(columns)));
    } catch (error) {
      columns.load();
      throw error;
    }
  }

  /** Notes where the database says that it is damaged. */
  #watched<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (isDamaged(error)) this.#damage = (error as Error).message;
      throw error;
    }
  }

  mayPass(error: unknown): boolean {
    const result = resultOf(error);
    // One of a system call has a number as well: of the files of the log.
    if (result === undefined) return (error as { errno?: number }).errno !== undefined;
    return !FAULTS_OF_VALUES.has(result);
  }
}

/** What works on one connection. */
class Rows {
  readonly db: Database;
  readonly columns: SessionColumns;
  readonly loads: SqliteLoads;
  readonly writer: ChangeWriter;

  constructor(db: Database) {
    this.db = db;
    this.columns = new SessionColumns(db);
    this.columns.load();
    this.loads = new SqliteLoads(db);
    this.writer = new ChangeWriter(db, this.columns);
  }
}

/** Packs sessions that are quiet into columns (session-columns.ts), between the commits of the engine. */
export class QuietSessions {
  readonly #store: SqliteEngineStore;
  readonly #engine: Pick<Engine, 'isAtRest'>;

  constructor(store: SqliteEngineStore, engine: Pick<Engine, 'isAtRest'>) {
    this.#store = store;
    this.#engine = engine;
  }

  /** To be called once a second, by which it is judged what is quiet. */
  sweep(): void {
    this.#store.columns.sweep();
  }

  /** Packs a chunk of quiet sessions, in some 50 ms; false where there is none, or not now. */
  packNext(): boolean {
    if (!this.#store.columns.isDue || !this.#engine.isAtRest) return false;
    this.#store.write((columns) => columns.packNext());
    return true;
  }
}

/** An engine over a database that is open for writing, and a log. `recover` comes next. */
export function engineOn(
  db: Database,
  log: BlockLog,
  options: EngineOptions,
): { readonly engine: Engine; readonly store: SqliteEngineStore; readonly quiet: QuietSessions } {
  const store = new SqliteEngineStore(db);
  const engine = new Engine(store, log, options);
  return { engine, store, quiet: new QuietSessions(store, engine) };
}
