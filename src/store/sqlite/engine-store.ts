import type { ChangeSet } from '../engine/changes.js';
import { Engine, type EngineOptions, type EngineStore } from '../engine/engine.js';
import type { LoadAnswer, LoadRequest } from '../engine/loads.js';
import type { BlockLog } from '../records/log.js';
import { ChangeWriter } from './apply.js';
import type { Database } from './database.js';
import { SqliteLoads } from './load.js';

/** SQLite's results for what is wrong in a statement or its values: an error, a constraint, a mismatch, a range. */
const FAULTS_OF_VALUES = new Set([1, 19, 20, 25]);

/** What the engine needs of a database that is open for writing. */
class SqliteEngineStore implements EngineStore {
  readonly #loads: SqliteLoads;
  readonly #writer: ChangeWriter;

  constructor(db: Database) {
    this.#loads = new SqliteLoads(db);
    this.#writer = new ChangeWriter(db);
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

/** The engine over a database that is open for writing, and a log. `recover` comes next. */
export function engineOn(db: Database, log: BlockLog, options: EngineOptions): Engine {
  return new Engine(new SqliteEngineStore(db), log, options);
}
