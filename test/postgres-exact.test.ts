import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { assertAnswers, folded, until } from './support/postgres-exact.js';
import { arrivals, type Item, telemetry } from './support/random-telemetry.js';
import { STORE_SETTINGS, StoreProcess } from './support/store-process.js';

/**
 * The first promise with many writers: random telemetry is dealt over three processes that share a database, in
 * random batches, at once, and with repetitions. Meanwhile processes are closed and started again, and the one
 * that holds the lease is killed, or paused until another one holds it. All answers have the bytes of those of
 * an embedded store that received all of it in one batch. Each run has a project of its own.
 */

const RUNS = Number(process.env.SOJOURN_EXACT_RUNS ?? 3);
/** Short, so that another process soon takes over. */
const LEASE_MS = 400;
const PROCESSES = 3;
/** Few records in memory in some processes, so that they read groups again. */
const HOT_RECORDS = [1, 8, 15_000];
const POLL_MS = 5;

let server: TestPostgres;
let url: string;
let client: Client;
let normalizer: Normalizer;
const processes: StoreProcess[] = [];

const open = (at: number): Promise<StoreProcess> =>
  StoreProcess.start({ url, leaseMs: LEASE_MS, hotRecords: HOT_RECORDS[at]! });

before(async () => {
  if (withoutPostgres !== false) return;
  server = await startPostgres();
  url = await server.createDatabase();
  client = new Client({ connectionString: url });
  await client.connect();
  for (let at = 0; at < PROCESSES; at++) processes.push(await open(at));
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

/** What happens while telemetry is sent: to the process that holds the lease, or to any one. */
type Happening = 'nothing' | 'kill holder' | 'pause holder' | 'restart one';

interface Deal {
  readonly items: readonly Item[];
  readonly to: number;
  /** Whether the sender waits for the answer before it sends the next batch. */
  readonly waits: boolean;
  readonly happening: Happening;
}

const happenings = fc.oneof(
  { weight: 14, arbitrary: fc.constant<Happening>('nothing') },
  { weight: 2, arbitrary: fc.constantFrom<Happening>('kill holder', 'pause holder') },
  { weight: 1, arbitrary: fc.constant<Happening>('restart one') },
);

const worlds = telemetry.chain((all) =>
  fc.record({
    all: fc.constant(all),
    deals: arrivals(all).chain((steps) =>
      fc.tuple(
        ...steps.map(({ items }) =>
          fc.record<Deal>({
            items: fc.constant(items),
            to: fc.nat(PROCESSES - 1),
            waits: fc.boolean(),
            happening: happenings,
          }),
        ),
      ),
    ),
  }),
);

const happened = new Map<Happening, number>();

async function lease(): Promise<{ epoch: string; pid: number; isHeld: boolean }> {
  const { rows } = await client.query(
    `SELECT owner, epoch, expires_at > clock_timestamp() AS "isHeld" FROM sojourn.lease`,
  );
  return { ...rows[0], pid: Number(String(rows[0].owner).split(' ').at(-2)) };
}

/** The process that holds the lease. */
async function holder(): Promise<number> {
  return until('no process took the lease', async () => {
    const { pid, isHeld } = await lease();
    const at = processes.findIndex((each) => each.pid === pid);
    return isHeld && at >= 0 ? at : undefined;
  });
}

async function happen(happening: Happening, to: number): Promise<void> {
  happened.set(happening, (happened.get(happening) ?? 0) + 1);
  switch (happening) {
    case 'nothing':
      return;
    case 'kill holder': {
      const at = await holder();
      await processes[at]!.kill();
      processes[at] = await open(at);
      return;
    }
    case 'pause holder': {
      const paused = processes[await holder()]!;
      paused.pause();
      await until('no other process took over', async () =>
        (await lease()).pid === paused.pid ? undefined : true,
      );
      // It goes on as if it still held the lease.
      paused.goOn();
      return;
    }
    case 'restart one':
      await processes[to]!.close();
      processes[to] = await open(to);
  }
}

/** Sends until it is acknowledged. */
async function send(project: string, { items, to }: Deal): Promise<void> {
  for (let at = to; ; at = (at + 1) % PROCESSES) {
    const process = processes[at]!;
    try {
      return await process.append(project, items);
    } catch (error) {
      if (process.failure !== undefined) throw error;
      await delay(POLL_MS);
    }
  }
}

let runs = 0;

test('promise 1 over PostgreSQL: three processes that come, go and hang give the answers of one', {
  skip: withoutPostgres,
}, async (t) => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ all, deals }) => {
      const project = `run-${runs++}`;
      const sent: Promise<void>[] = [];
      for (const deal of deals) {
        const sending = send(project, deal);
        sent.push(sending);
        if (deal.waits) await sending;
        await happen(deal.happening, deal.to);
      }
      await Promise.all(sent);
      await folded(client, () => {
        for (const { failure } of processes) assert.equal(failure, undefined);
      });
      await assertAnswers(url, normalizer, project, all);
    }),
    { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
  );
  t.diagnostic([...happened].map(([happening, times]) => `${happening}: ${times}`).join(', '));
});
