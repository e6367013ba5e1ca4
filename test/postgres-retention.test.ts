import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { Client } from 'pg';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import type { RetentionPass, RetentionPolicy } from '../src/store/contract/retention.js';
import type { Store } from '../src/store/contract/store.js';
import { limitOf } from '../src/store/engine/retention-limits.js';
import { Folder } from '../src/store/postgres/folder.js';
import { HandedBlocks, newHandOver } from '../src/store/postgres/handed-blocks.js';
import { migrateDatabase } from '../src/store/postgres/migrate.js';
import { DatabaseError, type Result, type Statement } from '../src/store/postgres/statement.js';
import { openPostgresStore } from '../src/store/postgres/store.js';
import { SessionThread } from '../src/store/postgres/sync-session.js';
import { Accepted } from './support/accepted.js';
import { QUIET } from './support/engine.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { assertAnswers, until } from './support/postgres-exact.js';
import {
  arrivals,
  BASE_NS,
  batchesOf,
  type Item,
  NOW_NS,
  removableTelemetry,
  type Step,
} from './support/random-telemetry.js';
import { STORE_SETTINGS } from './support/store-process.js';

/**
 * The first promise with retention over PostgreSQL: a process folds and removes old sessions while random telemetry
 * arrives. It is cut off at any statement, and another takes over: with the rows as they are, or all of them lost. All
 * answers must have the bytes of a store that never saw what went.
 */

const RUNS = Number(process.env.SOJOURN_PURITY_RUNS ?? 4);
/** Nothing else takes the lease. */
const LEASE_MS = 3_600_000;
/** From here on, a pause is the one to the next look. */
const LOOK_MS = 1_000;

interface Pass {
  readonly keepMs: number;
  /** The process is cut off after so many calls of the database, before the next one or after it. */
  readonly cutOff: { readonly calls: number; readonly after: boolean } | undefined;
  readonly losesRows: boolean;
}

const cutOff = { calls: Number.POSITIVE_INFINITY, after: false };

/** A connection of the folder. */
class Session {
  readonly #session: SessionThread['sessions'][number];

  constructor(session: SessionThread['sessions'][number]) {
    this.#session = session;
  }

  run(statements: readonly Statement[]): Result[] {
    if (--cutOff.calls >= 0) return this.#session.run(statements);
    if (cutOff.after) this.#session.run(statements);
    throw new DatabaseError('cut off', undefined);
  }

  use(searchPath: string): void {
    this.#session.use(searchPath);
  }

  reset(): void {
    this.#session.reset();
  }
}

let server: TestPostgres;
let url: string;
let client: Client;
let store: Store;
let threads: SessionThread;
let normalizer: Normalizer;
/** Machine time, ms. */
let nowMs = 0;
let pauses: number[] = [];
const passes: RetentionPass[] = [];

before(async () => {
  if (withoutPostgres !== false) return;
  server = await startPostgres();
  url = await server.createDatabase();
  await migrateDatabase(url);
  client = new Client({ connectionString: url });
  await client.connect();
  const connection = (purpose: string) => ({ url, purpose, statementMs: 60_000 });
  threads = new SessionThread(['rows', 'decisions', 'hints'].map(connection));
  normalizer = await createNormalizer({ ...STORE_SETTINGS.normalizer, userIdKey: new Uint8Array(32) });
  folder(undefined, 100).work();
  // Only its intake is used: it never has the lease.
  store = await openPostgresStore({ ...STORE_SETTINGS, url, events: QUIET }, { writer: { nowNs: NOW_NS } });
  normalizer = await createNormalizer({ ...STORE_SETTINGS.normalizer, userIdKey: store.installationKey });
});
after(async () => {
  await store?.close();
  await threads?.close();
  await client?.end();
  await server?.stop();
});

function folder(retention: RetentionPolicy | undefined, hotRecords: number): Folder {
  const handOver = newHandOver().folder;
  const [rows, decisions, hints] = threads.sessions.map((session) => new Session(session));
  return new Folder({
    ...{ rows: rows!, decisions: decisions!, hints: hints!, normalizer },
    handed: new HandedBlocks(handOver),
    options: {
      ...{ url, owner: 'test', leaseMs: LEASE_MS, hotRecords, tombstonesForMs: 1_000, retention },
      ...{ handOver, implicitSessions: true, timeoutMs: STORE_SETTINGS.timeoutMs, nowNs: NOW_NS },
      normalizer: {
        ...STORE_SETTINGS.normalizer,
        userIdKey: store === undefined ? new Uint8Array(32) : store.installationKey,
      },
    },
    send: (message) => {
      assert.notEqual(message.kind, 'foldStalled', JSON.stringify(message));
      assert.notEqual(message.kind, 'warning', JSON.stringify(message));
      if (message.kind === 'retained') passes.push(message.pass);
      if (message.kind === 'progress') assert.doesNotMatch(message.message, /retention stopped/);
    },
    nowMs: () => nowMs,
    wake: () => {},
    wakeAfter: (ms) => pauses.push(ms),
  });
}

