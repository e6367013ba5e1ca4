import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crashPoint } from '../crash-points.js';
import { rangesOf } from '../engine/damaged-blocks.js';
import { areReadable, changedIdentity, type RowIdentity } from '../engine/identity.js';
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
} from './database.js';
import { unusable } from './directory-lock.js';
import { invalidateRow, markInvalidations } from './invalidate-row.js';
import { sealKept } from './kept-digest.js';
import { prepareKept, prepareTables, refuseNewer, versionOf } from './kept-file.js';
import { refuseNewerRows } from './newer-rows.js';
import { releaseStatements } from './release-statements.js';
import { KEPT_FILE, SESSION_TABLES, SESSIONS_SCHEMA } from './schema.js';
import { removeDatabase, type StartWork } from './takeover.js';

/** Key in `meta` of `sojourn.sqlite` of the file in which all sessions are being made again. */
export const NEXT_FILE = 'next_sessions_file';

/** Page cache of the connection to rows that are being replaced, bytes. Little is written there. */
const OLD_CACHE_BYTES = 64 * 1024;

/** Names of files of sessions, and of the files that SQLite puts beside them. */
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
  /** What rows must be made under. */
  readonly identity: RowIdentity;
  readonly work?: StartWork;
}

/** What must be known of the rows of a file before anything else is read. */
type RowState = Pick<EngineState, 'foldedBlock' | 'namedBlock' | 'damagedBlocks' | keyof RowIdentity>;

/**
 * Content of a file: its rows, or undefined if this program cannot read them, with the reason if they are
 * damaged.
 */
type Found =
  | { readonly state: RowState; readonly damage?: never }
  | { readonly state?: never; readonly damage?: string };

/**
 * The files of sessions of a directory, for its single writer. Usually there is one. If all sessions must be
 * made again, a second file is made, and readers keep the first until it is complete. `sojourn.sqlite` names
 * the file that readers open and the next one. A stop at any point leaves both valid.
 */
export class SessionFiles {
  readonly #directory: string;
  readonly #cacheBytes: number;
  /** The file that readers open. */
  #read: string;
  /** The file that is written: the same one, or its replacement. */
  #written: string;
  #db: Database;
  /** Connection to the file that readers open, if that is not the one that is written. */
  #old: Database | undefined;
  /** Why the file to write could not be created; undefined if it was. */
  #lacking: Error | undefined;
  /** Whether there may be unneeded files. */
  #hasLeftOvers = true;

