import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { logBatch, type SpanSpec, spanBatch } from '../../../test/support/telemetry.js';
import { AttributeNormalizer } from '../../normalize/attribute-normalizer.js';
import { decodeLogs, decodeTraces } from '../../otlp/decode.js';
import { type RecordBatch, resourceOf, scopeOf, serviceOf } from '../../otlp/record-batch.js';
import {
  areEntangled,
  BlockBuilder,
  type ChunkPlace,
  chunksOf,
  decodePlaces,
  encodePlaces,
  encodeRecords,
  type RecordSource,
} from './block.js';

const normalizer = new AttributeNormalizer();
const NO_LIMITS = { maxRecords: 1_000_000, maxAttributesPerRecord: 1_000_000 };

/** What must survive of a record in a block: the bytes of the record, its resource and its scope. */
function contentOf({ batch, index }: RecordSource): object {
  const offset = batch.offset[index]!;
  return {
    bytes: Buffer.from(batch.bytes.subarray(offset, offset + batch.length[index]!)).toString('hex'),
    resource: Buffer.from(resourceOf(batch, index)).toString('hex'),
    scope: Buffer.from(scopeOf(batch, index)).toString('hex'),
    service: serviceOf(batch, index),
    start: batch.start[index],
    end: batch.end[index],
  };
}

function sources(batch: RecordBatch): RecordSource[] {
  return Array.from({ length: batch.count }, (_, index) => ({ batch, index }));
}

const spans: fc.Arbitrary<SpanSpec[]> = fc.array(
  fc.record({
    trace: fc.constantFrom('a', 'b'),
    span: fc.constantFrom('1', '2', '3'),
    name: fc.oneof(
      fc.string(),
      fc.integer({ min: 100, max: 40_000 }).map((length) => 'x'.repeat(length)),
    ),
    start: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    end: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    resource: fc.record({ 'service.name': fc.constantFrom('web', 'api') }),
    scope: fc.constantFrom('one', 'two'),
  }),
  { maxLength: 8 },
);
const logs = fc.array(
  fc.record({
    time: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
    body: fc.string(),
    attributes: fc.record({ 'session.id': fc.constantFrom('s1', 's2') }),
    resource: fc.record({ 'service.name': fc.constantFrom('web', 'api') }),
  }),
  { maxLength: 8 },
);

test('records are read from a block as they were written, spans before log records, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(spans, logs, spans), { minLength: 1, maxLength: 4 }), (chunks) => {
      const builder = new BlockBuilder();
      const written = chunks.map(([before, between, after]) => {
        const records = [
          ...sources(spanBatch(normalizer, before)),
          ...sources(logBatch(normalizer, between)),
          ...sources(spanBatch(normalizer, after)),
        ];
        return { records, place: builder.add(records) };
      });
      assert.equal(builder.length, sum(written.map(({ place }) => place.tracesLength + place.logsLength)));
      const taken = builder.take();
      const bytes = Buffer.from(taken.bytes);
      assert.equal(builder.length, 0);
      const places = chunksOf(7, taken.directory);
      assert.deepEqual(
        places,
        written.map(({ place }) => ({ block: 7, ...place })),
      );
      for (const [i, { offset, tracesLength, logsLength }] of places.entries()) {
        const logsStart = offset + tracesLength;
        const read = [
          decodeTraces(bytes.subarray(offset, logsStart), normalizer, NO_LIMITS).batch,
          decodeLogs(bytes.subarray(logsStart, logsStart + logsLength), normalizer, NO_LIMITS).batch,
        ];
        const isLog = ({ batch, index }: RecordSource) => batch.kind[index]!;
        const { records } = written[i]!;
        assert.deepEqual(
          read.flatMap(sources).map(contentOf),
          records.toSorted((a, b) => isLog(a) - isLog(b)).map(contentOf),
        );
      }
    }),
  );
});

test('a taken block leaves nothing in the next one', () => {
  const builder = new BlockBuilder();
  const records = sources(spanBatch(normalizer, [{ trace: 'a', span: '1', start: 1n, end: 2n }]));
  const first = builder.add(records);
  builder.take();
  assert.deepEqual(builder.add(records), first);
  assert.deepEqual(chunksOf(1, builder.take().directory), [{ block: 1, ...first }]);
});

test('blocks stay unchanged while any number of others of the same commit are made', () => {
  const builder = new BlockBuilder();
  const span = (trace: string, size: number) =>
    sources(
      spanBatch(normalizer, [
        { trace, span: '1', start: 1n, end: 2n, attributes: { text: trace.repeat(size) } },
      ]),
    );
  const take = (trace: string, size: number) => {
    builder.add(span(trace, size));
    const { bytes } = builder.take();
    return { bytes, copy: Buffer.from(bytes) };
  };
  for (const end of ['reuse', 'abandon', 'reuse'] as const) {
    const blocks = ['a', 'b', 'c', 'd', 'e', 'f'].map((trace) => take(trace, 700_000));
    for (const { bytes, copy } of blocks) assert.deepEqual(bytes, copy);
    builder[end]();
    const small = take('1', 10);
    if (end === 'abandon') assert.deepEqual(blocks[0]!.bytes, blocks[0]!.copy);
    assert.ok(small.copy.includes('1111111111'));
    builder.reuse();
  }
});

test('the spans of a trace are encoded as one message without log records', () => {
  const records = [
    ...sources(logBatch(normalizer, [{ trace: 'a', time: 5n }])),
    ...sources(spanBatch(normalizer, [{ trace: 'a', span: '1', start: 1n, end: 2n }])),
  ];
  const { batch } = decodeTraces(encodeRecords(records).spans, normalizer, NO_LIMITS);
  assert.deepEqual(sources(batch).map(contentOf), [contentOf(records[1]!)]);
  assert.equal(encodeRecords(records.slice(0, 1)).spans.length, 0);
});

test('places survive their encoding', () => {
  const length = fc.nat({ max: 2 ** 32 });
  const place = fc.record(
    {
      block: fc.oneof(fc.nat(300), fc.nat({ max: 2 ** 48 })),
      offset: length,
      tracesLength: length,
      logsLength: length,
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(place, { maxLength: 20 }), (unordered) => {
      const places = unordered.sort((a: ChunkPlace, b: ChunkPlace) => a.block - b.block);
      for (const isEntangled of [false, true]) {
        const encoded = encodePlaces(places, isEntangled);
        assert.deepEqual(decodePlaces(encoded), places);
        assert.equal(areEntangled(encoded), isEntangled);
      }
    }),
  );
});

test('places in neighbouring blocks take few bytes', () => {
  const places = Array.from({ length: 100 }, (_, i) => ({
    block: 1_000_000 + i,
    offset: 60_000,
    tracesLength: 500,
    logsLength: 0,
  }));
  assert.ok(encodePlaces(places).length < 100 * 7 + 4);
});

test('numbers at the edges of the varint lengths survive', () => {
  const edges = Array.from({ length: 7 }, (_, i) => 2 ** (7 * (i + 1))).flatMap((n) => [n - 1, n, n + 1]);
  const places = edges.map((edge) => ({ block: edge, offset: edge, tracesLength: edge, logsLength: 0 }));
  assert.deepEqual(decodePlaces(encodePlaces(places)), places);
  const largest = { block: 2 ** 53 - 1, offset: 2 ** 53 - 1, tracesLength: 0, logsLength: 2 ** 53 - 1 };
  assert.deepEqual(decodePlaces(encodePlaces([largest])), [largest]);
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
