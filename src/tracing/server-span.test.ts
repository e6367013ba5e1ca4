import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnsweredRequest } from '../telemetry.js';
import { parseTraceparent, serverSpan } from './server-span.js';

const EDGES = { now: () => 1_790_000_000_000, randomHex: (bytes: number) => 'ab'.repeat(bytes) };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const ANSWERED: AnsweredRequest = {
  transport: 'http',
  method: 'GET',
  route: '/api/v1/sessions/:sessionId',
  status: 200,
  requestId: 'r-1',
  durationMs: 1.5,
};

function attributes(answered: AnsweredRequest): Record<string, unknown> {
  const span = serverSpan(answered, EDGES)!;
  return Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

test('a span has the route, the time and the status of its request', () => {
  const span = serverSpan(ANSWERED, EDGES)!;
  assert.equal(span.name, 'GET /api/v1/sessions/:sessionId');
  assert.equal(span.endTimeUnixNano, '1790000000000000000');
  assert.equal(span.startTimeUnixNano, '1789999999998500000');
  assert.deepEqual(
    [span.traceId, span.spanId, span.parentSpanId],
    ['ab'.repeat(16), 'ab'.repeat(8), undefined],
  );
  assert.deepEqual(span.status, {});
  assert.deepEqual(attributes(ANSWERED), {
    'http.request.method': 'GET',
    'http.route': '/api/v1/sessions/:sessionId',
    'http.response.status_code': '200',
    'sojourn.request_id': 'r-1',
  });
});

test('only a fault of the server is an error', () => {
  const code = (status: number | string): number | undefined =>
    serverSpan({ ...ANSWERED, status }, EDGES)!.status.code;
  assert.deepEqual([400, 404, 'aborted', 'RESOURCE_EXHAUSTED', 'OK'].map(code), Array(5).fill(undefined));
  assert.deepEqual([500, 503, 'INTERNAL', 'UNAVAILABLE'].map(code), Array(4).fill(2));
});

test('a request of gRPC is named by its method', () => {
  const method = 'opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const { route: _, ...request } = ANSWERED;
  const answered: AnsweredRequest = { ...request, transport: 'grpc', method, status: 'OK', bytes: 12 };
  assert.equal(serverSpan(answered, EDGES)!.name, method);
  assert.equal(attributes(answered)['rpc.response.status_code'], 'OK');
});

test('a trace of the client goes on, if the client records it', () => {
  const span = serverSpan({ ...ANSWERED, traceparent: `00-${TRACE}-${PARENT}-01` }, EDGES)!;
  assert.deepEqual([span.traceId, span.parentSpanId], [TRACE, PARENT]);
  assert.equal(serverSpan({ ...ANSWERED, traceparent: `00-${TRACE}-${PARENT}-00` }, EDGES), undefined);
});

test('there is no span about spans of this server', () => {
  assert.equal(serverSpan({ ...ANSWERED, hasOwnSpans: true }, EDGES), undefined);
});

test('an invalid trace context is ignored', () => {
  for (const header of [
    undefined,
    '',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  ])
    assert.equal(parseTraceparent(header), undefined, header);
  assert.equal(parseTraceparent(`cc-${TRACE}-${PARENT}-03-more`)?.isSampled, true);
});
