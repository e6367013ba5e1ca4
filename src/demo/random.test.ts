import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Random } from './random.js';

const take = (seed: string, count: number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('random numbers', () => {
  it('follow from the seed', () => {
    assert.deepEqual(take('7', 100), take('7', 100));
    assert.notDeepEqual(take('7', 100), take('8', 100));
  });

  it('lie in [0, 1) and are distributed evenly', () => {
    for (const seed of ['', '0', '7', 'traffic 4294967295']) {
      const tenths = new Array<number>(10).fill(0);
      for (const number of take(seed, 10_000)) {
        assert.ok(number >= 0 && number < 1);
        tenths[Math.floor(number * 10)]!++;
      }
      // Five standard deviations of a fair count of 1,000.
      for (const count of tenths) assert.ok(Math.abs(count - 1_000) < 150, `${count}`);
    }
  });

  it('make whole numbers within both bounds, and durations around their median', () => {
    const random = new Random('7');
    const ints = Array.from({ length: 1_000 }, () => random.int(3, 5));
    assert.deepEqual([...new Set(ints)].sort(), [3, 4, 5]);
    const durations = Array.from({ length: 2_001 }, () => random.duration(100)).sort((a, b) => a - b);
    assert.ok(durations[1_000]! > 85 && durations[1_000]! < 115, `${durations[1_000]}`);
    assert.ok(durations[0]! > 0 && durations.at(-1)! <= 2_000);
  });

  it('choose by weight', () => {
    const random = new Random('7');
    const choices = [{ weight: 9 }, { weight: 1 }, { weight: 0 }];
    const counts = choices.map(() => 0);
    for (let round = 0; round < 1_000; round++) counts[choices.indexOf(random.pickWeighted(choices))]!++;
    assert.ok(counts[0]! > 850 && counts[1]! > 50, counts.join());
    assert.equal(counts[2], 0);
  });

  it('make ids', () => {
    const random = new Random('7');
    assert.match(random.hex(32), /^[0-9a-f]{32}$/);
    assert.match(random.hex(3), /^[0-9a-f]{3}$/);
    assert.equal(new Set(Array.from({ length: 10_000 }, () => random.hex(16))).size, 10_000);
  });
});
