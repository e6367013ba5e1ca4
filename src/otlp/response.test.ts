import assert from 'node:assert/strict';
import { test } from 'node:test';
import type protobuf from 'protobufjs';
import { decodePlain, otlpTypes } from '../../test/otlp-oracle.js';
import { exportResponse, statusResponse } from './response.js';

const SIGNALS = [
  ['traces', otlpTypes.ExportTraceServiceResponse, 'rejectedSpans'],
  ['logs', otlpTypes.ExportLogsServiceResponse, 'rejectedLogRecords'],
  ['metrics', otlpTypes.ExportMetricsServiceResponse, 'rejectedDataPoints'],
] as const;

const json = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());
/** The fields that are set, as protobufjs reads them. */
const protobufJson = (type: protobuf.Type, bytes: Uint8Array): unknown =>
  type.toObject(type.decode(bytes), { longs: String });

for (const [signal, type, rejectedField] of SIGNALS) {
  test(`${signal}: a completely accepted request is answered by an empty message`, () => {
    assert.equal(exportResponse(signal, 'protobuf').length, 0);
    assert.deepEqual(json(exportResponse(signal, 'json')), {});
  });

  test(`${signal}: rejected records are reported alike in both encodings, the count as text in JSON`, () => {
    const partial = { rejected: 3_000_000_000, message: 'invalid_trace_id: 3 €' };
    const expected = {
      partialSuccess: { [rejectedField]: '3000000000', errorMessage: 'invalid_trace_id: 3 €' },
    };
    assert.deepEqual(json(exportResponse(signal, 'json', partial)), expected);
    assert.deepEqual(protobufJson(type, exportResponse(signal, 'protobuf', partial)), expected);
  });

  test(`${signal}: a warning has no count`, () => {
    const partial = { rejected: 0, message: 'late' };
    const expected = { partialSuccess: { errorMessage: 'late' } };
    assert.deepEqual(json(exportResponse(signal, 'json', partial)), expected);
    assert.deepEqual(protobufJson(type, exportResponse(signal, 'protobuf', partial)), expected);
  });
}

test('an error is a google.rpc.Status', () => {
  const expected = { code: 3, message: 'resourceSpans: expected an array' };
  const { code, message } = expected;
  assert.deepEqual(json(statusResponse('json', code, message)), expected);
  assert.deepEqual(decodePlain(otlpTypes.RpcStatus, statusResponse('protobuf', code, message)), expected);
});
