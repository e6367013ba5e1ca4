import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spanBatch } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import { freeBytes, packBatch, unpackBatch } from './batch-transfer.js';

const normalizer = await createNormalizer({
  userIds: 'keep',
  userIdKey: new Uint8Array(32),
  clientIp: 'keep',
  geoDatabase: undefined,
});
const batch = () =>
  spanBatch(
    normalizer,
    ['a', 'b'].map((trace) => ({
      trace,
      span: '1',
      start: 1n,
      end: 2n,
      attributes: { 'session.id': 's', 'user.id': 'ann', 'gen_ai.request.model': 'gpt-4o' },
    })),
  );

test('a batch is on the other side what it was', () => {
  const { message, transfer } = packBatch(batch());
  assert.deepEqual(unpackBatch(structuredClone(message, { transfer })), batch());
});

test('the memory of a batch is given back at once, of whatever size', () => {
  const received = unpackBatch(structuredClone(packBatch(batch()).message));
  assert.ok(received.bytes.length > 0);
  freeBytes(received);
  assert.equal(received.bytes.buffer.byteLength, 0);
});
