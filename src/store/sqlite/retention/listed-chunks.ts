import { crashPoint } from '../../crash-points.js';
import type { ErasedChunk } from '../../engine/erasing.js';
import type { SeenClock } from '../../engine/retention-limits.js';
import { STATE_KEYS } from '../../engine/state-keys.js';
import { type Database, inTransaction, KEPT, Meta, type Statement } from '../database.js';
import { SAFE_SCHEMA } from '../kept-file.js';
import { CONTENT_SCHEMA } from '../schema.js';

/** Chunks that are to leave the log, by the piece whose sessions had them. Made with the first of them. */
const TABLE = `
  CREATE TABLE IF NOT EXISTS ${KEPT}.retention_chunk (
    piece INTEGER NOT NULL,
    block INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (piece, block, offset)
  ) STRICT, WITHOUT ROWID
`;

/** Keys in `meta` of `sojourn.sqlite`. */
const SEEN = 'retention_seen_ns';
const HELD_UNTIL = 'retention_held_until_ns';
const DONE = 'retention_done_piece';
/** With the number of a project. */
const CONTENT_UNTIL = 'retention_content_until_ns:';
const CONTENT_BLOCK = 'retention_content_block';

/** The piece of chunks that could not be removed, because their blocks cannot be read. Pieces of sessions follow it. */
const UNREADABLE_PIECE = 0;

/** What retention keeps in `sojourn.sqlite`. */
export class ListedChunks {
  readonly #db: Database;
  readonly #kept: Meta;
  readonly #rows: Meta;
  #exists: boolean;
  #insert: Statement | undefined;

  /** `db` has `sojourn.sqlite` attached. */
  constructor(db: Database) {
    this.#db = db;
    this.#kept = new Meta(db, KEPT);
    this.#rows = new Meta(db);
    this.#exists = this.#isThere();
  }

