import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MostCommon } from './most-common.js';

test('finds the most common values and their sums, in as many passes as the memory limit needs', () => {
  const values = fc.array(fc.tuple(fc.string({ maxLength: 2 }), fc.nat(3)), { maxLength: 60 });
  fc.assert(
    fc.property(values, fc.constantFrom(1, 3, 50), fc.constantFrom(0, 300, 100_000), (added, limit, held) => {
      const common = new MostCommon<[number, number]>(limit, held);
      const sums = new Map<string, [number, number]>();
      for (const [value, more] of added) {
        const [count, sum] = sums.get(value) ?? [0, 0];
        sums.set(value, [count + 1, sum + more]);
      }
      let passes = 0;
      while (!common.isDone && passes++ < 1_000) {
        for (const [value, more] of added) common.add(value, [1, more]);
        common.endPass();
      }
      const expected = [...sums]
        .map(([value, each]) => ({ value, sums: each }))
        .sort((a, b) => b.sums[0] - a.sums[0] || (a.value < b.value ? -1 : 1));
      if (held > 0) {
        assert.ok(common.isDone);
        assert.deepEqual(common.top(), expected.slice(0, limit));
      }
      if (held === 100_000) assert.equal(passes, 1);
    }),
  );
});

test('values that are as common are in the order of their bytes', () => {
  const values = ['a', 'ab', 'b', '\ud7ff', '\uff5e', '😀', '😁'];
  const common = new MostCommon<[number]>(9);
  for (const value of values.toReversed()) common.add(value, [1]);
  common.endPass();
  assert.deepEqual(
    common.top().map(({ value }) => value),
    values,
  );
});
