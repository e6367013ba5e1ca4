import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { LogReader } from '../records/log-reader.js';
import { SegmentLog, type SegmentLogOptions } from '../records/segment-log.js';
import { DataDirectoryError, unusable } from './directory-lock.js';
import {
  KEPT_FILE,
  KEPT_SCHEMA,
  KEPT_TABLES,
  LOG_FOLDER,
  LOG_SCHEMA,
  SESSION_TABLES,
  SESSIONS_FILE,
  SESSIONS_SCHEMA,
} from './schema.js';
import { INSTALLATION_KEY, removeDatabase, TAKEN_OVER, takeOver } from './takeover.js';

export { Listing, MAX_INTEGER } from '../contract/listing.js';

export type Database = InstanceType<typeof DatabaseSync>;
export type Statement = ReturnType<Database['prepare']>;
export type Prepare = (sql: string) => Statement;

/** What `probeDatabase` writes. */
const PROBE_BYTES = 64 * 1024;

/** How long a connection waits for another one of this process, ms. */
const BUSY_MS = 10_000;

/** The schema name under which `sojourn.sqlite` is attached. All other tables are those of `sessions.sqlite`. */
const KEPT = 'kept';

/**
 * The address of a database file. The connections of one process share it; those of another process are refused for as long as one is open, whatever became of the
 * lock file. (SQLite's `unix-excl` VFS; on Windows a lock file that is open cannot be deleted.)
 */
function addressOf(directory: string, name: string): string {
  const file = join(directory, name);
  return process.platform === 'win32' ? file : `${pathToFileURL(file).href}?vfs=unix-excl`;
}

