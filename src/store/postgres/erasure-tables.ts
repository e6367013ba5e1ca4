import type { Buffer } from 'node:buffer';
import type { ErasedCounts, ErasureReceipt, ErasureState, ErasureTarget } from '../contract/erasure.js';
import type { ErasedChunk, ErasedPart } from '../engine/erasing.js';
import { type StoredJob, withPart } from '../engine/erasure-jobs.js';
import type { Tombstone } from '../engine/tombstones.js';
import { bytesOf } from '../records/key-bytes.js';
import { decodeTombstones, READ_TOMBSTONES, type StoredTombstone } from './known-tombstones.js';
import { ERASURE_VERSION } from './schema.js';
import { byteas, int8s, type Row, type Statement, type SyncSession, textOf, utf8 } from './statement.js';

/** How long a request for erasure, and the answer to it, are kept that nobody waits for any more, ms. */
const ASKED_FOR_MS = 120_000;

const NEVER_BEGUN = `state IN ('asked', 'refused')`;

/** The columns of `erasure` that `storedJob` needs, in its order. */
export const JOB_COLUMNS =
  'no, id, project, kind, state, asked_ns, finished_ns, counts, error, receipt, is_answered';

const BURY = `
  INSERT INTO tombstone AS t (hash, expires_ns) SELECT * FROM unnest($1::bytea[], $2::int8[])
  WHERE EXISTS (SELECT FROM erasure WHERE no = $3::int8 AND state <> 'asked')
  ON CONFLICT (hash) DO UPDATE SET id = DEFAULT, expires_ns = greatest(t.expires_ns, excluded.expires_ns)`;

/** A request for erasure that was not begun. */
export interface AskedErasure {
  readonly no: number;
  readonly project: number;
  readonly target: ErasureTarget;
}

/** A job as the tables have it. */
export interface JobRow extends StoredJob {
  readonly isAnswered: boolean;
}

/**
 * Jobs of erasure and tombstones, for the holder of the lease. All that it writes is on the disk on return, unless
 * another process has taken the lease: then nothing is written.
 */
export class ErasureTables {
  readonly #session: SyncSession;
  readonly #fence: () => Statement;

  /** `session` waits for the disk and has no open transaction here. `fence` is as for `PostgresEngineStore`. */
  constructor(session: SyncSession, fence: () => Statement) {
    this.#session = session;
    this.#fence = fence;
  }

