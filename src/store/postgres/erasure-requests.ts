import type { ErasureBegun, ErasureJob, ErasuresDue, ErasureTarget } from '../contract/erasure.js';
import { NO_COUNTS, newJobId, shownJob } from '../engine/erasure-jobs.js';
import { JOB_COLUMNS, storedJob } from './erasure-tables.js';
import type { Pool } from './pool.js';
import { byteas, type Row, texts, utf8 } from './statement.js';

/** How long a request may wait for the holder of the lease, ms. */
const ASKED_MS = 60_000;

const ASK = `
  WITH job AS (
      INSERT INTO erasure (id, project, kind, state, asked_ns, counts)
      SELECT $1, no, $3, 'asked', $4::int8, $5 FROM project WHERE name = $2::bytea RETURNING no
    ),
    sessions AS (INSERT INTO erasure_session (job, session) SELECT DISTINCT no, s FROM job, unnest($6::bytea[]) AS s),
    users AS (INSERT INTO erasure_user (job, user_id) SELECT DISTINCT no, u FROM job, unnest($7::bytea[]) AS u)
  SELECT no FROM job`;

type Refusal = Extract<ErasureBegun, { refused: unknown }>['refused'];

interface Waiting {
  resolve(answer: ErasureBegun): void;
  readonly timer: NodeJS.Timeout;
}

/** Erasures, asked for by any process. Only the holder of the lease can begin them. */
export class ErasureRequests {
  readonly #pool: Pool;
  readonly #now: () => bigint;
  /** By the ids of their jobs. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(pool: Pool, now: () => bigint) {
    this.#pool = pool;
    this.#now = now;
  }

  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Resolves when the job has begun, or was refused: also where nobody begins it in time.
   * `asked` is called when the holder of the lease can find the request. @throws DatabaseError
   */
  async erase(project: string, target: ErasureTarget, asked: () => void): Promise<ErasureBegun> {
    const id = newJobId();
    const sessions = target.kind === 'user' ? [] : target.sessions;
    const users = target.kind === 'user' ? target.users : [];
    const values = [
      id,
      utf8(project),
      target.kind,
      this.#now(),
      JSON.stringify(NO_COUNTS),
      byteas(sessions.map(utf8)),
      byteas(users.map(utf8)),
    ];
    const { rows } = await this.#pool.take((session) => session.run({ text: ASK, values }));
    if (rows.length === 0) return { refused: 'unknown' };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#giveUp(id).then((job) => {
          this.#waiting.delete(id);
          resolve(job === undefined ? { refused: 'behind' } : { job });
        }, reject);
      }, ASKED_MS);
      this.#waiting.set(id, { resolve, timer });
      asked();
    });
  }

  /** Takes the request back, or returns the job if it has begun meanwhile. */
  async #giveUp(id: string): Promise<ErasureJob | undefined> {
    const text = `DELETE FROM erasure WHERE id = $1 AND state = 'asked'`;
    const { count } = await this.#pool.take((session) => session.run({ text, values: [id] }));
    if (count > 0) return undefined;
    const [row] = await this.#jobs([id]);
    return row && jobOf(row);
  }

  /** Takes the answers that are there. `answered` is awaited before they are passed on. @throws DatabaseError */
  async look(answered: () => Promise<void>): Promise<void> {
    if (this.#waiting.size === 0) return;
    const rows = (await this.#jobs([...this.#waiting.keys()])).filter((row) => storedJob(row).isAnswered);
    if (rows.length > 0) await answered();
    for (const row of rows) {
      const { id, error } = storedJob(row);
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      clearTimeout(waiting?.timer);
      waiting?.resolve(row.at(-1) === true ? { refused: error as Refusal } : { job: jobOf(row) });
    }
  }

  /** A job of a project; undefined if there is none. @throws DatabaseError */
  async job(project: string, id: string): Promise<ErasureJob | undefined> {
    const { rows } = await this.#pool.take((session) =>
      session.run({
        text: `SELECT ${JOB_COLUMNS} FROM erasure
          WHERE id = $1 AND project = (SELECT no FROM project WHERE name = $2::bytea) AND state NOT IN ('asked', 'refused')`,
        values: [id, utf8(project)],
      }),
    );
    return rows[0] && jobOf(rows[0]);
  }

  /** How many jobs are not done. @throws DatabaseError */
  async due(): Promise<ErasuresDue> {
    const { rows } = await this.#pool.take((session) =>
      session.run({
        name: 'erasures_due',
        text: `SELECT count(*) FILTER (WHERE state <> 'failed')::int4, count(*) FILTER (WHERE state = 'failed')::int4
          FROM erasure WHERE state NOT IN ('asked', 'refused', 'done')`,
      }),
    );
    const [unfinished, failed] = rows[0] as [number, number];
    return { unfinished, failed };
  }

  async #jobs(ids: readonly string[]): Promise<readonly Row[]> {
    const { rows } = await this.#pool.take((session) =>
      session.run({
        text: `SELECT ${JOB_COLUMNS}, state = 'refused' FROM erasure WHERE id = ANY($1::text[])`,
        values: [texts(ids)],
      }),
    );
    return rows;
  }
}

function jobOf(row: Row): ErasureJob {
  const { isAnswered: _, ...job } = storedJob(row);
  return shownJob(job);
}
