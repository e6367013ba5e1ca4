import type {
  ErasedCounts,
  ErasureReceipt,
  ErasureState,
  ErasuresDue,
  ErasureTarget,
} from '../contract/erasure.js';
import type { ErasedChunk, ErasedPart } from '../engine/erasing.js';
import { NO_COUNTS, type StoredJob, withPart } from '../engine/erasure-jobs.js';
import type { Tombstone } from '../engine/tombstones.js';
import { bytesOf } from '../records/key-bytes.js';
import { type Database, KEPT, Meta, type Statement } from './database.js';
import { SAFE_SCHEMA } from './kept-file.js';
import { ERASURE_SCHEMA } from './schema.js';

/**
 * Jobs of erasure and tombstones in `sojourn.sqlite`. Created with the first job. Programs that do not know them refuse
 * the directory from then on.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS ${KEPT}.tombstone (
    hash BLOB PRIMARY KEY,
    expires_ns INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${KEPT}.erasure (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_ns INTEGER NOT NULL,
    finished_ns INTEGER,
    counts TEXT NOT NULL,
    error TEXT,
    receipt TEXT
  ) STRICT;
  -- The rest is of unfinished jobs only. Sessions are deleted here when their rows are.
  CREATE TABLE IF NOT EXISTS ${KEPT}.erasure_session (
    job INTEGER NOT NULL,
    session TEXT NOT NULL,
    is_done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, session)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${KEPT}.erasure_user (
    job INTEGER NOT NULL,
    user TEXT NOT NULL,
    PRIMARY KEY (job, user)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${KEPT}.erasure_trace (
    job INTEGER NOT NULL,
    trace BLOB NOT NULL,
    PRIMARY KEY (job, trace)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ${KEPT}.erasure_chunk (
    job INTEGER NOT NULL,
    block INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (job, block, offset)
  ) STRICT, WITHOUT ROWID;
`;

export class ErasureTables {
  readonly #db: Database;
  readonly #prepared = new Map<string, Statement>();
  #exist: boolean;

  /** `db` has `sojourn.sqlite` attached. */
  constructor(db: Database) {
    this.#db = db;
    this.#exist = this.#areThere();
  }

  #areThere(): boolean {
    const select = this.#db.prepare(`SELECT 1 FROM ${KEPT}.sqlite_schema WHERE name = 'tombstone'`);
    return select.get() !== undefined;
  }

  #create(): void {
    this.#db.exec(TABLES);
    new Meta(this.#db, KEPT).set(SAFE_SCHEMA, ERASURE_SCHEMA);
    this.#exist = true;
  }

  tombstones(): Tombstone[] {
    if (!this.#exist) return [];
    return this.#sql('SELECT hash, expires_ns FROM tombstone')
      .all()
      .map((row) => ({ hash: row.hash as Uint8Array, expiresNs: BigInt(row.expires_ns as bigint) }));
  }

  /** Deletes those that expired by this time. */
  expire(nowNs: bigint): void {
    if (this.#exist) this.#sql('DELETE FROM tombstone WHERE expires_ns <= ?').run(nowNs);
  }

  /** Adds a job with its tombstones: durable on return. Returns its number. */
  add(
    job: { id: string; project: number; askedNs: bigint },
    target: ErasureTarget,
    sessions: readonly string[],
    tombstones: readonly Tombstone[],
  ): number {
    return this.#atOnce(() => {
      if (!this.#exist) this.#create();
      const { lastInsertRowid } = this.#sql(
        "INSERT INTO erasure (id, project, kind, state, asked_ns, counts) VALUES (?, ?, ?, 'removing', ?, ?)",
      ).run(job.id, job.project, target.kind, job.askedNs, JSON.stringify(NO_COUNTS));
      const no = Number(lastInsertRowid);
      for (const session of sessions) this.addSession(no, session);
      for (const user of target.kind === 'user' ? target.users : []) {
        this.#sql('INSERT OR IGNORE INTO erasure_user (job, user) VALUES (?, ?)').run(no, user);
      }
      this.#bury(tombstones);
      return no;
    });
  }

  addSession(job: number, session: string): void {
    this.#sql('INSERT OR IGNORE INTO erasure_session (job, session) VALUES (?, ?)').run(job, session);
  }

  /** Stores what is to be removed from the log next: durable on return. */
  list(job: number, { chunks, traces }: ErasedPart, tombstones: readonly Tombstone[]): void {
    this.#atOnce(() => {
      const insert = this.#sql('INSERT OR IGNORE INTO erasure_chunk (job, block, offset) VALUES (?, ?, ?)');
      for (const { block, offset } of chunks) insert.run(job, block, offset);
      const trace = this.#sql('INSERT OR IGNORE INTO erasure_trace (job, trace) VALUES (?, ?)');
      for (const key of traces) trace.run(job, bytesOf(key));
      this.#bury(tombstones);
    });
  }

  /** The rows of a session are deleted, as is what the operator decided about it. */
  removed({ no, project }: StoredJob, session: string): void {
    this.#atOnce(() => {
      this.#sql('UPDATE erasure_session SET is_done = 1 WHERE job = ? AND session = ?').run(no, session);
      this.#sql('DELETE FROM invalidation WHERE project = ? AND session = ?').run(project, session);
    });
  }

  #bury(tombstones: readonly Tombstone[]): void {
    const insert = this.#sql(
      'INSERT INTO tombstone (hash, expires_ns) VALUES (?, ?) ON CONFLICT DO UPDATE SET expires_ns = max(expires_ns, excluded.expires_ns)',
    );
    for (const { hash, expiresNs } of tombstones) insert.run(hash, expiresNs);
  }

  /** The oldest job that is not finished. */
  next(): StoredJob | undefined {
    if (!this.#exist) return undefined;
    return storedJob(
      this.#sql("SELECT * FROM erasure WHERE state NOT IN ('done', 'failed') ORDER BY no LIMIT 1").get(),
    );
  }

  /** Whether any job is in its first step. */
  get isRemoving(): boolean {
    if (!this.#exist) return false;
    return this.#sql("SELECT 1 FROM erasure WHERE state = 'removing' LIMIT 1").get() !== undefined;
  }

  /** How many are not done. */
  due(): ErasuresDue {
    if (!this.#exist) return { unfinished: 0, failed: 0 };
    const row = this.#sql(
      "SELECT count(*) AS due, count(*) FILTER (WHERE state = 'failed') AS failed FROM erasure WHERE state <> 'done'",
    ).get()!;
    const failed = Number(row.failed);
    return { unfinished: Number(row.due) - failed, failed };
  }

  job(project: number, id: string): StoredJob | undefined {
    if (!this.#exist) return undefined;
    return storedJob(this.#sql('SELECT * FROM erasure WHERE project = ? AND id = ?').get(project, id));
  }

  byNumber(no: number): StoredJob {
    return storedJob(this.#sql('SELECT * FROM erasure WHERE no = ?').get(no))!;
  }

  /** All unfinished jobs, failed ones too, begin with their first step again. What they did is not undone. */
  restart(): void {
    if (!this.#exist) return;
    this.#atOnce(() => {
      this.#sql("UPDATE erasure SET state = 'removing', error = NULL WHERE state <> 'done'").run();
      this.#sql('UPDATE erasure_session SET is_done = 0').run();
    });
  }

  setState(job: number, state: ErasureState, error?: string): void {
    this.#sql('UPDATE erasure SET state = ?, error = ? WHERE no = ?').run(state, error ?? null, job);
  }

  count({ no, counts }: StoredJob, part: ErasedPart): void {
    this.#sql('UPDATE erasure SET counts = ? WHERE no = ?').run(JSON.stringify(withPart(counts, part)), no);
  }

  /** A session of the job whose rows may exist. */
  nextSession(job: number): string | undefined {
    const row = this.#sql('SELECT session FROM erasure_session WHERE job = ? AND is_done = 0 LIMIT 1').get(
      job,
    );
    return row?.session as string | undefined;
  }

  sessions(job: number): string[] {
    return this.#sql('SELECT session FROM erasure_session WHERE job = ?')
      .all(job)
      .map(({ session }) => session as string);
  }

  users(job: number): string[] {
    return this.#sql('SELECT user FROM erasure_user WHERE job = ?')
      .all(job)
      .map(({ user }) => user as string);
  }

  traces(job: number): Uint8Array[] {
    return this.#sql('SELECT trace FROM erasure_trace WHERE job = ?')
      .all(job)
      .map(({ trace }) => trace as Uint8Array);
  }

  /** Chunks to remove from the log: of a job, or of all. */
  chunks(job?: number): ErasedChunk[] {
    if (!this.#exist) return [];
    return this.#sql('SELECT block, offset FROM erasure_chunk WHERE ?1 IS NULL OR job = ?1')
      .all(job ?? null)
      .map(({ block, offset }) => ({ block: Number(block), offset: Number(offset) }));
  }

  /** All that is left to do is to overwrite what the job was about, which is deleted. */
  conclude(job: number, finishedNs: bigint, receipt: ErasureReceipt): void {
    this.#atOnce(() => {
      for (const table of ['erasure_session', 'erasure_user', 'erasure_trace', 'erasure_chunk']) {
        this.#sql(`DELETE FROM ${table} WHERE job = ?`).run(job);
      }
      this.#sql('UPDATE erasure SET finished_ns = ?, receipt = ? WHERE no = ?').run(
        finishedNs,
        JSON.stringify(receipt),
        job,
      );
    });
  }

  #sql(text: string): Statement {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = this.#db.prepare(text);
      statement.setReadBigInts(true);
      this.#prepared.set(text, statement);
    }
    return statement;
  }

  #atOnce<T>(work: () => T): T {
    this.#db.exec('SAVEPOINT erasure');
    try {
      const result = work();
      this.#db.exec('RELEASE erasure');
      return result;
    } catch (error) {
      // SQLite itself rolls back if the disk is full.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK TO erasure; RELEASE erasure');
      this.#exist = this.#areThere();
      throw error;
    }
  }
}

function storedJob(row: Record<string, unknown> | undefined): StoredJob | undefined {
  if (row === undefined) return undefined;
  return {
    no: Number(row.no),
    project: Number(row.project),
    id: row.id as string,
    kind: row.kind as ErasureTarget['kind'],
    state: row.state as ErasureState,
    askedNs: row.asked_ns as bigint,
    ...(row.finished_ns !== null && { finishedNs: row.finished_ns as bigint }),
    counts: JSON.parse(row.counts as string) as ErasedCounts,
    ...(row.error !== null && { error: row.error as string }),
    ...(row.receipt !== null && { receipt: JSON.parse(row.receipt as string) as ErasureReceipt }),
  };
}
