import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { LogReader } from '../records/log-reader.js';
import { SegmentLog, type SegmentLogOptions } from '../records/segment-log.js';
import { unusable } from './directory-lock.js';
import { KEPT_FILE, LOG_FOLDER, SESSIONS_FILE } from './schema.js';
import { INSTALLATION_KEY, TAKEN_OVER } from './takeover.js';

export { Listing } from '../contract/listing.js';

export type Database = InstanceType<typeof DatabaseSync>;
export type Statement = ReturnType<Database['prepare']>;
export type Prepare = (sql: string) => Statement;

/** Bytes that `probeDatabase` writes. */
const PROBE_BYTES = 64 * 1024;

/** How long a connection waits for another one of this process, ms. */
const BUSY_MS = 10_000;

/** Name of a database without a file. */
export const IN_MEMORY = ':memory:';

/** The schema name under which `sojourn.sqlite` is attached. All other tables are in `sessions.sqlite`. */
export const KEPT = 'kept';

/**
 * The address of a database file. The connections of one process share the file. Other processes are refused
 * while one is open, even if the lock file is deleted. (By SQLite's `unix-excl` VFS; on Windows an open lock
 * file cannot be deleted.)
 */
function addressOf(directory: string, name: string): string {
  if (name === IN_MEMORY) return name;
  const file = join(directory, name);
  return process.platform === 'win32' ? file : `${pathToFileURL(file).href}?vfs=unix-excl`;
}

