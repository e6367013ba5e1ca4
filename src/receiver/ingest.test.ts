import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRequest } from '../../test/support/decode-request.js';
import { AttributeNormalizer } from '../normalize/attribute-normalizer.js';
import { createUsageReader } from '../normalize/usage.js';
import { isPacked } from '../store/contract/packed-batch.js';
import { NotStoredError, SessionsBehindError } from '../store/contract/unavailable.js';
import { DecodingLostError, type ExportRequest } from './ingest.js';
import { HeldStore, MAX_RECORDS, SPAN_ID, spansProtobuf, TRACE_ID, testIngest } from './test-support.js';

const BAD_TRACE_ID = 'ab';
const span: ExportRequest = {
  project: 'p',
  signal: 'traces',
  encoding: 'protobuf',
  body: spansProtobuf(TRACE_ID),
};
const logs = (...records: object[]): ExportRequest => ({
  project: 'p',
  signal: 'logs',
  encoding: 'json',
  body: Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: records }] }] })),
});

test('accepts once the batch is on disk, not before', async () => {
  const store = new HeldStore();
  const { ingest, metric } = testIngest({ append: store.append });
  let isAnswered = false;
  const outcome = ingest.export(span).finally(() => {
    isAnswered = true;
  });
  await store.arrival();
  assert.equal(isAnswered, false);
  assert.equal(await metric('sojourn_pending_bytes'), span.body.length);
  store.release({ stored: 0, replaced: 1, duplicates: 0 });
  assert.deepEqual(await outcome, { kind: 'accepted' });
  assert.equal(await metric('sojourn_pending_bytes'), 0);
  assert.equal(await metric('sojourn_records_received_total{signal="traces"}'), 1);
  assert.equal(await metric('sojourn_records_stored_total{signal="traces"}'), 0);
  assert.equal(await metric('sojourn_records_replaced_total'), 1);
  assert.equal(await metric('sojourn_append_seconds_count'), 1);
});

test('passes the body to the store without a copy', async () => {
  const { ingest, batches } = testIngest();
  await ingest.export(span);
  assert.equal(batches[0]?.bytes, span.body);
});

test('counts waiting bytes although storing takes the memory of the body', async () => {
  const { ingest, metric } = testIngest({
    append: async (_project, batch) => {
      assert.ok(!isPacked(batch));
      structuredClone(batch.bytes, {
        transfer: [batch.bytes.buffer as ArrayBuffer, batch.start.buffer as ArrayBuffer],
      });
      return { stored: 1, replaced: 0, duplicates: 0 };
    },
  });
  const body = Uint8Array.from(span.body);
  assert.equal((await ingest.export({ ...span, body })).kind, 'accepted');
  assert.equal(body.length, 0, 'the memory was transferred');
  assert.equal(await metric('sojourn_pending_bytes'), 0);
  assert.equal(await metric('sojourn_records_received_total{signal="traces"}'), 1);
});

test('reports which records of a request are not kept, and why', async () => {
  const { ingest, batches, metric } = testIngest();
  const outcome = await ingest.export({
    ...span,
    body: spansProtobuf(TRACE_ID, BAD_TRACE_ID, '0'.repeat(32)),
  });
  assert.deepEqual(outcome, {
    kind: 'accepted',
    partial: {
      rejected: 2,
      message: '2 spans rejected: 2 invalid trace id (must be 16 bytes, not all zero)',
    },
  });
  assert.equal(batches[0]?.count, 1);
  assert.equal(await metric('sojourn_records_received_total{signal="traces"}'), 3);
  assert.equal(await metric('sojourn_records_rejected_total{signal="traces",reason="invalid_trace_id"}'), 2);
});

