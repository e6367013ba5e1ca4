import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { believedTime, limitOf, type SeenClock } from './retention-limits.js';

const HOUR_NS = 3_600_000_000_000n;
const DAY_NS = 24n * HOUR_NS;
const NOW_NS = 20_000n * DAY_NS + 5n * HOUR_NS;
const NEVER: SeenClock = { seenNs: undefined, heldUntilNs: undefined };

describe('the time that retention believes', () => {
  it('is that of the clock, while telemetry comes', () => {
    const believed = believedTime(NOW_NS, NOW_NS - DAY_NS, {
      seenNs: NOW_NS - HOUR_NS,
      heldUntilNs: undefined,
    });
    assert.deepEqual(believed, { nowNs: NOW_NS, clock: { seenNs: NOW_NS, heldUntilNs: undefined } });
    assert.equal(believedTime(NOW_NS, undefined, NEVER).nowNs, NOW_NS, 'without sessions');
  });

  it('is at most seven days after the latest activity of any session', () => {
    const { nowNs, heldBack, clock } = believedTime(NOW_NS + 365n * DAY_NS, NOW_NS, NEVER);
    assert.equal(nowNs, NOW_NS + 7n * DAY_NS);
    assert.match(heldBack ?? '', /no session had activity in the last 365 days/);
    assert.equal(clock.seenNs, NOW_NS + 365n * DAY_NS);
  });

  it('is held back for a day if the clock is far ahead of itself, also if telemetry agrees', () => {
    let clock: SeenClock = { seenNs: NOW_NS, heldUntilNs: undefined };
    const jumpedNs = NOW_NS + 365n * DAY_NS;
    for (const afterNs of [0n, HOUR_NS, 23n * HOUR_NS]) {
      const believed = believedTime(jumpedNs + afterNs, jumpedNs + afterNs, clock);
      assert.equal(believed.nowNs, undefined);
      assert.match(believed.heldBack ?? '', /365 days ahead|366 days ahead/);
      ({ clock } = believed);
    }
    const later = jumpedNs + DAY_NS;
    assert.equal(believedTime(later, later, clock).nowNs, later, 'then it is believed');
  });

  it('is that of the clock again once it was set right', () => {
    const { clock } = believedTime(NOW_NS + 365n * DAY_NS, NOW_NS, {
      seenNs: NOW_NS,
      heldUntilNs: undefined,
    });
    const right = believedTime(NOW_NS + HOUR_NS, NOW_NS, clock);
    assert.deepEqual(right, {
      nowNs: NOW_NS + HOUR_NS,
      clock: { seenNs: NOW_NS + HOUR_NS, heldUntilNs: undefined },
    });
  });

  it('is held back anew after a second jump, however far the first one went', () => {
    const far = believedTime(NOW_NS + 900n * DAY_NS, NOW_NS, { seenNs: NOW_NS, heldUntilNs: undefined });
    const nearNs = NOW_NS + 20n * DAY_NS;
    const near = believedTime(nearNs, nearNs, far.clock);
    assert.equal(near.nowNs, undefined);
    assert.equal(near.clock.heldUntilNs, nearNs + DAY_NS);
  });
});

describe('the limit by age', () => {
  it('moves in steps of a 24th of the age, and of a day at most', () => {
    for (const [ageMs, stepNs] of [
      [86_400_000, HOUR_NS],
      [90 * 86_400_000, DAY_NS],
      [24_000, 1_000_000_000n],
    ] as const) {
      const exactNs = NOW_NS - BigInt(ageMs) * 1_000_000n;
      const limitNs = limitOf(NOW_NS, ageMs);
      assert.equal(limitNs % stepNs, 0n);
      assert.ok(limitNs <= exactNs && limitNs > exactNs - stepNs);
    }
  });
});
