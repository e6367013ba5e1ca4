import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import type { RetryReason, Store } from '../src/store/contract/store.js';
import { openPostgresStore, type PostgresTuning } from '../src/store/postgres/store.js';
import { QUIET } from './support/engine.js';
import { type FaultyProxy, startFaultyProxy } from './support/faulty-proxy.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { assertAnswers, folded, until } from './support/postgres-exact.js';
import { arrivals, BASE_NS, batchesOf, type Item, NOW_NS, telemetry } from './support/random-telemetry.js';
import { STORE_SETTINGS } from './support/store-process.js';

/**
 * A store over PostgreSQL whose network and whose database fail: senders are answered in time, everything is
 * stored once, and all goes on by itself.
 */

const RUNS = Number(process.env.SOJOURN_FAULT_RUNS ?? 3);
/** How long an append may take, for tests of the network. */
const ANSWER_MS = 3_000;
/** The store looks once a second for appends that take too long; the rest is for a busy machine. */
const LATE_MS = 5_000;
const RETRY_MS = 5;

let server: TestPostgres;
let url: string;
let superuserUrl: string;
/** Sees what all connections wait for. */
let client: Client;
let proxy: FaultyProxy;
let store: Store;
let normalizer: Normalizer;
/** What the store has reported. */
let retried: RetryReason[];
let foldFailure: string | undefined;
let isWritable: boolean;
let warnings: string[];

const skip = withoutPostgres;

before(async () => {
  if (skip === false) server = await startPostgres({ settings: { deadlock_timeout: '50ms' } });
});
after(() => server?.stop());
beforeEach(async () => {
  if (skip !== false) return;
  url = await server.createDatabase();
  proxy = await startFaultyProxy(server);
  superuserUrl = server.superuserUrl(new URL(url).pathname.slice(1));
  client = await connect(superuserUrl);
});
afterEach(async () => {
  if (skip !== false) return;
  await store.close();
  await client.end();
  await proxy.stop();
});

async function connect(connectionString = url): Promise<Client> {
  const connected = new Client({ connectionString });
  await connected.connect();
  return connected;
}

async function openStore(tuning: PostgresTuning['writer']): Promise<void> {
  retried = [];
  foldFailure = undefined;
  isWritable = true;
  warnings = [];
  store = await openPostgresStore(
    {
      ...STORE_SETTINGS,
      url: proxy.through(url),
      events: {
        ...QUIET,
        retried: (reason) => retried.push(reason),
        warning: (message) => warnings.push(message),
        writable: (reason) => {
          isWritable = reason === undefined;
        },
        foldFailed: (reason) => {
          foldFailure ??= reason;
        },
        damaged: () => {
          foldFailure ??= 'a block is damaged';
        },
      },
    },
    { writer: { nowNs: NOW_NS, ...tuning } },
  );
  normalizer = await createNormalizer({ ...STORE_SETTINGS.normalizer, userIdKey: store.installationKey });
}

async function append(project: string, items: readonly Item[]): Promise<void> {
  const batches = batchesOf(normalizer, items);
  await Promise.all(batches.map((batch) => store.writer.append(project, batch)));
}

/** Sends until it is acknowledged. No answer may be late. */
async function send(project: string, items: readonly Item[]): Promise<void> {
  for (;;) {
    const beganMs = performance.now();
    try {
      return await append(project, items);
    } catch {
      await delay(RETRY_MS);
    } finally {
      const tookMs = performance.now() - beganMs;
      assert.ok(tookMs < ANSWER_MS + LATE_MS, `an append took ${tookMs} ms`);
    }
  }
}

const allFolded = (): Promise<void> => folded(client, () => assert.equal(foldFailure, undefined));

function span(no: number): Item {
  const [trace, start] = [no.toString(16), BASE_NS + BigInt(no)];
  return { span: { trace, span: trace, start, end: start + 1n, attributes: { 'session.id': `s${no % 3}` } } };
}

/** What PostgreSQL answers when a transaction, and an insert of one block, is committed. */
const COMMITTED = 'COMMIT\0';
const INSERTED = 'INSERT 0 1\0';

const Fault = {
  none: () => {},
  cutNow: () => proxy.cutAll(),
  cutRequest: (bytes: number) => proxy.cutAfter(bytes, 'toServer'),
  cutAnswer: (bytes: number) => proxy.cutAfter(bytes >> 3, 'toClient'),
  loseCommit: () => void proxy.loseAnswer(COMMITTED),
  loseAppend: () => void proxy.loseAnswer(INSERTED),
  delay: (bytes: number) => proxy.delay(bytes % 100),
  recover: () => proxy.recover(),
};

const worlds = telemetry.chain((all) =>
  fc.record({
    all: fc.constant(all),
    steps: arrivals(all).chain((steps) =>
      fc.tuple(
        ...steps.map(({ items }) =>
          fc.record({
            items: fc.constant(items),
            waits: fc.boolean(),
            fault: fc.constantFrom(...(Object.keys(Fault) as (keyof typeof Fault)[])),
            bytes: fc.nat(20_000),
          }),
        ),
      ),
    ),
  }),
);

