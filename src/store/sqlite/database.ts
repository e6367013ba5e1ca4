import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';

export { LISTED, Listing, MAX_INTEGER } from '../contract/listing.js';

export type Database = InstanceType<typeof DatabaseSync>;
export type Statement = ReturnType<Database['prepare']>;
export type Prepare = (sql: string) => Statement;

/** The data directory cannot be used; the message says why and what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/**
 * Schema changes, oldest first; `PRAGMA user_version` counts those applied. Never edit one that was released: add one.
 *
 * `block` is the log of what was accepted and `invalidation` what the operator decided. DERIVED_TABLES follow from them, up to
 * the block named by `meta.folded_block`, and can be made again.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE project (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    directory BLOB NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE TABLE invalidation (
    project INTEGER NOT NULL,
    session TEXT NOT NULL,
    PRIMARY KEY (project, session)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE record_group (
    project INTEGER NOT NULL,
    key BLOB NOT NULL,
    places BLOB NOT NULL,
    PRIMARY KEY (project, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE session (
    no INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    last_ns INTEGER NOT NULL,
    listing INTEGER NOT NULL,
    implicit INTEGER NOT NULL,
    invalidated INTEGER NOT NULL,
    settings INTEGER NOT NULL,
    user_id TEXT,
    earliest TEXT NOT NULL,
    sums TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX session_by_id ON session (project, id);
  CREATE INDEX session_by_start ON session (project, listing, start_ns, id);
  CREATE INDEX session_by_user ON session (project, user_id, listing, start_ns, id) WHERE user_id IS NOT NULL;
  CREATE INDEX session_by_last ON session (project, listing, last_ns, start_ns);
  CREATE TABLE session_group (
    session INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    key BLOB NOT NULL,
    PRIMARY KEY (session, kind, start_ns, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE rollup (
    project INTEGER NOT NULL,
    level INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (project, level, dimension, bucket, name)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE session ADD COLUMN cost_nano_usd INTEGER;
  CREATE TABLE facet_value (
    no INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    count INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX facet_value_by_value ON facet_value (project, kind, value);
  CREATE TABLE session_facet (
    facet INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    id TEXT NOT NULL,
    session INTEGER NOT NULL,
    PRIMARY KEY (facet, start_ns, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE timeline (
    project INTEGER NOT NULL,
    level INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    model TEXT NOT NULL,
    sessions INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    records INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost_usd INTEGER NOT NULL,
    cost_nano_usd INTEGER NOT NULL,
    priced INTEGER NOT NULL,
    PRIMARY KEY (project, level, bucket, model)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE session_user (
    project INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    id TEXT NOT NULL,
    session INTEGER NOT NULL,
    PRIMARY KEY (project, user_id, start_ns, id)
  ) STRICT, WITHOUT ROWID;
  `,
  // What the columns count is there once everything was folded again, which the rules of this version make it.
  `
  ALTER TABLE timeline ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE timeline ADD COLUMN unreported INTEGER NOT NULL DEFAULT 0;
  `,
  // Sessions with times that are too far ahead to be believed, and when the first of them will be: few, and empty as a rule.
  `
  CREATE TABLE session_ahead (
    session INTEGER PRIMARY KEY,
    believed_from_ns INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX session_ahead_by_time ON session_ahead (believed_from_ns);
  `,
  `
  CREATE TABLE call_place (
    moment INTEGER NOT NULL,
    no INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (moment, no)
  ) STRICT, WITHOUT ROWID;
  `,
  // Of traces that name a user and no session; empty unless such traces are grouped by user.
  `
  CREATE TABLE user_trace (
    project INTEGER NOT NULL,
    key BLOB NOT NULL,
    user TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    end_ns INTEGER NOT NULL,
    PRIMARY KEY (project, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX user_trace_by_user ON user_trace (project, user, start_ns, key, end_ns);
  CREATE TABLE user_hour (
    project INTEGER NOT NULL,
    user TEXT NOT NULL,
    hour INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    apart INTEGER NOT NULL,
    PRIMARY KEY (project, user, hour)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE user_piece (
    project INTEGER NOT NULL,
    user TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    key BLOB NOT NULL,
    end_ns INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    joined INTEGER NOT NULL,
    PRIMARY KEY (project, user, start_ns, key)
  ) STRICT, WITHOUT ROWID;
  `,
  // What statistics and filters look at in many sessions. The rules of this version make all sessions again, and so fill it in.
  `
  ALTER TABLE session ADD COLUMN span_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE session ADD COLUMN has_errors INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE session ADD COLUMN unpriced INTEGER;
  ALTER TABLE session ADD COLUMN unreported INTEGER;
  ALTER TABLE session ADD COLUMN device TEXT;
  ALTER TABLE session ADD COLUMN country TEXT;
  `,
  // Which events are found by a row (event-places.ts): right once everything was folded again, which the rules of this version make it.
  `
  ALTER TABLE session_group ADD COLUMN events INTEGER NOT NULL DEFAULT 0;
  `,
  // Blocks of before have format 0: no checksum, and no bounds of their times.
  `
  ALTER TABLE block ADD COLUMN format INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE block ADD COLUMN checksum INTEGER;
  ALTER TABLE block ADD COLUMN least_ns INTEGER;
  ALTER TABLE block ADD COLUMN greatest_ns INTEGER;
  `,
  // Sessions by columns (session-columns.ts), and the numbers that users have there.
  `
  CREATE TABLE session_chunk (no INTEGER PRIMARY KEY, format INTEGER NOT NULL) STRICT;
  CREATE TABLE chunk_head (
    project INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    least_start_ns INTEGER NOT NULL,
    greatest_start_ns INTEGER NOT NULL,
    greatest_last_ns INTEGER NOT NULL,
    greatest_duration_ns INTEGER NOT NULL,
    greatest_cost_nano_usd INTEGER,
    PRIMARY KEY (project, chunk)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX chunk_head_by_chunk ON chunk_head (chunk, project);
  CREATE TABLE chunk_part (
    project INTEGER NOT NULL,
    part INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX chunk_part_by_chunk ON chunk_part (project, chunk, part);
  CREATE TABLE loose_session (no INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE chunk_user (
    no INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    user_id TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX chunk_user_by_user ON chunk_user (project, user_id);
  `,
];

/** Tables that are derived from `block`; emptied before everything is folded again. */
export const DERIVED_TABLES = [
  'record_group',
  'session',
  'session_group',
  'rollup',
  'facet_value',
  'session_facet',
  'timeline',
  'session_user',
  'session_ahead',
  'call_place',
  'user_trace',
  'user_hour',
  'user_piece',
  'session_chunk',
  'chunk_head',
  'chunk_part',
  'loose_session',
  'chunk_user',
] as const;

