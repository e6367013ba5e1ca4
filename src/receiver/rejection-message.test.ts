import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RejectReason } from '../otlp/decode.js';
import { rejectionMessage } from './rejection-message.js';

test('names every reason with its number, most frequent first', () => {
  const rejected = new Map([
    [RejectReason.time, 1],
    [RejectReason.traceId, 2],
  ]);
  assert.equal(
    rejectionMessage('traces', rejected, 128),
    '3 spans rejected: 2 invalid trace id (must be 16 bytes, not all zero), 1 time out of range (must be before 2262-04-11)',
  );
});

test('uses the singular for one log record, and the rules for log records', () => {
  assert.equal(
    rejectionMessage('logs', new Map([[RejectReason.spanId, 1]]), 128),
    '1 log record rejected: 1 invalid span id (must be 8 bytes, or empty)',
  );
});

test('does not call records of another signal spans', () => {
  assert.match(
    rejectionMessage('traces', new Map([[RejectReason.otherSignal, 2]]), 128),
    /^2 records not kept: 2 of another signal \(spans go to \/v1\/traces, log records to \/v1\/logs, /,
  );
});

test('has words for every reason', () => {
  const rejected = new Map(Object.values(RejectReason).map((reason) => [reason, 1]));
  const message = rejectionMessage('traces', rejected, 128);
  assert.match(message, /with more than 128 attributes/);
  assert.doesNotMatch(message, /undefined|_/);
});
