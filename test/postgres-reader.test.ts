import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SessionScan } from '../src/store/contract/session.js';
import { StoreUnavailableError } from '../src/store/contract/unavailable.js';
import { Connection } from '../src/store/postgres/connection.js';
import { Pool } from '../src/store/postgres/pool.js';
import type { PostgresReader } from '../src/store/postgres/reader.js';
import { openReader } from '../src/store/postgres/reader-module.js';
import {
  KEPT_TABLES,
  ROW_TABLES,
  ROWS_VERSION,
  ROWS_VERSION_KEY,
  rowsSchema,
} from '../src/store/postgres/schema.js';
import { KeptRows, PostgresSessionReads } from '../src/store/postgres/session-reads.js';
import { PostgresSnapshots } from '../src/store/postgres/snapshots.js';
import { startFaultyProxy } from './support/faulty-proxy.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { until } from './support/postgres-exact.js';

/** Which rows a reader answers from, what becomes of it without a connection, and how a read ends early. */

const options = { skip: withoutPostgres };
const SCAN: SessionScan = { direction: 'older', limit: 10, nowNs: 1n };
let server: TestPostgres;

before(async () => {
  if (withoutPostgres === false) server = await startPostgres();
});
after(() => server?.stop());

class World {
  readonly url: string;
  readonly reader: PostgresReader;
  readonly #connection: Connection;

  private constructor(url: string, reader: PostgresReader, connection: Connection) {
    this.url = url;
    this.reader = reader;
    this.#connection = connection;
  }

  /** With a project, and without rows. */
  static async open(): Promise<World> {
    const url = await server.createDatabase();
    const connection = await Connection.open({ url, purpose: 'test', statementMs: 60_000 });
    const reader = (await openReader({ url, timeoutNs: 1n })) as PostgresReader;
    const world = new World(url, reader, connection);
    await world.run('CREATE SCHEMA sojourn', KEPT_TABLES, `INSERT INTO project (name) VALUES ('default')`);
    return world;
  }

  async run(...texts: string[]): Promise<void> {
    for (const text of texts) await this.#connection.run({ text });
  }

