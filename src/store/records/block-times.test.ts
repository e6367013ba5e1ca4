import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TimeBounds } from './block-times.js';

test('the bounds of a block include all of its times and are at most 4.3 seconds wider', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), { minLength: 1 }), (values) => {
      const times = BigInt64Array.from(values);
      const bounds = new TimeBounds();
      for (const index of times.keys()) bounds.add(times, index);
      const { leastNs, greatestNs } = bounds.take();
      const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const [least, greatest] = [sorted[0]!, sorted.at(-1)!];
      assert.ok(leastNs <= least && least - leastNs < 2n ** 32n);
      assert.ok(greatestNs >= greatest && greatestNs - greatest < 2n ** 32n);
    }),
  );
});
