import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { exportResponse, statusResponse } from '../otlp/response.js';
import {
  HeldStore,
  type HttpAnswer,
  ManualClock,
  SPAN_ID,
  spansJson,
  spansProtobuf,
  type TestServer,
  TRACE_ID,
  testServer,
  UPLOAD_LIMITS,
} from './test-support.js';
import { Uploads } from './uploads.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const PROTOBUF_TYPE = { 'Content-Type': 'application/x-protobuf' };
const BAD_TRACE_ID = 'ab';
const PARTIAL = {
  rejected: 1,
  message: '1 span rejected: 1 invalid trace id (must be 16 bytes, not all zero)',
};

let server: TestServer;
before(async () => {
  server = await testServer();
});
after(() => server.close());

const json = ({ body }: HttpAnswer): Record<string, unknown> => JSON.parse(body.toString());

/** Everything a connection receives until it is closed. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text;
}

test('takes spans in protobuf and answers with an empty message', async () => {
  const { batches } = server;
  const answer = await server.post('/v1/traces', PROTOBUF_TYPE, spansProtobuf(TRACE_ID));
  assert.deepEqual(
    [answer.status, answer.headers['content-type'], answer.body.length],
    [200, 'application/x-protobuf', 0],
  );
  assert.equal(batches.at(-1)?.count, 1);
});

test('takes spans and logs in JSON, whatever parameters the media type and the path have', async () => {
  const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' };
  const spans = await server.post('/v1/traces?from=test', headers, spansJson(TRACE_ID));
  assert.deepEqual([spans.status, spans.headers['content-type']], [200, 'application/json']);
  assert.deepEqual(json(spans), {});
  const record = { timeUnixNano: '1790000000000000000', traceId: TRACE_ID, spanId: SPAN_ID };
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  assert.deepEqual(json(await server.post('/v1/logs', headers, body)), {});
});

test('ignores other paths', async () => {
  for (const path of [
    '/',
    '/v1/trace',
    '/v1/tracesandmore',
    '/v2/traces',
    '/api/v1/traces',
    '/api/v1/sessions',
  ]) {
    assert.equal((await server.post(path, JSON_TYPE, '{}')).status, 404, path);
  }
});

test('reports in both encodings what it did not keep', async () => {
  const ids = [TRACE_ID, BAD_TRACE_ID];
  const inJson = await server.post('/v1/traces', JSON_TYPE, spansJson(...ids));
  assert.equal(inJson.status, 200);
  assert.deepEqual(json(inJson), {
    partialSuccess: { rejectedSpans: '1', errorMessage: PARTIAL.message },
  });
  const inProtobuf = await server.post('/v1/traces', PROTOBUF_TYPE, spansProtobuf(...ids));
  assert.equal(inProtobuf.status, 200);
  assert.deepEqual(new Uint8Array(inProtobuf.body), exportResponse('traces', 'protobuf', PARTIAL));
});

test('says which data points are not kept', async () => {
  const body = '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{}]}}]}]}]}';
  const answer = await server.post('/v1/metrics', JSON_TYPE, body);
  assert.equal(answer.status, 200);
  assert.deepEqual(json(answer), {
    partialSuccess: {
      rejectedDataPoints: '1',
      errorMessage: '1 data point not kept: 1 of metrics that Sojourn does not use',
    },
  });
  assert.equal((await server.post('/v1/metrics', PROTOBUF_TYPE, 'hello')).status, 400);
});

test('JSON that is not telemetry of the signal is answered with the reason', async () => {
  const logs = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{}]}]}]}';
  const { partialSuccess } = json(await server.post('/v1/traces', JSON_TYPE, logs)) as {
    partialSuccess: Record<string, string>;
  };
  assert.equal(partialSuccess.rejectedSpans, '2');
  assert.match(partialSuccess.errorMessage!, /^2 records not kept: 2 of another signal \(.*\/v1\/logs/);
  assert.deepEqual(json(await server.post('/v1/traces', JSON_TYPE, '{"spans":[]}')), {
    partialSuccess: { errorMessage: 'the request has no resourceSpans, but "spans", which is not read' },
  });
});

test('paths with extra slashes, or with a doubled route, are answered', async () => {
  for (const path of ['/v1/traces/', '//v1//traces', '/v1/traces/v1/traces', '/v1/logs/v1/traces?a']) {
    const answer = await server.post(path, JSON_TYPE, spansJson(TRACE_ID));
    assert.deepEqual([answer.status, json(answer)], [200, {}], path);
  }
});

test('decompresses', async () => {
  const body = spansProtobuf(TRACE_ID);
  for (const [encoding, sent] of [
    ['gzip', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['identity', body],
  ] as const) {
    const answer = await server.post('/v1/traces', { ...PROTOBUF_TYPE, 'Content-Encoding': encoding }, sent);
    assert.equal(answer.status, 200, encoding);
    assert.deepEqual(Buffer.from(server.batches.at(-1)!.bytes), Buffer.from(body), encoding);
  }
});

test('joins a body that comes in pieces', async () => {
  const socket = connect(server.port, '127.0.0.1');
  const body = spansJson(TRACE_ID);
  const pieces = [body.slice(0, 10), body.slice(10, 11), body.slice(11)];
  const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`);
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n',
  );
  socket.write(`Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`);
  assert.match(await received(socket), /^HTTP\/1\.1 200 /);
});

test('refuses malformed and truncated bodies in the encoding of the request', async () => {
  const body = spansProtobuf(TRACE_ID);
  const truncated = await server.post('/v1/traces', PROTOBUF_TYPE, body.subarray(0, -1));
  assert.deepEqual([truncated.status, truncated.headers['content-type']], [400, 'application/x-protobuf']);
  const message = 'a field is longer than the message around it';
  assert.deepEqual(new Uint8Array(truncated.body), statusResponse('protobuf', 3, message));
  for (const text of ['', '{', '[]', '{"resourceSpans":5}']) {
    const answer = await server.post('/v1/traces', JSON_TYPE, text);
    assert.deepEqual([answer.status, json(answer).code], [400, 3], text);
  }
});

test('refuses a body that does not match its Content-Encoding', async () => {
  const gzip = gzipSync(spansProtobuf(TRACE_ID));
  for (const body of ['hello', gzip.subarray(0, -4)]) {
    const answer = await server.post('/v1/traces', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, body);
    assert.deepEqual([answer.status, json(answer).code], [400, 3]);
    assert.match(String(json(answer).message), /cannot be decompressed/);
  }
});

test('a connection stays usable after refusals', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  const send = async (headers: Record<string, string>, body: string, method = 'POST') => {
    const answer = await server.post('/v1/traces', headers, body, { agent, method });
    ports.add(answer.clientPort);
    return answer.status;
  };
  assert.equal(await send(JSON_TYPE, '{'), 400);
  assert.equal(await send({ 'Content-Type': 'text/plain' }, 'unread'.repeat(500)), 415);
  assert.equal(await send({ ...JSON_TYPE, Origin: 'https://evil.example' }, 'unread'), 403);
  assert.equal(await send(JSON_TYPE, 'unread', 'PUT'), 405);
  assert.equal(await send({ ...JSON_TYPE, 'Content-Encoding': 'gzip' }, 'no gzip'), 400);
  assert.equal(await send(JSON_TYPE, spansJson(TRACE_ID)), 200);
  assert.equal(ports.size, 1);
  agent.destroy();
});

test('refuses unknown types and encodings, and names the known ones', async () => {
  for (const headers of [{}, { 'Content-Type': 'text/plain' }, { 'Content-Type': 'application/xml' }]) {
    const answer = await server.post('/v1/traces', headers, '{}');
    assert.equal(answer.status, 415);
    assert.match(String(json(answer).message), /application\/x-protobuf or application\/json/);
  }
  const answer = await server.post('/v1/traces', { ...JSON_TYPE, 'Content-Encoding': 'br' }, '{}');
  assert.equal(answer.status, 415);
  assert.match(String(json(answer).message), /gzip, deflate/);
});

test('takes POST only', async () => {
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
    const answer = await server.post('/v1/logs', {}, '', { method });
    assert.deepEqual([answer.status, answer.headers.allow], [405, 'POST, OPTIONS'], method);
  }
});

test('refuses a body that declares to be too large before it is sent', async () => {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n',
  );
  const [head] = await once(socket, 'data');
  assert.match(String(head), /^HTTP\/1\.1 413 /);
  assert.match(String(head), /\r\nConnection: close\r\n/i);
  // The rest is read, so that the sender sees the answer; then the connection is closed.
  socket.write('x'.repeat(5000));
  await once(socket, 'close');
});

test('refuses a body that turns out to be too large while it is sent', async () => {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`);
  socket.write('1\r\nx\r\n');
  const [head] = await once(socket, 'data');
  assert.match(String(head), /^HTTP\/1\.1 413 [\s\S]*larger than 4096 bytes/);
  socket.end('0\r\n\r\n');
  await once(socket, 'close');
});

test('refuses a client that asks first by its declared length, without affecting others', async (t) => {
  const own = await testServer();
  t.after(() => own.close());
  const ask = (path: string, length: number): Socket => {
    const socket = connect(own.port, '127.0.0.1');
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n`;
    socket.write(`${head}Content-Length: ${length}\r\n\r\n`);
    return socket;
  };
  // The body never arrives: a client that asks first need not send it.
  assert.match(await received(ask('/v1/traces', 5000)), /^HTTP\/1\.1 413 [\s\S]*\r\nConnection: close\r\n/i);

  const body = spansJson(TRACE_ID);
  const socket = ask('/v1/traces', body.length);
  const [interim] = await once(socket, 'data');
  assert.equal(String(interim), 'HTTP/1.1 100 Continue\r\n\r\n');
  socket.write(body);
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200 /);
  socket.destroy();
});

test('a stalled body is refused as retryable, and others are served', async (t) => {
  const clock = new ManualClock();
  const uploads = new Uploads(UPLOAD_LIMITS, clock);
  const own = await testServer({}, { uploads });
  t.after(() => own.close());
  const socket = connect(own.port, '127.0.0.1');
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  while (clock.pending === 0) await new Promise(setImmediate);
  clock.advance(29_500);
  assert.equal((await own.post('/v1/traces', JSON_TYPE, spansJson(TRACE_ID))).status, 200);
  const answer = received(socket);
  clock.advance(500);
  assert.match(await answer, /^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: 1\r\n[\s\S]*stopped coming/);
});

test('stalled bodies do not count as waiting for the disk, and make room', async (t) => {
  const clock = new ManualClock();
  let held = 0;
  const limits = { ...UPLOAD_LIMITS, maxIncomingBytes: 10_000 };
  const uploads = new Uploads(limits, clock, (bytes) => {
    held = bytes;
  });
  const own = await testServer({ maxPendingBytes: 4096 }, { uploads });
  t.after(() => own.close());
  const stalled = [1, 2].map(() => {
    const socket = connect(own.port, '127.0.0.1');
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n',
    );
    socket.write('x'.repeat(4095));
    return received(socket);
  });
  while (held < 8190) await new Promise(setImmediate);
  const body = spansJson(TRACE_ID).padEnd(4000);
  const early = await own.post('/v1/traces', JSON_TYPE, body);
  assert.deepEqual(
    [early.status, early.headers['retry-after']],
    [429, '1'],
    'it is not known yet that they are stalled',
  );
  clock.advance(2000);
  assert.equal((await own.post('/v1/traces', JSON_TYPE, body)).status, 200);
  assert.match(await Promise.race(stalled), /^HTTP\/1\.1 429 [\s\S]*its place was needed/);
});

test('does not wait forever for the end of a body that is too large', async (t) => {
  const impatient = await testServer({}, { lingerIdleMs: 20 });
  t.after(() => impatient.close());
  const socket = connect(impatient.port, '127.0.0.1');
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n',
  );
  assert.match(await received(socket), /^HTTP\/1\.1 413 [\s\S]*"message":/);
});

test('a client that sends all of a large body before it reads gets its answer', async () => {
  const answer = await server.post('/v1/traces', JSON_TYPE, Buffer.alloc(8 << 20));
  assert.equal(answer.status, 413);
  assert.match(String(json(answer).message), /larger than 4096 bytes/);
});

test('refuses bombs', async () => {
  const bomb = gzipSync(Buffer.alloc(2 << 20));
  assert.ok(bomb.length < 4096);
  const answer = await server.post('/v1/traces', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, bomb);
  assert.equal(answer.status, 413);
  assert.match(String(json(answer).message), /larger than 65536 bytes when decompressed/);
});

test('a disconnected sender is not a failure', { timeout: 60_000 }, async (t) => {
  const own = await testServer();
  t.after(() => own.close());
  const socket = connect(own.port, '127.0.0.1');
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  socket.end();
  await received(socket);
  const count = () => own.metric('sojourn_requests_total{transport="http",signal="traces",status="aborted"}');
  while ((await count()) === undefined) await new Promise(setImmediate);
  assert.equal(await count(), 1);
  assert.deepEqual([own.failures, own.batches], [[], []]);
});

test('stores a complete request although its sender has disconnected', async (t) => {
  const store = new HeldStore();
  const own = await testServer({ append: store.append });
  t.after(() => own.close());
  const body = spansJson(TRACE_ID);
  const socket = connect(own.port, '127.0.0.1');
  socket.write('POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n');
  socket.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  await store.arrival();
  socket.resetAndDestroy();
  await once(socket, 'close');
  store.release();
  await own.ingest.drain();
  assert.equal(await own.metric('sojourn_records_stored_total{signal="traces"}'), 1);
  assert.deepEqual(own.failures, []);
});

test('says when senders may retry', async (t) => {
  const store = new HeldStore();
  const body = spansProtobuf(TRACE_ID);
  const own = await testServer({ append: store.append, maxPendingBytes: body.length });
  t.after(() => own.close());
  const first = own.post('/v1/traces', PROTOBUF_TYPE, body);
  await store.arrival();
  const overloaded = await own.post('/v1/traces', JSON_TYPE, spansJson(TRACE_ID));
  assert.deepEqual(
    [overloaded.status, overloaded.headers['retry-after'], json(overloaded).code],
    [429, '1', 8],
  );

  const drained = own.ingest.drain();
  const unavailable = await own.post('/v1/traces', JSON_TYPE, spansJson(TRACE_ID));
  assert.deepEqual(
    [unavailable.status, unavailable.headers['retry-after'], json(unavailable).code],
    [503, '1', 14],
  );
  store.fail(new Error('disk full'));
  await drained;
  const failed = await first;
  assert.deepEqual([failed.status, failed.headers['retry-after']], [503, '1']);
});

test('counts a compressed body by its decompressed size', async (t) => {
  const own = await testServer({ maxPendingBytes: 10_000 });
  t.after(() => own.close());
  const body = gzipSync(Buffer.from(spansJson(TRACE_ID).padEnd(10_001)));
  const answer = await own.post('/v1/traces', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, body);
  assert.equal(answer.status, 429);
});

test('answers 500 to an internal error, without its details', async (t) => {
  const own = await testServer({
    decode: () => {
      throw new TypeError('secret');
    },
  });
  t.after(() => own.close());
  const answer = await own.post('/v1/traces', JSON_TYPE, '{}');
  assert.deepEqual([answer.status, json(answer).code], [500, 13]);
  assert.doesNotMatch(answer.body.toString(), /secret/);
  assert.equal(own.failures.length, 1);
});

test('pages of this machine may send, and can read when to retry', async () => {
  const origin = 'http://localhost:5173';
  const answer = await server.post('/v1/traces', { ...JSON_TYPE, Origin: origin }, spansJson(TRACE_ID));
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['access-control-allow-origin'], origin);
  assert.equal(answer.headers['access-control-expose-headers'], 'Retry-After');
  assert.equal(answer.headers.vary, 'Origin');
  assert.match(String(server.contexts.at(-1)?.browserAddress), /^(?:::ffff:)?127\.0\.0\.1$/);
  const refused = await server.post('/v1/traces', { ...JSON_TYPE, Origin: origin }, '{');
  assert.equal(refused.headers['access-control-allow-origin'], origin);
});

test('senders other than pages have no address', async () => {
  const answer = await server.post('/v1/traces', JSON_TYPE, spansJson(TRACE_ID));
  assert.equal(server.contexts.at(-1)?.browserAddress, undefined);
  assert.equal(answer.headers['access-control-allow-origin'], undefined);
});

test('other pages may not send, not even without a preflight', async () => {
  const before = server.batches.length;
  for (const origin of ['https://evil.example', 'null', 'https://localhost.evil.example']) {
    for (const [method, headers] of [
      ['POST', { ...JSON_TYPE, Origin: origin }],
      ['POST', { 'Content-Type': 'text/plain', Origin: origin }],
      ['OPTIONS', { Origin: origin, 'Access-Control-Request-Method': 'POST' }],
    ] as const) {
      const body = method === 'POST' ? spansJson(TRACE_ID) : undefined;
      const answer = await server.post('/v1/traces', headers, body, { method });
      assert.equal(answer.status, 403);
      assert.equal(answer.headers.vary, 'Origin');
      assert.deepEqual(
        Object.keys(answer.headers).filter((name) => name.startsWith('access-control')),
        [],
      );
    }
  }
  assert.equal(server.batches.length, before);
});

test('text of an allowed page is read as JSON, because a text beacon has no other type', async () => {
  const text = { 'Content-Type': 'text/plain;charset=UTF-8' };
  const send = (headers: Record<string, string>, body: string | Uint8Array = spansJson(TRACE_ID)) =>
    server.post('/v1/traces', { ...text, ...headers }, body);
  const before = server.batches.length;
  const answer = await send({ Origin: 'http://localhost:5173' });
  assert.deepEqual([answer.status, answer.headers['content-type']], [200, 'application/json']);
  assert.equal(server.batches.length, before + 1);
  assert.equal((await send({ Origin: 'http://localhost:5173' }, spansProtobuf(TRACE_ID))).status, 400);
  assert.equal((await send({})).status, 415, 'no page');
  assert.equal((await send({ Origin: '' })).status, 403);
  const form = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'http://localhost:5173' };
  assert.equal((await server.post('/v1/traces', form, spansJson(TRACE_ID))).status, 415);
  assert.equal(server.batches.length, before + 1);
});

test('a preflight of a beacon of JSON, which is sent with credentials, is allowed', async () => {
  const origin = 'http://localhost:5173';
  const headers = {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type',
  };
  for (const corsOrigins of [['loopback'], ['*']]) {
    const own = await testServer({}, { corsOrigins });
    const answer = await own.post('/v1/traces', headers, undefined, { method: 'OPTIONS' });
    await own.close();
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-credentials'], 'true');
    assert.equal(answer.headers['access-control-allow-origin'], origin, 'no star beside credentials');
    assert.equal(answer.headers['access-control-allow-headers'], 'content-type');
  }
});

test('refused origins are counted and reported', async (t) => {
  const origins: string[] = [];
  const own = await testServer({}, { onRefusedOrigin: (origin) => origins.push(origin) });
  t.after(() => own.close());
  const headers = { Origin: 'https://shop.example', 'Content-Type': 'text/plain' };
  await own.post('/v1/traces', headers, undefined, { method: 'OPTIONS' });
  await own.post('/v1/logs', headers, '{}');
  await own.post('/v1/logs', { ...JSON_TYPE, Origin: 'http://localhost:3000' }, '{}');
  await own.post('/v1/logs', JSON_TYPE, '{}');
  assert.deepEqual(origins, ['https://shop.example', 'https://shop.example']);
  for (const kind of ['preflight', 'request']) {
    assert.equal(await own.metric(`sojourn_refused_origin_requests_total{kind="${kind}"}`), 1, kind);
  }
});

test('a preflight allows only the headers that exporters send', async () => {
  const answer = await server.post(
    '/v1/logs',
    {
      Origin: 'http://localhost:5173',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers':
        'content-type, Content-Encoding,x-api-key,authorization,cookie,x-<bad>',
    },
    undefined,
    { method: 'OPTIONS' },
  );
  assert.deepEqual([answer.status, answer.body.length], [204, 0]);
  assert.equal(answer.headers['access-control-allow-methods'], 'POST');
  assert.equal(
    answer.headers['access-control-allow-headers'],
    'content-type, content-encoding, x-api-key, authorization',
  );
  assert.ok(Number(answer.headers['access-control-max-age']) > 0);
  assert.equal(answer.headers.vary, 'Origin');
});

test('counts requests by their answers, and their bytes', async (t) => {
  const own = await testServer();
  t.after(() => own.close());
  const body = spansProtobuf(TRACE_ID, TRACE_ID, TRACE_ID);
  const gzip = gzipSync(body);
  await own.post('/v1/traces', { ...PROTOBUF_TYPE, 'Content-Encoding': 'gzip' }, gzip);
  await own.post('/v1/traces', { 'Content-Type': 'text/plain' }, 'hello');
  const requests = (status: string) =>
    own.metric(`sojourn_requests_total{transport="http",signal="traces",status="${status}"}`);
  assert.deepEqual([await requests('200'), await requests('415')], [1, 1]);
  const bytes = (form: string) => own.metric(`sojourn_request_bytes_total{transport="http",form="${form}"}`);
  assert.deepEqual([await bytes('compressed'), await bytes('decompressed')], [gzip.length, body.length]);
});