  #isThere(): boolean {
    const select = this.#db.prepare(`SELECT 1 FROM ${KEPT}.sqlite_schema WHERE name = 'retention_chunk'`);
    return select.get() !== undefined;
  }

  /** The last piece whose sessions are in no row; 0 if there is none. */
  get removedPiece(): number {
    return this.#rows.number(STATE_KEYS.removedPiece) ?? 0;
  }

  /** Lists what is to be removed from the log with a piece: durable on return. */
  add(piece: number, chunks: readonly ErasedChunk[]): void {
    if (!this.#exists) {
      this.#db.exec(TABLE);
      this.#exists = true;
    }
    this.#insert ??= this.#db.prepare(
      'INSERT OR IGNORE INTO retention_chunk (piece, block, offset) VALUES (?, ?, ?)',
    );
    const insert = this.#insert;
    inTransaction(this.#db, () => {
      // A piece with this number whose rows did not change is void.
      this.#db.prepare('DELETE FROM retention_chunk WHERE piece >= ?').run(piece);
      for (const { block, offset } of chunks) insert.run(piece, block, offset);
    });
    crashPoint('retention.listed');
  }

  /**
   * Removes the last piece if it is not known to be in no row, where rows that would tell are made anew: the next pass
   * finds its sessions again, if they are still due. Those before were removed before it was listed.
   */
  dropDoubtful(): void {
    if (!this.#exists) return;
    this.#db
      .prepare(
        'DELETE FROM retention_chunk WHERE piece = (SELECT max(piece) FROM retention_chunk) AND piece > ?',
      )
      .run(this.#kept.number(DONE) ?? 0);
  }

  /** Notes that sessions of all pieces are in no row. */
  noteDone(): void {
    if (!this.isEmpty(false)) this.#kept.set(DONE, this.removedPiece);
  }

  /** Removes the pieces whose sessions are still in rows. */
  dropVoid(): void {
    if (this.#exists) this.#db.prepare('DELETE FROM retention_chunk WHERE piece > ?').run(this.removedPiece);
  }

  /**
   * Forgets what has left the log, and keeps what is still in these blocks, which cannot be read. `withUnreadable`:
   * whether what was kept before was to leave as well.
   */
  settle(unreadable: readonly number[], withUnreadable: boolean): void {
    if (!this.#exists) return;
    const blocks = JSON.stringify(unreadable);
    inTransaction(this.#db, () => {
      if (withUnreadable) {
        this.#db
          .prepare(
            'DELETE FROM retention_chunk WHERE piece = ? AND block NOT IN (SELECT value FROM json_each(?))',
          )
          .run(UNREADABLE_PIECE, blocks);
      }
      this.#db
        .prepare(
          `INSERT OR IGNORE INTO retention_chunk (piece, block, offset) SELECT ?1, block, offset FROM retention_chunk
           WHERE piece > ?1 AND block IN (SELECT value FROM json_each(?2))`,
        )
        .run(UNREADABLE_PIECE, blocks);
      this.#db.prepare('DELETE FROM retention_chunk WHERE piece > ?').run(UNREADABLE_PIECE);
      this.#kept.delete(DONE);
    });
  }

  /** Whether nothing is listed, `withUnreadable` as in `settle`. */
  isEmpty(withUnreadable: boolean): boolean {
    if (!this.#exists) return true;
    const select = this.#db.prepare('SELECT 1 FROM retention_chunk WHERE piece >= ? LIMIT 1');
    return select.get(leastPiece(withUnreadable)) === undefined;
  }

  /** The offsets of chunks, by the numbers of their blocks. `withUnreadable` as in `settle`. */
  byBlock(withUnreadable: boolean): Map<number, Set<number>> {
    const found = new Map<number, Set<number>>();
    if (!this.#exists) return found;
    const select = this.#db.prepare('SELECT block, offset FROM retention_chunk WHERE piece >= ?');
    for (const { block, offset } of select.iterate(leastPiece(withUnreadable))) {
      const offsets = found.get(Number(block));
      if (offsets === undefined) found.set(Number(block), new Set([Number(offset)]));
      else offsets.add(Number(offset));
    }
    return found;
  }

  /** Deletes what the operator decided about sessions that are gone. */
  forgetInvalidations(project: number, sessions: readonly string[]): void {
    const find = this.#db.prepare('SELECT 1 FROM invalidation WHERE project = ? AND session = ?');
    const remove = this.#db.prepare('DELETE FROM invalidation WHERE project = ? AND session = ?');
    for (const session of sessions)
      if (find.get(project, session) !== undefined) remove.run(project, session);
  }

  /** Up to which last activity messages of a project have lost their content. */
  contentUntil(project: number): bigint | undefined {
    return this.#time(CONTENT_UNTIL + project);
  }

  /** Up to which block late records were looked for, of sessions whose messages have lost their content. */
  get contentBlock(): number {
    return this.#kept.number(CONTENT_BLOCK) ?? 0;
  }

  /** Notes both. */
  contentGone(untilNs: ReadonlyMap<number, bigint>, block: number): void {
    inTransaction(this.#db, () => {
      for (const [project, ns] of untilNs) this.#kept.set(CONTENT_UNTIL + project, String(ns));
      this.#kept.set(CONTENT_BLOCK, block);
    });
  }

  /** Programs that know no records without their content refuse the directory from here on. */
  refuseEarlier(): void {
    if ((this.#kept.number(SAFE_SCHEMA) ?? 0) < CONTENT_SCHEMA) this.#kept.set(SAFE_SCHEMA, CONTENT_SCHEMA);
  }

  get clock(): SeenClock {
    return { seenNs: this.#time(SEEN), heldUntilNs: this.#time(HELD_UNTIL) };
  }

  set clock({ seenNs, heldUntilNs }: SeenClock) {
    for (const [key, ns] of [
      [SEEN, seenNs],
      [HELD_UNTIL, heldUntilNs],
    ] as const) {
      if (this.#time(key) === ns) continue;
      if (ns === undefined) this.#kept.delete(key);
      else this.#kept.set(key, String(ns));
    }
  }

  #time(key: string): bigint | undefined {
    const text = this.#kept.text(key);
    return text === undefined ? undefined : BigInt(text);
  }
}

function leastPiece(withUnreadable: boolean): number {
  return withUnreadable ? UNREADABLE_PIECE : UNREADABLE_PIECE + 1;
}
