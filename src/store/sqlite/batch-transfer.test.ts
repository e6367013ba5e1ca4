import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spanBatch } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import { finish } from '../../otlp/steps.js';
import { freeBytes, packBatch, unpackBatch } from './batch-transfer.js';

const normalizer = await createNormalizer({
  userIds: 'keep',
  userIdKey: new Uint8Array(32),
  clientIp: 'keep',
  geoDatabase: undefined,
});
const batch = (sessions: readonly string[] = ['s', 's']) =>
  spanBatch(
    normalizer,
    sessions.map((session, i) => ({
      trace: 'a',
      span: `${i}`,
      start: 1n,
      end: 2n,
      attributes: { 'session.id': session, 'user.id': `of ${session}`, 'gen_ai.request.model': 'gpt-4o' },
    })),
  );

test('a batch is on the other side what it was', () => {
  const { message, transfer } = finish(packBatch(batch()));
  assert.deepEqual(unpackBatch(structuredClone(message, { transfer })), batch());
});

test('a batch with many values is packed in steps, and is on the other side what it was', () => {
  const sessions = Array.from({ length: 5000 }, (_, i) => `session ${i}`);
  const packing = packBatch(batch(sessions));
  let steps = 0;
  let step = packing.next();
  for (; !step.done; step = packing.next()) steps++;
  // 5,000 sessions, 5,000 users and 5,000 calls, 2,048 at a time.
  assert.equal(steps, 9);
  const { message, transfer } = step.value;
  assert.deepEqual(unpackBatch(structuredClone(message, { transfer })), batch(sessions));
});

test('the memory of a batch is given back at once, of whatever size', () => {
  const received = unpackBatch(structuredClone(finish(packBatch(batch())).message));
  assert.ok(received.bytes.length > 0);
  freeBytes(received);
  assert.equal(received.bytes.buffer.byteLength, 0);
});
