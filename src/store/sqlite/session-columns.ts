import { CHUNK_SESSIONS } from '../search/columns/bits.js';
import { COLUMNS_FORMAT } from '../search/columns/chunk.js';
import {
  type NumbersOfUsers,
  type PackedProject,
  type PackedRow,
  packRows,
} from '../search/columns/pack-rows.js';
import { QuietChunks } from '../search/columns/quiet-chunks.js';
import { type Database, Listing, type Statement } from './database.js';

/**
 * Key in `meta` of a number that changes with each packed chunk, so that readers can keep their list of
 * chunks. It does not change when chunks are emptied: then there are none.
 */
export const COLUMNS_VERSION = 'columns_version';

/**
 * The writing side of sessions by columns (docs/decisions/010-filtered-statistics.md). Chunks are packed when
 * their sessions are quiet. If a session of a packed chunk changes, the same transaction marks it as loose,
 * and from then on it is read by its row. All methods that write must be called inside a transaction. After a
 * rollback, `load` must be called.
 */
export class SessionColumns {
  readonly #chunks = new QuietChunks();
  readonly #sql: Record<
    | 'selectChunks'
    | 'selectLoose'
    | 'insertLoose'
    | 'deleteLoose'
    | 'selectLast'
    | 'selectSessions'
    | 'selectProjects'
    | 'deleteHeads'
    | 'deletePart'
    | 'insertHead'
    | 'insertPart'
    | 'insertChunk'
    | 'selectUser'
    | 'insertUser'
    | 'raiseVersion',
    Statement
  >;

  constructor(db: Database) {
    this.#sql = {
      selectChunks: db.prepare('SELECT no, format FROM session_chunk'),
      selectLoose: db.prepare('SELECT no FROM loose_session'),
      insertLoose: db.prepare('INSERT OR IGNORE INTO loose_session (no) VALUES (?)'),
      deleteLoose: db.prepare('DELETE FROM loose_session WHERE no BETWEEN ? AND ?'),
      selectLast: db.prepare('SELECT max(no) AS no FROM session'),
      selectSessions: db.prepare(
        `SELECT no, project, id, start_ns, last_ns, listing, invalidated, country, user_id, cost_nano_usd, sums, earliest, traits
         FROM session JOIN session_state USING (no) WHERE no BETWEEN ? AND ? AND listing <> ${Listing.hidden} ORDER BY no`,
      ),
      selectProjects: db.prepare('SELECT project FROM chunk_head WHERE chunk = ?'),
      deleteHeads: db.prepare('DELETE FROM chunk_head WHERE chunk = ?'),
      deletePart: db.prepare('DELETE FROM chunk_part WHERE project = ? AND chunk = ?'),
      insertHead: db.prepare(
        `INSERT INTO chunk_head (project, chunk, least_start_ns, greatest_start_ns, greatest_last_ns, greatest_duration_ns, greatest_cost_nano_usd)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ),
      insertPart: db.prepare('INSERT INTO chunk_part (project, part, chunk, data) VALUES (?, ?, ?, ?)'),
      insertChunk: db.prepare('INSERT OR REPLACE INTO session_chunk (no, format) VALUES (?, ?)'),
      selectUser: db.prepare('SELECT no FROM chunk_user WHERE project = ? AND user_id = ?'),
      insertUser: db.prepare('INSERT INTO chunk_user (project, user_id) VALUES (?, ?)'),
      raiseVersion: db.prepare(
        `INSERT INTO main.meta (key, value) VALUES ('${COLUMNS_VERSION}', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1`,
      ),
    };
    this.#sql.selectSessions.setReadBigInts(true);
  }

  /** Reads which chunks are packed. */
  load(): void {
    const chunks = this.#sql.selectChunks.all().map(({ no, format }) => ({
      no: Number(no),
      format: Number(format),
    }));
    this.#chunks.load(
      chunks,
      this.#sql.selectLoose.all().map(({ no }) => Number(no)),
    );
  }

  /** Notes that the row of a session was written or deleted. */
  changed(no: number): void {
    if (this.#chunks.changed(no)) this.#sql.insertLoose.run(no);
  }

  /** Must be called once a second. */
  sweep(): void {
    this.#chunks.sweep(() => {
      const last = this.#sql.selectLast.get()!.no;
      return last === null ? undefined : Number(last);
    });
  }

  /** Whether there is a chunk to pack. */
  get isDue(): boolean {
    return this.#chunks.isDue;
  }

  /** Packs the next chunk that is due. Costs some 30 ms. */
  packNext(): void {
    const chunk = this.#chunks.next();
    if (chunk !== undefined) this.pack(chunk);
  }

  /** Packs a chunk from the current rows of its sessions. */
  pack(chunk: number): void {
    const first = chunk * CHUNK_SESSIONS;
    const last = first + CHUNK_SESSIONS - 1;
    for (const { project } of this.#sql.selectProjects.all(chunk)) {
      this.#sql.deletePart.run(project as number, chunk);
    }
    this.#sql.deleteHeads.run(chunk);
    this.#sql.deleteLoose.run(first, last);
    const rows = this.#sql.selectSessions.all(first, last).map(packedRow);
    const { unfit, projects } = packRows(chunk, rows, this.#numbersOfUsers);
    for (const no of unfit) this.#sql.insertLoose.run(no);
    for (const packed of projects) this.#write(packed);
    this.#sql.insertChunk.run(chunk, COLUMNS_FORMAT);
    this.#sql.raiseVersion.run();
    this.#chunks.packed(chunk, unfit);
  }

  #write({ project, head, parts }: PackedProject): void {
    const { chunk, leastStartNs, greatestStartNs, greatestLastNs, greatestDurationNs } = head;
    const amounts = [greatestDurationNs, head.greatestCostNanoUsd ?? null] as const;
    this.#sql.insertHead.run(project, chunk, leastStartNs, greatestStartNs, greatestLastNs, ...amounts);
    for (const [part, bytes] of parts) this.#sql.insertPart.run(project, part, chunk, bytes);
  }

  readonly #numbersOfUsers: NumbersOfUsers = (project, users) =>
    new Map([...users].map((user) => [user, this.#userNumber(project, user)]));

  #userNumber(project: number, user: string): number {
    const known = this.#sql.selectUser.get(project, user)?.no;
    return Number(known ?? this.#sql.insertUser.run(project, user).lastInsertRowid);
  }
}

function packedRow(row: Record<string, unknown>): PackedRow {
  return {
    no: Number(row.no),
    project: Number(row.project),
    id: row.id as string,
    startNs: row.start_ns as bigint,
    lastNs: row.last_ns as bigint,
    listing: Number(row.listing),
    invalidated: row.invalidated !== 0n,
    country: row.country as string | null,
    userId: row.user_id as string | null,
    costNanoUsd: row.cost_nano_usd as bigint | null,
    sums: row.sums as string,
    earliest: row.earliest as string,
    traits: row.traits as string,
  };
}