/**
 * How a group stands to a session, in `session_group.kind`: each has one row of the first three. From 16 and from 64 on are further rows, by which
 * events are found in time where that one does not do (event-places.ts).
 */
export const GroupKind = { trace: 0, logs: 1, mark: 2, traceLogs: 16, spanEvents: 64 } as const;

/** The database and its write-ahead log. */
const FILE = 'sojourn.sqlite';
const LOCK_FILE = 'lock.sqlite';
const PID_FILE = 'lock.pid';

/** How long a connection waits for another one of this process, ms. */
const BUSY_MS = 10_000;

/**
 * A connection to the directory's database. The connections of one process share it; those of another process are refused for as long as one is open,
 * whatever became of the lock file. (SQLite's `unix-excl` VFS; on Windows a lock file that is open cannot be deleted.)
 */
export function openDatabase(
  directory: string,
  options: { readOnly?: boolean; cacheBytes: number },
): Database {
  const file = join(directory, FILE);
  const location = process.platform === 'win32' ? file : `${pathToFileURL(file).href}?vfs=unix-excl`;
  const db = new DatabaseSync(location, { readOnly: options.readOnly ?? false, timeout: 0 });
  // The first statement is the one that takes the lock: another process does not let go of it for waiting.
  db.exec(`
    PRAGMA cache_size = -${Math.round(options.cacheBytes / 1024)};
    PRAGMA temp_store = MEMORY;
    PRAGMA schema_version;
    PRAGMA busy_timeout = ${BUSY_MS};
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

/**
 * Creates or opens the directory's database for writing and brings its schema up to date. A commit is on the disk when it returns, on macOS too,
 * where only F_FULLFSYNC says so.
 * @throws DataDirectoryError where the directory was written by a newer version, or holds no database of ours.
 */
export function openForWriting(directory: string, cacheBytes: number): Database {
  let db: Database;
  try {
    db = openDatabase(directory, { cacheBytes });
    db.exec(`
      PRAGMA page_size = ${PAGE_BYTES};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA checkpoint_fullfsync = ON;
    `);
    fitLog(db);
  } catch (error) {
    throw isLocked(error) ? inUse(directory) : unusable(directory, error);
  }
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version > MIGRATIONS.length) {
    db.close();
    throw new DataDirectoryError(
      `${directory} was written by a newer version of Sojourn (schema ${version}, this one knows ${MIGRATIONS.length}): ` +
        'start that version, or choose another directory with --data',
    );
  }
  for (const [at, migration] of MIGRATIONS.entries()) {
    if (at < version) continue;
    db.exec(`BEGIN IMMEDIATE; ${migration} PRAGMA user_version = ${at + 1}; COMMIT`);
  }
  return db;
}

function unusable(directory: string, error: unknown): DataDirectoryError {
  const file = fileInTheWay(directory);
  const reason =
    file !== undefined
      ? `${file} is a file, not a directory`
      : isForbidden(directory)
        ? 'this user may not write there'
        : (error as Error).message;
  return new DataDirectoryError(
    `cannot use the data directory ${directory}: ${reason}; choose another with --data`,
  );
}

/** The path, or the part of it, that is there and no directory. */
function fileInTheWay(path: string): string | undefined {
  if (existsSync(path)) return statSync(path).isDirectory() ? undefined : path;
  const parent = dirname(path);
  return parent === path ? undefined : fileInTheWay(parent);
}

/** Whether there is such a directory and this user may not make files in it, which SQLite has no words for. */
function isForbidden(directory: string): boolean {
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

/** Holds a data directory for one process; the operating system lets go of it however the process ends. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Makes the directory where it is missing and takes it for this process.
 * @throws DataDirectoryError where it cannot be made or another process has it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  try {
    makeDirectory(directory);
  } catch (error) {
    throw unusable(directory, error);
  }
  let lock: Database;
  try {
    lock = new DatabaseSync(join(directory, LOCK_FILE), { timeout: 0 });
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    throw isLocked(error) ? inUse(directory) : unusable(directory, error);
  }
  try {
    writeFileSync(join(directory, PID_FILE), String(process.pid));
  } catch {
    // It only makes an error more helpful, and a full disk is no reason not to serve.
  }
  return {
    release: () => {
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}

function isLocked(error: unknown): boolean {
  return /locked|busy/i.test((error as Error).message);
}

function inUse(directory: string): DataDirectoryError {
  return new DataDirectoryError(
    `${directory} is in use by another Sojourn process${holder(directory)}: stop it, or choose another directory with --data`,
  );
}

/** Makes a directory and those above it. Node.js' own way never ends where the file system says ENOENT to all of them, as `/proc` does. */
function makeDirectory(directory: string): void {
  const missing: string[] = [];
  for (let at = resolve(directory); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const each of missing) {
    try {
      mkdirSync(each);
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function holder(directory: string): string {
  try {
    return ` (pid ${readFileSync(join(directory, PID_FILE), 'utf8').trim()})`;
  } catch {
    return '';
  }
}

/** Values of the `meta` table. */
export class Meta {
  readonly #get: Statement;
  readonly #set: Statement;

  constructor(db: Database) {
    this.#get = db.prepare('SELECT value FROM meta WHERE key = ?');
    this.#set = db.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
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

  /** 32 random bytes made when first asked for: the key of pseudonyms of this installation. */
  installationKey(): Uint8Array {
    const known = this.text('installation_key');
    if (known !== undefined) return Buffer.from(known, 'hex');
    const key = randomBytes(32);
    this.set('installation_key', key.toString('hex'));
    return key;
  }
}
