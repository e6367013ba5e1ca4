import type { Buffer } from 'node:buffer';
import type { Pool } from './pool.js';
import { DatabaseError, int8s, type Statement, type SyncSession } from './statement.js';

/** How long a task may wait for the holder of the lease, ms. */
const TASK_MS = 60_000;

type TaskKind = 'invalidate';

interface Waiting {
  resolve(answer: boolean): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/** Work that only the holder of the lease can do, asked for by any process. */
export class Tasks {
  readonly #pool: Pool;
  readonly #waiting = new Map<bigint, Waiting>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves with the answer. @throws DatabaseError, also if nobody answers in time */
  async ask(kind: TaskKind, project: Buffer, session: Buffer): Promise<boolean> {
    const { rows } = await this.#pool.take((connection) =>
      connection.run({
        text: 'INSERT INTO task (kind, project, session) VALUES ($1, $2::bytea, $3::bytea) RETURNING id',
        values: [kind, project, session],
      }),
    );
    const id = rows[0]![0] as bigint;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        // So that it is not done after it was said to have failed.
        const text = 'DELETE FROM task WHERE id = $1::int8 AND answer IS NULL';
        this.#pool.take((connection) => connection.run({ text, values: [id] })).catch(() => {});
        reject(new DatabaseError('no process that makes sessions has answered in time', undefined));
      }, TASK_MS);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  /** Takes the answers that are there. @throws DatabaseError */
  async look(): Promise<void> {
    if (this.#waiting.size === 0) return;
    // Not DELETE … RETURNING: where its answer is lost, so are those of the tasks. `openTasks` deletes them later.
    const { rows } = await this.#pool.take((session) =>
      session.run({
        text: 'SELECT id, answer FROM task WHERE id = ANY($1::int8[]) AND answer IS NOT NULL',
        values: [int8s([...this.#waiting.keys()])],
      }),
    );
    for (const [id, answer] of rows as [bigint, boolean][]) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      clearTimeout(waiting?.timer);
      waiting?.resolve(answer);
    }
  }
}

/** A task as the holder of the lease sees it. */
export interface OpenTask {
  readonly id: bigint;
  readonly kind: TaskKind;
  readonly project: string;
  readonly session: string;
}

/** Tasks without an answer, the oldest first. Deletes those that nobody waits for any more. @throws DatabaseError */
export function openTasks(session: SyncSession): OpenTask[] {
  const [, found] = session.run([
    {
      name: 'old_tasks',
      text: `DELETE FROM task WHERE created_at < now() - ${2 * TASK_MS} * interval '1 ms'`,
    },
    {
      name: 'open_tasks',
      text: 'SELECT id, kind, project, session FROM task WHERE answer IS NULL ORDER BY id LIMIT 100',
    },
  ]);
  return found!.rows.map((row) => {
    const [id, kind, project, of] = row as [bigint, TaskKind, Buffer, Buffer];
    return { id, kind, project: project.toString(), session: of.toString() };
  });
}

/**
 * Answers a task, unless this process does not hold the lease any more (`fence`): it may not have known all
 * sessions then. @throws DatabaseError
 */
export function answerTask(session: SyncSession, { id }: OpenTask, answer: boolean, fence: Statement): void {
  session.run([
    { text: 'BEGIN' },
    { text: 'UPDATE task SET answer = $2::bool WHERE id = $1::int8', values: [id, answer] },
    fence,
    { text: 'COMMIT' },
  ]);
}
