import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_TIME_NS } from '../contract/timestamp.js';
import { stepFor } from './timeline.js';

const MINUTE = 60_000_000_000n;

test('a timeline has at most 200 points, or 1,000 if a length is requested, and none shorter than that', () => {
  const time = fc.bigInt({ min: 0n, max: MAX_TIME_NS });
  const wish = fc.option(fc.integer({ min: 1, max: 62_899_200_000 }), { nil: undefined });
  fc.assert(
    fc.property(time, time, wish, (one, other, intervalMs) => {
      const [from, to] = one < other ? [one, other] : [other, one];
      const step = stepFor(from, to, intervalMs);
      const points = to / step - from / step + 1n;
      assert.ok(points <= (intervalMs === undefined ? 200n : 1000n), `${points} points`);
      if (intervalMs !== undefined) assert.ok(step >= BigInt(intervalMs) * 1_000_000n);
      assert.equal(step % MINUTE, 0n);
    }),
  );
});

test('points are as short as the maximum number allows', () => {
  const day = 1440n * MINUTE;
  assert.equal(stepFor(0n, 100n * MINUTE, undefined), MINUTE);
  assert.equal(stepFor(0n, 200n * MINUTE, undefined), 2n * MINUTE);
  assert.equal(stepFor(0n, day, undefined), 10n * MINUTE);
  assert.equal(stepFor(0n, 30n * day, undefined), 6n * 60n * MINUTE);
  assert.equal(stepFor(0n, 30n * day, 3_600_000), 60n * MINUTE);
  assert.equal(stepFor(0n, 30n * day, 3_600_001), 120n * MINUTE);
  assert.equal(stepFor(0n, 100n * day, 60_000), 180n * MINUTE);
});
