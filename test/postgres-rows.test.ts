import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import type { DatabaseError } from '../src/store/postgres/statement.js';
import { SessionThread } from '../src/store/postgres/sync-session.js';
import { crash, openEngine } from './support/engine.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { MirroredStore, makeTables } from './support/postgres-mirror.js';
import {
  arrivals,
  BASE_NS,
  batchesOf,
  NOW_NS,
  ofUsers,
  type Step,
  telemetry,
} from './support/random-telemetry.js';

/**
 * The rows in PostgreSQL are those in SQLite. An engine that keeps both receives random telemetry, with
 * crashes, invalidations and lost leases between.
 */

const PROJECT = 'default';
/** By which the clock goes on with each step: sessions of many steps are open at first, and time out. */
const STEP_NS = 600_000_000_000n;
/** The code that `renew_lease` raises. */
const LEASE_LOST = 'SJ001';
const root = mkdtempSync(join(tmpdir(), 'sojourn-postgres-rows-'));
let server: TestPostgres;
let thread: SessionThread;
let mirror: MirroredStore;
let runs = 0;

before(async () => {
  if (withoutPostgres !== false) return;
  server = await startPostgres();
  const connection = { url: await server.createDatabase(), purpose: 'test', statementMs: 60_000 };
  await makeTables(connection);
  thread = new SessionThread([connection, connection]);
  mirror = new MirroredStore(thread.sessions[0]!, thread.sessions[1]!);
});
after(async () => {
  await thread?.close();
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

interface World {
  readonly steps: readonly Step[];
  /** Steps before whose commit the lease is lost. */
  readonly lost: readonly boolean[];
  readonly invalidated: readonly string[];
  readonly hotRecords: number;
  /** Maximum number of traces of a session by user; undefined if traces are not grouped by user. */
  readonly mostTraces: number | undefined;
}

function worldsOf(
  items: typeof telemetry,
  mostTraces: fc.Arbitrary<number | undefined>,
): fc.Arbitrary<World> {
  return fc.record({
    steps: items.chain(arrivals),
    lost: fc.array(fc.boolean(), { maxLength: 8 }),
    invalidated: fc.subarray(['s1', 's2', 'a'.padStart(32, '0')]),
    hotRecords: fc.constantFrom(1, 8, 100_000),
    mostTraces,
  });
}

function live(normalizer: Normalizer, { steps, lost, invalidated, hotRecords, mostTraces }: World): void {
  const directory = join(root, `run-${runs++}`);
  const sessionsByUser = mostTraces === undefined ? undefined : { identity: 'test', mostTraces };
  let nowNs = BASE_NS;
  const open = () =>
    openEngine(
      directory,
      {
        normalizer,
        hotRecords,
        sessionsByUser,
        now: () => nowNs,
        foldFailed: (reason) => assert.fail(reason),
      },
      (store, db) => mirror.open(store, db),
    );
  mirror.empty();
  let store = open();
  for (const [i, { items, fold, parts, fault }] of steps.entries()) {
    nowNs += STEP_NS;
    mirror.isLeaseLost = lost[i] === true;
    const batches = batchesOf(normalizer, items).map((batch) => ({ project: PROJECT, batch }));
    try {
      store.engine.commit(batches, fold);
    } catch (error) {
      // So it may where it accepts nothing that is new.
      assert.equal((error as DatabaseError).code, LEASE_LOST);
    }
    for (const { records, isEnd } of parts) {
      store.engine.foldSome(records);
      if (isEnd) store.engine.endFold();
    }
    mirror.isLeaseLost = false;
    store.engine.closeTimedOut();
    if (fault !== 'crash') continue;
    crash(store.db);
    store = open();
    mirror.compare();
  }
  store.engine.fold();
  mirror.compare();
  for (const id of invalidated) store.engine.invalidate(PROJECT, id);
  nowNs = NOW_NS;
  store.engine.closeTimedOut();
  mirror.compare();
  store.db.close();
  rmSync(directory, { recursive: true, force: true });
}

function normalizerOfWorlds(): Promise<Normalizer> {
  return createNormalizer({
    userIds: 'auto',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
    quietRoutes: ['default'],
  });
}

async function assertSame(
  items: typeof telemetry,
  mostTraces: fc.Arbitrary<number | undefined>,
): Promise<void> {
  const normalizer = await normalizerOfWorlds();
  await fc.assert(
    fc.asyncProperty(worldsOf(items, mostTraces), async (world) => {
      live(normalizer, world);
      // Databases that were closed are released between two turns of the event loop.
      await setImmediate();
    }),
    { numRuns: Number(process.env.SOJOURN_PURITY_RUNS ?? 60), includeErrorInReport: true },
  );
}

test('rows in PostgreSQL are those in SQLite', { skip: withoutPostgres }, () =>
  assertSame(telemetry, fc.constant(undefined)),
);

test('the same with traces grouped by user', { skip: withoutPostgres }, () =>
  assertSame(
    fc.oneof({ weight: 3, arbitrary: ofUsers }, { weight: 1, arbitrary: telemetry }),
    fc.constantFrom(1, 2, 10_000),
  ),
);

/** More calls with ids than fit into one row, and more writes than there are rows before they are compacted. */
const CALLS = { steps: 60, aStep: 5 };

test('the same with marks of calls in rows of their own', { skip: withoutPostgres }, async () => {
  const steps = Array.from({ length: CALLS.steps }, (_, step): Step => {
    const items = Array.from({ length: CALLS.aStep }, (_, call) => ({
      span: {
        trace: (step * CALLS.aStep + call + 1).toString(16),
        span: '1',
        start: BASE_NS,
        end: BASE_NS + 1_000_000_000n,
        attributes: {
          'session.id': 's1',
          'gen_ai.operation.name': 'chat',
          'gen_ai.response.id': `msg_01XFDUDYJgAACzvnptvV${step}of${call}`,
          'gen_ai.usage.input_tokens': 7,
        },
      },
    }));
    return { items, fold: true, parts: [], fault: step % 16 === 15 ? 'crash' : 'none' };
  });
  const world = { steps, lost: [], invalidated: ['s1'], hotRecords: 8, mostTraces: undefined };
  live(await normalizerOfWorlds(), world);
  assert.ok(mirror.writes.marks > CALLS.steps / 2, 'few rows of marks');
  assert.ok(mirror.writes.resets > 0, 'never compacted');
});
