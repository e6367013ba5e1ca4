import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { logBatch, spanBatch } from '../../../test/support/telemetry.js';
import { AttributeNormalizer } from '../../normalize/attribute-normalizer.js';
import { createUsageReader } from '../../normalize/usage.js';
import { type RecordBatch, serviceOf } from '../../otlp/record-batch.js';
import { BlockBuilder, chunksOf } from './block.js';
import { GroupDecoder } from './group-decoder.js';
import { spanIdOf, traceIdOf } from './held-records.js';

const normalizer = new AttributeNormalizer(undefined, createUsageReader());
const SECOND = 1_000_000_000n;

/** A record as text: what its group is made of. */
function shown(batch: RecordBatch, index: number): string {
  const span = [traceIdOf(batch, index), spanIdOf(batch, index), batch.start[index], batch.length[index]];
  return [...span, batch.strings[batch.session[index]!], serviceOf(batch, index)].join();
}

test('the records of a block are those of its chunks, in their order', () => {
  // Spans, log records or both, in turn.
  const kinds = ['s', 's', 'l', 'l', 'sl', 's', 'sl', 'sl', 'l', 's'];
  const builder = new BlockBuilder();
  for (const [i, kind] of kinds.entries()) {
    const trace = (i + 1).toString(16);
    const common = { trace, resource: { 'service.name': `service ${i % 3}` } };
    const attributes = { 'session.id': `s${i % 2}` };
    const spans = Array.from({ length: 1 + (i % 3) }, (_, at) => ({
      ...common,
      span: (at + 1).toString(16),
      start: BigInt(i) * SECOND,
      end: BigInt(i + 1) * SECOND,
      attributes,
    }));
    const logs = spans.map(({ span, start }) => ({ ...common, span, time: start, attributes }));
    const batches = [
      ...(kind.includes('s') ? [spanBatch(normalizer, spans)] : []),
      ...(kind.includes('l') ? [logBatch(normalizer, logs)] : []),
    ];
    builder.add(
      batches.flatMap((batch) => Array.from({ length: batch.count }, (_, index) => ({ batch, index }))),
    );
  }
  const { bytes, directory } = builder.take();
  const places = chunksOf(1, directory);
  const decoder = new GroupDecoder(normalizer);
  const all = (batches: readonly RecordBatch[]): string[] =>
    batches.flatMap((batch) => Array.from({ length: batch.count }, (_, index) => shown(batch, index)));
  const runs = decoder.runs(places, Buffer.from(bytes));
  assert.deepEqual(
    all(runs.map(({ batch }) => batch)),
    all(places.flatMap((place) => decoder.chunk(place, Buffer.from(bytes)))),
  );
  assert.ok(runs.length < places.length, 'neighbours are decoded together');
  for (const { batch, offset } of runs) {
    for (let index = 0; index < batch.count; index++) {
      const at = batch.offset[index]!;
      const record = batch.bytes.subarray(at, at + batch.length[index]!);
      const from = offset + at;
      assert.deepEqual([...bytes.subarray(from, from + record.length)], [...record]);
    }
  }
});
