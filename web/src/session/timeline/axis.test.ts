import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assignLanes } from './lanes.js';
import { axisTicks } from './time-axis.js';

describe('the ticks of an axis', () => {
  it('are round, and no more than fit', () => {
    assert.deepEqual(axisTicks(1_000, 5), [0, 200, 400, 600, 800, 1_000]);
    assert.deepEqual(axisTicks(95_000, 5), [0, 30_000, 60_000, 90_000]);
    assert.deepEqual(axisTicks(7 * 3_600_000, 4), [0, 7_200_000, 14_400_000, 21_600_000]);
    for (const duration of [0.000_001, 0.3, 17, 2_345, 61_000, 1e7, 1e10, 1e13]) {
      const ticks = axisTicks(duration, 6);
      assert.ok(ticks.length >= 2 && ticks.length <= 7, `${duration}: ${ticks}`);
      assert.ok(ticks.at(-1)! <= duration);
    }
  });

  it('are only its beginning if it has no length', () => {
    assert.deepEqual(axisTicks(0, 5), [0]);
    assert.deepEqual(axisTicks(Number.NaN, 5), [0]);
  });
});

describe('lanes', () => {
  it('hold intervals that do not overlap', () => {
    const intervals = [
      { start: 0, end: 10 },
      { start: 2, end: 4 },
      { start: 5, end: 7 },
      { start: 10, end: 12 },
    ];
    assert.deepEqual([...assignLanes(intervals, 5)], [0, 1, 1, 0]);
  });

  it('do not exceed the maximum', () => {
    const intervals = Array.from({ length: 10 }, (_, start) => ({ start, end: 100 }));
    assert.equal(Math.max(...assignLanes(intervals, 3)), 2);
  });
});
