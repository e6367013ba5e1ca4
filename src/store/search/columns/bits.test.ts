import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addAll,
  type Bits,
  CHUNK_SESSIONS,
  clearBit,
  countBits,
  countCommon,
  eachBit,
  firstBits,
  hasBit,
  keepCommon,
  keepWhere,
  noBits,
  setBit,
  takeOut,
} from './bits.js';

const places = fc.uniqueArray(fc.nat(CHUNK_SESSIONS - 1), { maxLength: 200 });

function bitsOf(places: Iterable<number>): Bits {
  const bits = noBits();
  for (const place of places) setBit(bits, place);
  return bits;
}

function placesOf(bits: Bits): number[] {
  const places: number[] = [];
  eachBit(bits, (place) => places.push(place));
  return places;
}

test('sets of places behave like sets of numbers', () => {
  const sorted = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b);
  fc.assert(
    fc.property(places, places, fc.nat(CHUNK_SESSIONS), (first, second, count) => {
      const [a, b] = [new Set(first), new Set(second)];
      const common = sorted(first.filter((place) => b.has(place)));
      const changed = (change: (bits: Bits, others: Bits) => void): number[] => {
        const bits = bitsOf(a);
        change(bits, bitsOf(b));
        return placesOf(bits);
      };
      assert.deepEqual(changed(keepCommon), common);
      assert.deepEqual(changed(takeOut), sorted(first.filter((place) => !b.has(place))));
      assert.deepEqual(changed(addAll), sorted(new Set([...first, ...second])));
      assert.equal(countCommon(bitsOf(a), bitsOf(b)), common.length);
      assert.equal(countBits(bitsOf(a)), a.size);
      assert.deepEqual(placesOf(firstBits(count)), [...Array(count).keys()]);
      const even = bitsOf(a);
      keepWhere(even, (place) => place % 2 === 0);
      assert.deepEqual(placesOf(even), sorted(first.filter((place) => place % 2 === 0)));
      const some = bitsOf(a);
      for (const place of b) clearBit(some, place);
      assert.ok([...b].every((place) => !hasBit(some, place)));
    }),
  );
});
