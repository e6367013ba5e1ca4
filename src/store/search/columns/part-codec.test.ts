import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PartReader, PartWriter } from './part-codec.js';

test('values are read in the order in which they were written, wherever the bytes are', () => {
  const numbers = fc.array(
    fc.oneof(fc.nat(255), fc.nat(65_535), fc.nat(2 ** 31), fc.integer({ min: 0, max: 2 ** 53 })),
  );
  const texts = fc.array(fc.string({ unit: 'grapheme' }));
  fc.assert(
    fc.property(numbers, texts, fc.array(fc.double({ noNaN: true })), fc.nat(9), (first, names, last, at) => {
      const bytes = new PartWriter().numbers(first).texts(names).doubles(last).finish();
      const moved = new Uint8Array(bytes.length + at);
      moved.set(bytes, at);
      const reader = new PartReader(moved.subarray(at));
      assert.deepEqual([...reader.numbers()], first);
      assert.deepEqual(reader.texts(), names);
      assert.deepEqual([...reader.numbers()], last);
    }),
  );
});
