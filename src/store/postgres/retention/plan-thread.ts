import { parentPort, workerData } from 'node:worker_threads';
import type { RetentionPlan, RetentionPolicy } from '../../contract/retention.js';
import { planOf } from '../../engine/due-sessions.js';
import { KEPT_SCHEMA_NAME, ROWS_VERSION, ROWS_VERSION_KEY, rowsSchema } from '../schema.js';
import { SessionThread } from '../sync-session.js';
import { DataSize } from './data-size.js';
import { PostgresDueRows } from './due-rows.js';
import { readClock, readContents } from './retention-tables.js';

/** Counts what retention would remove, of one snapshot of the database, and ends. Any process may do it. */

/** How long a statement may take, ms. */
const STATEMENT_MS = 600_000;

export interface PlanOptions {
  readonly url: string;
  readonly policy: RetentionPolicy;
  readonly nowNs: bigint;
  readonly timeoutNs: bigint;
}

export type FromPlan =
  | { readonly kind: 'plan'; readonly plan: RetentionPlan }
  | { readonly kind: 'failed'; readonly message: string };

const { url, policy, nowNs, timeoutNs }: PlanOptions = workerData;

const NO_ROWS: RetentionPlan = { projects: [], dataBytes: 0 };

function plan(threads: SessionThread): RetentionPlan {
  const session = threads.sessions[0]!;
  const [, exists] = session.run([
    { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY' },
    { text: `SELECT to_regclass('${KEPT_SCHEMA_NAME}.setting') IS NOT NULL` },
  ]);
  if (exists!.rows[0]![0] !== true) throw new Error('the database has no tables of Sojourn');
  const [named] = session.run([{ text: `SELECT value FROM setting WHERE key = 'rows'` }]);
  const rows = named!.rows[0]?.[0];
  if (rows === undefined) return NO_ROWS;
  const schema = rowsSchema(Number(rows));
  const [made] = session.run([
    { text: `SELECT value FROM ${schema}.meta WHERE key = $1`, values: [ROWS_VERSION_KEY] },
  ]);
  if (made!.rows[0]?.[0] !== String(ROWS_VERSION))
    throw new Error('the sessions in the database were made by another version of Sojourn: use that one');
  session.run([{ text: `SET LOCAL search_path TO ${schema}, ${KEPT_SCHEMA_NAME}` }]);
  const dataBytes = result(new DataSize(session).measure());
  const clock = readClock(session);
  const contents = readContents(session);
  return result(
    planOf(new PostgresDueRows(session), {
      policy,
      nowNs,
      timeoutNs,
      clock,
      dataBytes,
      contentGoneNs: contents.untilNs,
    }),
  );
}

function result<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function send(message: FromPlan): void {
  parentPort!.postMessage(message);
}

const threads = new SessionThread([{ url, purpose: 'retention plan', statementMs: STATEMENT_MS }]);
try {
  send({ kind: 'plan', plan: plan(threads) });
} catch (error) {
  send({ kind: 'failed', message: (error as Error).message });
}
await threads.close();