test('does not call the store for requests without kept records', async () => {
  const { ingest, batches, metric } = testIngest();
  assert.deepEqual(await ingest.export({ ...span, body: new Uint8Array() }), { kind: 'accepted' });
  assert.deepEqual(await ingest.export(logs({ timeUnixNano: '1', body: { stringValue: 'nobody’s' } })), {
    kind: 'accepted',
  });
  const outcome = await ingest.export({ ...span, body: spansProtobuf(BAD_TRACE_ID) });
  assert.ok(outcome.kind === 'accepted' && outcome.partial?.rejected === 1);
  assert.deepEqual(batches, []);
  assert.equal(await metric('sojourn_log_records_unbound_total'), 1);
});

test('keeps log records', async () => {
  const { ingest, batches, metric } = testIngest();
  const record = { timeUnixNano: '1790000000000000000', traceId: TRACE_ID, spanId: SPAN_ID };
  assert.deepEqual(await ingest.export(logs(record, { ...record, timeUnixNano: '5' })), { kind: 'accepted' });
  assert.equal(batches[0]?.count, 2);
  assert.equal(await metric('sojourn_records_stored_total{signal="logs"}'), 2);
});

test('refuses requests that can never be accepted', async () => {
  const { ingest, batches, failures } = testIngest();
  const malformed = await ingest.export({ ...span, body: span.body.subarray(0, -1) });
  assert.equal(malformed.kind, 'malformed');
  const ids = Array<string>(MAX_RECORDS + 1).fill(TRACE_ID);
  const tooMany = await ingest.export({ ...span, body: spansProtobuf(...ids) });
  assert.ok(tooMany.kind === 'tooManyRecords' && tooMany.message.includes(String(MAX_RECORDS)));
  assert.ok(!('retryAfterSeconds' in malformed) && !('retryAfterSeconds' in tooMany));
  assert.deepEqual([batches, failures], [[], []]);
});

test('counts data points of unused metrics, and reports that they are not kept', async () => {
  const { ingest, batches, metric } = testIngest();
  const metricsOf = (points: number): ExportRequest => ({
    project: 'p',
    signal: 'metrics',
    encoding: 'json',
    body: Buffer.from(
      JSON.stringify({
        resourceMetrics: [{ scopeMetrics: [{ metrics: [{ sum: { dataPoints: Array(points).fill({}) } }] }] }],
      }),
    ),
  });
  assert.deepEqual(await ingest.export(metricsOf(3)), {
    kind: 'accepted',
    partial: { rejected: 3, message: '3 data points not kept: 3 of metrics that Sojourn does not use' },
  });
  assert.deepEqual(await ingest.export(metricsOf(0)), { kind: 'accepted' });
  const malformed = await ingest.export({ ...metricsOf(1), encoding: 'protobuf' });
  assert.equal(malformed.kind, 'malformed');
  assert.equal(await metric('sojourn_metric_points_not_kept_total{reason="unused_metric"}'), 3);
  assert.deepEqual(batches, []);
});

test('keeps data points that report usage, and says why it does not keep the others', async () => {
  const normalizer = new AttributeNormalizer(undefined, createUsageReader());
  const limits = { maxRecords: MAX_RECORDS, maxAttributesPerRecord: 10 };
  const { ingest, batches, metric } = testIngest({
    decode: (signal, encoding, body) => decodeRequest(signal, encoding, body, normalizer, limits),
  });
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const point = (more: object, ...attributes: object[]) => ({
    timeUnixNano: '1790000000000000000',
    asInt: '7',
    attributes: [attribute('type', 'input'), ...attributes],
    ...more,
  });
  const session = attribute('session.id', 's');
  const sum = (name: string, dataPoints: object[]) => ({
    name,
    sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints },
  });
  const metrics = [
    sum('claude_code.token.usage', [point({}, session), point({}), point({ asInt: 'seven' }, session)]),
    sum('claude_code.commit.count', [point({}, session), point({}, session)]),
  ];
  const body = Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }));
  assert.deepEqual(await ingest.export({ project: 'p', signal: 'metrics', encoding: 'json', body }), {
    kind: 'accepted',
    partial: {
      rejected: 4,
      message:
        '4 data points not kept: 2 of metrics that Sojourn does not use, 1 malformed, 1 without a session id',
    },
  });
  assert.deepEqual(
    batches.map(({ count, usages }) => [count, usages.length]),
    [[1, 2]],
  );
  assert.equal(await metric('sojourn_records_received_total{signal="metrics"}'), 5);
  assert.equal(await metric('sojourn_records_stored_total{signal="metrics"}'), 1);
  for (const [reason, count] of [
    ['unused_metric', 2],
    ['malformed_record', 1],
    ['session_missing', 1],
  ]) {
    assert.equal(await metric(`sojourn_metric_points_not_kept_total{reason="${reason}"}`), count);
  }
});