/** Works until there is no more to do at once, and again after a failure. */
function work(by: Folder, isDone: () => boolean): void {
  for (let idle = 0; idle < 6 || !isDone(); idle++) {
    assert.ok(idle < 1_000, 'it does not end');
    if (by.work()) idle = 0;
    nowMs += 500;
    // It has been cut off.
    if (cutOff.calls < 0) return;
  }
}

async function folded(): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM sojourn.log_block WHERE number IS NULL OR number > (SELECT folded FROM sojourn.lease)
      UNION ALL SELECT 1 FROM sojourn.setting WHERE key = 'next_rows' LIMIT 1`,
  );
  return rows.length === 0;
}

async function fold(by: Folder): Promise<void> {
  await until('sessions are behind', async () => {
    work(by, () => true);
    return (await folded()) ? true : undefined;
  });
}

/** A pass of retention. If it is cut off, others go on. */
async function retain({ keepMs, cutOff: cut, losesRows }: Pass, hotRecords: number): Promise<Folder> {
  const policy: RetentionPolicy = { keepMs, keepMsOf: new Map() };
  const pass = (by: Folder): void => {
    nowMs += 2_000;
    pauses = [];
    work(by, () => pauses.some((ms) => ms >= LOOK_MS));
  };
  let by = folder(policy, hotRecords);
  if (cut !== undefined) Object.assign(cutOff, cut);
  pass(by);
  const wasCut = cutOff.calls < 0;
  cutOff.calls = Number.POSITIVE_INFINITY;
  if (!wasCut) return by;
  if (losesRows) await loseRows();
  by = folder(policy, hotRecords);
  await fold(by);
  pass(by);
  return by;
}

/** The next holder of the lease makes all rows again of the log. */
async function loseRows(): Promise<void> {
  await client.query(`UPDATE sojourn.setting SET key = 'given_up_rows' WHERE key = 'rows'`);
}

/** Sessions of a project without activity for longer than this. */
async function due(project: string, keepMs: number): Promise<Set<string>> {
  const { rows: named } = await client.query(`SELECT value FROM sojourn.setting WHERE key = 'rows'`);
  const { rows } = await client.query(
    `SELECT s.id FROM sojourn_rows_${named[0].value}.session AS s JOIN sojourn.project AS p ON p.no = s.project
      WHERE p.name = $1 AND s.last_ns <= $2`,
    [Buffer.from(project), limitOf(NOW_NS, keepMs)],
  );
  return new Set(rows.map(({ id }) => String(id)));
}

const append = async (project: string, items: readonly Item[]): Promise<void> => {
  for (const batch of batchesOf(normalizer, items)) await store.writer.append(project, batch);
};

const somePass: fc.Arbitrary<Pass> = fc.record({
  keepMs: fc.integer({ min: 3_150_000, max: 3_620_000 }),
  cutOff: fc.option(fc.record({ calls: fc.integer({ min: 5, max: 80 }), after: fc.boolean() }), {
    nil: undefined,
  }),
  losesRows: fc.boolean(),
});

/** Random examples may have nothing that is due. */
const WITH_SOMETHING_DUE: [Step[], (Pass | undefined)[], number] = [
  [
    {
      items: [
        {
          span: {
            ...{ trace: 'a', span: '1', start: BASE_NS, end: BASE_NS + 1n },
            ...{ resource: { 'service.name': 'web' }, attributes: { 'session.id': 's1' } },
          },
        },
      ],
      ...{ fold: true, parts: [], fault: 'none' },
    },
  ],
  [{ keepMs: 3_400_000, cutOff: undefined, losesRows: false }],
  8,
];

let runs = 0;

test('promise 1 with retention over PostgreSQL: answers are those of a store that never accepted what went', {
  skip: withoutPostgres,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      removableTelemetry.chain(arrivals),
      fc.array(fc.option(somePass, { nil: undefined, freq: 2 }), { minLength: 6, maxLength: 6 }),
      fc.constantFrom(1, 8, 15_000),
      async (steps, some, hotRecords) => {
        const project = `run-${runs++}`;
        const accepted = new Accepted(normalizer);
        let by = folder(undefined, hotRecords);
        for (const [i, { items }] of steps.entries()) {
          await append(project, items);
          accepted.add(items);
          const pass = some[i % some.length];
          if (pass === undefined) continue;
          await fold(by);
          const gone = await due(project, pass.keepMs);
          by = await retain(pass, hotRecords);
          accepted.remove(gone);
        }
        await fold(by);
        await assertAnswers(url, normalizer, project, accepted.items);
        await loseRows();
        await fold(folder(undefined, hotRecords));
        await assertAnswers(url, normalizer, project, accepted.items);
      },
    ),
    { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true, examples: [WITH_SOMETHING_DUE] },
  );
  assert.ok(passes.length > 0);
});
