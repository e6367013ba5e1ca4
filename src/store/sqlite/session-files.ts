import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rangesOf } from '../engine/damaged-blocks.js';
import { areFoundAlike, othersOf, type RowIdentity } from '../engine/identity.js';
import type { EngineState } from '../engine/loads.js';
import { STATE_KEYS } from '../engine/state-keys.js';
import type { SegmentLog } from '../records/segment-log.js';
import {
  connect,
  type Database,
  fitLog,
  IN_MEMORY,
  inTransaction,
  isDamaged,
  isFull,
  KEPT,
  type LogOptions,
  Meta,
  NAMED_FILE,
  namedFile,
  openDatabase,
  openLog,
  PAGE_BYTES,
} from './database.js';
import { DataDirectoryError, unusable } from './directory-lock.js';
import { invalidateRow, markInvalidations } from './invalidate-row.js';
import { refuseNewerRows } from './newer-rows.js';
import { releaseStatements } from './release-statements.js';
import {
  KEPT_FILE,
  KEPT_SCHEMA,
  KEPT_TABLES,
  LOG_SCHEMA,
  SESSION_TABLES,
  SESSIONS_SCHEMA,
} from './schema.js';
import { removeDatabase, type StartWork, takeOver } from './takeover.js';

/** In `meta` of `sojourn.sqlite`: the file in which all sessions are made again, while that goes on. */
const NEXT_FILE = 'next_sessions_file';

/** Page cache of the connection to rows that others take the place of, bytes: it writes next to nothing. */
const OLD_CACHE_BYTES = 64 * 1024;

/** Files of sessions, with what lies beside them. */
const FILES = /^sessions(?:-(\d+))?\.sqlite(?:-wal|-shm|-journal)?$/;

const QUIET_WORK: StartWork = {
  progress: () => {},
  opening: () => {},
  warn: () => {},
  checkpoint: () => {},
};

export interface SessionFilesOptions {
  /** Page cache of the connection, bytes. */
  readonly cacheBytes: number;
  /** What rows are to be made under. */
  readonly identity: RowIdentity;
  readonly work?: StartWork;
}

/** What is to be known of the rows of a file before anything else is read of it. */
type RowState = Pick<EngineState, 'foldedBlock' | 'namedBlock' | 'damagedBlocks' | keyof RowIdentity>;

/** What a file has: rows, or none that this program can read, with the reason where they are damaged. */
type Found =
  | { readonly state: RowState; readonly damage?: never }
  | { readonly state?: never; readonly damage?: string };

/**
 * The files of sessions of a directory, for its one writer. As a rule there is one. Where everything has to be made again, that is done in a second one, and readers stay with the first until it
 * is done: `sojourn.sqlite` names the one that they open, and the next one. A stop at any point leaves both as they were.
 */
export class SessionFiles {
  readonly #directory: string;
  readonly #cacheBytes: number;
  /** What readers open. */
  #read: string;
  /** What is written: the same, or the one that takes its place. */
  #written: string;
  #db: Database;
  /** To the file that readers open, where it is another. */
  #old: Database | undefined;
  /** Why the file to be written could not be created; undefined if it was. */
  #lacking: Error | undefined;
  /** Whether there may be files that nobody needs any more. */
  #hasLeftOvers = true;

  /**
   * Creates or opens the directory's databases for writing, and takes a directory of an older version over. Projects, keys and what the operator decided are on the disk when
   * a commit returns, on macOS too, where only F_FULLFSYNC says so. The rows of sessions are not: when the machine stops, the last commits may be lost, and all of one or
   * nothing of it is there (WAL: each commit has checksums, and the database file is written only after the log of commits was synced). What the rows were made of is in the
   * log of records, and is folded again from the block on that they name.
   * @throws DataDirectoryError where the directory was written by a newer version, or holds no database of ours.
   */
  static open(directory: string, options: SessionFilesOptions): SessionFiles {
    try {
      prepareKept(directory, options.work ?? QUIET_WORK);
      return new SessionFiles(directory, options);
    } catch (error) {
      // Other errors are of the disk or of `work`.
      throw (error as { code?: string }).code === 'ERR_SQLITE_ERROR' ? unusable(directory, error) : error;
    }
  }

