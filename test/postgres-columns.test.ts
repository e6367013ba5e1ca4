import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import type { SessionFilter } from '../src/store/contract/session-filter.js';
import type { Engine } from '../src/store/engine/engine.js';
import { columnReader } from '../src/store/postgres/column-reader.js';
import { Connection } from '../src/store/postgres/connection.js';
import { SearchStatements as PostgresSearch } from '../src/store/postgres/search-statements.js';
import { SessionColumns } from '../src/store/postgres/session-columns.js';
import { SessionThread } from '../src/store/postgres/sync-session.js';
import { TableStatistics } from '../src/store/postgres/table-statistics.js';
import { sessionLists } from '../src/store/read/store-reader.js';
import { CHUNK_SESSIONS } from '../src/store/search/columns/bits.js';
import { KeptChunks } from '../src/store/search/columns/chunk-reader.js';
import type { SessionLists } from '../src/store/search/session-lists.js';
import { ColumnReader } from '../src/store/sqlite/column-reader.js';
import type { Database } from '../src/store/sqlite/database.js';
import { SearchStatements as SqliteSearch } from '../src/store/sqlite/search-statements.js';
import { openEngine } from './support/engine.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { MirroredStore, makeTables } from './support/postgres-mirror.js';
import { type SpanSpec, spanBatch } from './support/telemetry.js';

/** Sums under filters by columns of PostgreSQL are those by its rows, and those of SQLite, in every state of packing. */

const SECOND = 1_000_000_000n;
const NOW_NS = 2_000_000_000n * SECOND;
const HOUR = 3_600n * SECOND;
const PROJECT = 1;
const SESSIONS = CHUNK_SESSIONS + 276;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0';
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
/** More than fits the columns. */
const MANY_TOKENS = 2 ** 42;

const FILTERS: readonly SessionFilter[] = [
  { bots: false, minTraceSpans: 2 },
  { errors: true },
  { services: ['web', 'nul\0'] },
  { models: ['gpt-4o'] },
  { deviceTypes: ['desktop'], implicit: false },
  { userIds: ['u1', 'u2', 'nobody'] },
  { userIds: ['nul\0'] },
  { states: [{ name: 'ended' }, { name: 'timed_out' }] },
  { states: [{ name: 'invalidated' }] },
  { open: true },
  { minDurationNs: 20n * SECOND },
  { minSpans: 2 },
  { minCostNanoUsd: 1n },
  { startFromNs: NOW_NS - 5n * HOUR, startToNs: NOW_NS - 2n * HOUR, bots: false },
  { lastFromNs: NOW_NS - 3n * HOUR, errors: false },
  { startFromNs: NOW_NS - 6n * HOUR - 1n, startToNs: NOW_NS - HOUR },
  { pagePrefix: '/cart' },
];

const options = { skip: withoutPostgres };
const root = mkdtempSync(join(tmpdir(), 'sojourn-postgres-columns-'));
const keptChunks = new KeptChunks();
let server: TestPostgres;
let thread: SessionThread;
let connection: Connection;
let db: Database;
let engine: Engine;
let mirror: MirroredStore;
let normalizer: Normalizer;

