import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainNormalizer } from '../../../test/support/normalizer.js';
import { spanBatch } from '../../../test/support/telemetry.js';
import { finish } from '../../otlp/steps.js';
import { countOf, freeBatch, type PackedBatch, packBatch, transferOf, unpackBatch } from './packed-batch.js';

const normalizer = await plainNormalizer();
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

/** The batch as received at the other end of a channel. */
const crossed = (packed: PackedBatch): PackedBatch =>
  structuredClone(packed, { transfer: transferOf(packed) });

test('a batch is the same on the other side', () => {
  assert.deepEqual(unpackBatch(crossed(finish(packBatch(batch())))), batch());
});

test('a batch that is sent twice is copied once and stays the same', () => {
  const once = crossed(finish(packBatch(batch(), { asBytes: true })));
  assert.ok('parts' in once.tables);
  const [part] = once.tables.parts;
  const twice = crossed(once);
  assert.equal(part!.length, 0, 'it moved');
  assert.equal(countOf(twice), batch().count);
  assert.deepEqual(unpackBatch(twice), batch());
});

test('a batch with many values is packed in steps and is the same on the other side', () => {
  const sessions = Array.from({ length: 5000 }, (_, i) => `session ${i}`);
  const packing = packBatch(batch(sessions));
  let steps = 0;
  let step = packing.next();
  for (; !step.done; step = packing.next()) steps++;
  // 5,000 sessions, 5,000 users and 5,000 calls, 2,048 at a time.
  assert.equal(steps, 9);
  assert.deepEqual(unpackBatch(crossed(step.value)), batch(sessions));
});

test('the memory of a batch of any size is freed at once', () => {
  const received = unpackBatch(crossed(finish(packBatch(batch()))));
  assert.ok(received.bytes.length > 0);
  freeBatch(received);
  assert.equal(received.bytes.buffer.byteLength, 0);
});
