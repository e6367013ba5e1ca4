import { momentAt } from '../../../sessionize/elsewhere.js';
import type { Database } from '../database.js';
import { type CallIndexRow, cleanIndexRows, packStale } from '../erasure-cleaning.js';
import type { SessionColumns } from '../session-columns.js';

/** What deleting rows leaves, removed in small steps between commits. Each generator yields after a step. */

/** Users whose numbers are looked at in a step. */
const USERS = 500;

/** Rows of the call index that are read in a step, and those with entries that are looked at. Rows that lost all stay. */
const INDEX_ROWS = { read: 2_000, cleaned: 50 } as const;

type Write = (work: (columns: SessionColumns) => void) => void;

/** Packs columns again that have sessions without a row, and forgets users whom no session has. */
export function* cleanColumns(db: Database, write: Write): Generator<void, void> {
  while (packStale(db, write, 1)) yield;
  const last = Number(db.prepare('SELECT max(no) AS no FROM chunk_user').get()?.no ?? 0);
  for (let from = 0; from <= last; from += USERS) {
    // Columns that are stale by now name users.
    packStale(db, write);
    write(() =>
      db
        .prepare(
          `DELETE FROM chunk_user AS u WHERE no >= ?1 AND no < ?2
             AND NOT EXISTS (SELECT 1 FROM session AS s WHERE s.project = u.project AND s.user_id = u.user_id)
             AND NOT EXISTS (SELECT 1 FROM session_user AS o WHERE o.project = u.project AND o.user_id = u.user_id)`,
        )
        .run(from, from + USERS),
    );
    yield;
  }
}

/** Removes entries of groups without records from the call index, of calls up to this time. */
export function* cleanCallIndex(db: Database, write: Write, untilNs: bigint): Generator<void, void> {
  const select = db.prepare(
    `SELECT moment, no, entries FROM call_place
     WHERE (moment, no) > (?, ?) AND moment <= ? ORDER BY moment, no LIMIT ${INDEX_ROWS.read}`,
  );
  const until = momentAt(untilNs) + 1;
  for (let at = { moment: Number.MIN_SAFE_INTEGER, no: -1 }; ; ) {
    const found: CallIndexRow[] = [];
    let last: CallIndexRow | undefined;
    let read = 0;
    for (const row of select.iterate(at.moment, at.no, until) as Iterable<CallIndexRow>) {
      last = row;
      read++;
      if ((row.entries as Uint8Array).length > 0) found.push(row);
      if (found.length === INDEX_ROWS.cleaned) break;
    }
    if (found.length > 0) write(() => cleanIndexRows(db, found));
    if (last === undefined || (read < INDEX_ROWS.read && found.length < INDEX_ROWS.cleaned)) return;
    at = { moment: Number(last.moment), no: Number(last.no) };
    yield;
  }
}

/** Pages of a database that hold nothing. */
export function freePages(db: Database, schema = 'main'): number {
  return Number(db.prepare(`PRAGMA ${schema}.freelist_count`).get()!.freelist_count);
}

/** Whether the file of sessions can give pages back to the file system (auto_vacuum is INCREMENTAL). */
export function shrinks(db: Database): boolean {
  return Number(db.prepare('PRAGMA main.auto_vacuum').get()!.auto_vacuum) === 2;
}