describe('over a network that fails', { skip }, () => {
  beforeEach(() => openStore({ leaseMs: 400, answerMs: ANSWER_MS, hotRecords: 8 }));

  test('cuts at any byte and delays lose nothing and double nothing', async (t) => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(worlds, async ({ all, steps }) => {
        const project = `run-${runs++}`;
        const sent: Promise<void>[] = [];
        for (const { items, waits, fault, bytes } of steps) {
          Fault[fault](bytes);
          const sending = send(project, items);
          sent.push(sending);
          if (waits) await sending;
        }
        await Promise.all(sent);
        proxy.recover();
        await allFolded();
        await assertAnswers(url, normalizer, project, all);
      }),
      { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
    );
    t.diagnostic(`${proxy.accepted} connections, ${retried.length} retries`);
  });

  test('an outage is answered in time and reported, and ends by itself', async () => {
    const items = [span(1), span(2), span(3), span(4)];
    await send('p', items.slice(0, 1));
    await allFolded();
    for (const end of [() => proxy.recover(), () => proxy.cutAll()]) {
      proxy.blackhole();
      const beganMs = performance.now();
      await assert.rejects(append('p', items.slice(0, 3)));
      assert.ok(performance.now() - beganMs < ANSWER_MS + LATE_MS);
      await until('the outage is not reported', async () => !isWritable || undefined);
      const sending = send('p', items);
      end();
      proxy.recover();
      await sending;
      await until('the store is not usable again', async () => isWritable || undefined);
    }
    await allFolded();
    await assertAnswers(url, normalizer, 'p', items);
  });

  test('an outage is reported although nobody sends', async () => {
    proxy.blackhole();
    await until('the outage is not reported', async () => !isWritable || undefined);
    proxy.recover();
    await until('the store is not usable again', async () => isWritable || undefined);
  });
});

/** How long a lock is waited for is a part of these. */
const PATIENT = { leaseMs: 10_000, answerMs: 20_000 };

