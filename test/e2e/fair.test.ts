import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { SessionStatistics } from '../../src/contract/statistics.js';
import { startServer, type TestServer } from '../support/server.js';
import { field, fixed64 } from '../support/wire-bytes.js';

/**
 * Nobody blocks the others: neither a client that reads much, nor a sender whose request takes long. Judged
 * by the order of answers and by counters.
 */

const START = 1_790_000_000_000_000_000n;

function attribute(key: string, value: string): Buffer {
  return field(9, field(1, key), field(2, field(1, value)));
}

/** One request with a span for each of these lists of attributes, each in a trace of its own. */
function spansOf(first: number, spans: readonly (readonly [key: string, value: string][])[]): Buffer {
  const encoded = spans.map((attributes, i) => {
    const id = Buffer.alloc(16, 0xa5);
    id.writeUInt32BE(first + i, 12);
    const times = [fixed64(7, START + BigInt(i)), fixed64(8, START + BigInt(i) + 1_000_000n)];
    const own = attributes.map(([key, value]) => attribute(key, value));
    return field(2, field(1, id), field(2, id.subarray(8)), field(5, 'work'), ...times, ...own);
  });
  return field(1, field(2, ...encoded));
}

/** A GET from one of the addresses of this machine, on a connection of its own. */
function get(server: TestServer, localAddress: string, path: string): ClientRequest {
  const request = httpRequest(`${server.httpUrl}${path}`, { localAddress, agent: false });
  request.end();
  return request;
}

async function answerOf(
  request: ClientRequest,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode!, headers: response.headers, body };
}

async function metric(server: TestServer, name: string): Promise<number> {
  const text = await server.text('/metrics');
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

/** Resolves when the metric has this value; the test's own time limit ends the wait. */
async function metricIs(server: TestServer, name: string, value: number): Promise<void> {
  while ((await metric(server, name)) !== value) await new Promise((resolve) => setTimeout(resolve, 5));
}

const HEAVY = '/api/v1/sessions/heavy';
const MANY = 10_000;
const GREEDY = '127.0.0.1';
const MODEST = '127.0.0.2';

async function sendHeavy(server: TestServer): Promise<void> {
  const heavy = Array.from({ length: MANY }, (): [string, string][] => [['session.id', 'heavy']]);
  assert.equal((await server.post('/v1/traces', spansOf(1, heavy))).status, 200);
  const light: [string, string][] = [['session.id', 'light']];
  assert.equal((await server.post('/v1/traces', spansOf(MANY + 1, [light]))).status, 200);
  await server.settled();
}

describe('one client’s reads', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
    await sendHeavy(server);
  });
  after(() => server.dispose());

  test('do not make another client wait for all of them', async () => {
    const answered: string[] = [];
    const note = async (name: string, request: ClientRequest) => {
      const { status } = await answerOf(request);
      assert.equal(status, 200);
      answered.push(name);
    };
    const all: Promise<void>[] = [];
    // All requests are different.
    for (let limit = 1; limit <= 30; limit++) {
      all.push(note('greedy', get(server, GREEDY, `${HEAVY}/traces?limit=${101 - limit}`)));
    }
    await new Promise((resolve) => setImmediate(resolve));
    all.push(note('statistics', get(server, MODEST, '/api/v1/sessions/stats')));
    all.push(note('traces', get(server, MODEST, '/api/v1/sessions/light/traces')));
    await Promise.all(all);
    assert.equal(answered.length, 32);
    assert.ok(answered.indexOf('statistics') < answered.lastIndexOf('greedy'), answered.join(' '));
    assert.ok(answered.indexOf('traces') < answered.lastIndexOf('greedy'), answered.join(' '));
  });

  test('are dropped when it goes away', async () => {
    const dropped = 'sojourn_queries_dropped_total{reason="client_gone"}';
    assert.equal(await metric(server, dropped), 0);
    const reads = Array.from({ length: 30 }, (_, i) =>
      get(server, GREEDY, `${HEAVY}/traces?limit=${100 - i}`),
    );
    for (const read of reads) read.on('error', () => {});
    // One of them has been answered, and the others are waiting.
    await Promise.race(reads.map((read) => answerOf(read)));
    for (const read of reads) read.destroy();
    while ((await metric(server, dropped)) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const statistics = await server.get<SessionStatistics>('/api/v1/sessions/stats');
    assert.equal(statistics.total_sessions, 2);
  });
});

test('a read over its time limit says so, and the others are answered', async (t) => {
  const server = await startServer({ flags: ['--query-timeout', '100ms'] });
  t.after(() => server.dispose());
  await sendHeavy(server);
  const { status, headers, body } = await answerOf(get(server, GREEDY, `${HEAVY}/outline`));
  assert.equal(status, 503);
  assert.equal(headers['retry-after'], '30');
  assert.match(String(headers['content-type']), /^application\/problem\+json/);
  const problem = JSON.parse(body);
  assert.equal(problem.type, '/problems/query.timeout');
  assert.match(problem.detail, /0\.1 s/);
  assert.equal(await metric(server, 'sojourn_queries_dropped_total{reason="timeout"}'), 1);
  assert.equal(await metric(server, 'sojourn_query_thread_crashes_total'), 0);
  assert.equal((await answerOf(get(server, GREEDY, '/api/v1/sessions/light/outline'))).status, 200);
});

test('a request that takes long to decode blocks nobody, and is dropped when its sender disconnects', async () => {
  const server = await startServer();
  // The most expensive user agents, all different: half a minute of work without cache hits.
  const costly = 'droid; '.repeat(70);
  const spans = Array.from({ length: 99_000 }, (_, i): [string, string][] => [
    ['session.id', 'costly'],
    ['user_agent.original', `${i} ${costly}`],
  ]);
  const body = gzipSync(spansOf(1, spans), { level: 1 });
  const sender = httpRequest(`${server.httpUrl}/v1/traces`, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      'content-length': body.length,
    },
  });
  let isAnswered = false;
  sender.on('response', () => {
    isAnswered = true;
  });
  sender.on('error', () => {});
  sender.end(body);
  await metricIs(server, 'sojourn_request_bytes_total{transport="http",form="compressed"}', body.length);

  for (let i = 0; i < 10; i++) {
    assert.equal((await server.fetch('/healthz')).status, 200);
    const good = spansOf(200_000 + i, [[['session.id', 'good']]]);
    assert.equal((await server.post('/v1/traces', good)).status, 200);
  }
  await server.settled();
  const statistics = await server.get<SessionStatistics>('/api/v1/sessions/stats');
  assert.equal(statistics.total_sessions, 1);
  assert.equal(isAnswered, false);

  sender.destroy();
  await metricIs(server, 'sojourn_requests_total{transport="http",signal="traces",status="aborted"}', 1);
  await metricIs(server, 'sojourn_pending_bytes', 0);
  assert.equal((await server.fetch('/api/v1/sessions/costly')).status, 404);
  await server.dispose();
});
