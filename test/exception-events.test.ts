import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNormalizer } from '../src/normalize/create.js';
import { exceptionKey } from '../src/normalize/exceptions.js';
import { decodeTraces } from '../src/otlp/decode.js';
import { ProtoWriter } from '../src/otlp/wire-writer.js';
import { logBatch, metricBatch, type SpanSpec, spanBatch } from './support/telemetry.js';

/** The exceptions of a request, through the real decoder and normaliser. */

const normalizer = await createNormalizer({
  userIds: 'auto',
  userIdKey: Buffer.alloc(32, 7),
  clientIp: 'keep',
  geoDatabase: undefined,
});
const NS = 1_795_000_000_000_000_000n;

function exceptionsOf(span: Partial<SpanSpec>) {
  const batch = spanBatch(normalizer, [{ trace: 'a', span: '1', start: NS, end: NS + 1n, ...span }]);
  return batch.exceptionSets[batch.exceptions[0]!] ?? [];
}

const thrown = (message: string, time = NS) => ({
  name: 'exception',
  time,
  attributes: { 'exception.message': message },
});

test('events of a span report exceptions by their name, whatever its status', () => {
  const events = [thrown('one'), { name: 'exceptional', time: NS }, thrown('two', NS + 5n)];
  assert.deepEqual(exceptionsOf({ events }), [
    { channel: 'span_event', key: exceptionKey({ message: 'one' }), line: 'one', atNs: NS },
    { channel: 'span_event', key: exceptionKey({ message: 'two' }), line: 'two', atNs: NS + 5n },
  ]);
  assert.equal(
    exceptionsOf({ events: [{ name: 'remark', time: NS, attributes: { error: true } }] }).length,
    0,
  );
});

test('of many events a bounded number is read', () => {
  assert.equal(
    exceptionsOf({ events: Array.from({ length: 500 }, (_, i) => thrown(`no. ${i}`)) }).length,
    64,
  );
});

test('an event is read with its fields in any order', () => {
  const bytes = new ProtoWriter();
  const message = (field: number, content: () => void): void => {
    const start = bytes.begin(field);
    content();
    bytes.end(start);
  };
  const event = (): void => {
    message(3, () => {
      bytes.string(1, 'exception.message');
      message(2, () => bytes.string(1, 'boom'));
    });
    bytes.string(2, 'exception');
    bytes.fixed64(1, NS);
  };
  const span = (): void => {
    bytes.bytes(1, Buffer.alloc(16, 1));
    bytes.bytes(2, Buffer.alloc(8, 1));
    message(11, event);
  };
  message(1, () => message(2, () => message(2, span)));
  const { batch } = decodeTraces(bytes.finish(), normalizer, { maxRecords: 9, maxAttributesPerRecord: 9 });
  assert.deepEqual(batch.exceptionSets, [
    [{ channel: 'span_event', key: exceptionKey({ message: 'boom' }), line: 'boom', atNs: NS }],
  ]);
});

test('a log record reports an exception in a map as its body; a data point reports none', () => {
  const session = { 'session.id': 's' };
  const logs = logBatch(normalizer, [
    { time: NS, event: 'app.crash', body: { 'exception.message': 'boom' }, attributes: session },
    { time: NS, event: 'click', body: { message: 'boom' }, attributes: session },
  ]);
  assert.deepEqual([...logs.exceptions], [0, -1]);
  assert.deepEqual(logs.exceptionSets[0], [
    { channel: 'log', key: exceptionKey({ message: 'boom' }), line: 'boom', atNs: NS, isCrash: true },
  ]);
  const points = metricBatch(normalizer, [
    {
      metric: 'claude_code.token.usage',
      start: NS,
      time: NS + 1n,
      value: 5,
      attributes: { ...session, type: 'input', model: 'claude-sonnet-4-5', 'exception.type': 'Error' },
      resource: { 'service.name': 'claude-code' },
    },
  ]);
  assert.deepEqual([points.count, points.exceptionSets.length], [1, 0]);
});