test('asks senders to slow down while too much waits for the disk', async () => {
  const store = new HeldStore();
  const { ingest } = testIngest({ append: store.append, maxPendingBytes: 2 * span.body.length });
  const first = [ingest.export(span), ingest.export(span)];
  const refused = await ingest.export(span);
  assert.equal(refused.kind, 'overloaded');
  assert.ok('retryAfterSeconds' in refused && refused.retryAfterSeconds >= 1);
  assert.equal(ingest.refusal(1)?.kind, 'overloaded');
  assert.equal(ingest.refusal(0), undefined, 'nothing more would wait');
  store.release();
  for (const outcome of await Promise.all(first)) assert.equal(outcome.kind, 'accepted');
  const again = ingest.export(span);
  store.release();
  assert.equal((await again).kind, 'accepted');
});

test('decodes no more at once than may be at work, and the rest in the order in which it came', async () => {
  const store = new HeldStore();
  const { ingest, contexts } = testIngest({ append: store.append, maxAtWorkBytes: 2 * span.body.length });
  const from = (browserAddress: string): ExportRequest => ({ ...span, browserAddress });
  const outcomes = ['a', 'b', 'c', 'd', 'e'].map((address) => ingest.export(from(address)));
  const begun = (): unknown[] => contexts.map(({ browserAddress }) => browserAddress);
  await store.arrival();
  assert.deepEqual(begun(), ['a', 'b']);
  store.release();
  await Promise.all(outcomes.slice(0, 2));
  await store.arrival();
  assert.deepEqual(begun(), ['a', 'b', 'c', 'd']);
  store.fail(new Error('no room'));
  await Promise.all(outcomes.slice(2, 4));
  await store.arrival();
  assert.deepEqual(begun(), ['a', 'b', 'c', 'd', 'e']);
  store.release();
  assert.equal((await outcomes[4]!).kind, 'accepted');
});

test('takes a request that is larger than what may be at work alone', async () => {
  const { ingest } = testIngest({ maxAtWorkBytes: 1 });
  const outcomes = await Promise.all([ingest.export(span), ingest.export(span)]);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['accepted', 'accepted'],
  );
});

test('a request that is costly to decode delays the others by a second, not until it ends', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const costly = { ...span, body: Buffer.from(span.body) };
  const plain = testIngest();
  const { ingest } = testIngest({
    maxAtWorkBytes: 1,
    decode: (signal, encoding, body, asked) =>
      body === costly.body ? new Promise(() => {}) : plain.decode(signal, encoding, body, asked),
  });
  void ingest.export(costly);
  let isAnswered = false;
  const second = ingest.export(span).finally(() => {
    isAnswered = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isAnswered, false);
  context.mock.timers.tick(1_000);
  assert.equal((await second).kind, 'accepted');
});

test('does not decode what waited until its sender was gone', async () => {
  const store = new HeldStore();
  const { ingest, contexts } = testIngest({ append: store.append, maxAtWorkBytes: span.body.length });
  const first = ingest.export(span);
  const second = ingest.export({ ...span, isGone: () => true });
  await store.arrival();
  store.release();
  await first;
  assert.equal((await second).kind, 'unavailable');
  assert.equal(contexts.length, 1);
});

