import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeLogsRequest, encodeTraceRequest, logsRequest, traceRequest } from '../../test/otlp-oracle.js';
import { logsJsonToProtobuf, tracesJsonToProtobuf } from './json.js';
import { readLogRecords, readSpans } from './read.js';
import { logsToJson, tracesToJson } from './to-json.js';
import { ProtoWriter } from './wire-writer.js';

test('spans in JSON are the same spans', () => {
  fc.assert(
    fc.property(traceRequest, (request) => {
      const bytes = encodeTraceRequest(request);
      const { bytes: again, malformed } = tracesJsonToProtobuf(tracesToJson(bytes).text);
      assert.equal(malformed, 0);
      assert.deepEqual(sortedTexts(readSpans(again)), sortedTexts(readSpans(bytes)));
    }),
  );
});

test('log records in JSON are the same log records', () => {
  fc.assert(
    fc.property(logsRequest, (request) => {
      const bytes = encodeLogsRequest(request);
      const { bytes: again, malformed } = logsJsonToProtobuf(logsToJson(bytes).text);
      assert.equal(malformed, 0);
      assert.deepEqual(sortedTexts(readLogRecords(again)), sortedTexts(readLogRecords(bytes)));
    }),
  );
});

test('what JSON carried once, it carries byte for byte', () => {
  fc.assert(
    fc.property(traceRequest, (request) => {
      const { bytes } = tracesJsonToProtobuf(tracesToJson(encodeTraceRequest(request)).text);
      const { text, inexact } = tracesToJson(bytes);
      assert.equal(inexact, 0);
      assert.deepEqual(Buffer.from(tracesJsonToProtobuf(text).bytes), Buffer.from(bytes));
    }),
  );
});

test('counts the records that get other bytes', () => {
  const record = (write: (writer: ProtoWriter) => void, resource = false): Uint8Array => {
    const writer = new ProtoWriter(64);
    const logs = writer.begin(1);
    if (resource) {
      const start = writer.begin(1);
      writer.uint32(2, 0);
      writer.end(start);
    }
    const scope = writer.begin(2);
    for (let count = 0; count < 2; count++) {
      const start = writer.begin(2);
      if (count === 0) write(writer);
      writer.end(start);
    }
    writer.end(scope);
    writer.end(logs);
    return writer.finish();
  };
  const count = (bytes: Uint8Array): number => logsToJson(bytes).inexact;
  assert.equal(count(record((writer) => writer.string(12, 'click'))), 0);
  assert.equal(count(record((writer) => writer.string(12, ''))), 1, 'a default');
  assert.equal(count(record((writer) => writer.string(99, 'x'))), 1, 'an unknown field');
  assert.equal(
    count(
      record((writer) => {
        writer.string(12, 'click');
        writer.string(3, 'INFO');
      }),
    ),
    1,
    'an order',
  );
  assert.equal(count(record(() => {}, true)), 2, 'of the resource of both');
});

function sortedTexts(records: readonly object[]): string[] {
  return records
    .map((record) => JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)))
    .sort();
}