before(async () => {
  if (withoutPostgres !== false) return;
  server = await startPostgres();
  const options = { url: await server.createDatabase(), purpose: 'test', statementMs: 60_000 };
  await makeTables(options);
  thread = new SessionThread([options, options, options]);
  connection = await Connection.open(options);
  mirror = new MirroredStore(thread.sessions[0]!, thread.sessions[1]!);
  normalizer = await createNormalizer({
    userIds: 'keep',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
  });
  const settings = { normalizer, now: () => NOW_NS, foldFailed: (reason: string) => assert.fail(reason) };
  ({ db, engine } = openEngine(join(root, 'data'), settings, (store, db) => mirror.open(store, db)));
  commit([...Array(SESSIONS).keys()], 0);
});
after(async () => {
  db?.close();
  await connection?.close();
  await thread?.close();
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Commits a span of each of these sessions. */
function commit(sessions: readonly number[], round: number): void {
  const spans = sessions.map((session): SpanSpec => {
    const n = (session * 7919 + round * 101) % 1009;
    const start = NOW_NS - 8n * HOUR + BigInt(session % 400) * 60n * SECOND + BigInt(round) * SECOND;
    const users = ['u1', 'u2', 'nul\0', `u${n}`];
    return {
      trace: (round * 10_000 + session + 1).toString(16),
      span: '1',
      start,
      end: start + BigInt(n % 50) * SECOND,
      error: n % 9 === 0,
      resource: { 'service.name': n % 300 === 0 ? 'nul\0' : ['web', 'api'][n % 2]! },
      attributes: {
        ...(session % 7 !== 0 && { 'session.id': session % 10 === 9 ? `nul\0${session}` : `s${session}` }),
        ...(n % 3 !== 0 && { 'user.id': users[n % users.length]! }),
        ...(n % 4 === 0 && {
          'url.full': `https://shop.example/cart/${n % 5}`,
          'user_agent.original': n % 8 === 0 ? BOT : FIREFOX,
        }),
        ...(n % 5 === 0 && {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': n % 2 === 0 ? 'gpt-4o' : 'claude',
          'gen_ai.usage.input_tokens': n === 500 ? MANY_TOKENS : n,
        }),
      },
    };
  });
  engine.commit([{ project: 'default', batch: spanBatch(normalizer, spans) }], true);
}

/** Compares the answers by columns and by rows of PostgreSQL, and by rows of SQLite. Returns how many sessions are loose and unpacked. */
async function compare(): Promise<{ readonly loose: number; readonly unpacked: number }> {
  const columnRows = columnReader(connection, keptChunks);
  const prepare = (sql: string) => {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  const limits = { timeoutNs: 1_800n * SECOND };
  const postgres = { rows: new PostgresSearch(connection), columnRows };
  const sqlite = { rows: new SqliteSearch(prepare), columnRows: new ColumnReader(prepare) };
  const always = Number.POSITIVE_INFINITY;
  const byColumns = sessionLists(postgres, { ...limits, fewSessions: 0 }, () => {});
  const others = [postgres, sqlite].map((rows) =>
    sessionLists(rows, { ...limits, fewSessions: always }, () => {}),
  );
  for (const filter of FILTERS) {
    const actual = await answersOf(byColumns, filter);
    for (const lists of others)
      assert.deepEqual(actual, await answersOf(lists, filter), JSON.stringify(filter, text));
  }
  const unpacked = await columnRows.unpacked();
  return {
    loose: (await columnRows.loose()).length,
    unpacked: unpacked.reduce((sum, { first, last }) => sum + last - first + 1, 0),
  };
}

const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value);

async function answersOf(lists: SessionLists, filter: SessionFilter): Promise<unknown> {
  const scan = { ...filter, nowNs: NOW_NS };
  const statistics = await lists.statistics(PROJECT, scan);
  return [
    { ...statistics, byDeviceType: sorted(statistics.byDeviceType), byCountry: sorted(statistics.byCountry) },
    await lists.timeline(PROJECT, { startToNs: NOW_NS, ...scan, stepFor: () => HOUR }),
    await lists.top(PROJECT, { ...scan, by: 'cost', limit: 5 }),
    await lists.top(PROJECT, { ...scan, by: 'duration', limit: 5 }),
    await lists.visits(PROJECT, { ...scan, limit: 5 }),
    await lists.groups(PROJECT, { ...scan, by: 'user', sort: 'sessions', limit: 20 }),
    await lists.groups(PROJECT, { ...scan, by: 'user', sort: 'cost', limit: 5 }),
  ];
}

function sorted(map: ReadonlyMap<string, unknown>): unknown {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

test('sums are the same before, while and after sessions are packed and change', options, async () => {
  assert.deepEqual(await compare(), { loose: 0, unpacked: SESSIONS + 1 }, 'nothing is packed');
  mirror.columns.pack(0);
  const half = await compare();
  assert.equal(half.unpacked, SESSIONS + 1 - CHUNK_SESSIONS, 'one of two chunks is packed');
  mirror.columns.pack(1);
  const unfit = await compare();
  assert.equal(unfit.unpacked, 0);
  assert.ok(unfit.loose > 0 && unfit.loose < 15, `${unfit.loose} do not fit`);

  commit([3, 5, 3, 40, 1_100], 1);
  commit([SESSIONS + 1, SESSIONS + 2], 1);
  engine.invalidate('default', 's15');
  engine.closeTimedOut();
  const changed = await compare();
  assert.ok(changed.loose > unfit.loose + 6, `${changed.loose} are read by their rows`);
  mirror.columns.pack(0);
  mirror.columns.pack(1);
  assert.deepEqual(await compare(), unfit, 'all are packed again');
  mirror.compare();
});

test(
  'a lost lease, a lost connection and a restart between packing and folding lose nothing',
  options,
  async () => {
    commit([8, 9, 1_200], 2);
    const before = await compare();
    assert.ok(before.loose > 2);
    mirror.isLeaseLost = true;
    assert.throws(() => mirror.columns.pack(0), { code: 'SJ001' });
    assert.deepEqual(await compare(), before, 'another process has the lease');
    const end: string = 'SELECT pg_terminate_backend(pg_backend_pid())';
    const cut = new SessionColumns(thread.sessions[2]!, () => ({ text: end }));
    assert.throws(() => cut.pack(0));
    assert.deepEqual(await compare(), before, 'the connection ended before the commit');

    // What is known of loose sessions is forgotten with the change set that was rolled back.
    mirror.isLeaseLost = true;
    commit([10, 1_201], 2);
    commit([10, 11, 1_201], 3);
    const later = await compare();
    assert.ok(later.loose >= before.loose + 3, `${later.loose} after ${before.loose}`);

    // Another process packs, and this one begins again.
    const other = new SessionColumns(thread.sessions[2]!, () => ({ text: 'SELECT 1' }));
    other.pack(0);
    await compare();
    mirror.columns.forget();
    commit([10, 11, 12], 4);
    const again = await compare();
    assert.ok(again.loose >= 3);
  },
);

test(
  'chunks of another format are read by rows, and their sessions are noted for programs of that format',
  options,
  async () => {
    await connection.run({ text: 'UPDATE session_chunk SET format = format + 1 WHERE no = 1' });
    await connection.run({
      text: `UPDATE meta SET value = (value::int + 1)::text WHERE key = 'columns_version'`,
    });
    mirror.columns.forget();
    commit([1_150, 1_151], 5);
    const found = await compare();
    assert.ok(found.unpacked > 0);
    const { rows } = await connection.run({ text: 'SELECT count(*) FROM loose_session WHERE no >= 1024' });
    assert.ok(Number(rows[0]![0]) >= 2);
    mirror.columns.pack(1);
    assert.equal((await compare()).unpacked, 0);
  },
);

test('the database knows how many sessions there are before it looks by itself', options, async () => {
  const url = await server.createDatabase();
  const own = { url, purpose: 'test', statementMs: 60_000 };
  await makeTables(own);
  const thread = new SessionThread([own]);
  try {
    const session = thread.sessions[0]!;
    const statistics = new TableStatistics(session);
    const insert = (from: number, to: number): void => {
      session.run([
        {
          text: `INSERT INTO session (no, project, id, start_ns, last_ns, listing, implicit, invalidated, settings, span_count, has_errors, error_count, trace_count, failures, traits, counts)
            SELECT no, 1, no::text::bytea, no, no, 1, false, false, 0, 1, false, 0, 1, 0, '', '' FROM generate_series($1::int8, $2::int8) AS n (no)`,
          values: [from, to],
        },
      ]);
    };
    const known = (): number => {
      const [found] = session.run([
        { text: `SELECT reltuples::int8 FROM pg_class WHERE oid = 'session'::regclass` },
      ]);
      return Number(found!.rows[0]![0]);
    };
    session.run([{ text: 'ALTER TABLE session SET (autovacuum_enabled = false)' }]);
    insert(1, 500);
    statistics.sweep();
    assert.ok(known() < 1, 'few sessions need no plan');
    insert(501, 3_000);
    statistics.sweep();
    assert.equal(known(), 3_000);
    insert(3_001, 5_000);
    statistics.sweep();
    assert.equal(known(), 3_000, 'not twice as many');
    insert(5_001, 6_001);
    statistics.sweep();
    assert.equal(known(), 6_001);
  } finally {
    await thread.close();
  }
});
