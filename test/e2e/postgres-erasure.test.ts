import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import lz4 from 'lz4-napi';
import { Client } from 'pg';
import type { ErasureJob } from '../../src/contract/erasure.js';
import { withoutPostgres } from '../support/postgres.js';
import { startServer, type TestServer } from '../support/server.js';
import { type SpanSpec, traceId, tracesJson } from '../support/telemetry.js';
import { TestDatabase } from '../support/test-database.js';

/** Erasure over two processes and one database, from a request to the tables. */

const LIMIT_MS = 60_000;
const POLL_MS = 20;
/** How often the process that makes the sessions is killed while it erases, each time a little later. */
const KILLS = Number(process.env.SOJOURN_ERASURE_KILLS ?? 1);

const now = BigInt(Date.now()) * 1_000_000n;

function span(user: number, session: number, index: number): SpanSpec {
  return {
    trace: traceOf(user, session, index),
    span: '1',
    start: now,
    end: now + 1_000_000n,
    resource: { 'service.name': `service-of-user-${user}` },
    attributes: {
      'session.id': sessionOf(user, session),
      'user.id': `user-number-${user}`,
      'url.full': `https://shop.example/user-number-${user}`,
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': `model-of-user-${user}`,
      'gen_ai.response.id': `response-${user}-${session}-${index}`,
      'gen_ai.usage.input_tokens': 7,
    },
  };
}

const traceOf = (user: number, session: number, index: number): string =>
  `e7f3c1d9${user + 1}c${session + 1}c${index + 1}`;
const sessionOf = (user: number, session: number): string => `session-${session}-of-user-${user}`;
const spansOf = (user: number): SpanSpec[] =>
  Array.from({ length: 12 }, (_, i) => span(user, i % 4, Math.floor(i / 4)));

async function send(server: TestServer, spans: readonly SpanSpec[]): Promise<void> {
  const response = await server.post('/v1/traces', tracesJson(spans));
  assert.equal(response.status, 200, await response.text());
  await server.settled();
}

async function erase(server: TestServer, path: string): Promise<ErasureJob> {
  const response = await server.fetch(`/api/v1/${path}`, { method: 'DELETE' });
  const text = await response.text();
  assert.equal(response.status, 202, text);
  return JSON.parse(text) as ErasureJob;
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(performance.now() < deadline, what);
    await delay(POLL_MS);
  }
}

const finished = (server: TestServer, { id }: ErasureJob): Promise<ErasureJob> =>
  until(`job ${id} is not done`, async () => {
    const job = await server.get<ErasureJob>(`/api/v1/jobs/${id}`);
    assert.notEqual(job.state, 'failed', job.error);
    return job.state === 'done' ? job : undefined;
  });

const listed = (server: TestServer): Promise<string> => server.text('/api/v1/sessions?limit=1000');

