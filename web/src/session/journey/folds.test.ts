import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldedAxis, foldedTicks } from './folds.js';

const MINUTE = 60_000;
const interval = fc
  .tuple(fc.integer({ min: -MINUTE, max: 1000 * MINUTE }), fc.integer({ min: 0, max: 3 * MINUTE }))
  .map(([start, length]) => ({ start, end: start + length }));
const busyTimes = fc.array(interval, { minLength: 1, maxLength: 60 });
const near = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b));

describe('the folded axis', () => {
  it('folds the long idle times of a chat, and says how long they were', () => {
    const busy = [0, 10, 30].map((minute) => ({ start: minute * MINUTE, end: minute * MINUTE + 4_000 }));
    const axis = foldedAxis(busy, true);
    assert.deepEqual(
      axis.folds.map(({ start, end }) => end - start),
      [10 * MINUTE - 4_000, 20 * MINUTE - 4_000],
    );
    assert.ok(axis.length < 15_000, String(axis.length));
    assert.equal(foldedAxis(busy, false).length, 30 * MINUTE + 4_000);
  });

  it('keeps the pauses of clicks that follow each other', () => {
    const clicks = Array.from({ length: 50 }, (_, index) => ({ start: index * 3_000, end: index * 3_000 }));
    assert.deepEqual(foldedAxis(clicks, true).folds, []);
  });

  it('has a length also if all happens at one time, or nothing but two moments', () => {
    assert.equal(foldedAxis([{ start: 5, end: 5 }], true).length, 0);
    assert.ok(
      foldedAxis(
        [0, 1e7].map((time) => ({ start: time, end: time })),
        true,
      ).length > 0,
    );
    assert.equal(foldedAxis([], true).length, 0);
  });

  it('never turns time back, and each place leads to its time', () => {
    fc.assert(
      fc.property(busyTimes, fc.boolean(), (busy, isFolded) => {
        const axis = foldedAxis(busy, isFolded);
        const times = busy.flatMap(({ start, end }) => [start, end]).sort((a, b) => a - b);
        const places = times.map(axis.toPlace);
        for (const [index, place] of places.entries()) {
          assert.ok(place >= 0 && place <= axis.length);
          if (index > 0) assert.ok(place >= places[index - 1]!);
          assert.ok(near(axis.toTime(place), times[index]!), `${axis.toTime(place)} ${times[index]}`);
        }
      }),
    );
  });

  it('keeps the length of everything that happened, and folds only times without it', () => {
    fc.assert(
      fc.property(busyTimes, (busy) => {
        const axis = foldedAxis(busy, true);
        for (const { start, end } of busy) {
          assert.ok(near(axis.toPlace(end) - axis.toPlace(start), end - start));
          for (const fold of axis.folds) assert.ok(end <= fold.start || start >= fold.end);
        }
        const shown = axis.folds.reduce((sum, { from, to }) => sum - (to - from), axis.length);
        const folded = axis.folds.reduce((sum, { start, end }) => sum + (end - start), 0);
        const first = Math.min(...busy.map(({ start }) => start));
        const last = Math.max(...busy.map(({ end }) => end));
        assert.ok(near(shown + folded, last - first));
      }),
    );
  });

  it('has ticks at round times, none of them in a fold', () => {
    const busy = [0, 60].map((minute) => ({ start: minute * MINUTE, end: minute * MINUTE + 10_000 }));
    assert.deepEqual(
      foldedTicks(foldedAxis(busy, true), 5),
      [0, 5_000, 10_000, 3_600_000, 3_605_000, 3_610_000],
    );
    fc.assert(
      fc.property(busyTimes, fc.integer({ min: 2, max: 20 }), (times, most) => {
        const axis = foldedAxis(times, true);
        const ticks = foldedTicks(axis, most);
        for (const tick of ticks)
          assert.ok(axis.folds.every(({ start, end }) => tick <= start || tick >= end));
        assert.ok(ticks.length <= most + 1 + axis.folds.length);
      }),
    );
  });
});
