import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { AttributeNormalizer } from '../src/normalize/attribute-normalizer.js';
import { createUsageReader } from '../src/normalize/usage.js';
import { Tombstones } from '../src/store/engine/tombstones.js';
import { Connection } from '../src/store/postgres/connection.js';
import { BlockSender, newHandOver } from '../src/store/postgres/handed-blocks.js';
import { Intake } from '../src/store/postgres/intake.js';
import { KnownTombstones } from '../src/store/postgres/known-tombstones.js';
import { migrateDatabase } from '../src/store/postgres/migrate.js';
import { Pool } from '../src/store/postgres/pool.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { spanBatch } from './support/telemetry.js';

/** Appends wait for sessions to follow. The test plays the clock and the process that folds. */

/** Far more than a busy machine needs. */
const LIMIT_MS = 30_000;
const POLL_MS = 10;

const options = { skip: withoutPostgres };
const normalizer = new AttributeNormalizer(undefined, createUsageReader());
let server: TestPostgres;
let connection: Connection;
let pool: Pool;
let intake: Intake;
let nowMs = 10_000;
let held: boolean[];

before(async () => {
  if (withoutPostgres !== false) return;
  server = await startPostgres();
  const to = { url: await server.createDatabase(), purpose: 'test', statementMs: 60_000 };
  await migrateDatabase(to.url);
  connection = await Connection.open(to);
  pool = new Pool(to, 4);
  held = [];
  const edges = {
    answerMs: 600_000,
    appended: () => {},
    free: () => {},
    retried: () => {},
    held: (isHeld: boolean) => held.push(isHeld),
    nowMs: () => nowMs,
    handOver: new BlockSender(newHandOver().intake),
  };
  intake = new Intake(pool, edges, new KnownTombstones(new Tombstones(Buffer.alloc(32), () => 0n)));
});
after(async () => {
  await intake?.settled();
  await pool?.close();
  await connection?.close();
  await server?.stop();
});

let traces = 0;
async function append(): Promise<string> {
  const trace = (++traces).toString(16);
  const span = { trace, span: '1', start: 1n, end: 2n, attributes: { 'session.id': 's' } };
  const answer = await intake.append('p', spanBatch(normalizer, [span]));
  return answer === 'held' ? answer : 'stored';
}

/** The answer of an append that waits for the database alone, or for readers in vain: time goes on. */
async function answerOf(append: Promise<string>): Promise<string> {
  let answer: string | undefined;
  void append.then((given) => {
    answer = given;
  });
  const deadline = performance.now() + LIMIT_MS;
  while (answer === undefined) {
    assert.ok(performance.now() < deadline, 'there is no answer');
    await delay(POLL_MS);
    later(POLL_MS);
  }
  return answer;
}

async function blocks(): Promise<number> {
  const { rows } = await connection.run({ text: 'SELECT count(*)::int4 FROM log_block' });
  return rows[0]![0] as number;
}

function later(ms: number): void {
  nowMs += ms;
  intake.expire();
}

let folded = 0;
/** Everything so far is in sessions. */
async function fold(): Promise<void> {
  folded = await blocks();
  await connection.run({ text: 'UPDATE log_block SET number = id WHERE number IS NULL' });
  await connection.run({ text: 'UPDATE lease SET folded = (SELECT max(number) FROM log_block)' });
  await intake.look();
}

/** Some other process has blocks that were folded. */
function note(ms = 600): void {
  intake.note({ folded: ++folded, records: 10, recordsOfBlock: 1, ms });
}

test(
  'an append waits for readers of those before it, and is refused if that takes long',
  options,
  async () => {
    note();
    assert.equal(await answerOf(append()), 'stored');
    later(2_000);
    note();
    const second = append();
    later(100);
    assert.equal(await blocks(), 1, 'readers do not see the first one yet');
    await fold();
    assert.equal(await answerOf(second), 'stored');
    assert.deepEqual(held, []);

    later(2_000);
    note();
    const third = append();
    for (let i = 0; i < 9; i++) {
      note();
      later(1_000);
    }
    assert.equal(await third, 'held');
    assert.deepEqual(held, [true]);
    assert.equal(await blocks(), 2, 'nothing of it is kept');
    await fold();
    later(100);
    assert.deepEqual(held, [true, false]);
  },
);

test('nobody waits while nothing is folded', options, async () => {
  later(10_000);
  assert.equal(await answerOf(append()), 'stored');
  assert.equal(await answerOf(append()), 'stored');
  assert.equal(await blocks(), 4);
  assert.deepEqual(held, [true, false]);
});