describe('erasure over two processes and one database', { skip: withoutPostgres }, () => {
  let database: TestDatabase;
  let client: Client;
  let servers: [TestServer, TestServer];
  const start = () => startServer({ database });
  before(async () => {
    database = await TestDatabase.create();
    servers = [await start(), await start()];
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  after(async () => {
    for (const server of servers ?? []) await server.dispose();
    await client?.end();
    await database?.close();
  });

  /** Which of the two makes the sessions. */
  const holder = (): Promise<0 | 1> =>
    until('no process has the lease', async () => {
      const { rows } = await client.query(
        'SELECT owner FROM sojourn.lease WHERE expires_at > clock_timestamp()',
      );
      const pid = Number(String(rows[0]?.owner).split(' ').at(-2));
      const at = servers.findIndex((server) => server.pid === pid);
      return at < 0 ? undefined : (at as 0 | 1);
    });

  /** Tables and blocks that have a text, or its hexadecimal form. */
  async function placesOf(text: string): Promise<string[]> {
    const { rows: tables } = await client.query(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables
        WHERE schemaname LIKE 'sojourn%' AND tablename NOT IN ('log_block', 'audit')`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query(
        `SELECT FROM ${name} AS t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0 LIMIT 1`,
        [text, Buffer.from(text).toString('hex')],
      );
      if (rows.length > 0) found.push(name);
    }
    const { rows } = await client.query('SELECT number, data FROM sojourn.log_block');
    for (const { number, data } of rows) {
      const bytes = lz4.uncompressSync(data);
      if (bytes.includes(text) || bytes.toString('hex').includes(text)) found.push(`block ${number}`);
    }
    return found;
  }

  test('asked of either process, it is invisible at both at once, and soon in no table and no block', async () => {
    for (const asked of [0, 1] as const) {
      const [one, other] = [servers[asked]!, servers[1 - asked]!];
      const [gone, stays] = [10 * asked + 10, 10 * asked + 11];
      await send(one, [...spansOf(gone), ...spansOf(stays)]);
      // A trace of both users.
      const shared = { ...span(stays, 0, 9), trace: traceOf(gone, 0, 9) };
      await send(other, [shared, { ...span(gone, 0, 9), span: '2', parent: '1' }]);
      const before = await one.text(`/api/v1/sessions/${sessionOf(stays, 0)}`);
      for (const path of ['sessions/unknown', 'users/unknown'])
        assert.equal((await one.fetch(`/api/v1/${path}`, { method: 'DELETE' })).status, 404);
      const needles = [
        ...[0, 1, 2, 3].map((session) => sessionOf(gone, session)),
        `user-number-${gone}`,
        traceId(traceOf(gone, 1, 1)),
      ];
      for (const needle of needles) assert.notDeepEqual(await placesOf(needle), [], needle);

      const job = await erase(one, `users/user-number-${gone}`);
      for (const server of servers) {
        // Not `get`, which waits for what was acknowledged.
        const answer = await fetch(`${server.httpUrl}/api/v1/sessions/${sessionOf(gone, 2)}`);
        assert.equal(answer.status, 404);
        assert.equal(await server.text(`/api/v1/sessions/${sessionOf(stays, 0)}`), before);
      }
      const done = await finished(other, job);
      assert.deepEqual(done.erased, { sessions: 4, traces: 13, spans: 13, logs: 0 });
      for (const needle of needles) assert.deepEqual(await placesOf(needle), [], needle);
      assert.notDeepEqual(await placesOf(`user-number-${stays}`), []);

      const { statement, signature, public_key } = done.receipt!;
      const key = createPublicKey({ key: Buffer.from(public_key, 'base64'), format: 'der', type: 'spki' });
      assert.ok(verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64')));
      const { found, searched, vacuumed, not_vacuumed, not_reached } = JSON.parse(statement);
      assert.deepEqual(found, []);
      // Its traces but for the shared one, its sessions, and both forms of its id.
      assert.equal(searched.ids, 12 + 4 + 2);
      assert.ok(searched.blocks > 0 && searched.tables > 10 && vacuumed > 10);
      assert.equal(not_vacuumed, undefined);
      assert.match(not_reached, /write-ahead log, replicas/);

      // A sender that repeats itself is acknowledged by both, and nothing comes back; nor does a new session of the user.
      const rest = await listed(one);
      for (const server of servers) {
        await send(server, [
          ...spansOf(gone),
          { ...span(gone, 7, 7), attributes: { 'user.id': `user-number-${gone}` } },
        ]);
        assert.equal(await listed(server), rest);
      }
      assert.match(await one.text('/metrics'), /^sojourn_records_erased_total [1-9]/m);
      assert.match(await one.text('/metrics'), /^sojourn_erasure_jobs\{state="unfinished"\} \d/m);
    }
  });

  test('blocks of a process that did not know of it lose its records before any session has them', async () => {
    const [gone, stays] = [30, 31];
    await send(servers[0], [...spansOf(gone), ...spansOf(stays)]);
    await client.query(`CREATE TABLE late AS SELECT * FROM sojourn.log_block
      WHERE number = (SELECT max(number) FROM sojourn.log_block)`);
    const job = await erase(servers[1], `sessions?userId=user-number-${gone}`);
    assert.equal(job.target, 'sessions');
    await finished(servers[0], job);
    const rest = await listed(servers[0]);
    await client.query(`INSERT INTO sojourn.log_block (lane, project, records, least_ns, greatest_ns, checksum, directory, data)
      SELECT lane, project, records, least_ns, greatest_ns, checksum, directory, data FROM late; DROP TABLE late`);
    assert.equal(await listed(servers[1]), rest);
    assert.deepEqual(await placesOf(sessionOf(gone, 1)), []);
    assert.notDeepEqual(await placesOf(sessionOf(stays, 1)), []);
  });

  test(`another process finishes it after the first was killed, ${KILLS} time(s)`, async () => {
    const users = Array.from({ length: KILLS }, (_, kill) => 40 + kill);
    await send(servers[0], users.flatMap(spansOf));
    for (const [kill, user] of users.entries()) {
      const at = await holder();
      const survivor = servers[1 - at]!;
      const job = await erase(survivor, `users/user-number-${user}`);
      // The states that a kill meets differ by how long it waits.
      await delay(kill * 30);
      await servers[at]!.kill();
      await database.expireLease();
      const { erased, receipt } = await finished(survivor, job);
      assert.equal(erased.sessions, 4);
      assert.deepEqual(JSON.parse(receipt!.statement).found, []);
      assert.deepEqual(await placesOf(`user-number-${user}`), []);
      servers[at] = await start();
    }
    const rest = await listed(servers[0]);
    // The log alone gives the same, so its blocks have lost exactly the erased records.
    for (const server of servers) await server.kill();
    await client.query(`DELETE FROM sojourn.setting WHERE key = 'rows'; UPDATE sojourn.lease SET folded = 0`);
    await database.expireLease();
    servers = [await start(), await start()];
    assert.equal(await listed(servers[1]), rest);
  });

  test('programs that do not know what was erased are refused', async () => {
    const { rows } = await client.query(`SELECT value FROM sojourn.setting WHERE key = 'safe_version'`);
    assert.deepEqual(rows, [{ value: '3' }]);
  });
});
