import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { status as GrpcStatus } from '@grpc/grpc-js';
import { encodeLogsRequest, encodeTraceRequest } from '../otlp-oracle.js';
import {
  type Answer,
  assertUnharmed,
  goodSpan,
  listAll,
  MANY_ATTRIBUTES,
  post,
  requestOf,
  START,
  sendGrpc,
  text,
} from '../support/hostile.js';
import { RawGrpcSender } from '../support/senders.js';
import { startServer, type TestServer } from '../support/server.js';
import { metricsJson } from '../support/telemetry.js';

/**
 * A server with decoding threads (`--threads`) gives the same answers as one without. All bodies are too
 * large to be decoded on its receiving thread.
 */

const SPANS = 400;
const MAX_RECORDS = 2_000;
const LARGE = text('padding', 'x'.repeat(1_000));

const goodSpans = (session: string) =>
  Array.from({ length: SPANS }, (_, i) =>
    goodSpan(session, {
      attributes: [LARGE, text('user.id', `user ${i % 5}`), text('gen_ai.request.model', 'gpt-4o')],
    }),
  );
const spans = (session: string): Buffer => Buffer.from(encodeTraceRequest(requestOf(goodSpans(session))));
const logs = (session: string): Buffer =>
  Buffer.from(
    encodeLogsRequest({
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: Array.from({ length: 100 }, (_, i) => ({
                timeUnixNano: String(START + BigInt(i)),
                body: { stringValue: 'y'.repeat(500) },
                attributes: [text('session.id', session), LARGE],
              })),
            },
          ],
        },
      ],
    }),
  );
const jsonSpans = (session: string, count: number): string =>
  JSON.stringify({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: Array.from({ length: count }, (_, i) => ({
              traceId: (i + 1).toString(16).padStart(32, 'c'),
              spanId: (i + 1).toString(16).padStart(16, 'd'),
              startTimeUnixNano: String(START),
              endTimeUnixNano: String(START + 1n),
              attributes: [{ key: 'session.id', value: { stringValue: session } }],
            })),
          },
        ],
      },
    ],
  });
const points = metricsJson(
  Array.from({ length: 200 }, (_, i) => ({
    metric: i % 2 === 0 ? 'claude_code.token.usage' : 'process.cpu.time',
    start: START,
    time: START + BigInt(i),
    value: 1 + i,
    attributes: { 'session.id': 'metrics', type: 'input', model: 'claude-sonnet-4-5' },
  })),
);

const good = spans('proto');
const gzipped = gzipSync(spans('gzip'));
const grpcBody = spans('grpc');
const malformedRecords = [
  ...goodSpans('partial'),
  goodSpan('partial', { traceId: new Uint8Array(3) }),
  goodSpan('partial', { attributes: MANY_ATTRIBUTES }),
];
const partial = Buffer.from(encodeTraceRequest(requestOf(malformedRecords)));
const many = spans('many');

const REQUESTS: readonly [
  name: string,
  expected: RegExp,
  send: (server: TestServer, grpc: RawGrpcSender) => Promise<Answer>,
][] = [
  ['protobuf', /^200 0 /, (server) => post(server, '/v1/traces', good)],
  ['the same again', /^200 0 /, (server) => post(server, '/v1/traces', good)],
  ['gzip', /^200 0 /, (server) => post(server, '/v1/traces', gzipped, { 'content-encoding': 'gzip' })],
  ['JSON', /^200 0 /, (server) => post(server, '/v1/traces', jsonSpans('json', 300))],
  [
    'more JSON than a decoding thread reads',
    /^413 /,
    (server) => post(server, '/v1/traces', jsonSpans('huge', 8_000)),
  ],
  ['log records', /^200 0 /, (server) => post(server, '/v1/logs', logs('logs'))],
  ['metrics', /^200 100 /, (server) => post(server, '/v1/metrics', points)],
  ['gRPC', /^0 0 /, (_, grpc) => sendGrpc(grpc, grpcBody)],
  ['records that are not kept', /^200 2 /, (server) => post(server, '/v1/traces', partial)],
  ['the same over gRPC', /^0 2 /, (_, grpc) => sendGrpc(grpc, partial)],
  ['protobuf cut short', /^400 /, (server) => post(server, '/v1/traces', good.subarray(0, -3))],
  [
    'the same over gRPC',
    new RegExp(`^${GrpcStatus.INVALID_ARGUMENT} `),
    (_, grpc) => sendGrpc(grpc, good.subarray(0, -3)),
  ],
  ['JSON cut short', /^400 /, (server) => post(server, '/v1/traces', jsonSpans('never', 300).slice(0, -3))],
  ['nothing but zeros', /^400 /, (server) => post(server, '/v1/traces', Buffer.alloc(100_000))],
  [
    'too many records',
    /^413 /,
    (server) => post(server, '/v1/traces', Buffer.concat(Array.from({ length: 6 }, () => many))),
  ],
];

describe('with decoding threads and without', () => {
  const servers: TestServer[] = [];
  const senders: RawGrpcSender[] = [];
  before(async () => {
    for (const threads of ['0', '2']) {
      const server = await startServer({
        flags: ['--threads', threads, '--max-records', String(MAX_RECORDS)],
      });
      servers.push(server);
      senders.push(new RawGrpcSender(server));
    }
  });
  after(async () => {
    for (const sender of senders) sender.close();
    await Promise.all(servers.map((server) => server.dispose()));
  });

  for (const [name, expected, send] of REQUESTS) {
    it(`${name} is answered alike`, async () => {
      const [without, withThem] = [
        await send(servers[0]!, senders[0]!),
        await send(servers[1]!, senders[1]!),
      ];
      assert.deepEqual(withThem, without);
      assert.match(`${withThem.status} ${withThem.rejected} ${withThem.message}`, expected);
    });
  }

  it('sessions and counters are the same, and nothing is harmed', async () => {
    const counters = async (server: TestServer): Promise<string[]> =>
      (await server.text('/metrics'))
        .split('\n')
        .filter((line) => /^sojourn_(records|metric_points|log_records|requests|decode_thread)/.test(line));
    const all: unknown[] = [];
    for (const server of servers) {
      await server.settled();
      all.push([await listAll(server), await counters(server)]);
      await assertUnharmed(server);
    }
    assert.deepEqual(all[1], all[0]);
    assert.ok((await listAll(servers[1]!)).length >= 6);
  });
});

it('a stop answers running requests, and loses nothing acknowledged', async () => {
  const server = await startServer({ flags: ['--threads', '2'] });
  const bodies = Array.from({ length: 20 }, (_, i) => spans(`stop ${i}`));
  const statuses = Promise.all(
    bodies.map(async (body, i) => {
      const status = await server.post('/v1/traces', body).then(
        (response) => response.status,
        () => undefined,
      );
      return [`stop ${i}`, status] as const;
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await server.stop(), 0);
  const accepted = (await statuses).filter(([, status]) => status === 200).map(([session]) => session);
  const again = await startServer({ data: server.data });
  await again.settled();
  const listed = new Map((await listAll(again)).map((each) => [each['session.id'], each.span_count]));
  for (const session of accepted) assert.equal(listed.get(session), SPANS);
  await again.dispose();
  await server.dispose();
});