  /** All tombstones with greater ids, in the order of their ids. */
  tombstonesAfter(id: bigint): StoredTombstone[] {
    return decodeTombstones(this.#rows({ ...READ_TOMBSTONES, values: [id] }));
  }

  /** Deletes tombstones that expired by this time. */
  expire(nowNs: bigint): void {
    this.#session.run([{ text: 'DELETE FROM tombstone WHERE expires_ns <= $1::int8', values: [nowNs] }]);
  }

  /** The oldest request that was not begun. Deletes those that nobody waits for any more. */
  asked(): AskedErasure | undefined {
    const [, found] = this.#session.run([
      {
        name: 'old_erasures',
        text: `DELETE FROM erasure WHERE ${NEVER_BEGUN} AND created_at < now() - ${ASKED_FOR_MS} * interval '1 ms'`,
      },
      {
        name: 'asked_erasure',
        text: `SELECT no, project, kind FROM erasure WHERE state = 'asked' ORDER BY no LIMIT 1`,
      },
    ]);
    const row = found!.rows[0] as [bigint, number, ErasureTarget['kind']] | undefined;
    if (row === undefined) return undefined;
    const [no, project, kind] = [Number(row[0]), row[1], row[2]];
    const target: ErasureTarget =
      kind === 'user' ? { kind, users: this.users(no) } : { kind, sessions: this.sessions(no) };
    return { no, project, target };
  }

  /** Nothing is erased. */
  refuse(job: number, reason: 'unknown' | 'behind'): void {
    this.#write(
      {
        text: `UPDATE erasure SET state = 'refused', error = $2, is_answered = true WHERE no = $1::int8 AND state = 'asked'`,
        values: [job, reason],
      },
      { text: 'DELETE FROM erasure_session WHERE job = $1::int8', values: [job] },
      { text: 'DELETE FROM erasure_user WHERE job = $1::int8', values: [job] },
    );
  }

  /**
   * Begins a job, which is about these sessions, and buries what it erases. False if nobody waits for it any more.
   * Programs that know no tombstones refuse the database from then on.
   */
  begin(job: number, sessions: readonly string[], tombstones: readonly Tombstone[]): boolean {
    const [begun] = this.#write(
      {
        text: `UPDATE erasure SET state = 'removing' WHERE no = $1::int8 AND state = 'asked' RETURNING no`,
        values: [job],
      },
      {
        text: `DELETE FROM erasure_session AS s USING erasure AS e
          WHERE s.job = $1::int8 AND e.no = s.job AND e.state = 'removing'
            AND NOT EXISTS (SELECT FROM unnest($2::bytea[]) AS q (session) WHERE q.session = s.session)`,
        values: [job, byteas(sessions.map(utf8))],
      },
      addSessions(job, sessions),
      ...bury(job, tombstones),
      {
        text: `UPDATE setting SET value = $1 WHERE key = 'safe_version' AND value::int4 < $1::int4`,
        values: [String(ERASURE_VERSION)],
      },
    );
    return begun!.rows.length > 0;
  }

  addSessions(job: number, sessions: readonly string[]): void {
    this.#write(addSessions(job, sessions));
  }

  /** Stores what is to be removed from the log next. */
  list(job: number, { chunks, traces }: ErasedPart, tombstones: readonly Tombstone[]): void {
    this.#write(
      {
        text: `INSERT INTO erasure_chunk (job, block, start) SELECT $1::int8, * FROM unnest($2::int8[], $3::int8[])
          ON CONFLICT DO NOTHING`,
        values: [job, int8s(chunks.map(({ block }) => block)), int8s(chunks.map(({ offset }) => offset))],
      },
      {
        text: 'INSERT INTO erasure_trace (job, trace) SELECT $1::int8, unnest($2::bytea[]) ON CONFLICT DO NOTHING',
        values: [job, byteas(traces.map(bytesOf))],
      },
      ...bury(job, tombstones),
    );
  }

  /** A part of a session left the rows: all of it, unless it has more. */
  removed({ no, project, counts }: StoredJob, session: string, part: ErasedPart | undefined): void {
    const isDone = part?.hasMore !== true;
    this.#write(
      ...(part === undefined
        ? []
        : [
            {
              text: 'UPDATE erasure SET counts = $2 WHERE no = $1::int8',
              values: [no, JSON.stringify(withPart(counts, part))],
            },
          ]),
      ...(isDone
        ? [
            {
              text: 'UPDATE erasure_session SET is_done = true WHERE job = $1::int8 AND session = $2::bytea',
              values: [no, utf8(session)],
            },
            {
              text: 'DELETE FROM invalidation WHERE project = $1::int4 AND session = $2::bytea',
              values: [project, utf8(session)],
            },
          ]
        : []),
    );
  }

  /** The oldest job that is neither done nor failed. */
  next(): JobRow | undefined {
    const rows = this.#rows({
      name: 'next_erasure',
      text: `SELECT ${JOB_COLUMNS} FROM erasure WHERE state NOT IN ('asked', 'refused', 'done', 'failed') ORDER BY no LIMIT 1`,
    });
    return rows[0] && storedJob(rows[0]);
  }

  byNumber(no: number): JobRow {
    const text = `SELECT ${JOB_COLUMNS} FROM erasure WHERE no = $1::int8`;
    return storedJob(this.#rows({ text, values: [no] })[0]!);
  }

  /** All unfinished jobs, failed ones too, begin with their first step again. What they did is not undone. */
  restart(): void {
    this.#write(
      {
        text: `UPDATE erasure SET state = 'removing', error = NULL WHERE state NOT IN ('asked', 'refused', 'done')`,
      },
      { text: 'UPDATE erasure_session SET is_done = false WHERE is_done' },
    );
  }

  /** Whether a job has failed. */
  hasFailed(): boolean {
    return this.#rows({ text: `SELECT FROM erasure WHERE state = 'failed' LIMIT 1` }).length > 0;
  }

  setState(job: number, state: ErasureState, error?: string): void {
    this.#write({
      text: 'UPDATE erasure SET state = $2, error = $3::text, is_answered = is_answered OR $3::text IS NOT NULL WHERE no = $1::int8',
      values: [job, state, error ?? null],
    });
  }

  /** Who asked may be told: nobody sees the sessions any more, or they are many. */
  answer(job: number): void {
    this.#write({ text: 'UPDATE erasure SET is_answered = true WHERE no = $1::int8', values: [job] });
  }

  /** A session of the job whose rows may exist. */
  nextSession(job: number): string | undefined {
    const text = 'SELECT session FROM erasure_session WHERE job = $1::int8 AND NOT is_done LIMIT 1';
    const row = this.#rows({ name: 'next_erased_session', text, values: [job] })[0];
    return row && textOf(row[0]);
  }

  sessions(job: number): string[] {
    return this.#of(job, 'session FROM erasure_session').map(([session]) => textOf(session));
  }

  users(job: number): string[] {
    return this.#of(job, 'user_id FROM erasure_user').map(([user]) => textOf(user));
  }

  traces(job: number): Buffer[] {
    return this.#of(job, 'trace FROM erasure_trace').map(([trace]) => trace as Buffer);
  }

  /** Chunks to remove from the log, in the order of their blocks: of a job, or of all. */
  chunks(job?: number): ErasedChunk[] {
    return this.#rows({
      text: 'SELECT DISTINCT block, start FROM erasure_chunk WHERE $1::int8 IS NULL OR job = $1::int8 ORDER BY block',
      values: [job ?? null],
    }).map(([block, start]) => ({ block: Number(block), offset: Number(start) }));
  }

  /** All that is left to do is to vacuum the tables that had what the job was about, which is deleted. */
  conclude(job: number, finishedNs: bigint, receipt: ErasureReceipt): void {
    this.#write(
      ...['erasure_session', 'erasure_user', 'erasure_trace', 'erasure_chunk'].map((table) => ({
        text: `DELETE FROM ${table} WHERE job = $1::int8`,
        values: [job],
      })),
      {
        text: 'UPDATE erasure SET finished_ns = $2::int8, receipt = $3 WHERE no = $1::int8',
        values: [job, finishedNs, JSON.stringify(receipt)],
      },
    );
  }

  /** A value of `setting`, which is set to `made` if it is missing. */
  setting(key: string, made: () => string): string {
    const select = { text: 'SELECT value FROM setting WHERE key = $1', values: [key] };
    const known = this.#rows(select)[0]?.[0];
    if (known !== undefined) return known as string;
    this.#write({
      text: 'INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      values: [key, made()],
    });
    return this.#rows(select)[0]![0] as string;
  }

  #of(job: number, columns: string): readonly Row[] {
    return this.#rows({ text: `SELECT ${columns} WHERE job = $1::int8`, values: [job] });
  }

  #rows(statement: Statement): readonly Row[] {
    return this.#session.run([statement])[0]!.rows;
  }

  #write(...statements: Statement[]) {
    const results = this.#session.run([{ text: 'BEGIN' }, ...statements, this.#fence(), { text: 'COMMIT' }]);
    return results.slice(1);
  }
}

