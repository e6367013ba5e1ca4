import { Buffer } from 'node:buffer';
import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DatabaseSync } from '@photostructure/sqlite';
import lz4 from 'lz4-napi';
import { MAX_INTEGER } from '../contract/listing.js';
import type { CatchingUp } from '../contract/store.js';
import { crashPoint } from '../crash-points.js';
import { recordsIn } from '../records/block.js';
import type { NewBlock } from '../records/log.js';
import { diskFiles } from '../records/log-files.js';
import { LogWriteError, SegmentLog } from '../records/segment-log.js';
import type { Database } from './database.js';
import { DataDirectoryError } from './directory-lock.js';
import { KEPT_FILE, KEPT_SCHEMA, KEPT_TABLES, LOG_FOLDER, SESSIONS_FILE } from './schema.js';

/** Callbacks of long work at the start. */
export interface StartWork {
  /** Receives messages when work begins, and about its progress. */
  readonly progress: (message: string) => void;
  /** Receives the progress of taking over blocks of an older version; undefined once all are taken over. */
  readonly opening: (progress: CatchingUp | undefined) => void;
  /** Receives reports of damage. */
  readonly warn: (message: string) => void;
  /** Called between two steps. An error that it throws aborts the work. Finished steps stay done. */
  readonly checkpoint: () => void;
}

/**
 * Takes over a data directory from before schema 11, in which `sojourn.sqlite` had blocks and all rows. Its
 * blocks are copied into the log in order. Then a small file with the data that cannot be rebuilt replaces it
 * by a rename. Until then the directory is unchanged, also for an older program, and an interrupted copy
 * continues where it ended. The rows of sessions are folded again. The disk must have room for the blocks
 * twice; the rename frees the space of the old file.
 */

/** Key in `meta` of `sojourn.sqlite` of the key of pseudonyms, in hexadecimal digits. */
export const INSTALLATION_KEY = 'installation_key';

/**
 * Key in `meta` of `sojourn.sqlite` of the number of blocks taken over. They are durable, whatever rows say.
 */
export const TAKEN_OVER = 'taken_over_blocks';

/** Blocks are appended once they have this many bytes together. */
const APPEND_BYTES = 4 * 1024 * 1024;

/** Blocks read at a time. An unfinished statement would prevent replacing the file. */
const PAGE_BLOCKS = 32;

/** Time between two reports of progress, ms. */
const REPORT_MS = 5_000;

const NEW_FILE = `${KEPT_FILE}.new`;

/**
 * Takes over the directory and closes `db`, the connection to its `sojourn.sqlite`, which must have a schema
 * from 1 to 10.
 * @throws DataDirectoryError if the log has other blocks than the database, or the disk has no room for them.
 */
export function takeOver(db: Database, directory: string, work: StartWork, appendBytes = APPEND_BYTES): void {
  work.opening({ done: 0, total: 0 });
  const blocks = Number(db.prepare('SELECT count(*) AS n FROM block').get()!.n);
  work.progress(
    `bringing the data directory up to date: moving ${blocks} block(s) of telemetry into ${LOG_FOLDER}/`,
  );
  moveBlocks(db, directory, { blocks, appendBytes }, work);
  // After a backup was restored over a newer file, there may be rows of blocks that it does not have.
  removeDatabase(join(directory, SESSIONS_FILE));
  makeNewFile(db, directory, blocks);
  crashPoint('takeover.made');
  replaceFile(db, directory);
  work.opening(undefined);
  work.progress('the data directory is up to date; all sessions are made again');
}

function moveBlocks(
  db: Database,
  directory: string,
  { blocks, appendBytes }: { readonly blocks: number; readonly appendBytes: number },
  work: StartWork,
): void {
  const log = new SegmentLog({ directory: join(directory, LOG_FOLDER) });
  try {
    const page = db.prepare(`SELECT * FROM block WHERE id > ? ORDER BY id LIMIT ${PAGE_BLOCKS}`);
    page.setReadBigInts(true);
    let reportedMs = Date.now();
    let waiting: NewBlock[] = [];
    let bytes = 0;
    let rows = page.all(lastMoved(db, log, directory));
    for (; rows.length > 0; rows = page.all(rows.at(-1)!.id as bigint)) {
      for (const row of rows) {
        const block = blockOf(row);
        if (block.isDamaged === true && keepOldFile(directory)) {
          work.warn(
            `block ${row.id} of the older data is damaged: its rows stay readable for older versions in ${KEPT_FILE}.old, which may be deleted`,
          );
        }
        waiting.push(block);
        bytes += block.data.length;
        if (bytes < appendBytes) continue;
        log.append(waiting);
        crashPoint('takeover.moved');
        waiting = [];
        bytes = 0;
        work.opening({ done: log.lastId, total: blocks });
        work.checkpoint();
        if (Date.now() - reportedMs < REPORT_MS) continue;
        work.progress(`moved ${log.lastId} of ${blocks} blocks`);
        reportedMs = Date.now();
      }
    }
    log.append(waiting);
    crashPoint('takeover.moved');
  } catch (error) {
    if (!(error instanceof LogWriteError)) throw error;
    throw new DataDirectoryError(
      `cannot bring the data directory ${directory} up to date: ${error.message}. It is as it was. Make room for as much as ` +
        `${KEPT_FILE} takes, and start again`,
    );
  } finally {
    log.close();
  }
}

