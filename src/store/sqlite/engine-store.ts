import type { ChangeSet } from '../engine/changes.js';
import { Engine, type EngineOptions, type EngineStore } from '../engine/engine.js';
import type { LoadAnswer, LoadRequest } from '../engine/loads.js';
import type { BlockLog } from '../records/log.js';
import { ChangeWriter } from './apply.js';
import { type Database, inTransaction, isDamaged, resultOf } from './database.js';
import { SqliteLoads } from './load.js';
import { SessionColumns } from './session-columns.js';

/** Result codes of SQLite for a wrong statement or wrong values: error, constraint, mismatch, range. */
const FAULTS_OF_VALUES = new Set([1, 19, 20, 25]);

/** The engine's store in a database that is open for writing. */
export class SqliteEngineStore implements EngineStore {
  #rows: Rows;
  #damage: string | undefined;
  /** Why writing is not allowed. */
  #held: Error | undefined;

  constructor(db: Database) {
    this.#rows = new Rows(db);
  }

  /** The damage of the file of sessions, if any is known. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** Switches to the rows of another connection. Must be called while the engine replaces its rows. */
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

  /** The sessions by columns. */
  get columns(): SessionColumns {
    return this.#rows.columns;
  }

  /** Writes, in one transaction, changes that are not part of a change set of the engine. */
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

  /** Runs work and notes if the database reports damage. */
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
    // Errors of system calls, on files of the log, also have a number.
    if (result === undefined) return (error as { errno?: number }).errno !== undefined;
    return !FAULTS_OF_VALUES.has(result);
  }
}

/** The writers of one connection. */
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

  /** Must be called once a second. Decides which chunks are quiet. */
  sweep(): void {
    this.#store.columns.sweep();
  }

  /**
   * Packs a chunk of quiet sessions, which takes about 50 ms. False if there is none or the engine is not at
   * rest.
   */
  packNext(): boolean {
    if (!this.#store.columns.isDue || !this.#engine.isAtRest) return false;
    this.#store.write((columns) => columns.packNext());
    return true;
  }
}

/** Creates an engine on a database open for writing and a log. `recover` or `catchUp` must be called next. */
export function engineOn(
  db: Database,
  log: BlockLog,
  options: EngineOptions,
): { readonly engine: Engine; readonly store: SqliteEngineStore; readonly quiet: QuietSessions } {
  const store = new SqliteEngineStore(db);
  const engine = new Engine(store, log, options);
  return { engine, store, quiet: new QuietSessions(store, engine) };
}
