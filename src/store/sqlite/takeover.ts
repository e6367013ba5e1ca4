import { Buffer } from 'node:buffer';
import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DatabaseSync } from '@photostructure/sqlite';
import lz4 from 'lz4-napi';
import { MAX_INTEGER } from '../contract/listing.js';
import type { CatchingUp } from '../contract/store.js';
import { recordsIn } from '../records/block.js';
import type { NewBlock } from '../records/log.js';
import { diskFiles } from '../records/log-files.js';
import { LogWriteError, SegmentLog } from '../records/segment-log.js';
import type { Database } from './database.js';
import { DataDirectoryError } from './directory-lock.js';
import { KEPT_FILE, KEPT_SCHEMA, KEPT_TABLES, LOG_FOLDER, SESSIONS_FILE } from './schema.js';

/** What long work at the start reports, and asks. */
export interface StartWork {
  /** Given what is begun, and how far it is. */
  readonly progress: (message: string) => void;
  /** Given how many blocks of an older version of so many were taken over; nothing once all were. */
  readonly opening: (progress: CatchingUp | undefined) => void;
  /** Given what is damaged. */
  readonly warn: (message: string) => void;
  /** Called between two steps; what it throws gives the work up. What is done of it stays done. */
  readonly checkpoint: () => void;
}

/**
 * Takes over a data directory of before schema 11, in which `sojourn.sqlite` held blocks and all rows. Its blocks are copied into the log in their order. Then a small
 * file with what cannot be made again takes its place, by a rename: up to that moment the directory is what it was, for an older program too, and the copy is taken up where
 * it ended. The rows of sessions are folded anew. The disk must have room for the blocks twice; the rename gives back the place of the old file.
 */

/** In `meta` of `sojourn.sqlite`: the key of pseudonyms, in hexadecimal digits. */
export const INSTALLATION_KEY = 'installation_key';

/** In `meta` of `sojourn.sqlite`: how many blocks were taken over. They are durable, whatever rows say. */
export const TAKEN_OVER = 'taken_over_blocks';

/** Blocks are appended when they have so many bytes together. */
const APPEND_BYTES = 4 * 1024 * 1024;

/** Blocks read at a time. A statement that is not read to its end would keep the file from being replaced. */
const PAGE_BLOCKS = 32;

/** How often progress is told, ms. */
const TELL_MS = 5_000;

const NEW_FILE = `${KEPT_FILE}.new`;

/**
 * Takes the directory over and closes `db`, the connection to its `sojourn.sqlite`, which has a schema from 1 to 10.
 * @throws DataDirectoryError where the log has other blocks than the database, or the disk has no room for them.
 */
export function takeOver(db: Database, directory: string, work: StartWork, appendBytes = APPEND_BYTES): void {
  work.opening({ done: 0, total: 0 });
  const blocks = Number(db.prepare('SELECT count(*) AS n FROM block').get()!.n);
  work.progress(
    `bringing the data directory up to date: moving ${blocks} block(s) of telemetry into ${LOG_FOLDER}/`,
  );
  moveBlocks(db, directory, { blocks, appendBytes }, work);
  // Where a backup was put in the place of a newer file, there are rows of blocks that are not in it.
  removeDatabase(join(directory, SESSIONS_FILE));
  makeNewFile(db, directory, blocks);
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
    let told = Date.now();
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
        waiting = [];
        bytes = 0;
        work.opening({ done: log.lastId, total: blocks });
        work.checkpoint();
        if (Date.now() - told < TELL_MS) continue;
        work.progress(`moved ${log.lastId} of ${blocks} blocks`);
        told = Date.now();
      }
    }
    log.append(waiting);
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

/** Keeps the old file under another name, since its rows are all that is left of a damaged block. False where it is kept already. */
function keepOldFile(directory: string): boolean {
  const path = join(directory, KEPT_FILE);
  const kept = `${path}.old`;
  if (existsSync(kept)) return false;
  try {
    linkSync(path, kept);
  } catch {
    // Not every file system has links. What is in the write-ahead log by now comes with the first start of the copy.
    for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, kept + end);
  }
  return true;
}

/** The id, in the database, of the last block that an earlier attempt has moved; 0 where there is none. */
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
  // A damaged block cannot be compared, nor read.
  if (block.isDamaged === true) return true;
  const moved = log.read(log.lastId)!;
  return moved.project === block.project && moved.bytes.equals(lz4.uncompressSync(Buffer.from(block.data)));
}

/** Schema 10 has a checksum and bounds of times; before that, blocks are believed, and their times are unknown. */
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

/** Writes a database of this version with what cannot be made again. */
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

/** Removes a database that nothing has open, with the files beside it. */
export function removeDatabase(path: string): void {
  for (const end of ['', '-journal', '-wal', '-shm']) rmSync(path + end, { force: true });
}

/** Puts the new file in the place of the old one, whose write-ahead log must be gone before: it would be taken for that of the new one. */
function replaceFile(db: Database, directory: string): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE');
  db.close();
  const path = join(directory, KEPT_FILE);
  if (existsSync(`${path}-wal`)) {
    throw new DataDirectoryError(
      `${path} could not be closed: ${path}-wal is still there. Start again, or choose another directory with --data`,
    );
  }
  renameSync(join(directory, NEW_FILE), path);
  diskFiles.syncDirectory(directory);
}
