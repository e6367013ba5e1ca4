import { Session } from '../../sessionize/session.js';
import { traitsOfText } from '../contract/session-item.js';
import { CHUNK_SESSIONS } from '../search/columns/bits.js';
import { COLUMNS_FORMAT, type ColumnSession, fitsColumns, packChunk } from '../search/columns/chunk.js';
import { type Database, Listing, type Statement } from './database.js';

/** Calls of `sweep` in a window. At the end of a window the quiet chunks are determined. */
const SWEEPS_A_WINDOW = 30;

/** After this many calls without any write all chunks are quiet. */
const SILENT_SWEEPS = 3;

/**
 * A chunk with at most this many writes in a window is quiet. Not 0, because some sessions go on for days.
 */
const QUIET_WRITES = 64;

/** A chunk is packed again when more than this number of its sessions have changed. */
const MOST_LOOSE = 64;

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
  readonly #packed = new Set<number>();
  readonly #loose = new Map<number, Loose>();
  /** Number of writes to the sessions of a chunk in the current window. */
  readonly #writes = new Map<number, number>();
  /** Chunks to pack, the next one last. */
  #due: number[] = [];
  #sweeps = 0;
  #hasWritten = false;
  #silentSweeps = 0;
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
      selectChunks: db.prepare(`SELECT no FROM session_chunk WHERE format = ${COLUMNS_FORMAT}`),
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
    this.#packed.clear();
    this.#loose.clear();
    for (const { no } of this.#sql.selectChunks.all()) this.#packed.add(Number(no));
    for (const { no } of this.#sql.selectLoose.all()) this.#noteLoose(Number(no), 1);
    this.#due = this.#due.filter((chunk) => !this.#packed.has(chunk));
  }

  /** Notes that the row of a session was written or deleted. */
  changed(no: number): void {
    const chunk = chunkOf(no);
    this.#writes.set(chunk, (this.#writes.get(chunk) ?? 0) + 1);
    this.#hasWritten = true;
    if (!this.#packed.has(chunk) || this.#loose.get(chunk)?.numbers.has(no) === true) return;
    this.#sql.insertLoose.run(no);
    this.#noteLoose(no, 1);
  }

  /** Must be called once a second. */
  sweep(): void {
    this.#silentSweeps = this.#hasWritten ? 0 : this.#silentSweeps + 1;
    this.#hasWritten = false;
    if (this.#silentSweeps === SILENT_SWEEPS) this.#writes.clear();
    else if (++this.#sweeps < SWEEPS_A_WINDOW) return;
    this.#sweeps = 0;
    this.#due = this.#dueChunks();
    this.#writes.clear();
  }

  /** Whether there is a chunk to pack. */
  get isDue(): boolean {
    return this.#due.length > 0;
  }

  /** Packs the next chunk that is due. Costs some 30 ms. */
  packNext(): void {
    const chunk = this.#due.pop();
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
    this.#loose.delete(chunk);
    const byProject = new Map<number, ColumnSession[]>();
    for (const row of this.#sql.selectSessions.all(first, last)) {
      const project = Number(row.project);
      const session = this.#sessionOf(project, row);
      if (!fitsColumns(session)) {
        this.#sql.insertLoose.run(session.no);
        this.#noteLoose(session.no, 0);
        continue;
      }
      const sessions = byProject.get(project);
      if (sessions === undefined) byProject.set(project, [session]);
      else sessions.push(session);
    }
    for (const [project, sessions] of byProject) this.#write(project, chunk, sessions);
    this.#sql.insertChunk.run(chunk, COLUMNS_FORMAT);
    this.#sql.raiseVersion.run();
    this.#packed.add(chunk);
  }

  #write(project: number, chunk: number, sessions: readonly ColumnSession[]): void {
    const [one] = sessions;
    let [leastStartNs, greatestStartNs, greatestLastNs, greatestNs] = [
      one!.startNs,
      one!.startNs,
      one!.lastNs,
      0n,
    ];
    let greatestCost: bigint | null = null;
    for (const { startNs, lastNs, costNanoUsd } of sessions) {
      if (startNs < leastStartNs) leastStartNs = startNs;
      if (startNs > greatestStartNs) greatestStartNs = startNs;
      if (lastNs > greatestLastNs) greatestLastNs = lastNs;
      if (lastNs - startNs > greatestNs) greatestNs = lastNs - startNs;
      if (costNanoUsd !== undefined && (greatestCost === null || costNanoUsd > greatestCost)) {
        greatestCost = costNanoUsd;
      }
    }
    const amounts = [greatestNs, greatestCost] as const;
    this.#sql.insertHead.run(project, chunk, leastStartNs, greatestStartNs, greatestLastNs, ...amounts);
    for (const [part, bytes] of packChunk(sessions, chunk * CHUNK_SESSIONS)) {
      this.#sql.insertPart.run(project, part, chunk, bytes);
    }
  }

  #sessionOf(project: number, row: Record<string, unknown>): ColumnSession {
    const session = Session.decode(
      row.id as string,
      row.sums as string,
      row.earliest as string,
      traitsOfText(row.traits as string),
    );
    return {
      no: Number(row.no),
      startNs: row.start_ns as bigint,
      lastNs: row.last_ns as bigint,
      isClosed: Number(row.listing) === Listing.ended,
      invalidated: row.invalidated !== 0n,
      costNanoUsd: (row.cost_nano_usd as bigint | null) ?? undefined,
      country: (row.country as string | null) ?? undefined,
      user: row.user_id === null ? 0 : this.#userNumber(project, row.user_id as string),
      otherUsers: session.otherUserIds.map((user) => this.#userNumber(project, user)),
      session,
    };
  }

  #userNumber(project: number, user: string): number {
    const known = this.#sql.selectUser.get(project, user)?.no;
    return Number(known ?? this.#sql.insertUser.run(project, user).lastInsertRowid);
  }

  #noteLoose(no: number, changed: 0 | 1): void {
    const chunk = chunkOf(no);
    let loose = this.#loose.get(chunk);
    if (loose === undefined) {
      loose = { numbers: new Set(), changed: 0 };
      this.#loose.set(chunk, loose);
    }
    loose.numbers.add(no);
    loose.changed += changed;
  }

  #dueChunks(): number[] {
    const isQuiet = (chunk: number): boolean => (this.#writes.get(chunk) ?? 0) <= QUIET_WRITES;
    const again = [...this.#loose].filter(([, { changed }]) => changed > MOST_LOOSE).map(([chunk]) => chunk);
    const last = Number(this.#sql.selectLast.get()!.no ?? -1);
    // Chunks whose session numbers are all assigned.
    const complete = [...Array(chunkOf(last + 1)).keys()].filter((chunk) => !this.#packed.has(chunk));
    // The newest chunk is packed first, because most reads are of recent sessions.
    return [...again, ...complete].filter(isQuiet);
  }
}

/** The sessions of a packed chunk that are read by their rows. */
interface Loose {
  readonly numbers: Set<number>;
  /** Number of them that could be packed again. The others do not fit. */
  changed: number;
}

/** The chunk of a session number. */
export function chunkOf(no: number): number {
  return Math.floor(no / CHUNK_SESSIONS);
}
