import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTelemetry } from '../telemetry.js';
import { serverSpan } from './server-span.js';
import { SpanExporter } from './span-exporter.js';

const EDGES = { now: () => 1_790_000_000_000, randomHex: (bytes: number) => 'ab'.repeat(bytes) };
const SPAN = serverSpan(
  { transport: 'http', method: 'GET', route: '/', status: 200, requestId: undefined, durationMs: 1 },
  EDGES,
)!;

interface Sent {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly spans: number;
}

/** An exporter whose receiver answers with these statuses in turn, and then with 200. */
function exporterOf(statuses: number[], url = 'http://collector.example:4318/') {
  const sent: Sent[] = [];
  const logged: string[] = [];
  const timers: (() => void)[] = [];
  const telemetry = createTelemetry();
  const exporter = new SpanExporter({
    url,
    headers: { 'x-api-key': 'k' },
    version: '1',
    instanceId: 'me',
    traceparent: () => 'unsampled',
    clock: {
      nowMs: () => 0,
      after: (_ms, call) => {
        timers.push(call);
        return () => {};
      },
    },
    fetch: async (to, init) => {
      const { resourceSpans } = JSON.parse(String(init?.body));
      const spans = resourceSpans[0].scopeSpans[0].spans.length as number;
      sent.push({ url: String(to), headers: init?.headers as Record<string, string>, spans });
      const status = statuses.shift() ?? 200;
      if (status === 0) throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
      return new Response('{}', { status });
    },
    log: { warn: (text) => void logged.push(text), info: (text) => void logged.push(text) },
    telemetry,
  });
  const count = async (outcome: string): Promise<number> => {
    const text = await telemetry.render();
    return Number(
      new RegExp(`^sojourn_own_spans_total{outcome="${outcome}"} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
    );
  };
  return { exporter, sent, logged, timers, count };
}

test('spans wait for each other, and go in one request that says not to record it', async () => {
  const { exporter, sent, timers, count } = exporterOf([]);
  exporter.add(SPAN);
  exporter.add(SPAN);
  assert.equal(timers.length, 1);
  await exporter.flush();
  const headers = { 'x-api-key': 'k', 'content-type': 'application/json', traceparent: 'unsampled' };
  assert.deepEqual(sent, [{ url: 'http://collector.example:4318/v1/traces', headers, spans: 2 }]);
  assert.equal(await count('sent'), 2);
});

test('the whole address of the route is accepted too', async () => {
  const { exporter, sent } = exporterOf([], 'http://collector.example/otlp/v1/traces');
  exporter.add(SPAN);
  await exporter.flush();
  assert.equal(sent[0]?.url, 'http://collector.example/otlp/v1/traces');
});

test('what the receiver does not take is dropped and counted; the log says so once, and when it takes them again', async () => {
  const { exporter, logged, count } = exporterOf([503, 0]);
  for (let round = 0; round < 3; round++) {
    exporter.add(SPAN);
    await exporter.flush();
  }
  assert.deepEqual([await count('dropped'), await count('sent')], [2, 1]);
  assert.equal(logged.length, 2, logged.join('\n'));
});

test('a limited number of spans waits', async () => {
  const { exporter, sent, count } = exporterOf([]);
  for (let round = 0; round < 5_000; round++) exporter.add(SPAN);
  await exporter.flush();
  assert.equal(await count('sent'), 4_096);
  assert.equal(await count('dropped'), 904);
  assert.ok(sent.every(({ spans }) => spans <= 512));
});
