import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AttributeNormalizer } from '../src/normalize/attribute-normalizer.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import { createUsageReader } from '../src/normalize/usage.js';
import { Tombstones } from '../src/store/engine/tombstones.js';
import { Admission } from '../src/store/postgres/admission.js';
import { BlockSender, HandedBlocks, newHandOver } from '../src/store/postgres/handed-blocks.js';
import { Intake } from '../src/store/postgres/intake.js';
import { KnownTombstones } from '../src/store/postgres/known-tombstones.js';
import { Lease } from '../src/store/postgres/lease.js';
import { LogTable } from '../src/store/postgres/log-table.js';
import { migrateDatabase } from '../src/store/postgres/migrate.js';
import { Pool } from '../src/store/postgres/pool.js';
import type { Statement, SyncSession } from '../src/store/postgres/statement.js';
import { SessionThread } from '../src/store/postgres/sync-session.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { spanBatch } from './support/telemetry.js';

/** The log as the holder of the lease sees it: its own blocks come from memory, and are what the database has. */

const options = { skip: withoutPostgres };
const normalizer: Normalizer = new AttributeNormalizer(undefined, createUsageReader());
const noTombstones = (): KnownTombstones => new KnownTombstones(new Tombstones(Buffer.alloc(32), () => 0n));
let server: TestPostgres;
let threads: SessionThread;
let pool: Pool;
let own: Intake;
let other: Intake;
let log: LogTable;
/** How many blocks were asked for by each statement that read some. */
let reads: number[] = [];

/** Notes reads of blocks. */
function watched(session: SyncSession): SyncSession {
  return {
    run: (statements: readonly Statement[]) => {
      const results = session.run(statements);
      for (const [i, { name }] of statements.entries())
        if (name === 'blocks') reads.push(results[i]!.rows.length);
      return results;
    },
  };
}

before(async () => {
  if (withoutPostgres !== false) return;
  server = await startPostgres();
  const url = await server.createDatabase();
  await migrateDatabase(url);
  const connection = (purpose: string) => ({ url, purpose, statementMs: 60_000 });
  threads = new SessionThread(['decisions', 'hints'].map(connection));
  pool = new Pool(connection('intake'), 4);
  const handOver = newHandOver();
  const edges = {
    ...{ answerMs: 600_000, appended: () => {}, free: () => {}, retried: () => {}, held: () => {} },
    nowMs: () => 0,
  };
  own = new Intake(pool, { ...edges, handOver: new BlockSender(handOver.intake) }, noTombstones());
  other = new Intake(pool, { ...edges, handOver: new BlockSender(newHandOver().intake) }, noTombstones());
  const [decisions, hints] = threads.sessions;
  const lease = new Lease(decisions!, 'test', 600_000);
  assert.ok(lease.take());
  const handed = new HandedBlocks(handOver.folder);
  handed.want(true);
  log = new LogTable(
    { hints: watched(hints!), decisions: decisions! },
    lease,
    new Admission(noTombstones(), normalizer),
    handed,
  );
});
after(async () => {
  await Promise.all([own?.settled(), other?.settled()]);
  await pool?.close();
  await threads?.close();
  await server?.stop();
});

let traces = 0;
/** Appends a block of as many records as do not wait until readers see them. */
async function append(intake: Intake): Promise<void> {
  const span = (trace: number) => ({
    trace: trace.toString(16),
    span: '1',
    start: 1n,
    end: 2n,
    attributes: { 'session.id': `s${trace}` },
  });
  const spans = Array.from({ length: 300 }, () => span(++traces));
  assert.notEqual(await intake.append('p', spanBatch(normalizer, spans)), 'held');
}

/** Numbers what there is, and returns the numbers. */
function numbered(): number[] {
  const first = log.lastNumber + 1;
  while (log.numberNew());
  return Array.from({ length: log.lastNumber + 1 - first }, (_, i) => first + i);
}

test('blocks of this process are not read from the database', options, async () => {
  for (let i = 0; i < 3; i++) await append(own);
  const numbers = numbered();
  reads = [];
  const fromMemory = log.readAll(numbers);
  assert.deepEqual(reads, []);
  assert.deepEqual(
    fromMemory.map((block) => block!.id),
    numbers,
  );
  assert.equal(
    fromMemory.reduce((sum, block) => sum + block!.records, 0),
    900,
  );
  const fromDatabase = log.readAll(numbers);
  assert.deepEqual(reads, [numbers.length], 'they are in memory once');
  for (const [i, { directory, bytes, ...rest }] of (
    fromMemory as NonNullable<(typeof fromMemory)[0]>[]
  ).entries()) {
    const same = fromDatabase[i]!;
    assert.deepEqual(rest, { id: same.id, project: same.project, records: same.records });
    assert.ok(same.bytes.equals(bytes) && Buffer.from(same.directory).equals(directory));
  }
});

test('blocks of several processes keep the order in which they were appended', options, async () => {
  for (const intake of [own, other, own, other]) await append(intake);
  const numbers = numbered();
  reads = [];
  const first = log.readAll(numbers);
  assert.deepEqual(reads, [numbers.length / 2]);
  const again = log.readAll(numbers);
  assert.deepEqual(
    first.map((block) => [block!.id, block!.bytes.toString('hex')]),
    again.map((block) => [block!.id, block!.bytes.toString('hex')]),
  );
});

test('a block that records have left is read from the database', options, async () => {
  await append(own);
  const [number] = numbered();
  log.remove(new Map([[number!, new Set([0])]]));
  reads = [];
  const block = log.read(number!)!;
  assert.deepEqual(reads, [1]);
  assert.ok(block.records < 300);
});