/**
 * Keeps the old file under another name, because its rows are all that is left of a damaged block. False if
 * it is already kept.
 */
function keepOldFile(directory: string): boolean {
  const path = join(directory, KEPT_FILE);
  const kept = `${path}.old`;
  if (existsSync(kept)) return false;
  try {
    linkSync(path, kept);
  } catch {
    // Not all file systems have links. What the write-ahead log has by now is included when the copy is first
    // opened.
    for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, kept + end);
  }
  return true;
}

/** The id, in the database, of the last block moved by an earlier attempt; 0 if there is none. */
function lastMoved(db: Database, log: SegmentLog, directory: string): number {
  if (log.lastId === 0) return 0;
  const select = db.prepare('SELECT * FROM block ORDER BY id LIMIT 1 OFFSET ?');
  select.setReadBigInts(true);
  const row = select.get(log.lastId - 1);
  if (row === undefined || !isMoved(log, blockOf(row))) {
    throw new DataDirectoryError(
      `${join(directory, LOG_FOLDER)} holds other telemetry than ${join(directory, KEPT_FILE)}, which is of an older version: ` +
        'move one of them away, or choose another directory with --data',
    );
  }
  return Number(row.id);
}

function isMoved(log: SegmentLog, block: NewBlock): boolean {
  // A damaged block can be neither compared nor read.
  if (block.isDamaged === true) return true;
  const moved = log.read(log.lastId)!;
  return moved.project === block.project && moved.bytes.equals(lz4.uncompressSync(Buffer.from(block.data)));
}

/**
 * Schema 10 has a checksum and bounds of times. Blocks of earlier schemas are trusted, and their times are
 * unknown.
 */
function blockOf(row: Readonly<Record<string, unknown>>): NewBlock {
  const directory = row.directory as Uint8Array;
  const data = row.data as Uint8Array;
  const known = {
    project: Number(row.project),
    directory,
    data,
    leastNs: (row.least_ns as bigint | null | undefined) ?? 0n,
    greatestNs: (row.greatest_ns as bigint | null | undefined) ?? MAX_INTEGER,
  };
  try {
    const { checksum } = row;
    if (checksum != null && Number(checksum) !== crc32(data, crc32(directory))) throw new Error('damaged');
    return { ...known, records: recordsIn(directory, lz4.uncompressSync(Buffer.from(data))) };
  } catch {
    return { ...known, records: 0, isDamaged: true };
  }
}

/** Writes a database of this version with the data that cannot be rebuilt. */
function makeNewFile(db: Database, directory: string, blocks: number): void {
  const path = join(directory, NEW_FILE);
  removeDatabase(path);
  const made = new DatabaseSync(path);
  try {
    made.exec(`PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; BEGIN; ${KEPT_TABLES}`);
    const copy = (select: string, insert: string): void => {
      const statement = made.prepare(insert);
      for (const row of db.prepare(select).all())
        statement.run(...(Object.values(row) as (number | string)[]));
    };
    copy('SELECT no, name FROM project', 'INSERT INTO project (no, name) VALUES (?, ?)');
    copy(
      'SELECT project, session FROM invalidation',
      'INSERT INTO invalidation (project, session) VALUES (?, ?)',
    );
    copy(
      `SELECT key, value FROM meta WHERE key = '${INSTALLATION_KEY}'`,
      'INSERT INTO meta (key, value) VALUES (?, ?)',
    );
    made.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run(TAKEN_OVER, blocks);
    made.exec(`PRAGMA user_version = ${KEPT_SCHEMA}; COMMIT`);
  } finally {
    made.close();
  }
}

/** Removes a database, which must not be open, and the files beside it. */
export function removeDatabase(path: string): void {
  for (const end of ['', '-journal', '-wal', '-shm']) rmSync(path + end, { force: true });
}

/**
 * Replaces the old file by the new one. The write-ahead log of the old file must be gone before, because it
 * would be taken for the new file's.
 */
function replaceFile(db: Database, directory: string): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE');
  db.close();
  const path = join(directory, KEPT_FILE);
  if (existsSync(`${path}-wal`)) {
    throw new DataDirectoryError(
      `${path} could not be closed: ${path}-wal is still there. Start again, or choose another directory with --data`,
    );
  }
  crashPoint('takeover.closed');
  renameSync(join(directory, NEW_FILE), path);
  crashPoint('takeover.named');
  diskFiles.syncDirectory(directory);
}
