import { Buffer } from 'node:buffer';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import lz4 from 'lz4-napi';
import { CopyRefusedError } from '../copy/plan.js';
import type {
  CopiedBlock,
  CopySource,
  CopyTarget,
  Decisions,
  Invalidation,
  Project,
  SourceEnd,
  Verified,
} from '../copy/sides.js';
import { DamagedBlockError, type NewBlock } from '../records/log.js';
import { findLogEnd } from '../records/log-end.js';
import type { LogReader } from '../records/log-reader.js';
import type { SegmentLog } from '../records/segment-log.js';
import {
  connect,
  type Database,
  DURABLE,
  IN_MEMORY,
  inTransaction,
  KEPT,
  Meta,
  nameOfFile,
  noteDurable,
  openDatabase,
  openLog,
  openLogReader,
} from './database.js';
import { DirectoryInUseError, type DirectoryLock, lockDirectory } from './directory-lock.js';
import { prepareKept, refuseNewerKept, versionOf } from './kept-file.js';
import { readKeptSnapshot } from './kept-snapshot.js';
import { KEPT_FILE, LOG_FOLDER, LOG_SCHEMA, SESSION_TABLES } from './schema.js';
import { INSTALLATION_KEY, type StartWork, TAKEN_OVER } from './takeover.js';

/** Bytes and blocks that are read and appended at a time. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_BLOCKS = 256;

/** Page cache of the target's connection, bytes. */
const CACHE_BYTES = 256 * 1024;

/** Key in `meta` of `sojourn.sqlite` of how far a copy was found to be equal to its source, as JSON. */
const VERIFIED = 'copy_verified';

const EMPTY = Buffer.alloc(0);

/** A data directory that is copied. Nothing is written there, but the lock of a directory that is not in use. */
export class DirectorySource implements CopySource {
  readonly #directory: string;
  /** Held until the end, so that the directory stays as it is; undefined if a server has it. */
  readonly #lock: DirectoryLock | undefined;
  #log: LogReader;

  private constructor(directory: string, lock: DirectoryLock | undefined) {
    this.#directory = directory;
    this.#lock = lock;
    this.#log = openLogReader(directory);
  }