/** Opens a connection to one file of the directory. */
export function connect(directory: string, name: string, readOnly = false): Database {
  const db = new DatabaseSync(addressOf(directory, name), { readOnly, timeout: 0 });
  try {
    // The first statement takes the lock, without waiting: another process would not release it.
    db.exec(`PRAGMA schema_version; PRAGMA busy_timeout = ${BUSY_MS}`);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/**
 * Key in `meta` of `sojourn.sqlite` of the file of sessions that readers open, if it is not SESSIONS_FILE.
 */
export const NAMED_FILE = 'sessions_file';

/** The name of the file of sessions that readers open, from `meta` of `sojourn.sqlite`. */
export function namedFile(kept: Meta): string {
  return kept.text(NAMED_FILE) ?? SESSIONS_FILE;
}

/** The same for a directory of this version. */
export function nameOfFile(directory: string): string {
  const db = connect(directory, KEPT_FILE);
  try {
    return namedFile(new Meta(db));
  } finally {
    db.close();
  }
}

/**
 * Opens a connection to both databases of the directory: to the given file of sessions, or by default to the
 * one that readers open. Table names need no database name, except `meta`, which both have.
 */
export function openDatabase(
  directory: string,
  options: { readOnly?: boolean; cacheBytes: number; file?: string },
): Database {
  const db = connect(directory, options.file ?? nameOfFile(directory), options.readOnly);
  db.prepare(`ATTACH ? AS ${KEPT}`).run(addressOf(directory, KEPT_FILE));
  db.exec(`
    PRAGMA main.cache_size = -${Math.round(options.cacheBytes / 1024)};
    PRAGMA temp_store = MEMORY;
  `);
  return db;
}

/**
 * Number of pages of the write-ahead log at which it is written back: a share of the pages of the database,
 * so that a small database has a small log.
 */
const LOG_PAGES = { least: 1_000, most: 8_000, share: 1 } as const;
export const PAGE_BYTES = 4096;

/**
 * Adapts the limit of the write-ahead log to the size of the database. Must be called again as that grows.
 * Takes microseconds.
 */
export function fitLog(db: Database): void {
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: bigint | number };
  const fitting = Math.min(
    LOG_PAGES.most,
    Math.max(LOG_PAGES.least, Math.floor(Number(pages) / LOG_PAGES.share)),
  );
  db.exec(`PRAGMA wal_autocheckpoint = ${fitting}; PRAGMA journal_size_limit = ${2 * fitting * PAGE_BYTES}`);
}

/**
 * Result codes of SQLite that may pass by themselves or with another file, by message. `Statement.all` throws
 * errors that have only the message.
 */
const RESULTS: Readonly<Record<string, number>> = {
  'database is locked': 5,
  'out of memory': 7,
  'disk I/O error': 10,
  'database disk image is malformed': 11,
  'database or disk is full': 13,
  'unable to open database file': 14,
  'file is not a database': 26,
};

/** The primary result code of an SQLite error; undefined if the error is not from SQLite or has no code. */
export function resultOf(error: unknown): number | undefined {
  const { code, errcode, message } = error as { code?: string; errcode?: number; message: string };
  if (errcode !== undefined) return errcode & 0xff;
  return code === 'ERR_SQLITE_ERROR' ? RESULTS[message] : undefined;
}

/** Whether SQLite reports that the disk is full (SQLITE_FULL). */
export function isFull(error: unknown): boolean {
  return resultOf(error) === 13;
}

/** Whether SQLite reports that a file is not a database, or is damaged (SQLITE_NOTADB, SQLITE_CORRUPT). */
export function isDamaged(error: unknown): boolean {
  const result = resultOf(error);
  return result === 11 || result === 26;
}

export type LogOptions = Pick<SegmentLogOptions, 'report' | 'warn' | 'files'>;

/**
 * Opens the log of the directory of `db`, for its single writer. Its last append may be unconfirmed, for
 * example on a full disk.
 * @throws DataDirectoryError if it cannot be opened.
 */
export function openLog(directory: string, db: Database, options: LogOptions = {}): SegmentLog {
  const rows = new Meta(db);
  const named = Math.max(rows.number('folded_block') ?? 0, rows.number('named_block') ?? 0);
  const kept = new Meta(db, KEPT);
  try {
    const log = new SegmentLog({
      ...options,
      directory: join(directory, LOG_FOLDER),
      durableId: Math.max(named, kept.number(TAKEN_OVER) ?? 0, kept.number(DURABLE) ?? 0),
    });
    noteDurable(db, log);
    return log;
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** Key in `meta` of `sojourn.sqlite`: blocks up to this one are durable, whatever rows say. */
export const DURABLE = 'durable_block';

/**
 * Stores the number of the last block of the log. So the next start can distinguish lost blocks from blocks
 * that were never acknowledged. On a full disk it stores nothing.
 */
export function noteDurable(db: Database, { lastId }: Pick<SegmentLog, 'lastId'>): void {
  const kept = new Meta(db, KEPT);
  if (lastId <= (kept.number(DURABLE) ?? 0)) return;
  try {
    kept.set(DURABLE, lastId);
  } catch {
    // Rows and the next start have this information too.
  }
}

/** Opens the log for reading. */
export function openLogReader(directory: string): LogReader {
  return new LogReader(join(directory, LOG_FOLDER));
}

/** Whether all of `sojourn.sqlite` can be read. It is small. */
export function isKeptWhole(directory: string): boolean {
  let db: Database | undefined;
  try {
    db = connect(directory, KEPT_FILE);
    return db.prepare('PRAGMA quick_check(1)').get()?.quick_check === 'ok';
  } catch {
    return false;
  } finally {
    db?.close();
  }
}

/** Writes some bytes into the database of sessions and removes them. @throws if the disk refuses them. */
export function probeDatabase(db: Database): void {
  db.exec(`
    INSERT INTO main.meta (key, value) VALUES ('probe', zeroblob(${PROBE_BYTES})) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
    DELETE FROM main.meta WHERE key = 'probe';
  `);
}

/** The key of pseudonyms of this installation: 32 random bytes, created on first use. */
export function installationKey(db: Database): Uint8Array {
  const meta = new Meta(db, KEPT);
  const known = meta.text(INSTALLATION_KEY);
  if (known !== undefined) return Buffer.from(known, 'hex');
  const key = randomBytes(32);
  meta.set(INSTALLATION_KEY, key.toString('hex'));
  return key;
}

/** Values of a `meta` table: by default the one of `sessions.sqlite`. */
export class Meta {
  readonly #get: Statement;
  readonly #set: Statement;
  readonly #delete: Statement;

  constructor(db: Database, schema = 'main') {
    this.#get = db.prepare(`SELECT value FROM ${schema}.meta WHERE key = ?`);
    this.#delete = db.prepare(`DELETE FROM ${schema}.meta WHERE key = ?`);
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

  delete(key: string): void {
    this.#delete.run(key);
  }
}

/** Runs work in a transaction: all of its changes are made, or none. */
export function inTransaction(db: Database, work: () => void): void {
  // Throws if a transaction is already open, and leaves that one alone.
  db.exec('BEGIN IMMEDIATE');
  orRollBack(db, () => {
    work();
    db.exec('COMMIT');
  });
}

/** Rolls back the open transaction if the work fails. */
export function orRollBack(db: Database, work: () => void): void {
  try {
    work();
  } catch (error) {
    // SQLite itself rolls back if the disk is full.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