/** A connection to one file of the directory. */
function connect(directory: string, name: string, readOnly = false): Database {
  const db = new DatabaseSync(addressOf(directory, name), { readOnly, timeout: 0 });
  try {
    // The first statement is the one that takes the lock: another process does not let go of it for waiting.
    db.exec(`PRAGMA schema_version; PRAGMA busy_timeout = ${BUSY_MS}`);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** A connection to both databases of the directory: tables are named without theirs, but for `meta`, which both have. */
export function openDatabase(
  directory: string,
  options: { readOnly?: boolean; cacheBytes: number },
): Database {
  const db = connect(directory, SESSIONS_FILE, options.readOnly);
  db.prepare(`ATTACH ? AS ${KEPT}`).run(addressOf(directory, KEPT_FILE));
  db.exec(`
    PRAGMA main.cache_size = -${Math.round(options.cacheBytes / 1024)};
    PRAGMA temp_store = MEMORY;
  `);
  return db;
}

/** The write-ahead log is written back when it has these many pages, by the pages of the database: small beside a small database. */
const LOG_PAGES = { least: 1_000, most: 8_000, share: 1 } as const;
const PAGE_BYTES = 4096;

/** Fits the size of the write-ahead log to that of the database; to be called again as it grows. Costs microseconds. */
export function fitLog(db: Database): void {
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: bigint | number };
  const fitting = Math.min(
    LOG_PAGES.most,
    Math.max(LOG_PAGES.least, Math.floor(Number(pages) / LOG_PAGES.share)),
  );
  db.exec(`PRAGMA wal_autocheckpoint = ${fitting}; PRAGMA journal_size_limit = ${2 * fitting * PAGE_BYTES}`);
}

/** What long work at the start tells, and asks. */
export interface StartWork {
  /** Told how far it is. */
  readonly progress: (message: string) => void;
  /** Called between two steps; what it throws gives the work up. What is done of it stays done. */
  readonly checkpoint: () => void;
}

const QUIET_WORK: StartWork = { progress: () => {}, checkpoint: () => {} };

/**
 * Creates or opens the directory's databases for writing, and takes a directory of an older version over. Projects, keys and what the operator decided are on the disk when
 * a commit returns, on macOS too, where only F_FULLFSYNC says so. The rows of sessions are not: when the machine stops, the last commits may be lost, and all of one or
 * nothing of it is there (WAL: each commit has checksums, and the database file is written only after the log of commits was synced). What the rows were made of is in the
 * log of records, and is folded again from the block on that they name.
 * @throws DataDirectoryError where the directory was written by a newer version, or holds no database of ours.
 */
export function openForWriting(
  directory: string,
  cacheBytes: number,
  work: StartWork = QUIET_WORK,
): Database {
  try {
    prepareKept(directory, work);
    prepareSessions(directory, work);
    const db = openDatabase(directory, { cacheBytes });
    db.exec(`
      PRAGMA main.synchronous = NORMAL;
      PRAGMA ${KEPT}.synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA checkpoint_fullfsync = ON;
    `);
    fitLog(db);
    return db;
  } catch (error) {
    // Other errors are of the disk or of `work`.
    throw (error as { code?: string }).code === 'ERR_SQLITE_ERROR' ? unusable(directory, error) : error;
  }
}

/** Makes `sojourn.sqlite` where it is missing, or brings it up to this version. */
function prepareKept(directory: string, work: StartWork): void {
  let db = connect(directory, KEPT_FILE);
  try {
    let version = versionOf(db);
    refuseNewer(directory, version, KEPT_SCHEMA);
    if (version > 0 && version < LOG_SCHEMA) {
      takeOver(db, directory, work);
      db = connect(directory, KEPT_FILE);
      version = versionOf(db);
    }
    prepare(db, version, KEPT_SCHEMA, KEPT_TABLES);
    if (version === LOG_SCHEMA) db.exec(`PRAGMA user_version = ${KEPT_SCHEMA}`);
  } finally {
    if (db.isOpen) db.close();
  }
}

/** Makes `sessions.sqlite` where it is missing, of an older version, or damaged so that it cannot be opened: all of it can be made again from the log of records. */
function prepareSessions(directory: string, work: StartWork): void {
  try {
    if (openSessions(directory)) return;
  } catch (error) {
    if (!isDamaged(error)) throw error;
    work.progress(`${SESSIONS_FILE} is damaged: all sessions are made again (${(error as Error).message})`);
  }
  removeDatabase(join(directory, SESSIONS_FILE));
  openSessions(directory);
}

/** Makes the tables of `sessions.sqlite` where it is new. False where it is of an older version. */
function openSessions(directory: string): boolean {
  const db = connect(directory, SESSIONS_FILE);
  try {
    const version = versionOf(db);
    refuseNewer(directory, version, SESSIONS_SCHEMA);
    if (version > 0 && version < SESSIONS_SCHEMA) return false;
    prepare(db, version, SESSIONS_SCHEMA, SESSION_TABLES);
    return true;
  } finally {
    db.close();
  }
}

/** Whether SQLite says that the file it opens is no database, or a damaged one (SQLITE_NOTADB, SQLITE_CORRUPT). */
function isDamaged(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode === 26 || (errcode !== undefined && (errcode & 0xff) === 11);
}

/** Makes the tables of a new file. */
function prepare(db: Database, version: number, schema: number, tables: string): void {
  db.exec(
    `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON`,
  );
  if (version === 0) db.exec(`BEGIN IMMEDIATE; ${tables} PRAGMA user_version = ${schema}; COMMIT`);
}

function versionOf(db: Database): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

function refuseNewer(directory: string, version: number, known: number): void {
  if (version <= known) return;
  throw new DataDirectoryError(
    `${directory} was written by a newer version of Sojourn (schema ${version}, this one knows ${known}): ` +
      'start that version, or choose another directory with --data',
  );
}

/**
 * The log of records of the directory that `db` is of, for its one writer. `tell` is told what was found to be damaged or unfinished.
 * @throws DataDirectoryError where it cannot be opened, or what it ends with cannot be made durable.
 */
export function openLog(
  directory: string,
  db: Database,
  options: Pick<SegmentLogOptions, 'tell' | 'files'> = {},
): SegmentLog {
  const folded = new Meta(db).number('folded_block') ?? 0;
  const kept = new Meta(db, KEPT);
  try {
    const log = new SegmentLog({
      ...options,
      directory: join(directory, LOG_FOLDER),
      durableId: Math.max(folded, kept.number(TAKEN_OVER) ?? 0, kept.number(DURABLE) ?? 0),
    });
    noteDurable(db, log);
    return log;
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** In `meta` of `sojourn.sqlite`: a block that is durable, and all before it, whatever rows say. */
const DURABLE = 'durable_block';

/** Notes the last block of the log, so that what is missing of it at a start is told apart from what was never acknowledged. Needs no room where the disk is full: then it is left. */
export function noteDurable(db: Database, { lastId }: Pick<SegmentLog, 'lastId'>): void {
  const kept = new Meta(db, KEPT);
  if (lastId <= (kept.number(DURABLE) ?? 0)) return;
  try {
    kept.set(DURABLE, lastId);
  } catch {
    // Rows and the next start say it as well.
  }
}

/** The same for those who read. */
export function openLogReader(directory: string): LogReader {
  return new LogReader(join(directory, LOG_FOLDER));
}

/** Writes some bytes into the database of sessions and takes them away again. @throws where the disk does not take them. */
export function probeDatabase(db: Database): void {
  db.exec(`
    INSERT INTO main.meta (key, value) VALUES ('probe', zeroblob(${PROBE_BYTES})) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
    DELETE FROM main.meta WHERE key = 'probe';
  `);
}

/** 32 random bytes made when first asked for: the key of pseudonyms of this installation. */
export function installationKey(db: Database): Uint8Array {
  const meta = new Meta(db, KEPT);
  const known = meta.text(INSTALLATION_KEY);
  if (known !== undefined) return Buffer.from(known, 'hex');
  const key = randomBytes(32);
  meta.set(INSTALLATION_KEY, key.toString('hex'));
  return key;
}

/** Values of a `meta` table: of `sessions.sqlite`, unless another schema is named. */
export class Meta {
  readonly #get: Statement;
  readonly #set: Statement;

  constructor(db: Database, schema = 'main') {
    this.#get = db.prepare(`SELECT value FROM ${schema}.meta WHERE key = ?`);
    this.#set = db.prepare(
      `INSERT INTO ${schema}.meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    );
  }

  number(key: string): number | undefined {
    const value = this.#get.get(key)?.value;
    return value === undefined ? undefined : Number(value);
  }

  text(key: string): string | undefined {
    const value = this.#get.get(key)?.value;
    return value === undefined ? undefined : String(value);
  }

  set(key: string, value: number | string): void {
    this.#set.run(key, value);
  }
}

/** All of the work is done or nothing of it. */
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
