import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Connection } from '../connection.js';
import { TextTables } from './text-tables.js';

/** Indexes the log for content search, while no other process does. It works at most half of the time. */

export interface TextThreadOptions {
  readonly url: string;
}

/** Why it does not index for now: reported once. */
export interface FromTextThread {
  readonly reason: string;
}

/** How long a statement may take, ms: merging reads and writes megabytes. */
const STATEMENT_MS = 10 * 60_000;

/** How often it looks for something to do, and whether another process has ended, ms. */
const LOOK_MS = 2_000;

/** When it tries again after a failure, ms. */
const RETRY_MS = 10_000;

/** Only one process indexes at a time. The number is arbitrary, and fixed. */
const INDEX_LOCK = 7_305_437_120_162n;

const { url }: TextThreadOptions = workerData;

async function main(): Promise<void> {
  let reported: string | undefined;
  for (;;) {
    try {
      const connection = await Connection.open({ url, purpose: 'index', statementMs: STATEMENT_MS });
      try {
        await index(connection);
      } finally {
        await connection.close();
      }
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== reported) parentPort!.postMessage({ reason } satisfies FromTextThread);
      reported = reason;
      await sleep(RETRY_MS);
    }
  }
}

/** Indexes until the connection fails. */
async function index(connection: Connection): Promise<never> {
  for (;;) {
    const { rows } = await connection.run({
      text: 'SELECT pg_try_advisory_lock($1::int8)',
      values: [INDEX_LOCK],
    });
    if (rows[0]?.[0] === true) break;
    await sleep(LOOK_MS);
  }
  const tables = new TextTables(connection);
  await tables.prepare();
  for (;;) {
    const startMs = performance.now();
    const didWork = await tables.step();
    await sleep(didWork ? performance.now() - startMs : LOOK_MS);
  }
}

void main();