  /** How many statements of readers wait for a lock. */
  async waiting(): Promise<number> {
    const { count } = await this.#connection.run({
      text: `SELECT pg_stat_clear_snapshot();
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        AND application_name = 'sojourn reader'`,
    });
    return count;
  }

  /** Makes rows with one session. */
  async makeRows(no: number, session: string): Promise<void> {
    await this.run(
      `CREATE SCHEMA ${rowsSchema(no)}; SET search_path TO ${rowsSchema(no)}, sojourn`,
      ROW_TABLES,
      `INSERT INTO meta VALUES ('version', '0'), ('${ROWS_VERSION_KEY}', '${ROWS_VERSION}'), ('call_salt', '00');
       INSERT INTO session (no, project, id, start_ns, last_ns, listing, implicit, invalidated, settings, span_count, error_count, trace_count, failures, has_errors, traits, counts)
         VALUES (1, 1, '${session}', 1, 2, 1, false, false, 1, 1, 0, 1, 0, false, '', '"span_count":1');
       SET search_path TO sojourn`,
    );
  }

  name(no: number): Promise<void> {
    return this.run(
      `INSERT INTO setting VALUES ('rows', '${no}') ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    );
  }

  async listed(): Promise<string[]> {
    const { sessions } = await this.reader.sessions('default', SCAN);
    return sessions.map(({ id }) => id);
  }

  async close(): Promise<void> {
    await this.reader.close();
    await this.#connection.close();
  }
}

test('answers come from the rows that are named when a question begins', options, async () => {
  const world = await World.open();
  assert.deepEqual(await world.listed(), [], 'there are none yet');
  assert.equal(await world.reader.session('default', 'a'), undefined);
  const { reader } = world;
  assert.equal((await reader.statistics('default', { nowNs: 1n })).totalSessions, 0);
  assert.equal((await reader.visits('default', { nowNs: 1n, limit: 1 })).visits, 0);
  assert.deepEqual((await reader.top('default', { nowNs: 1n, by: 'cost', limit: 1 })).sessions, []);
  assert.deepEqual((await reader.facets('default', { nowNs: 1n, limit: 1 })).services, []);
  await reader.timeline('default', { nowNs: 1n, startToNs: 1n, stepFor: () => 60_000_000_000n });
  await world.makeRows(1, 'a');
  await world.name(1);
  assert.deepEqual(await world.listed(), ['a']);
  await world.makeRows(2, 'b');
  assert.deepEqual(await world.listed(), ['a'], 'the next ones are made');
  await world.name(2);
  assert.deepEqual(await world.listed(), ['b']);
  await world.makeRows(3, 'c');
  await world.name(3);
  await world.run(`DROP SCHEMA ${rowsSchema(2)} CASCADE`);
  assert.deepEqual(await world.listed(), ['c'], 'the earlier ones are gone');
  await world.close();
});

test('a question without a connection is refused, and the next one opens another', options, async () => {
  const world = await World.open();
  await world.makeRows(1, 'a');
  await world.name(1);
  assert.deepEqual(await world.listed(), ['a']);
  await server.kill();
  await assert.rejects(world.listed(), StoreUnavailableError);
  await assert.rejects(world.listed(), /ECONNREFUSED/);
  await server.restart();
  assert.deepEqual(await world.listed(), ['a']);
  await world.close();
});

test('a read that is over ends at once, with what the database does for it', options, async () => {
  const world = await World.open();
  await world.makeRows(1, 'a');
  await world.name(1);
  let isOver = false;
  const over = new Error('it took too long');
  const checkpoint = (): void => {
    if (isOver) throw over;
  };
  const reader = await openReader({ url: world.url, timeoutNs: 1n }, checkpoint);
  await world.run(`BEGIN; LOCK TABLE ${rowsSchema(1)}.session`);
  const read = reader.sessions('default', SCAN);
  read.catch(() => {});
  await until('it does not wait', async () => (await world.waiting()) === 1 || undefined);
  isOver = true;
  await assert.rejects(read, over);
  await until('the statement goes on', async () => (await world.waiting()) === 0 || undefined);
  await world.run('COMMIT');
  isOver = false;
  assert.equal((await reader.sessions('default', SCAN)).sessions.length, 1);
  await reader.close();
  await world.close();
});

test('a read that is over does not wait for a network without answers', options, async () => {
  const world = await World.open();
  await world.makeRows(1, 'a');
  await world.name(1);
  const proxy = await startFaultyProxy(server);
  let isOver = false;
  const checkpoint = (): void => {
    if (isOver) throw new Error('it took too long');
  };
  const reader = await openReader({ url: proxy.through(world.url), timeoutNs: 1n }, checkpoint);
  for (const isConnected of [false, true]) {
    isOver = false;
    if (isConnected) assert.equal((await reader.sessions('default', SCAN)).sessions.length, 1);
    proxy.blackhole();
    const accepted = proxy.accepted;
    const read = reader.sessions('default', SCAN);
    read.catch(() => {});
    if (!isConnected) await until('it does not connect', async () => proxy.accepted > accepted || undefined);
    isOver = true;
    await assert.rejects(read, /took too long/);
    proxy.recover();
  }
  await reader.close();
  await proxy.stop();
  await world.close();
});

test('statements about one session are planned once for a connection', options, async () => {
  const world = await World.open();
  await world.makeRows(1, 's');
  const pool = new Pool({ url: world.url, purpose: 'test', statementMs: 60_000 }, 1);
  const kept = new KeptRows();
  const snapshots = new PostgresSnapshots(pool, 1, (moment) => new PostgresSessionReads(moment, kept));
  await world.name(1);
  for (let i = 0; i < 3; i++) {
    await snapshots.snapshot(async (reads) => {
      assert.equal(await reads.session(1, 'none'), undefined);
      await reads.successors(1, 's', 10);
      await reads.groups({ project: 1, no: 1 }, { of: 'records', direction: 'forward', limit: 10 });
    });
  }
  await snapshots.moment(async ({ session }) => {
    const { rows } = await session.run({
      text: `SELECT name, generic_plans::int4, custom_plans::int4 FROM pg_prepared_statements WHERE name LIKE 'read%' ORDER BY name`,
    });
    assert.deepEqual(rows, [
      ['read_groups records all ASC', 3, 0],
      ['read_session', 3, 0],
      ['read_successors', 3, 0],
    ]);
    // Lists are planned with their values.
    const settings = await session.run({
      text: `SELECT current_setting('plan_cache_mode'), current_setting('enable_seqscan')`,
    });
    assert.deepEqual(settings.rows, [['auto', 'on']]);
  });
  await pool.close();
  await world.close();
});