  /** @throws CopyRefusedError; DataDirectoryError */
  static open(directory: string): DirectorySource {
    if (!existsSync(join(directory, KEPT_FILE)))
      throw new CopyRefusedError(`${directory} is not a data directory: there is no ${KEPT_FILE}`);
    const lock = lockUnlessInUse(directory);
    try {
      readKeptSnapshot(directory, (db) => refuseVersions(directory, db));
      return new DirectorySource(directory, lock);
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  async decisions(): Promise<Decisions> {
    return readKeptSnapshot(this.#directory, (db) => decisionsIn(db, 'main'));
  }

  async end(): Promise<SourceEnd> {
    const { last, acknowledged } = findLogEnd(join(this.#directory, LOG_FOLDER));
    if (this.#lock === undefined) return { last: acknowledged, isInUse: true };
    // Blocks that were durable and are gone keep their numbers.
    const durable = readKeptSnapshot(this.#directory, (db) => {
      const meta = new Meta(db);
      return Math.max(meta.number(DURABLE) ?? 0, meta.number(TAKEN_OVER) ?? 0);
    });
    return { last: Math.max(last, durable), isInUse: false };
  }

  async has(block: number): Promise<boolean> {
    return !('lost' in this.#read(block));
  }

  async read(first: number, last: number): Promise<CopiedBlock[]> {
    return batchOf(first, last, (id) => this.#read(id));
  }

  async close(): Promise<void> {
    this.#log.close();
    this.#lock?.release();
  }

  #read(id: number): CopiedBlock {
    const block = readBlock(this.#log, id);
    if (!('lost' in block)) return block;
    // The server may have changed the form of the segment meanwhile.
    this.#log.close();
    this.#log = openLogReader(this.#directory);
    return readBlock(this.#log, id);
  }
}

/** A data directory that is filled. Its sessions are made when a server starts on it. */
export class DirectoryTarget implements CopyTarget {
  readonly hasUnnumbered = false;
  readonly #lock: DirectoryLock;
  readonly #db: Database;
  readonly #log: SegmentLog;
  readonly #reader: LogReader;
  readonly #meta: Meta;

  private constructor(directory: string, lock: DirectoryLock, db: Database, log: SegmentLog) {
    this.#lock = lock;
    this.#db = db;
    this.#meta = new Meta(db, KEPT);
    this.#log = log;
    this.#reader = openLogReader(directory);
  }

  /** Creates the directory if it is missing. @throws CopyRefusedError; DataDirectoryError */
  static open(directory: string, work: Pick<StartWork, 'progress' | 'warn'>): DirectoryTarget {
    const lock = lockDirectory(directory);
    let db: Database | undefined;
    let log: SegmentLog | undefined;
    try {
      refuseOlder(directory);
      prepareKept(directory, { ...work, opening: () => {}, checkpoint: () => {} });
      db = openRows(directory);
      db.exec(`PRAGMA ${KEPT}.synchronous = FULL; PRAGMA fullfsync = ON`);
      log = openLog(directory, db, { report: work.progress, warn: work.warn });
      const { missing, unconfirmed } = log;
      if (unconfirmed !== undefined) throw unconfirmed;
      if (missing !== undefined)
        throw new CopyRefusedError(`blocks from ${missing.first} on are missing in ${directory}`);
      return new DirectoryTarget(directory, lock, db, log);
    } catch (error) {
      db?.close();
      log?.close();
      lock.release();
      throw error;
    }
  }

  get last(): number {
    return this.#log.lastId;
  }

  async decisions(): Promise<Decisions> {
    return decisionsIn(this.#db, KEPT);
  }

  async read(first: number, last: number): Promise<CopiedBlock[]> {
    return batchOf(first, last, (id) => readBlock(this.#reader, id));
  }

  async setInstallationKey(key: string): Promise<void> {
    this.#meta.set(INSTALLATION_KEY, key);
  }

  async addProjects(projects: readonly Project[]): Promise<void> {
    const insert = this.#db.prepare(`INSERT INTO ${KEPT}.project (no, name) VALUES (?, ?)`);
    inTransaction(this.#db, () => {
      for (const { no, name } of projects) insert.run(no, name);
    });
  }

  async addInvalidations(invalidations: readonly Invalidation[]): Promise<void> {
    const insert = this.#db.prepare(`INSERT INTO ${KEPT}.invalidation (project, session) VALUES (?, ?)`);
    inTransaction(this.#db, () => {
      for (const { project, session } of invalidations) insert.run(project, session);
    });
  }

  async append(blocks: readonly CopiedBlock[]): Promise<void> {
    this.#log.append(blocks.map(asNew));
  }

  async verified(): Promise<Verified | undefined> {
    const stored = this.#meta.text(VERIFIED);
    return stored === undefined ? undefined : (JSON.parse(stored) as Verified);
  }

  async setVerified(verified: Verified): Promise<void> {
    this.#meta.set(VERIFIED, JSON.stringify(verified));
  }

  async finish(): Promise<void> {
    noteDurable(this.#db, this.#log);
  }

  async close(): Promise<void> {
    this.#db.close();
    this.#log.close();
    this.#reader.close();
    this.#lock.release();
  }
}

function lockUnlessInUse(directory: string): DirectoryLock | undefined {
  try {
    return lockDirectory(directory);
  } catch (error) {
    if (error instanceof DirectoryInUseError) return undefined;
    throw error;
  }
}

/** Refuses a target from before `log/`, without changing it. */
function refuseOlder(directory: string): void {
  if (!existsSync(join(directory, KEPT_FILE))) return;
  const db = connect(directory, KEPT_FILE);
  try {
    if (versionOf(db) !== 0) refuseVersions(directory, db);
  } finally {
    db.close();
  }
}

/** @throws if this program cannot work with the `sojourn.sqlite` of this connection */
function refuseVersions(directory: string, db: Database): void {
  refuseNewerKept(directory, db);
  if (versionOf(db) < LOG_SCHEMA)
    throw new CopyRefusedError(
      `${directory} was written by an older version of Sojourn: start a server of this version on it once`,
    );
}

/** A connection that has the rows of sessions if there are any: they say which blocks must be there. */
function openRows(directory: string): Database {
  const file = nameOfFile(directory);
  if (existsSync(join(directory, file))) return openDatabase(directory, { cacheBytes: CACHE_BYTES, file });
  const db = openDatabase(directory, { cacheBytes: CACHE_BYTES, file: IN_MEMORY });
  db.exec(SESSION_TABLES);
  return db;
}

function decisionsIn(db: Database, schema: string): Decisions {
  const projects = db.prepare(`SELECT no, name FROM ${schema}.project ORDER BY no`).all();
  const invalidations = db.prepare(`SELECT project, session FROM ${schema}.invalidation`).all();
  return {
    installationKey: new Meta(db, schema).text(INSTALLATION_KEY),
    projects: projects.map(({ no, name }) => ({ no: Number(no), name: String(name) })),
    invalidations: invalidations.map(({ project, session }) => ({
      project: Number(project),
      session: String(session),
    })),
  };
}

function batchOf(first: number, last: number, read: (id: number) => CopiedBlock): CopiedBlock[] {
  const blocks: CopiedBlock[] = [];
  let bytes = 0;
  for (let id = first; id <= last && blocks.length < BATCH_BLOCKS && bytes < BATCH_BYTES; id++) {
    const block = read(id);
    blocks.push(block);
    if (!('lost' in block)) bytes += block.bytes.length;
  }
  return blocks;
}

function readBlock(log: LogReader, id: number): CopiedBlock {
  try {
    return log.read(id) ?? { id, lost: `block ${id} is missing` };
  } catch (error) {
    if (!(error instanceof DamagedBlockError)) throw error;
    return { id, lost: error.message };
  }
}

function asNew(block: CopiedBlock): NewBlock {
  if ('lost' in block) {
    return {
      ...{ project: 0, records: 0, directory: EMPTY, data: EMPTY, isDamaged: true },
      ...{ leastNs: 0n, greatestNs: 0n },
    };
  }
  const { project, records, directory, bytes, leastNs, greatestNs } = block;
  return { project, records, directory, data: lz4.compressSync(bytes), leastNs, greatestNs };
}