function addSessions(job: number, sessions: readonly string[]): Statement {
  return {
    text: `INSERT INTO erasure_session (job, session) SELECT no, unnest($2::bytea[]) FROM erasure
      WHERE no = $1::int8 AND state <> 'asked' ON CONFLICT DO NOTHING`,
    values: [job, byteas(sessions.map(utf8))],
  };
}

/** Nothing is buried for a job that nobody waited for. */
function bury(job: number, tombstones: readonly Tombstone[]): Statement[] {
  // A statement may change a row once.
  const each = [...new Map(tombstones.map((one) => [String(one.hash), one])).values()];
  if (each.length === 0) return [];
  const values = [byteas(each.map(({ hash }) => hash)), int8s(each.map(({ expiresNs }) => expiresNs)), job];
  return [{ text: BURY, values }];
}

/** A job from its `JOB_COLUMNS`. */
export function storedJob(row: Row): JobRow {
  const [no, id, project, kind, state, askedNs, finishedNs, counts, error, receipt, isAnswered] = row as [
    bigint,
    string,
    number,
    ErasureTarget['kind'],
    ErasureState,
    bigint,
    bigint | null,
    string,
    string | null,
    string | null,
    boolean,
  ];
  return {
    no: Number(no),
    project,
    id,
    kind,
    state,
    askedNs,
    ...(finishedNs !== null && { finishedNs }),
    counts: JSON.parse(counts) as ErasedCounts,
    ...(error !== null && { error }),
    ...(receipt !== null && { receipt: JSON.parse(receipt) as ErasureReceipt }),
    isAnswered,
  };
}
