import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { status as GrpcStatus } from '@grpc/grpc-js';
import { SessionPage } from '../../../src/contract/session.js';
import { SessionStatistics } from '../../../src/contract/statistics.js';
import { TracePage } from '../../../src/contract/trace.js';
import {
  encodeLogsRequest,
  encodeMetricsRequest,
  encodeTraceRequest,
  type LogsRequest,
  type MetricsRequest,
  type TraceRequest,
  toOtlpJson,
} from '../../otlp-oracle.js';
import { assertConforms } from '../../support/contract-check.js';
import {
  type Answer,
  assertUnharmed,
  END,
  goodSpan,
  isOk,
  listAll,
  nextId,
  type Path,
  post,
  START,
  sendGrpc,
  text,
} from '../../support/hostile.js';
import { RawGrpcSender } from '../../support/senders.js';
import { makeTemporaryDirectory, startServer, type TestServer } from '../../support/server.js';

/** Numbers from 0 to 2^32 - 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** One or two flips, cuts, insertions, repetitions or overwritings. */
function mutated(bytes: Uint8Array, random: () => number): Buffer {
  let result = Buffer.from(bytes);
  for (let left = 1 + (random() % 2); left > 0; left--) {
    const at = random() % (result.length + 1);
    const length = random() % 16;
    const [before, rest] = [result.subarray(0, at), result.subarray(at)];
    switch (random() % 6) {
      case 0:
        if (at < result.length) result[at]! ^= 1 << (random() % 8);
        break;
      case 1:
        if (at < result.length) result[at] = random();
        break;
      case 2:
        result = Buffer.from(before);
        break;
      case 3:
        result = Buffer.concat([before, rest.subarray(length)]);
        break;
      case 4:
        result = Buffer.concat([before, Buffer.from(Array.from({ length }, random)), rest]);
        break;
      default:
        result = Buffer.concat([before, rest.subarray(0, length), rest]);
    }
  }
  return result;
}

const FUZZ_SEED = 20_261_124;
const FUZZ_REQUESTS = 2000;
const FUZZ_AT_ONCE = 8;

