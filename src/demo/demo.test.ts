import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { demo } from './demo.js';
import type { DemoOptions } from './options.js';

const NOW = Date.parse('2026-11-23T05:12:00Z');

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly kind: number;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly { readonly attributes: readonly KeyValue[] }[];
}

interface LogRecord {
  readonly timeUnixNano: string;
  readonly attributes: readonly KeyValue[];
}

/** The parts of a sent message that the tests read; they check the rest of the form. */
interface Message {
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
  readonly resourceLogs?: readonly {
    readonly scopeLogs: readonly { readonly logRecords: readonly LogRecord[] }[];
  }[];
}

interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly message: Message;
}

/** An OTLP/HTTP server that keeps received messages; `answer` may refuse a request. */
class Collector {
  readonly received: Received[] = [];
  readonly #server: Server;

  constructor(answer: (request: Received, response: ServerResponse) => void) {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const message = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString());
      const received = { path: request.url ?? '', headers: request.headers, message };
      this.received.push(received);
      answer(received, response);
    });
  }

  async play(options: Partial<DemoOptions>, signal = new AbortController().signal) {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    try {
      return { endpoint, ...(await play({ ...options, endpoint }, signal)) };
    } finally {
      this.#server.closeAllConnections();
      this.#server.close();
      await once(this.#server, 'close');
    }
  }
}

async function play(options: Partial<DemoOptions>, signal = new AbortController().signal) {
  let out = '';
  let progress = '';
  const code = await demo(
    { endpoint: '', key: undefined, sessions: 20, days: 1, seed: 7, live: false, ...options },
    {
      now: () => NOW,
      signal,
      startCommand: 'npm start',
      keyCommand: 'sojourn keys create',
      print: (text) => {
        out += text;
      },
      progress: (text) => {
        progress += text;
      },
    },
  );
  return { code, out, progress };
}

const accept = (_: Received, response: ServerResponse): void => void response.end('{}');

