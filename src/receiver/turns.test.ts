import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Steps } from '../otlp/steps.js';
import { AbandonedError, Turns } from './turns.js';

const SLICE_MS = 10;

/** Turns with a manual clock, and a log of the work in order. */
function world() {
  const log: string[] = [];
  const later: (() => void)[] = [];
  const clock = { nowMs: 0 };
  const turns = new Turns({
    nowMs: () => clock.nowMs,
    later: (call) => void later.push(call),
    sliceMs: SLICE_MS,
  });
  /** A work whose steps take these times, ms. */
  function* work(name: string, ...stepsMs: readonly number[]): Steps<string> {
    for (const ms of stepsMs) {
      clock.nowMs += ms;
      log.push(name);
      yield;
    }
    return name;
  }
  /** One turn of the event loop. */
  const turn = (): void => {
    log.push('|');
    for (const call of later.splice(0)) call();
  };
  return { log, later, turns, work, turn };
}

const never = () => false;

test('work shorter than a slice is done at once', () => {
  const { turns, work, later } = world();
  assert.equal(turns.run(work('a', 4, 5), never), 'a');
  assert.deepEqual(later, []);
});

test('works take turns, with one slice in each turn of the event loop', async () => {
  const { log, turns, work, turn, later } = world();
  const a = turns.run(work('a', 10, 10, 10), never);
  const b = turns.run(work('b', 4, 4, 4, 9, 3, 1), never);
  assert.equal(later.length, 1);
  while (later.length > 0) turn();
  assert.deepEqual(log.join(''), 'abbb|a|bb|a|b|');
  assert.equal(await a, 'a');
  assert.equal(await b, 'b');
});

test('a failing work rejects its own promise, and the others continue', async () => {
  const { turns, work, turn, later } = world();
  function* broken(): Steps<string> {
    yield* work('x', 10);
    throw new Error('malformed');
  }
  const a = turns.run(broken(), never);
  const b = turns.run(work('b', 10, 10), never);
  while (later.length > 0) turn();
  await assert.rejects(async () => a, /malformed/);
  assert.equal(await b, 'b');
});

test('abandoned work ends between two slices', async () => {
  const { log, turns, work, turn, later } = world();
  let isAbandoned = false;
  const a = turns.run(work('a', 10, 10, 10, 10), () => isAbandoned);
  turn();
  isAbandoned = true;
  turn();
  await assert.rejects(async () => a, AbandonedError);
  assert.deepEqual(later, []);
  assert.equal(log.join(''), 'a|a|');
});