  private constructor(directory: string, { cacheBytes, identity, work = QUIET_WORK }: SessionFilesOptions) {
    this.#directory = directory;
    this.#cacheBytes = cacheBytes;
    const kept = connect(directory, KEPT_FILE);
    try {
      [this.#read, this.#written] = this.#choose(kept, identity, work);
    } finally {
      kept.close();
    }
    this.sweep();
    try {
      this.#db = this.#openAtStart(work);
    } catch (error) {
      if (!this.isRemaking || !isFull(error)) throw error;
      this.#lacking = error as Error;
      this.#db = this.#openInMemory();
    }
    if (this.isRemaking) this.#openOld();
  }

  /** The connection by which rows are written; another one after `remake`. */
  get db(): Database {
    return this.#db;
  }

  /**
   * Why there is no file for the rows that are to be made again: the disk was full at the start. Readers stay with those that they have. Until `remake` succeeds, `db` has empty tables in
   * memory, and nothing may be written to it.
   */
  get lacking(): Error | undefined {
    return this.#lacking;
  }

  /** Whether all rows are made again in a file that readers do not see yet. */
  get isRemaking(): boolean {
    return this.#read !== this.#written;
  }

  /** The file that readers open. */
  get named(): string {
    return this.#read;
  }

  /** Begins to make all rows again, in a new file: `db` is a connection to it from now on. Readers stay with what they have. Where it throws nothing has changed. */
  remake(): void {
    const wasRemaking = this.isRemaking;
    const next = this.#newName();
    this.#hasLeftOvers = true;
    new Meta(this.#db, KEPT).set(NEXT_FILE, next);
    const db = this.#open(next);
    this.#db.close();
    releaseStatements();
    this.#db = db;
    this.#written = next;
    this.#lacking = undefined;
    if (!wasRemaking) this.#openOld();
  }

  /** Has readers open the file that was made, from their next question on. Those under way end in the old one, which goes with the last of them. */
  adopt(): void {
    if (!this.isRemaking) return;
    const kept = new Meta(this.#db, KEPT);
    // What is named is on the disk as a whole.
    this.#db.exec('PRAGMA main.wal_checkpoint(PASSIVE)');
    inTransaction(this.#db, () => {
      kept.set(NAMED_FILE, this.#written);
      kept.delete(NEXT_FILE);
    });
    this.#read = this.#written;
    this.#old?.close();
    this.#old = undefined;
    this.#hasLeftOvers = true;
    releaseStatements();
  }

  /**
   * Marks a session as invalidated in the rows that readers see, while others are made. The decision is durable when it returns. False where those rows have no session of this id, or are no longer
   * the ones that are seen.
   */
  invalidate(project: string, id: string): boolean {
    return this.#old !== undefined && invalidateRow(this.#old, project, id);
  }

  /** The log of records, for its one writer. Where it has lost an end that rows were made of, all rows are made again. */
  openLog(options: LogOptions = {}): SegmentLog {
    const log = openLog(this.#directory, this.#db, options);
    const { missing } = log;
    if (missing !== undefined && this.#hasRowsOf(missing.first)) {
      options.warn?.(
        'sessions have telemetry that is no longer in the log: all of them are made again, of what there is',
      );
      this.remake();
    }
    return log;
  }

  /** Whether rows were made of this block of the log, and do not say that they lack it. */
  #hasRowsOf(block: number): boolean {
    const { foldedBlock, namedBlock = 0, damagedBlocks } = stateOf(this.#db);
    const lacked = rangesOf(damagedBlocks ?? '');
    // Rows of groups that were folded in parts name blocks behind `foldedBlock`.
    return (
      Math.max(foldedBlock, namedBlock) >= block &&
      !lacked.some(({ first, last }) => first <= block && block <= last)
    );
  }

  /** Removes files that nobody needs any more, to be called now and then: some systems keep a file for as long as it is open. */
  sweep(): void {
    if (!this.#hasLeftOvers) return;
    this.#hasLeftOvers = false;
    for (const name of this.#names()) {
      if (name === this.#read || name === this.#written) continue;
      try {
        removeDatabase(join(this.#directory, name));
      } catch {
        this.#hasLeftOvers = true;
      }
    }
  }

  close(): void {
    this.#old?.close();
    this.#db.close();
    this.sweep();
  }

  /** The files to be read and to be written. */
  #choose(kept: Database, identity: RowIdentity, work: StartWork): [read: string, written: string] {
    const meta = new Meta(kept);
    const named = namedFile(meta);
    const next = meta.text(NEXT_FILE);
    const rows = this.#look(named, true);
    const others = rows.state === undefined ? [] : othersOf(rows.state, identity);
    if (rows.state !== undefined && others.length === 0) {
      if (next !== undefined) meta.delete(NEXT_FILE);
      return [named, named];
    }
    const nextRows = next === undefined ? {} : this.#look(next, false);
    const goesOn = nextRows.state !== undefined && othersOf(nextRows.state, identity).length === 0;
    if (rows.state !== undefined && areFoundAlike(rows.state, identity)) {
      work.progress(
        `changed: ${others.join(', ')}; folding all telemetry again, sessions stay as they are meanwhile`,
      );
      if (goesOn) return [named, next!];
      const another = this.#newName();
      try {
        meta.set(NEXT_FILE, another);
      } catch (error) {
        // The file itself will not be created either, and `remake` sets it then.
        if (!isFull(error)) throw error;
      }
      return [named, another];
    }
    if (rows.damage !== undefined) {
      work.warn(`${named} is damaged: all sessions are made again (${rows.damage})`);
    } else if (others.length > 0) {
      work.progress(`changed: ${others.join(', ')}; folding all telemetry again`);
    }
    if (goesOn) {
      inTransaction(kept, () => {
        meta.set(NAMED_FILE, next!);
        meta.delete(NEXT_FILE);
      });
      return [next!, next!];
    }
    if (next !== undefined) meta.delete(NEXT_FILE);
    removeDatabase(join(this.#directory, named));
    return [named, named];
  }

  #openAtStart(work: StartWork): Database {
    try {
      return this.#open(this.#written);
    } catch (error) {
      if (!isDamaged(error)) throw error;
      work.warn(`${this.#written} is damaged: all sessions are made again (${(error as Error).message})`);
      removeDatabase(join(this.#directory, this.#written));
      return this.#open(this.#written);
    }
  }

  /** What a file has. @throws DataDirectoryError where it was made by a newer version, if `refuses`; else that is none. */
  #look(name: string, refuses: boolean): Found {
    if (!existsSync(join(this.#directory, name))) return {};
    try {
      const db = connect(this.#directory, name);
      try {
        const version = versionOf(db);
        if (refuses) refuseNewer(this.#directory, version, SESSIONS_SCHEMA);
        if (version !== SESSIONS_SCHEMA) return {};
        if (refuses) refuseNewerRows(this.#directory, db, name);
        return { state: stateOf(db) };
      } finally {
        db.close();
      }
    } catch (error) {
      if (isDamaged(error)) return { damage: (error as Error).message };
      throw error;
    }
  }

  /** A connection for writing to a file of sessions, which is made where it is missing. */
  #open(file: string): Database {
    const made = connect(this.#directory, file);
    try {
      prepare(made, SESSIONS_SCHEMA, SESSION_TABLES);
    } finally {
      made.close();
    }
    const db = openDatabase(this.#directory, { cacheBytes: this.#cacheBytes, file });
    asWriter(db);
    fitLog(db);
    return db;
  }

  #openInMemory(): Database {
    const db = openDatabase(this.#directory, { cacheBytes: this.#cacheBytes, file: IN_MEMORY });
    db.exec(SESSION_TABLES);
    asWriter(db);
    return db;
  }

  #openOld(): void {
    const old = openDatabase(this.#directory, { cacheBytes: OLD_CACHE_BYTES, file: this.#read });
    try {
      asWriter(old);
      markInvalidations(old);
      this.#old = old;
    } catch (error) {
      // Its rows are shown as they are, as far as they can be read.
      old.close();
      if (!isDamaged(error) && !isFull(error)) throw error;
    }
  }

  #newName(): string {
    return `sessions-${Math.max(1, ...this.#names().map(numberOfFile)) + 1}.sqlite`;
  }

  /** Databases of sessions that there are, or of which something is left. */
  #names(): string[] {
    const files = readdirSync(this.#directory).filter((name) => FILES.test(name));
    return [...new Set(files.map((name) => name.replace(/(?<=\.sqlite)-.*$/, '')))];
  }
}

/** A number that each file of sessions has for itself. */
export function numberOfFile(name: string): number {
  return Number(FILES.exec(name)?.[1] ?? 1);
}

/** Makes `sojourn.sqlite` where it is missing, or brings it up to this version. */
function prepareKept(directory: string, work: StartWork): void {
  let db = connect(directory, KEPT_FILE);
  try {
    const version = versionOf(db);
    refuseNewer(directory, version, KEPT_SCHEMA);
    if (version > 0 && version < LOG_SCHEMA) {
      takeOver(db, directory, work);
      db = connect(directory, KEPT_FILE);
    }
    prepare(db, KEPT_SCHEMA, KEPT_TABLES);
    if (versionOf(db) === LOG_SCHEMA) db.exec(`PRAGMA user_version = ${KEPT_SCHEMA}`);
  } finally {
    if (db.isOpen) db.close();
  }
}

/** Makes the tables of a new file. */
function prepare(db: Database, schema: number, tables: string): void {
  db.exec(
    `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON`,
  );
  if (versionOf(db) === 0) db.exec(`BEGIN IMMEDIATE; ${tables} PRAGMA user_version = ${schema}; COMMIT`);
}

function asWriter(db: Database): void {
  db.exec(`
    PRAGMA main.synchronous = NORMAL;
    PRAGMA ${KEPT}.synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
  `);
}

function versionOf(db: Database): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

function stateOf(db: Database): RowState {
  const meta = new Meta(db);
  return {
    foldedBlock: meta.number(STATE_KEYS.foldedBlock) ?? 0,
    namedBlock: meta.number(STATE_KEYS.namedBlock),
    damagedBlocks: meta.text(STATE_KEYS.damagedBlocks),
    rules: meta.number(STATE_KEYS.rules),
    tables: meta.text(STATE_KEYS.tables),
    sessionsBy: meta.text(STATE_KEYS.sessionsBy),
    pageUrls: meta.text(STATE_KEYS.pageUrls),
  };
}

function refuseNewer(directory: string, version: number, known: number): void {
  if (version <= known) return;
  throw new DataDirectoryError(
    `${directory} was written by a newer version of Sojourn (schema ${version}, this one knows ${known}): ` +
      'start that version, or choose another directory with --data',
  );
}