describe('demo', () => {
  it('sends everything as OTLP/JSON, gzipped, in batches', async () => {
    const collector = new Collector(accept);
    const { code, out, endpoint } = await collector.play({});
    assert.equal(code, 0);
    const messages = collector.received.map(({ message }) => message);
    const spans = messages
      .flatMap(({ resourceSpans = [] }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((scope) => scope.spans);
    const logs = messages
      .flatMap(({ resourceLogs = [] }) => resourceLogs)
      .flatMap(({ scopeLogs }) => scopeLogs)
      .flatMap((scope) => scope.logRecords);
    assert.match(out, new RegExp(`20 sessions: ${spans.length} spans, ${logs.length} log records`));
    assert.match(out, new RegExp(`Open ${endpoint}/`));
    for (const { path, headers, message } of collector.received) {
      assert.equal(headers['content-type'], 'application/json');
      assert.deepEqual(Object.keys(message), [path === '/v1/traces' ? 'resourceSpans' : 'resourceLogs']);
    }
    for (const span of spans) {
      assert.match(span.traceId, /^[0-9a-f]{32}$/);
      assert.match(span.spanId, /^[0-9a-f]{16}$/);
      if (span.parentSpanId !== undefined) assert.match(span.parentSpanId, /^[0-9a-f]{16}$/);
      assert.match(span.startTimeUnixNano, /^1\d{18}$/);
      assert.ok(BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano));
      assert.ok([1, 2, 3].includes(span.kind));
      assertKeyValues(span.attributes);
      for (const event of span.events) assertKeyValues(event.attributes);
    }
    for (const log of logs) {
      assert.match(log.timeUnixNano, /^1\d{18}$/);
      assertKeyValues(log.attributes);
    }
  });

  it('sends with the key, and says how to get one where it is refused', async () => {
    const withKey = new Collector(accept);
    await withKey.play({ key: 'sjn_of-demo' });
    assert.deepEqual(
      [...new Set(withKey.received.map(({ headers }) => headers['x-api-key']))],
      ['sjn_of-demo'],
    );

    const refuse = (status: number, message: string) =>
      new Collector((_, response) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
      });
    const without = await refuse(401, 'this needs an API key').play({});
    assert.equal(without.code, 1);
    assert.match(without.progress, /needs an API key: this needs an API key; .*--key.*sojourn keys create/);
    const wrong = await refuse(403, 'the key has read').play({ key: 'sjn_of-reader' });
    assert.equal(wrong.code, 1);
    assert.match(wrong.progress, /refuses this API key: the key has read; .*SOJOURN_KEY/);
    assert.ok(!wrong.progress.includes('sjn_of-reader'));
  });

  it('retries when the server is full', async () => {
    let refusals = 0;
    const collector = new Collector((request, response) => {
      if (request.path === '/v1/traces' && refusals < 2) {
        refusals++;
        response.writeHead(refusals === 1 ? 429 : 503, { 'retry-after': '0' }).end();
      } else accept(request, response);
    });
    const { code } = await collector.play({});
    assert.equal(code, 0);
    assert.equal(refusals, 2);
    const [first, second, third] = collector.received;
    assert.deepEqual(first?.message, second?.message);
    assert.deepEqual(second?.message, third?.message);
  });

  it('reports rejected records', async () => {
    const collector = new Collector(({ path }, response) => {
      const partialSuccess = { rejectedSpans: '2', errorMessage: 'too many\nattributes' };
      response.end(JSON.stringify(path === '/v1/traces' ? { partialSuccess } : {}));
    });
    const { code, out } = await collector.play({});
    const requests = collector.received.filter(({ path }) => path === '/v1/traces').length;
    assert.equal(code, 1);
    assert.match(out, new RegExp(`Not taken: ${requests * 2} records \\(too many attributes\\)`));
  });

  it('shows the answer of a server that refuses', async () => {
    const collector = new Collector((_, response) => void response.writeHead(404).end('no\nsuch page'));
    const { code, progress } = await collector.play({});
    assert.equal(code, 1);
    assert.match(progress, /^sojourn: http:\/\/127\.0\.0\.1:\d+\/v1\/traces answered 404: no such page$/m);
  });

  it('reports that nothing listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const { code, progress } = await play({ endpoint: `http://127.0.0.1:${port}` });
    assert.equal(code, 1);
    assert.match(progress, new RegExp(`^sojourn: nothing listens at http://127\\.0\\.0\\.1:${port}; `, 'm'));
  });

  it('ends with its summary when it is stopped', async () => {
    const stop = new AbortController();
    const collector = new Collector((request, response) => {
      accept(request, response);
      stop.abort();
    });
    const { code, out } = await collector.play({ live: true }, stop.signal);
    assert.equal(code, 0);
    assert.match(out, /^Sent \d+ sessions/m);
    assert.equal(collector.received.length, 1);
  });
});

function assertKeyValues(attributes: readonly KeyValue[]): void {
  for (const { key, value, ...rest } of attributes) {
    assert.equal(typeof key, 'string');
    assert.deepEqual(rest, {});
    const [member, ...more] = Object.entries(value);
    assert.deepEqual(more, []);
    assert.ok(isAnyValue(...member!), JSON.stringify(value));
  }
}

function isAnyValue(kind: string, content: unknown): boolean {
  switch (kind) {
    case 'stringValue':
      return typeof content === 'string';
    case 'boolValue':
      return typeof content === 'boolean';
    case 'intValue':
      return typeof content === 'string' && /^-?\d+$/.test(content);
    case 'doubleValue':
      return Number.isFinite(content);
    case 'arrayValue':
      return (content as { values: object[] }).values.every(
        (each) => Object.keys(each).join() === 'stringValue' && isAnyValue(...Object.entries(each)[0]!),
      );
    default:
      return false;
  }
}
