import type { Buffer } from 'node:buffer';
import { entriesWithout } from '../engine/call-index.js';
import { CHUNK_SESSIONS } from '../search/columns/bits.js';
import type { Database } from './database.js';
import { inTransaction, KEPT, PAGE_BYTES } from './database.js';
import type { SessionColumns } from './session-columns.js';

/**
 * What deleting rows leaves: columns of sessions that were packed before, users of those, removed entries of the call
 * index, and the bytes of deleted rows in pages of the databases and in their write-ahead logs.
 */

/** Larger databases are rebuilt with a temporary file instead of memory. */
const MOST_IN_MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Packs columns again that have sessions without a row: at most this many chunks. Returns whether there were any.
 * `write` runs work in a transaction.
 */
export function packStale(
  db: Database,
  write: (work: (columns: SessionColumns) => void) => void,
  most = Number.MAX_SAFE_INTEGER,
): boolean {
  const stale = db
    .prepare(
      `SELECT DISTINCT l.no / ${CHUNK_SESSIONS} AS chunk FROM loose_session AS l
       WHERE NOT EXISTS (SELECT 1 FROM session AS s WHERE s.no = l.no)
         AND EXISTS (SELECT 1 FROM session_chunk AS c WHERE c.no = l.no / ${CHUNK_SESSIONS}) LIMIT ?`,
    )
    .all(most);
  for (const { chunk } of stale) write((columns) => columns.pack(Number(chunk)));
  return stale.length > 0;
}

/** Packs the columns again that have sessions without a row. `write` runs work in a transaction. */
export function cleanColumns(db: Database, write: (work: (columns: SessionColumns) => void) => void): void {
  packStale(db, write);
  write(() =>
    db.exec(
      `DELETE FROM chunk_user AS u WHERE
         NOT EXISTS (SELECT 1 FROM session AS s WHERE s.project = u.project AND s.user_id = u.user_id)
         AND NOT EXISTS (SELECT 1 FROM session_user AS o WHERE o.project = u.project AND o.user_id = u.user_id)`,
    ),
  );
}

/** A row of the call index. */
export type CallIndexRow = Record<'moment' | 'no' | 'entries', unknown>;

/** Removes entries of groups that have no records any more: each was added and removed. */
export function cleanCallIndex(db: Database): void {
  inTransaction(db, () => cleanIndexRows(db, db.prepare('SELECT moment, no, entries FROM call_place').all()));
}

/** The same in these rows. Must be called in a transaction. */
export function cleanIndexRows(db: Database, rows: readonly CallIndexRow[]): void {
  const exists = db.prepare(
    'SELECT 1 FROM record_group WHERE project IN (SELECT no FROM project) AND key = ?',
  );
  const known = new Map<string, boolean>();
  const isGone = (key: Buffer): boolean => {
    const text = key.toString('latin1');
    let gone = known.get(text);
    if (gone === undefined) {
      gone = exists.get(key) === undefined;
      known.set(text, gone);
    }
    return gone;
  };
  const update = db.prepare('UPDATE call_place SET entries = ? WHERE moment = ? AND no = ?');
  for (const { moment, no, entries } of rows) {
    const kept = entriesWithout(entries as Uint8Array, isGone);
    // The row stays: readers count them.
    if (kept !== undefined) update.run(kept, moment as number, no as number);
  }
}

/** Deletes the samples of keys that SQLite keeps to plan queries. `PRAGMA optimize` takes new ones. */
export function cleanSamples(db: Database): void {
  for (const schema of ['main', KEPT]) {
    const exists = db.prepare(`SELECT 1 FROM ${schema}.sqlite_schema WHERE name = 'sqlite_stat4'`).get();
    if (exists !== undefined) db.exec(`DELETE FROM ${schema}.sqlite_stat4`);
  }
}

/**
 * Writes databases again, so that nothing of deleted rows is left in their pages. Takes about as long as copying
 * them. What was in the pages before is in the write-ahead logs until these are cut.
 */
export function vacuum(db: Database, schemas: readonly ('main' | typeof KEPT)[]): void {
  const bytes = Number(db.prepare('PRAGMA main.page_count').get()!.page_count) * PAGE_BYTES;
  if (bytes > MOST_IN_MEMORY_BYTES) db.exec('PRAGMA temp_store = FILE');
  try {
    // Of a file of an earlier version, `VACUUM` makes one that can give free pages back.
    for (const schema of schemas) db.exec(`PRAGMA ${schema}.auto_vacuum = INCREMENTAL; VACUUM ${schema}`);
  } finally {
    db.exec('PRAGMA temp_store = MEMORY');
  }
}

/** Cuts the write-ahead logs to nothing. False if a reader prevents it for now. */
export function cutWriteAheadLogs(db: Database): boolean {
  const { timeout } = db.prepare('PRAGMA busy_timeout').get() as { timeout: number };
  db.exec('PRAGMA busy_timeout = 0');
  try {
    return ['main', KEPT].every((schema) => {
      const row = db.prepare(`PRAGMA ${schema}.wal_checkpoint(TRUNCATE)`).get()!;
      return Number(row.busy) === 0;
    });
  } finally {
    db.exec(`PRAGMA busy_timeout = ${timeout}`);
  }
}