/** Resolves when a statement of this connection of the store waits for a lock; without a name, one of this test. */
async function waitsForLock(purpose: string): Promise<void> {
  await until('nothing waits for a lock', async () => {
    const { rows } = await client.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = $1`,
      [purpose && `sojourn ${purpose}`],
    );
    return rows.length > 0 || undefined;
  });
}

const conflicts = (): number => retried.filter((reason) => reason === 'conflict').length;

async function hasConflict(): Promise<void> {
  await until('nothing was tried again', async () => conflicts() > 0 || undefined);
}

describe('in a database whose locks others hold', { skip }, () => {
  let other: Client;
  beforeEach(async () => {
    other = await connect();
  });
  afterEach(() => other.end());

  for (const [name, lock] of [
    ['the log', 'LOCK TABLE sojourn.log_block IN ACCESS EXCLUSIVE MODE'],
    ['the lease', 'SELECT * FROM sojourn.lease FOR UPDATE'],
    ['rows', 'LOCK TABLE sojourn_rows_1.session IN SHARE MODE'],
    ['all groups', 'SELECT * FROM sojourn_rows_1.record_group FOR UPDATE'],
  ] as const) {
    test(`statements that wait too long for ${name} are tried again`, async () => {
      await openStore({ leaseMs: 1_000, answerMs: 6_000 });
      await append('p', [span(1), span(2), span(3)]);
      await allFolded();
      await other.query(`BEGIN; ${lock}`);
      // The traces are known: their groups are written again.
      const sent = append(
        'p',
        [1, 2, 3].map((no) => ({ span: { ...spanOf(no), span: 'f' } })),
      );
      await hasConflict();
      await other.query('COMMIT');
      await sent;
      await allFolded();
      const all = [1, 2, 3].flatMap((no) => [span(no), { span: { ...spanOf(no), span: 'f' } }]);
      await assertAnswers(url, normalizer, 'p', all);
    });
  }

  test('a fold that is the victim of a deadlock is done again', async () => {
    await openStore(PATIENT);
    await append('p', [span(1)]);
    await allFolded();
    const third = await connect();
    await third.query('BEGIN; LOCK TABLE sojourn_rows_1.session IN SHARE MODE');
    await append('p', [span(1), span(4)]);
    await waitsForLock('fold');
    // Of the two, only the fold looks for deadlocks.
    const patient = await connect(superuserUrl);
    await patient.query(`SET deadlock_timeout TO '1h'; BEGIN; SELECT * FROM sojourn.lease FOR UPDATE`);
    const locked = patient.query('LOCK TABLE sojourn_rows_1.record_group IN EXCLUSIVE MODE');
    await waitsForLock('');
    // The fold goes on to its fence, and waits for a client that waits for it.
    await third.query('COMMIT');
    await locked;
    await patient.query('COMMIT');
    await Promise.all([third.end(), patient.end()]);
    await hasConflict();
    await allFolded();
    await assertAnswers(url, normalizer, 'p', [span(1), span(4)]);
  });

  test('a fold that cannot be serialized is done again', async () => {
    await client.query(
      `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_isolation TO 'repeatable read'`,
    );
    await openStore(PATIENT);
    await append('p', [span(1)]);
    await allFolded();
    await other.query('BEGIN; LOCK TABLE sojourn_rows_1.session IN SHARE MODE');
    await append('p', [span(1), span(4)]);
    await waitsForLock('fold');
    await client.query('UPDATE sojourn.lease SET owner = owner');
    await other.query('COMMIT');
    await hasConflict();
    await allFolded();
    await assertAnswers(url, normalizer, 'p', [span(1), span(4)]);
  });

  test('a fold whose connection breaks while the database still works on it is done once', async () => {
    await openStore(PATIENT);
    await append('p', [span(1)]);
    await allFolded();
    await other.query('BEGIN; LOCK TABLE sojourn_rows_1.session IN SHARE MODE');
    await append('p', [span(1), span(4)]);
    await waitsForLock('fold');
    const { rows } = await client.query('SELECT epoch FROM sojourn.lease');
    proxy.cutAll();
    await until('it has not taken the lease again', async () => {
      const now = await client.query('SELECT epoch FROM sojourn.lease');
      return now.rows[0].epoch > rows[0].epoch || undefined;
    });
    await other.query('COMMIT');
    await allFolded();
    await send('p', [span(5)]);
    await allFolded();
    await assertAnswers(url, normalizer, 'p', [span(1), span(4), span(5)]);
  });
});

describe('whose answer of a commit is lost', { skip }, () => {
  let other: Client;
  beforeEach(async () => {
    other = await connect();
    await openStore(PATIENT);
    await append('p', [span(1)]);
    await allFolded();
  });
  afterEach(() => other.end());

  const held = async (lock: string, purpose: string, answer: string): Promise<void> => {
    await other.query(`BEGIN; LOCK TABLE ${lock} IN SHARE MODE`);
    const sent = append('p', [span(1), span(4), { span: { ...spanOf(4), span: 'f' } }]);
    // The next answer of this kind is that of what waits here.
    await waitsForLock(purpose);
    const lost = proxy.loseAnswer(answer, `sojourn ${purpose}`);
    await other.query('COMMIT');
    await lost;
    await sent;
  };

  test('an append is acknowledged, and its telemetry counts once', async () => {
    await held('sojourn.log_block', 'intake', INSERTED);
    await allFolded();
    const { rows } = await client.query('SELECT count(*)::int AS blocks FROM sojourn.log_block');
    assert.equal(rows[0].blocks, 3, 'the block that was acknowledged by nobody is there too');
    assert.deepEqual(retried, ['connection']);
    await assertAnswers(url, normalizer, 'p', [span(1), span(4), { span: { ...spanOf(4), span: 'f' } }]);
  });

  test('a fold is not done twice', async () => {
    await held('sojourn_rows_1.session', 'fold', COMMITTED);
    await until('the loss is not noticed', async () => retried.includes('connection') || undefined);
    await append('p', [span(5)]);
    await allFolded();
    const all = [span(1), span(4), { span: { ...spanOf(4), span: 'f' } }, span(5)];
    await assertAnswers(url, normalizer, 'p', all);
  });
});

describe('beside processes of a newer version', { skip }, () => {
  beforeEach(async () => {
    await openStore(PATIENT);
    await append('p', [span(1)]);
    await allFolded();
    await store.close();
  });

  const epoch = async (): Promise<string> =>
    (await client.query('SELECT epoch FROM sojourn.lease')).rows[0].epoch;

  for (const key of ['rules', 'rows_version']) {
    test(`rows of newer ${key} are left to them`, async () => {
      await client.query(`UPDATE sojourn_rows_1.meta SET value = '9999' WHERE key = $1`, [key]);
      const before = await epoch();
      await openStore(PATIENT);
      await until(
        'nothing is reported',
        async () => warnings.some((text) => text.includes('9999')) || undefined,
      );
      await append('p', [span(2)]);
      const { rows } = await client.query('SELECT number FROM sojourn.log_block ORDER BY id DESC LIMIT 1');
      assert.deepEqual([rows[0].number, await epoch()], [null, before]);
    });
  }

  test('rows that they have begun to make are kept, and others that nobody reads are not', async () => {
    // The store has to own them.
    const owner = await connect();
    for (const no of [2, 3]) {
      await owner.query(
        `CREATE SCHEMA sojourn_rows_${no}; CREATE TABLE sojourn_rows_${no}.meta (key text, value text)`,
      );
    }
    await owner.query(`INSERT INTO sojourn_rows_3.meta VALUES ('rules', '9999');
      INSERT INTO sojourn.setting VALUES ('next_rows', '3')`);
    await owner.end();
    await openStore(PATIENT);
    const schemas = async (): Promise<string[]> =>
      (
        await client.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'sojourn_rows%' ORDER BY 1`)
      ).rows.map(({ nspname }) => nspname);
    await until('nothing is removed', async () => !(await schemas()).includes('sojourn_rows_2') || undefined);
    assert.deepEqual(await schemas(), ['sojourn_rows_1', 'sojourn_rows_3']);
  });
});

function spanOf(no: number): Extract<Item, { span: unknown }>['span'] {
  return (span(no) as Extract<Item, { span: unknown }>).span;
}
