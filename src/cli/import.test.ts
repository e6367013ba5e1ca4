import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { importFiles } from './import.js';

interface Received {
  readonly path: string;
  readonly body: string;
  readonly key: string | undefined;
}

/** Imports a text; the server answers as told, then with 200. */
async function imported(
  t: TestContext,
  input: string | Uint8Array,
  answers: readonly (readonly [status: number, body: string, retryAfter?: string])[] = [],
  skipLines = 0,
) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [status, body, retryAfter] = answers[received.length] ?? [200, '{}'];
    received.push({
      path: request.url!,
      body: gunzipSync(Buffer.concat(chunks)).toString(),
      key: request.headers.authorization,
    });
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const waits: number[] = [];
  let errors = '';
  const code = await importFiles(
    { files: ['-'], skipLines },
    {
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ...{ key: 'sjn_a', project: undefined, fetch, isTerminal: false, nowMs: () => 0 },
      stdin: Readable.from([Buffer.from(input)]),
      signal: new AbortController().signal,
      delay: async (ms) => void waits.push(ms),
      printError: (text) => {
        errors += text;
      },
    },
  );
  return { code, received, waits, errors };
}

const SPANS = '{"resourceSpans":[]}';
const LOGS = '{"resourceLogs":[]}';

test('each line is a request to the route of its signal, compressed or not', async (t) => {
  for (const input of [`${SPANS}\n${LOGS}\n`, gzipSync(`${SPANS}\n${LOGS}`)]) {
    const { code, received } = await imported(t, input);
    assert.equal(code, 0);
    assert.deepEqual(received, [
      { path: '/v1/traces', body: SPANS, key: 'Bearer sjn_a' },
      { path: '/v1/logs', body: LOGS, key: 'Bearer sjn_a' },
    ]);
  }
});

test('a file may be one request over many lines', async (t) => {
  const { code, received } = await imported(t, JSON.stringify({ resourceLogs: [] }, undefined, 2));
  assert.deepEqual([code, received.map(({ path }) => path)], [0, ['/v1/logs']]);
});

test('a server that is full is waited for as long as it asks', async (t) => {
  const full = [429, '{}', '7'] as const;
  const { code, received, waits } = await imported(t, SPANS, [full, [503, '']]);
  assert.deepEqual([code, received.length, waits], [0, 3, [7_000, 1_000]]);
});

test('a refused line ends the import, which says how it goes on', async (t) => {
  const text = `${SPANS}\n${LOGS}\n${SPANS}\n`;
  const { code, received, errors } = await imported(t, text, [
    [200, '{}'],
    [401, '{"message":"no such key"}'],
  ]);
  assert.deepEqual([code, received.length], [1, 2]);
  assert.match(errors, /standard input, line 2: http:\S+ answered 401: no such key; .*scope ingest/);
  assert.match(errors, /--skip-lines 1\./);
  const rest = await imported(t, text, [], 1);
  assert.deepEqual(
    rest.received.map(({ path }) => path),
    ['/v1/logs', '/v1/traces'],
  );
});

test('what is no OTLP, damaged, or not taken is told', async (t) => {
  assert.match((await imported(t, '{"a":1}\n')).errors, /line 1: this is no request of OTLP\/JSON/);
  const damaged = await imported(t, gzipSync(SPANS).subarray(0, 20));
  assert.deepEqual([damaged.code, damaged.received.length], [1, 0]);
  const partial = '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no id"}}';
  const rejected = await imported(t, `${LOGS}\n${SPANS}`, [
    [200, '{}'],
    [200, partial],
  ]);
  assert.equal(rejected.code, 1);
  assert.match(rejected.errors, /did not take 2 records: no id/);
});
