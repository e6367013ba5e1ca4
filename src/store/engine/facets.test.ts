import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costBucket, durationBucket, leastDuration } from './facets.js';

const MOST = 2n ** 63n - 1n;

/** Powers of two with the numbers directly below and above each. */
const values = Array.from({ length: 64 }, (_, bits) => 1n << BigInt(bits))
  .flatMap((power) => [power - 1n, power, power + 1n, power + power / 2n])
  .filter((value) => value <= MOST)
  .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

test('a bucket of durations begins at its least duration and ends where the next one begins', () => {
  for (const ns of values) {
    const bucket = Number(durationBucket(ns));
    assert.ok(leastDuration(bucket) <= ns, `${ns} is not below bucket ${bucket}`);
    assert.ok(bucket === LAST ? leastDuration(bucket + 1) > ns : ns < leastDuration(bucket + 1));
  }
});

const LAST = Number(durationBucket(MOST));

test('buckets sort as text like their contents', () => {
  for (const bucketOf of [durationBucket, costBucket]) {
    const buckets = values.map(bucketOf);
    assert.deepEqual(buckets.toSorted(), buckets);
    assert.ok(buckets.every((text) => text.length === buckets[0]!.length));
  }
});

test('negative values are in the first bucket, and values too large for a column in the last', () => {
  assert.equal(durationBucket(-5n), durationBucket(0n));
  assert.equal(costBucket(2n ** 80n), costBucket(2n ** 63n));
  assert.ok(costBucket(2n ** 80n) >= costBucket(MOST));
});