test('a request is retryable if the store fails, and counted only once it is stored', async () => {
  const store = new HeldStore();
  const { ingest, failures, metric } = testIngest({ append: store.append });
  const body = spansProtobuf(TRACE_ID, BAD_TRACE_ID);
  const outcome = ingest.export({ ...span, body });
  const failure = new Error('disk full');
  store.fail(failure);
  const refused = await outcome;
  assert.equal(refused.kind, 'unavailable');
  assert.ok('retryAfterSeconds' in refused && refused.retryAfterSeconds >= 1);
  assert.deepEqual(failures, [failure]);
  assert.equal(await metric('sojourn_pending_bytes'), 0);
  assert.equal(await metric('sojourn_records_received_total{signal="traces"}'), undefined);
  assert.equal(
    await metric('sojourn_records_rejected_total{signal="traces",reason="invalid_trace_id"}'),
    undefined,
  );
});

test('a sender is told why its telemetry could not be stored, without what is for the operator', async () => {
  const store = new HeldStore();
  const { ingest } = testIngest({ append: store.append });
  const outcome = ingest.export(span);
  store.fail(new NotStoredError('connect ECONNREFUSED 10.0.0.3:5432', 'the database cannot be reached'));
  const refused = await outcome;
  assert.ok(refused.kind === 'unavailable');
  assert.equal(
    refused.message,
    'the telemetry could not be stored: the database cannot be reached; send it again later',
  );
});

test('asks senders to come later while sessions are too far behind, and counts why', async () => {
  let areSessionsBehind = true;
  const { ingest, failures, contexts, metric } = testIngest({
    areSessionsBehind: () => areSessionsBehind,
    append: async () => {
      throw new SessionsBehindError('behind');
    },
  });
  const atTheDoor = await ingest.export(span);
  assert.equal(contexts.length, 0, 'it is not decoded');
  areSessionsBehind = false;
  const atTheStore = await ingest.export(span);
  assert.equal(contexts.length, 1);
  for (const refused of [atTheDoor, atTheStore])
    assert.ok(refused.kind === 'overloaded' && refused.retryAfterSeconds === 1);
  assert.deepEqual(failures, []);
  assert.equal(await metric('sojourn_overload_refusals_total{reason="sessions_behind"}'), 2);
});

test('an internal error is reported and not retryable', async () => {
  const fault = new TypeError('not a function');
  const { ingest, failures } = testIngest({
    decode: () => {
      throw fault;
    },
  });
  const outcome = await ingest.export(span);
  assert.ok(outcome.kind === 'failed' && outcome.retryAfterSeconds === undefined);
  assert.ok(!outcome.message.includes(fault.message), 'senders must not see internals');
  assert.deepEqual(failures, [fault]);
});

test('draining refuses new requests and waits for running ones', async () => {
  const store = new HeldStore();
  const { ingest } = testIngest({ append: store.append });
  const events: string[] = [];
  const underWay = ingest.export(span).then(({ kind }) => events.push(kind));
  const drained = Promise.all([ingest.drain(), ingest.drain()]).then(() => events.push('drained'));
  const late = await ingest.export(span);
  assert.ok(late.kind === 'unavailable' && late.retryAfterSeconds !== undefined);
  assert.deepEqual(events, []);
  store.release();
  await Promise.all([underWay, drained]);
  assert.deepEqual(events.sort(), ['accepted', 'drained']);
  await ingest.drain();
});

test('passes the address of browsers, and of no other sender, to the decoder', async () => {
  const { ingest, contexts } = testIngest();
  await ingest.export({ ...span, browserAddress: '203.0.113.9' });
  await ingest.export(span);
  assert.deepEqual(contexts, [{ browserAddress: '203.0.113.9' }, { browserAddress: undefined }]);
});

test('asks for a retry if the decoding thread ended', async () => {
  const { ingest, failures } = testIngest({
    decode: async () => {
      throw new DecodingLostError('gone');
    },
  });
  const outcome = await ingest.export(span);
  assert.equal(outcome.kind, 'unavailable');
  assert.equal('retryAfterSeconds' in outcome && outcome.retryAfterSeconds, 1);
  assert.deepEqual(failures, []);
});
