import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStream } from '../support/event-stream.js';
import { withoutPostgres } from '../support/postgres.js';
import { startServer, type TestServer } from '../support/server.js';
import { type SpanSpec, tracesJson } from '../support/telemetry.js';
import { TestDatabase } from '../support/test-database.js';

/** Two processes over one database, of which one makes the sessions: what is done at one is seen at the other. */

const STREAM = '/api/v1/sessions/stream';
const NOW_NS = BigInt(Date.now()) * 1_000_000n;
const MAX_REQUEST_BYTES = 20_000;
/** The metrics of the lease are measured once a second. */
const METRICS_LIMIT_MS = 30_000;
const POLL_MS = 50;

function span(session: string, trace: string, more: Partial<SpanSpec> = {}): SpanSpec {
  const attributes = { 'session.id': session };
  return { trace, span: '1', start: NOW_NS, end: NOW_NS + 1_000_000n, attributes, ...more };
}

async function send(server: TestServer, ...spans: SpanSpec[]): Promise<void> {
  const response = await server.post('/v1/traces', tracesJson(spans));
  assert.equal(response.status, 200, await response.text());
}

/**
 * What a client has of the session once its text fits: from its event, or by reading it where the stream says that
 * anything may have changed.
 */
async function known(server: TestServer, stream: EventStream, id: string, fits = /./): Promise<string> {
  for (;;) {
    const { event, data } = await stream.next();
    const isIt = event === 'session' && JSON.parse(data)['session.id'] === id;
    const text = isIt ? data : event === 'reset' ? await textOf(server, id) : undefined;
    if (text !== undefined && fits.test(text)) return text;
  }
}

async function textOf(server: TestServer, id: string): Promise<string | undefined> {
  const response = await server.fetch(`/api/v1/sessions/${encodeURIComponent(id)}`);
  const text = await response.text();
  return response.status === 404 ? undefined : text;
}

describe('two processes over one database', { skip: withoutPostgres }, () => {
  let servers: [TestServer, TestServer];
  before(async () => {
    const database = await TestDatabase.create();
    const flags = ['--max-request-size', String(MAX_REQUEST_BYTES)];
    const start = () => startServer({ database, flags });
    servers = [await start(), await start()];
  });
  after(async () => {
    for (const server of servers ?? []) await server.dispose();
  });
  /** Each process once in the part of the first. */
  const bothWays = () => [servers, [...servers].reverse()] as [TestServer, TestServer][];

  test('read what the other has taken in', async () => {
    for (const [way, [one, other]] of bothWays().entries()) {
      await send(one, span(`read ${way}`, `a${way}`));
      const path = `/api/v1/sessions/${encodeURIComponent(`read ${way}`)}`;
      assert.equal(await other.text(path), await one.text(path));
    }
  });

  test('stream what is sent to the other, and what is decided there', async () => {
    for (const [way, [one, other]] of bothWays().entries()) {
      const id = `streamed ${way}`;
      const stream = await EventStream.open(other.httpUrl + STREAM);
      await send(one, span(id, `b${way}`));
      const path = `/api/v1/sessions/${encodeURIComponent(id)}`;
      assert.deepEqual(JSON.parse(await known(other, stream, id)), await one.get(path));
      const answer = await one.post(`${path}/invalidate`, '');
      assert.equal(answer.status, 204, await answer.text());
      await known(other, stream, id, /"state":"invalidated"/);
      assert.match(await other.text(path), /"state":"invalidated"/);
      stream.close();
    }
  });

  test('invalidate the same session at once, and no session that is missing', async () => {
    await send(servers[0], span('twice', 'c1'));
    const path = '/api/v1/sessions/twice/invalidate';
    const answers = await Promise.all(servers.map((server) => server.post(path, '')));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [204, 204],
    );
    for (const server of servers) {
      assert.match(await server.text('/api/v1/sessions/twice'), /"state":"invalidated"/);
      assert.equal((await server.post('/api/v1/sessions/missing/invalidate', '')).status, 404);
    }
  });

  test('tell a client of a stream of the other to load anew', async () => {
    const [one, other] = servers;
    const stream = await EventStream.open(one.httpUrl + STREAM);
    await send(one, span('before', 'd1'));
    await known(one, stream, 'before');
    const { lastEventId } = stream;
    stream.close();
    await send(one, span('missed', 'd2'));
    const resumed = await EventStream.open(other.httpUrl + STREAM, { 'last-event-id': lastEventId });
    assert.equal((await resumed.next()).event, 'reset');
    await send(one, span('after', 'd3'));
    await known(other, resumed, 'after');
    resumed.close();
  });

  test('keep to the limits of each process', async () => {
    for (const server of servers) {
      const spans = Array.from({ length: 200 }, (_, i) => span('large', 'e1', { span: String(i + 1) }));
      const answer = await server.post('/v1/traces', tracesJson(spans));
      assert.equal(answer.status, 413);
      assert.equal((await server.fetch('/api/v1/sessions/large')).status, 404);
      assert.equal((await server.fetch('/api/v1/sessions?limit=0')).status, 400);
    }
  });

  test('are ready, and one of them has the lease, another after that one has stopped', async () => {
    for (const server of servers) {
      const readiness = await server.get<{ status: string; store?: object }>('/readyz');
      assert.equal(readiness.store, undefined, 'the disk is the database’s');
    }
    const held = async (server: TestServer) => {
      const metrics = await server.text('/metrics');
      assert.match(metrics, /^sojourn_store_writable 1$/m);
      assert.match(metrics, /^sojourn_lane_lag_seconds\{lane="0"\} \d/m);
      return /^sojourn_lane_held\{lane="0"\} 1$/m.test(metrics);
    };
    await until(async () => {
      const [first, second] = [await held(servers[0]), await held(servers[1])];
      return first !== second;
    });
    const [holder, other] = (await held(servers[0])) ? servers : [servers[1], servers[0]];
    assert.equal(await holder.stop(), 0);
    await until(() => held(other));
    await send(other, span('later', 'f1'));
    await other.text('/api/v1/sessions/later');
    await until(async () => /^sojourn_records_unfolded 0$/m.test(await other.text('/metrics')));
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + METRICS_LIMIT_MS;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, 'it takes too long');
    await delay(POLL_MS);
  }
}