  /**
   * Creates or opens the directory's databases for writing, and takes over a directory of an older version.
   * Projects, keys and decisions of the operator are durable when a commit returns, on macOS too, where that
   * needs F_FULLFSYNC. Rows of sessions are not: if the machine stops, the last commits may be lost, each of
   * them as a whole. (WAL: each commit has checksums, and the database file is written only after the
   * write-ahead log is synced.) Rows name the last block that they include, and later blocks of the log are
   * folded again.
   * @throws DataDirectoryError if the directory was written by a newer version, or does not contain a
   * database of Sojourn.
   */
  static open(directory: string, options: SessionFilesOptions): SessionFiles {
    try {
      prepareKept(directory, options.work ?? QUIET_WORK);
      return new SessionFiles(directory, options);
    } catch (error) {
      // Other errors come from the disk or from `work`.
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

  /** The connection by which rows are written. `remake` replaces it. */
  get db(): Database {
    return this.#db;
  }

  /**
   * Why the file for rows that must be made again does not exist: the disk was full at the start. Readers
   * keep the old rows. Until `remake` succeeds, `db` has empty tables in memory and must not be written to.
   */
  get lacking(): Error | undefined {
    return this.#lacking;
  }

  /** Whether all rows are being made again in a file that readers do not see yet. */
  get isRemaking(): boolean {
    return this.#read !== this.#written;
  }

  /** The file that readers open. */
  get named(): string {
    return this.#read;
  }

  /**
   * Starts to make all rows again in a new file. `db` is then a connection to it. Readers keep the old file.
   * If this throws, nothing has changed.
   */
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

  /**
   * Switches readers to the new file, from their next question on. Unfinished questions end in the old file,
   * which is removed after the last of them.
   */
  adopt(): void {
    if (!this.isRemaking) return;
    const kept = new Meta(this.#db, KEPT);
    // A named file must be completely on disk.
    this.#db.exec('PRAGMA main.wal_checkpoint(PASSIVE)');
    crashPoint('sessions.adopting');
    inTransaction(this.#db, () => {
      kept.set(NAMED_FILE, this.#written);
      kept.delete(NEXT_FILE);
    });
    crashPoint('sessions.adopted');
    this.#read = this.#written;
    this.#old?.close();
    this.#old = undefined;
    this.#hasLeftOvers = true;
    releaseStatements();
  }

  /**
   * Marks a session as invalidated in the rows that readers see while others are made. The decision is
   * durable on return. False if those rows do not have the session, or are not the ones that readers see any
   * more.
   */
  invalidate(project: string, id: string): boolean {
    return this.#old !== undefined && invalidateRow(this.#old, project, id);
  }

  /**
   * Opens the log for its single writer. If the end of the log that rows were made of is lost, all rows are
   * made again.
   */
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

  /** Whether rows were made of this block and do not list it as missing. */
  #hasRowsOf(block: number): boolean {
    const { foldedBlock, namedBlock = 0, damagedBlocks } = stateOf(this.#db);
    const lacked = rangesOf(damagedBlocks ?? '');
    // Rows of groups that were folded in parts may name blocks after `foldedBlock`.
    return (
      Math.max(foldedBlock, namedBlock) >= block &&
      !lacked.some(({ first, last }) => first <= block && block <= last)
    );
  }

  /**
   * Removes unneeded files. Should be called now and then, because some systems keep a file as long as it is
   * open.
   */
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
    try {
      this.#db.exec(`PRAGMA ${KEPT}.wal_checkpoint(TRUNCATE)`);
    } catch {
      // For example on a full disk. The write-ahead log has the rest.
    }
    this.#db.close();
    this.sweep();
    sealKept(this.#directory);
  }

  /** Chooses the files to read and to write. */
  #choose(kept: Database, identity: RowIdentity, work: StartWork): [read: string, written: string] {
    const meta = new Meta(kept);
    const named = namedFile(meta);
    const next = meta.text(NEXT_FILE);
    const rows = this.#look(named, true);
    const others = rows.state === undefined ? [] : changedIdentity(rows.state, identity);
    if (rows.state !== undefined && others.length === 0) {
      if (next !== undefined) meta.delete(NEXT_FILE);
      return [named, named];
    }
    const nextRows = next === undefined ? {} : this.#look(next, false);
    const canContinue =
      nextRows.state !== undefined && changedIdentity(nextRows.state, identity).length === 0;
    if (rows.state !== undefined && areReadable(rows.state, identity)) {
      work.progress(
        `changed: ${others.join(', ')}; folding all telemetry again, sessions stay as they are meanwhile`,
      );
      if (canContinue) return [named, next!];
      const another = this.#newName();
      try {
        meta.set(NEXT_FILE, another);
      } catch (error) {
        // Creating the file will fail too, and `remake` will store its name later.
        if (!isFull(error)) throw error;
      }
      return [named, another];
    }
    if (rows.damage !== undefined) {
      work.warn(`${named} is damaged: all sessions are made again (${rows.damage})`);
    } else if (others.length > 0) {
      work.progress(`changed: ${others.join(', ')}; folding all telemetry again`);
    }
    if (canContinue) {
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

  /**
   * The content of a file. A file of a newer version counts as unreadable. @throws DataDirectoryError for
   * such a file if `refuses`.
   */
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

  /** Opens a file of sessions for writing; creates it if it does not exist. */
  #open(file: string): Database {
    const made = connect(this.#directory, file);
    try {
      prepareTables(made, SESSIONS_SCHEMA, SESSION_TABLES);
    } finally {
      made.close();
    }
    crashPoint('sessions.created');
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

  /** Names of the databases of sessions that exist, or of which a file is left. */
  #names(): string[] {
    const files = readdirSync(this.#directory).filter((name) => FILES.test(name));
    return [...new Set(files.map((name) => name.replace(/(?<=\.sqlite)-.*$/, '')))];
  }
}

/** The number of a file of sessions. Each file has a different one. */
export function numberOfFile(name: string): number {
  return Number(FILES.exec(name)?.[1] ?? 1);
}

function asWriter(db: Database): void {
  db.exec(`
    PRAGMA main.synchronous = NORMAL;
    PRAGMA ${KEPT}.synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
  `);
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
