import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Client } from 'pg';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import type { Store } from '../src/store/contract/store.js';
import { openPostgresStore } from '../src/store/postgres/store.js';
import { QUIET } from './support/engine.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { folded, until } from './support/postgres-exact.js';
import { BASE_NS, batchesOf, type Item, NOW_NS } from './support/random-telemetry.js';
import { STORE_SETTINGS } from './support/store-process.js';

/**
 * More telemetry comes than is folded, and does not end: what else the process that folds has to do is done all the
 * same.
 */

const PROJECT = 'p';
/** At least so many blocks are behind all the time. */
const BACKLOG = 600;

let server: TestPostgres;
let url: string;
let client: Client;
let normalizer: Normalizer;
const skip = withoutPostgres;

/** Of one trace, so of one block, which takes some time to fold. */
const spans: Item[] = Array.from({ length: 40 }, (_, no) => spanOf('a', no + 1, 's1'));

function spanOf(trace: string, no: number, session: string): Item {
  const attributes = { 'session.id': session };
  return { span: { trace, span: no.toString(16), start: BASE_NS, end: BASE_NS + 1n, attributes } };
}

async function openStore(sessionsBy: 'id' | 'user' = 'id'): Promise<Store> {
  const store = await openPostgresStore(
    { ...STORE_SETTINGS, url, sessionsBy, events: { ...QUIET, foldFailed: (reason) => assert.fail(reason) } },
    { writer: { nowNs: NOW_NS, packsAtOnce: true } },
  );
  normalizer = await createNormalizer({ ...STORE_SETTINGS.normalizer, userIdKey: store.installationKey });
  return store;
}

async function append(store: Store, ...items: Item[]): Promise<void> {
  await Promise.all(batchesOf(normalizer, items).map((batch) => store.writer.append(PROJECT, batch)));
}

async function behind(): Promise<number> {
  const { rows } = await client.query(
    'SELECT count(*)::int4 AS blocks FROM sojourn.log_block WHERE number IS NULL OR number > (SELECT folded FROM sojourn.lease)',
  );
  return rows[0].blocks;
}

/** Appends the first block again and again, which changes nothing. */
async function repeat(times: number): Promise<void> {
  await client.query(
    `INSERT INTO sojourn.log_block (lane, project, records, least_ns, greatest_ns, checksum, directory, data)
      SELECT lane, project, records, least_ns, greatest_ns, checksum, directory, data
      FROM sojourn.log_block, generate_series(1, $1) WHERE number = 1`,
    [times],
  );
}

/** Goes on appending until `work` is done: never all is folded. */
async function overloaded<T>(work: () => Promise<T>): Promise<T> {
  let isDone = false;
  await repeat(2 * BACKLOG);
  const fill = async (): Promise<void> => {
    while (!isDone) await repeat(Math.max(0, 2 * BACKLOG - (await behind())));
  };
  const filling = fill();
  try {
    const result = await work();
    assert.ok((await behind()) > 0, 'it waited until all was folded');
    return result;
  } finally {
    isDone = true;
    await filling;
  }
}

describe('while more comes than is folded', { skip }, () => {
  let store: Store;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server?.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    store = await openStore();
    await append(store, ...spans);
    client = new Client({ connectionString: url });
    await client.connect();
    await folded(client);
  });
  afterEach(async () => {
    await store.close();
    await client.end();
  });

  test('a session that readers see is invalidated at once', async () => {
    assert.equal(await overloaded(() => store.writer.invalidate(PROJECT, 's1')), true);
    const { rows } = await client.query('SELECT invalidated FROM sojourn_rows_1.session');
    assert.deepEqual(rows, [{ invalidated: true }]);
  });

  test('one that was acknowledged and is not seen yet is invalidated once it is, and none that is missing', async () => {
    // Few enough that a busy machine folds them in time.
    await repeat(BACKLOG / 10);
    await append(store, spanOf('b', 1, 's2'));
    const answers = await Promise.all(['s2', 'missing'].map((id) => store.writer.invalidate(PROJECT, id)));
    assert.deepEqual(answers, [true, false]);
  });

  test('sessions are packed', async () => {
    await store.close();
    await client.query(
      'TRUNCATE sojourn_rows_1.session_chunk, sojourn_rows_1.chunk_head, sojourn_rows_1.chunk_part',
    );
    await overloaded(async () => {
      store = await openStore();
      await until('nothing is packed', async () => {
        const { rows } = await client.query('SELECT 1 FROM sojourn_rows_1.session_chunk');
        return rows.length > 0 || undefined;
      });
    });
  });

  test('sessions that are made again are shown', async () => {
    await store.close();
    await overloaded(async () => {
      store = await openStore('user');
      await until('readers have the earlier sessions', async () => {
        const { rows } = await client.query(`SELECT value FROM sojourn.setting WHERE key = 'rows'`);
        return rows[0].value === '2' || undefined;
      });
    });
    const { rows } = await client.query('SELECT convert_from(id, $1) AS id FROM sojourn_rows_2.session', [
      'UTF8',
    ]);
    assert.deepEqual(rows, [{ id: 's1' }]);
  });
});