describe('damaged requests', () => {
  const data = makeTemporaryDirectory();
  let server: TestServer;
  let grpc: RawGrpcSender;
  before(async () => {
    server = await startServer({ data });
    grpc = new RawGrpcSender(server);
  });
  after(async () => {
    grpc?.close();
    await server?.dispose();
    rmSync(data, { recursive: true, force: true });
  });

  const spans = [
    goodSpan('fuzz', {
      kind: 2,
      status: { code: 2, message: 'failed' },
      traceState: 'a=b',
      events: [{ name: 'event', timeUnixNano: String(START), attributes: [text('k', 'v')] }],
      links: [{ traceId: nextId(16), spanId: nextId(8), attributes: [text('k', 'v')] }],
      attributes: [
        text('user.id', 'ann'),
        text('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'),
        text('client.address', '192.0.2.7'),
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.request.model', 'gpt-4o'),
        { key: 'gen_ai.usage.input_tokens', value: { intValue: '100' } },
        { key: 'list', value: { arrayValue: { values: [{ doubleValue: 0.5 }, { boolValue: true }] } } },
        { key: 'map', value: { kvlistValue: { values: [text('k', 'v')] } } },
      ],
    }),
    goodSpan('fuzz', { parentSpanId: nextId(8) }),
  ];
  const traces: TraceRequest = {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'fuzz')] },
        scopeSpans: [{ scope: { name: 'scope', version: '1' }, spans, schemaUrl: 'https://schema.example' }],
      },
    ],
  };
  const logs: LogsRequest = {
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: String(START),
                eventName: 'session.start',
                body: { kvlistValue: { values: [text('session.id', 'fuzz')] } },
                attributes: [text('session.id', 'fuzz'), text('session.previous_id', 'before')],
                traceId: nextId(16),
                spanId: nextId(8),
              },
            ],
          },
        ],
      },
    ],
  };
  const metrics: MetricsRequest = {
    resourceMetrics: [
      {
        resource: { attributes: [text('service.name', 'fuzz')] },
        scopeMetrics: [
          {
            scope: { name: 'com.anthropic.claude_code' },
            metrics: [1, 2].map((aggregationTemporality) => ({
              name: 'claude_code.token.usage',
              sum: {
                aggregationTemporality,
                isMonotonic: true,
                dataPoints: ['input', 'output'].map((type) => ({
                  startTimeUnixNano: String(START),
                  timeUnixNano: String(END),
                  asInt: '7',
                  attributes: [
                    text('session.id', 'fuzz'),
                    text('type', type),
                    text('model', 'claude-sonnet-4-5'),
                  ],
                })),
              },
            })),
          },
        ],
      },
    ],
  };
  const JSON_TYPE = { 'content-type': 'application/json' };
  const GZIP = { 'content-encoding': 'gzip' };
  const bases: [Path, Uint8Array, Record<string, string>][] = [
    ['/v1/traces', encodeTraceRequest(traces), {}],
    ['/v1/traces', encodeTraceRequest(traces), {}],
    ['/v1/traces', Buffer.from(toOtlpJson(traces, 1)), JSON_TYPE],
    ['/v1/traces', gzipSync(encodeTraceRequest(traces)), GZIP],
    ['/v1/logs', encodeLogsRequest(logs), {}],
    ['/v1/logs', Buffer.from(toOtlpJson(logs, 2)), JSON_TYPE],
    ['/v1/metrics', encodeMetricsRequest(metrics), {}],
    ['/v1/metrics', Buffer.from(toOtlpJson(metrics, 3)), JSON_TYPE],
  ];

  it(`${FUZZ_REQUESTS} of them are each answered, and everything accepted can be read, also after a restart`, async () => {
    const random = randomNumbers(FUZZ_SEED);
    // Made beforehand: the answers come in any order, but the requests are always the same.
    const requests = Array.from({ length: FUZZ_REQUESTS }, () => {
      const base = bases[random() % bases.length]!;
      return [base[0], mutated(base[1], random), base[2], random() % 4 === 0] as const;
    });
    const seen = { accepted: 0, partly: 0, refused: 0 };
    const queue = requests.entries();
    const sendAll = async (): Promise<void> => {
      for (const [i, [path, body, headers, isGrpc]] of queue) {
        const asGrpc = isGrpc && path === '/v1/traces';
        let answer: Answer;
        try {
          answer = asGrpc ? await sendGrpc(grpc, body) : await post(server, path, body, headers);
        } catch (error) {
          throw new Error(`request ${i} to ${path}: ${body.toString('base64')}`, { cause: error });
        }
        if (!isOk(answer)) {
          seen.refused++;
          if (asGrpc) assert.equal(answer.status, GrpcStatus.INVALID_ARGUMENT, answer.message);
        } else if (answer.rejected > 0) seen.partly++;
        else seen.accepted++;
      }
    };
    await Promise.all(Array.from({ length: FUZZ_AT_ONCE }, sendAll));
    for (const count of Object.values(seen)) assert.ok(count > FUZZ_REQUESTS / 50, JSON.stringify(seen));
    await assertUnharmed(server);

    await server.settled();
    const sessions = await listAll(server);
    assertConforms(SessionPage, { items: sessions, has_more: false });
    assert.ok(sessions.length > 1, `${sessions.length}`);
    const statistics = await server.get<SessionStatisticsJson>('/api/v1/sessions/stats');
    assertConforms(SessionStatistics, statistics);
    assert.equal(statistics.total_sessions, sessions.length);
    for (const session of sessions) {
      const path = `/api/v1/sessions/${encodeURIComponent(session['session.id'])}`;
      assert.deepEqual(JSON.parse(await server.text(path)), session);
      const page = JSON.parse(await server.text(`${path}/traces?limit=5`));
      assertConforms(TracePage, page);
    }
    await assertUnharmed(server);

    assert.equal(await server.stop(), 0);
    await server.dispose();
    server = await startServer({ data });
    assert.deepEqual(await listAll(server), sessions);
  });
});

interface SessionStatisticsJson {
  readonly total_sessions: number;
}
