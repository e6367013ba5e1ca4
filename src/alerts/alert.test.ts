import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type AlertDefinition,
  type AlertState,
  dueEvaluation,
  evaluated,
  LAG_MS,
  MOST_TRIES,
  NEW_ALERT,
  nextEvaluation,
  nextTry,
  retryAfter,
  stepOf,
  windowOf,
} from './alert.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const ALERT: AlertDefinition = {
  name: 'a',
  filters: '',
  measure: 'sessions',
  operator: 'above',
  threshold: 5,
  windowMinutes: 10,
  select: 'started',
  channel: { kind: 'webhook', url: 'https://hooks.example/' },
  isEnabled: true,
};

/** The events of an alert whose measure has these values, a minute from one to the next. */
function events(values: readonly (number | undefined)[], alert = ALERT): [minute: number, event: string][] {
  let state: AlertState = NEW_ALERT;
  const found: [number, string][] = [];
  for (const [minute, value] of values.entries()) {
    const next = evaluated(alert, state, value, minute * MINUTE);
    if (next.event !== undefined) found.push([minute, next.event]);
    state = next.state;
  }
  return found;
}

test('it fires when the measure passes the threshold, once, and is resolved when it does not any more', () => {
  assert.deepEqual(events([5, 6, 7, 6, 5, 5]), [
    [1, 'firing'],
    [4, 'resolved'],
  ]);
  assert.deepEqual(events([5, 4, 5], { ...ALERT, operator: 'below' }), [
    [1, 'firing'],
    [2, 'resolved'],
  ]);
});

test('a measure without a value passes no threshold', () => {
  assert.deepEqual(events([undefined, 6, undefined]), [
    [1, 'firing'],
    [2, 'resolved'],
  ]);
  assert.deepEqual(events([undefined], { ...ALERT, operator: 'below' }), []);
});

test('it fires at most once in the length of a window, and in turn with being resolved', () => {
  assert.deepEqual(events([6, 0, 6, 0, 6, 6, 6, 6, 6, 6, 6]), [
    [0, 'firing'],
    [1, 'resolved'],
    [10, 'firing'],
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 6, undefined)),
      fc.integer({ min: 1, max: 20 }),
      (values, window) => {
        const all = events(values, { ...ALERT, windowMinutes: window });
        for (const [i, [, event]] of all.entries()) assert.equal(event, i % 2 === 0 ? 'firing' : 'resolved');
        const fired = all.filter(([, event]) => event === 'firing').map(([minute]) => minute);
        for (const [i, minute] of fired.entries()) if (i > 0) assert.ok(minute - fired[i - 1]! >= window);
      },
    ),
  );
});

test('evaluations are at multiples of the step, whoever asks; of those that were missed only the last is made up for', () => {
  assert.deepEqual(
    [1, 60, 119, 120, 7 * 24 * 60].map(stepOf),
    [1, 1, 1, 2, 60].map((step) => step * MINUTE),
  );
  fc.assert(
    fc.property(
      fc.nat(2_000_000_000),
      fc.integer({ min: 1, max: 10_080 }),
      fc.nat(10_000_000),
      (at, window, late) => {
        const next = nextEvaluation(at, window);
        assert.equal(next % stepOf(window), 0);
        assert.ok(next > at && next - at <= stepOf(window));
        const due = dueEvaluation(next, next + late, window);
        assert.ok(due >= next && due <= next + late && next + late - due < stepOf(window));
      },
    ),
  );
});

test('tries after failures come ever later, never after the next evaluation, and are of the same evaluation', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 100 }),
      fc.nat(HOUR),
      (window, failures, late) => {
        const evaluation = nextEvaluation(1_790_000_000_000, window);
        const now = evaluation + (late % stepOf(window));
        const next = nextTry(evaluation, now, failures, window);
        assert.ok(next > now && next <= evaluation + stepOf(window));
        const due = dueEvaluation(next, next, window);
        assert.equal(due, next < evaluation + stepOf(window) ? evaluation : next);
        assert.ok(nextTry(evaluation, now, failures + 1, window) >= next);
      },
    ),
  );
});

test('adjacent windows share no session and leave none out', () => {
  const [first, second] = [windowOf(20 * MINUTE, 10), windowOf(30 * MINUTE, 10)];
  assert.equal(first.toMs + 1, second.fromMs);
  assert.equal(second.toMs + 1, 30 * MINUTE - LAG_MS);
});

test('tries are further and further apart, for a day at most', () => {
  const waits = Array.from({ length: MOST_TRIES - 1 }, (_, i) => retryAfter(i + 1));
  assert.deepEqual(
    waits,
    waits.toSorted((a, b) => a - b),
  );
  assert.equal(waits[0], 10_000);
  assert.ok(waits.reduce((sum, wait) => sum + wait, 0) < 86_400_000);
});
