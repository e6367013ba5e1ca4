import { FacetKind } from '../engine/facets.js';
import { chunkOf } from '../search/columns/quiet-chunks.js';
import { type Database, inTransaction, KEPT, Listing } from './database.js';

/**
 * Marks sessions as invalidated in rows that no engine works on, because they are being replaced by others.
 * The effects of the mark are those of `Sessions.write`: how the session is listed, and its filter value.
 */

/** Marks a session. The decision is durable on return. False if the session has no row. */
export function invalidateRow(db: Database, project: string, id: string): boolean {
  const row = db
    .prepare(
      `SELECT p.no AS project, s.no FROM project AS p JOIN session AS s ON s.project = p.no WHERE p.name = ? AND s.id = ?`,
    )
    .get(project, id);
  if (row === undefined) return false;
  db.prepare(`INSERT OR IGNORE INTO ${KEPT}.invalidation (project, session) VALUES (?, ?)`).run(
    row.project as number,
    id,
  );
  mark(db, Number(row.no));
  return true;
}

/** Marks all invalidated sessions whose rows lack the mark, because the process ended in between. */
export function markInvalidations(db: Database): void {
  const unmarked = db
    .prepare(
      `SELECT s.no FROM ${KEPT}.invalidation AS i JOIN session AS s ON s.project = i.project AND s.id = i.session WHERE s.invalidated = 0`,
    )
    .all();
  for (const { no } of unmarked) mark(db, Number(no));
}

function mark(db: Database, no: number): void {
  inTransaction(db, () => {
    const row = db.prepare('SELECT project, listing FROM session WHERE no = ? AND invalidated = 0').get(no);
    if (row === undefined) return;
    if (row.listing === Listing.hidden) {
      db.prepare('UPDATE session SET invalidated = 1 WHERE no = ?').run(no);
      return;
    }
    db.prepare(`UPDATE session SET invalidated = 1, listing = ${Listing.ended} WHERE no = ?`).run(no);
    db.prepare(
      'INSERT OR IGNORE INTO loose_session (no) SELECT ? WHERE EXISTS (SELECT 1 FROM session_chunk WHERE no = ?)',
    ).run(no, chunkOf(no));
    const facet = db
      .prepare(
        `INSERT INTO facet_value (project, kind, value, count) VALUES (?, ${FacetKind.invalidated}, '1', 1)
         ON CONFLICT (project, kind, value) DO UPDATE SET count = count + 1 RETURNING no`,
      )
      .get(row.project as number)!;
    db.prepare(
      'INSERT INTO session_facet (facet, start_ns, session) SELECT ?, start_ns, no FROM session WHERE no = ?',
    ).run(facet.no as number, no);
  });
}
