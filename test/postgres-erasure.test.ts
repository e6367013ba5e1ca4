import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import { Accepted } from './support/accepted.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { assertAnswers, folded, until } from './support/postgres-exact.js';
import { arrivals, type Item, removableTelemetry } from './support/random-telemetry.js';
import { STORE_SETTINGS, StoreProcess } from './support/store-process.js';

/**
 * The first promise with erasure and many writers: random telemetry is dealt over three processes that share a
 * database. Random sessions are erased in between, by any of them, while the process that makes the sessions is killed
 * or paused; telemetry of erased sessions comes again, also from processes that do not know of the erasure. All answers
 * have the bytes of those of an embedded store that never saw what was erased: as rows followed, and made again of the
 * log.
 */

const RUNS = Number(process.env.SOJOURN_ERASURE_RUNS ?? 1);
/** Of a run, after its first steps. */
const MOST_ERASURES = 6;
/** Short, so that another process soon takes over. */
const LEASE_MS = 400;
const PROCESSES = 3;
const HOT_RECORDS = [1, 8, 15_000];
const POLL_MS = 5;

let server: TestPostgres;
let url: string;
let client: Client;
let normalizer: Normalizer;
let processes: StoreProcess[] = [];

const open = (at: number): Promise<StoreProcess> =>
  StoreProcess.start({ url, leaseMs: LEASE_MS, hotRecords: HOT_RECORDS[at]! });

async function openAll(): Promise<void> {
  processes = [];
  for (let at = 0; at < PROCESSES; at++) processes.push(await open(at));
}

before(async () => {
  if (withoutPostgres !== false) return;
  server = await startPostgres();
  url = await server.createDatabase();
  client = new Client({ connectionString: url });
  await client.connect();
  await openAll();
  const { rows } = await client.query(`SELECT value FROM sojourn.setting WHERE key = 'installation_key'`);
  normalizer = await createNormalizer({
    ...STORE_SETTINGS.normalizer,
    userIdKey: Buffer.from(rows[0].value, 'hex'),
  });
});
after(async () => {
  await Promise.all(processes.map((each) => each.kill()));
  await client?.end();
  await server?.stop();
});

interface Erasure {
  /** Which of the sessions that exist; the remainder by their number. */
  readonly choice: number;
  readonly by: number;
  readonly meanwhile: 'nothing' | 'kill holder' | 'pause holder';
}

const erasures: fc.Arbitrary<Erasure> = fc.record({
  choice: fc.nat(20),
  by: fc.nat(PROCESSES - 1),
  meanwhile: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Erasure['meanwhile']>('nothing') },
    { weight: 2, arbitrary: fc.constantFrom<Erasure['meanwhile']>('kill holder', 'pause holder') },
  ),
});

async function holder(): Promise<number> {
  return until('no process took the lease', async () => {
    const { rows } = await client.query(
      'SELECT owner, expires_at > clock_timestamp() AS held FROM sojourn.lease',
    );
    const pid = Number(String(rows[0].owner).split(' ').at(-2));
    const at = processes.findIndex((each) => each.pid === pid);
    return rows[0].held && at >= 0 ? at : undefined;
  });
}

async function happen(meanwhile: Erasure['meanwhile']): Promise<void> {
  if (meanwhile === 'nothing') return;
  const at = await holder();
  if (meanwhile === 'kill holder') {
    await processes[at]!.kill();
    processes[at] = await open(at);
    return;
  }
  const paused = processes[at]!;
  paused.pause();
  await until('no other process took over', async () => ((await holder()) === at ? undefined : true));
  // It goes on as if it still held the lease.
  paused.goOn();
}

/** Asks one process after the other until one answers. */
async function asked<T>(first: number, ask: (process: StoreProcess) => Promise<T>): Promise<T> {
  for (let at = first; ; at = (at + 1) % PROCESSES) {
    const process = processes[at]!;
    try {
      return await ask(process);
    } catch (error) {
      if (process.failure !== undefined) throw error;
      await delay(POLL_MS);
    }
  }
}

const allFolded = () =>
  folded(client, () => {
    for (const { failure } of processes) assert.equal(failure, undefined);
  });

/** Resolves when all jobs are done. A request that was refused stays for a while, for the process that asked. */
async function allDone(): Promise<void> {
  await until('jobs are not done', async () => {
    const { rows } = await client.query(
      `SELECT state, error FROM sojourn.erasure WHERE state NOT IN ('done', 'refused')`,
    );
    for (const { state, error } of rows) assert.notEqual(state, 'failed', error);
    return rows.length === 0 ? true : undefined;
  });
}

/** Notes blocks as they are: a process that hangs is to append them much later, and knows of no erasure. */
async function noteLate(project: string): Promise<void> {
  await client.query(
    `INSERT INTO late_block SELECT b.lane, b.project, b.records, b.least_ns, b.greatest_ns, b.checksum, b.directory, b.data
      FROM sojourn.log_block AS b JOIN sojourn.project AS p ON p.no = b.project WHERE p.name = $1`,
    [Buffer.from(project)],
  );
}

let runs = 0;

test('promise 1 with erasure over PostgreSQL: three processes give the answers of one that never accepted what was erased', {
  skip: withoutPostgres,
}, async () => {
  await client.query(
    'CREATE TABLE late_block AS SELECT lane, project, records, least_ns, greatest_ns, checksum, directory, data FROM sojourn.log_block WITH NO DATA',
  );
  const kept = new Map<string, readonly Item[]>();
  const worlds = removableTelemetry.chain(arrivals);
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.array(fc.option(erasures, { nil: undefined, freq: 2 }), {
        minLength: MOST_ERASURES,
        maxLength: MOST_ERASURES,
      }),
      async (steps, some) => {
        const project = `run-${runs++}`;
        const accepted = new Accepted(normalizer);
        for (const [i, { items }] of steps.entries()) {
          await asked(i % PROCESSES, (process) => process.append(project, items));
          accepted.add(items);
          const erasure = some[i];
          const { sessions } = accepted;
          if (erasure === undefined || sessions.length === 0) continue;
          const session = sessions[erasure.choice % sessions.length]!;
          const before = accepted.items;
          await noteLate(project);
          const erasing = asked(erasure.by, (process) => process.erase(project, session));
          await happen(erasure.meanwhile);
          await erasing;
          accepted.erase(session);
          accepted.add(before);
          accepted.items = [...new Set(accepted.items)];
          await client.query(
            `INSERT INTO sojourn.log_block (lane, project, records, least_ns, greatest_ns, checksum, directory, data)
              SELECT * FROM late_block`,
          );
          await client.query('TRUNCATE late_block');
        }
        await allDone();
        await allFolded();
        await assertAnswers(url, normalizer, project, accepted.items);
        kept.set(project, accepted.items);
      },
    ),
    { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
  );
  await Promise.all(processes.map((each) => each.kill()));
  await client.query(
    `DELETE FROM sojourn.setting WHERE key = 'rows'; UPDATE sojourn.lease SET folded = 0, expires_at = '-infinity'`,
  );
  await openAll();
  await allFolded();
  for (const [project, items] of kept) await assertAnswers(url, normalizer, project, items);
});
