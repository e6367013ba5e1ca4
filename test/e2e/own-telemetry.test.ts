import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { RawGrpcSender } from '../support/senders.js';
import { runCommand, startServer, type TestServer } from '../support/server.js';

/** What a server says about itself: its log, its metrics and its own traces. */

const LIMIT_MS = 60_000;
const SECRET = 'zebra4711';

const span = (traceId: string): object => ({
  traceId,
  spanId: 'eee19b7ec3c1b174',
  name: `name ${SECRET}`,
  kind: 2,
  startTimeUnixNano: '1790000000000000000',
  endTimeUnixNano: '1790000001000000000',
  attributes: ['session.id', 'user.id', 'url.full'].map((key) => ({
    key,
    value: { stringValue: `${key}-${SECRET}` },
  })),
});

const request = (spans: readonly object[]): object => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

function accessLines(server: TestServer): Record<string, unknown>[] {
  return server.stderr
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ message }) => message === 'answered');
}

async function until(what: string, isTrue: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await isTrue())) {
    assert.ok(performance.now() < deadline, what);
    await delay(20);
  }
}

describe('the log of requests', () => {
  it('has ids, routes and statuses, and nothing of what requests carried or asked for', async () => {
    const server = await startServer({ flags: ['--access-log', '--log-level', 'debug'] });
    try {
      const sent = await server.post('/v1/traces', request([span('5b8efff798038103d269b633813fc60c')]), {
        'x-request-id': 'sent-1',
      });
      assert.equal(sent.headers.get('x-request-id'), 'sent-1');
      await server.post('/v1/traces', `{"resourceSpans": [${SECRET}`);
      await server.post('/v1/logs', request([]), { 'content-type': 'text/csv' });
      const answer = await server.fetch(`/api/v1/sessions/session.id-${SECRET}?${SECRET}=1`);
      const requestId = answer.headers.get('x-request-id');
      await answer.arrayBuffer();
      await (await server.fetch(`/api/v1/sessions?userId=user.id-${SECRET}`)).arrayBuffer();
      await (await server.fetch(`/${SECRET}`)).arrayBuffer();
      const sender = new RawGrpcSender(server);
      await assert.rejects(sender.export('traces', Buffer.from(SECRET)));
      sender.close();
      await until(
        'seven lines',
        () => accessLines(server).filter(({ route }) => route !== '/readyz').length >= 7,
      );

      const lines = accessLines(server);
      const first = lines.find((line) => line.requestId === 'sent-1');
      assert.deepEqual(
        [first?.route, first?.status, typeof first?.ms, Number(first?.bytes) > 100],
        ['/v1/traces', 200, 'number', true],
      );
      const read = lines.find((line) => line.requestId === requestId);
      assert.deepEqual([read?.route, read?.status], ['/api/v1/sessions/:sessionId', 400]);
      const statuses = lines.map(({ status }) => status);
      for (const status of [404, 415, 'INVALID_ARGUMENT'])
        assert.ok(statuses.includes(status), String(status));
      assert.ok(!server.stderr.includes(SECRET), server.stderr);
    } finally {
      await server.dispose();
    }
  });

  it('is off by default', async () => {
    const server = await startServer();
    try {
      await server.text('/api/v1/sessions');
      assert.equal(await server.stop(), 0);
      assert.deepEqual(accessLines(server), []);
    } finally {
      await server.dispose();
    }
  });
});

describe('metrics of the server', () => {
  it('count what was refused, what is open and what waits', async () => {
    const server = await startServer({
      flags: ['--max-request-size', '1KiB', '--allowed-hosts', 'sojourn.test'],
    });
    try {
      const tooLarge = await server.post('/v1/traces', 'x'.repeat(2_000));
      assert.equal(tooLarge.status, 413);
      const sender = new RawGrpcSender(server);
      await assert.rejects(sender.export('traces', Buffer.from('no telemetry')));
      const stream = new AbortController();
      await server.fetch('/api/v1/sessions/stream', { signal: stream.signal });
      await server.text('/api/v1/sessions');
      const text = await server.text('/metrics');
      for (const line of [
        'sojourn_requests_refused_total{transport="http",reason="tooLarge"} 1',
        'sojourn_requests_refused_total{transport="grpc",reason="malformed"} 1',
        'sojourn_otlp_request_seconds_count{transport="http",signal="traces"} 1',
        'sojourn_otlp_request_seconds_count{transport="grpc",signal="traces"} 1',
        'sojourn_connections{transport="grpc"} 1',
        'sojourn_streams 1',
        'sojourn_queries_waiting{thread="point"} 0',
        'sojourn_ready 1',
        'sojourn_sessions_stalled 0',
        'sojourn_damaged_blocks 0',
      ])
        assert.ok(text.split('\n').includes(line), `${line} in\n${text}`);
      assert.match(text, /^sojourn_connections\{transport="http"\} [1-9]/m);
      assert.match(text, /^sojourn_build_info\{version="[^"]+",node="[^"]+"\} 1$/m);
      stream.abort();
      sender.close();
      await until('the stream is gone', async () =>
        (await server.text('/metrics')).includes('\nsojourn_streams 0\n'),
      );
    } finally {
      await server.dispose();
    }
  });
});

interface Exported {
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

describe('own traces', () => {
  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
  const PARENT = '00f067aa0ba902b7';

  it('have a span for each request, continue traces of clients, and cause no further ones when they come back', async () => {
    const batches: Exported[][] = [];
    let forward: ((body: Buffer) => Promise<unknown>) | undefined;
    const relay = createServer(async (incoming, response) => {
      const body = await buffer(incoming);
      const { resourceSpans } = JSON.parse(body.toString()) as {
        resourceSpans: { scopeSpans: { spans: Exported[] }[] }[];
      };
      // Without the headers, as a Collector forwards it.
      await forward?.(body);
      batches.push(resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
      response.end('{}');
    });
    relay.listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const { port } = relay.address() as AddressInfo;
    const server = await startServer({ flags: ['--trace-to', `http://127.0.0.1:${port}`] });
    try {
      forward = (body) => server.post('/v1/traces', body.toString());
      const traceparent = `00-${TRACE}-${PARENT}-01`;
      await server.post('/v1/traces', request([span('5b8efff798038103d269b633813fc60c')]), { traceparent });
      await server.text('/api/v1/sessions');
      await until('a batch', () => batches.length > 0);
      const first = batches.flat();
      const ingest = first.find(({ name }) => name === 'POST /v1/traces');
      assert.deepEqual([ingest?.traceId, ingest?.parentSpanId], [TRACE, PARENT]);
      assert.ok(first.some(({ name }) => name === 'GET /api/v1/sessions'));
      // The spans are in a session of this server by now, and the request that brought them has none itself.
      const page = await server.get<{ items: { services: string[] }[] }>('/api/v1/sessions');
      assert.ok(page.items.some(({ services }) => services.includes('sojourn')));
      forward = undefined;
      assert.equal(await server.stop(), 0);
      const all = batches.flat().map(({ name }) => name);
      assert.equal(all.filter((name) => name === 'POST /v1/traces').length, 1, all.join('\n'));
      assert.equal(all.filter((name) => name === 'GET /api/v1/sessions').length, 2, all.join('\n'));
    } finally {
      await server.dispose();
      relay.close();
    }
  });

  it('are not sent to the server itself', async () => {
    const { code, stderr } = await runCommand(
      'serve',
      ...['--port', '14318', '--grpc-port', '0', '--trace-to', 'http://localhost:14318'],
    );
    assert.equal(code, 1);
    assert.match(stderr, /--trace-to http:\/\/localhost:14318 is this server itself/);
  });
});
