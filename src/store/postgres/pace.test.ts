import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from './pace.js';

const SECOND = 1_000;
const RECORDS_OF_BLOCK = 50;

/** Folding, `rate` records a second at most, beside senders that have `offered` records a second. */
function run(options: { backlog: number; rate: number; offered: number; seconds: number }) {
  const pace = new Pace();
  let { backlog } = options;
  let folded = 0;
  let accepted = 0;
  let waited = 0;
  const backlogs: number[] = [];
  for (let second = 0; second < options.seconds; second++) {
    const nowMs = second * SECOND;
    const done = Math.min(backlog, options.rate);
    backlog -= done;
    folded += done / RECORDS_OF_BLOCK;
    const ms = (backlog / options.rate) * SECOND;
    pace.note({ folded, records: backlog, recordsOfBlock: RECORDS_OF_BLOCK, ms }, nowMs);
    const isHeld = pace.isHeld(undefined, nowMs);
    if (isHeld) waited++;
    else {
      backlog += options.offered;
      accepted += options.offered;
    }
    backlogs.push(backlog);
  }
  return { backlogs, accepted, waited };
}

test('a backlog becomes shorter while some of what comes is taken', () => {
  const { backlogs, accepted, waited } = run({ backlog: 1e6, rate: 10_000, offered: 40_000, seconds: 200 });
  assert.ok(backlogs.at(-1)! < 0.6e6, `${backlogs.at(-1)} records are left`);
  assert.ok(accepted > 1e6, `${accepted} records were taken`);
  assert.ok(waited > 0);
});

test('senders that bring less than is folded do not wait', () => {
  const { waited } = run({ backlog: 1e6, rate: 10_000, offered: 5_000, seconds: 200 });
  assert.ok(waited <= 1, `${waited} seconds`);
});

test('a process waits for readers of its own blocks, unless nothing is folded', () => {
  const pace = new Pace();
  const lag = { records: 100, recordsOfBlock: 50, ms: 900 };
  assert.equal(pace.isHeld(0, 900), false, 'it is not known that anything is folded');
  pace.note({ ...lag, folded: 7 }, 1_000);
  assert.equal(pace.isHeld(0, 1_000), false, 'it is not known that anything is folded');
  pace.note({ ...lag, folded: 8 }, 2_000);
  assert.equal(pace.isHeld(1_500, 2_000), false);
  assert.equal(pace.isHeld(undefined, 2_000), false);
  assert.equal(pace.isHeld(-100, 2_000), true);
  pace.note({ ...lag, folded: 8 }, 5_100);
  assert.equal(pace.isHeld(1_000, 5_100), false, 'nobody folds');
  pace.seen(5_200);
  assert.equal(pace.isHeld(1_000, 5_200), true);
});

test('a process waits for two folds, as long as they take', () => {
  const pace = new Pace();
  const folds = (ms: number): void => {
    for (let fold = 0; fold < 10; fold++) {
      nowMs += ms;
      pace.seen(nowMs);
    }
  };
  const held = (ageMs: number): boolean => pace.isHeld(nowMs - ageMs, nowMs);
  let nowMs = 0;
  folds(50);
  assert.deepEqual([held(590), held(610)], [false, true]);
  folds(800);
  assert.deepEqual([held(1_590), held(1_610)], [false, true]);
  folds(2_500);
  assert.deepEqual([held(1_990), held(2_010)], [false, true]);
  folds(60_000);
  assert.deepEqual([held(1_990), held(2_010)], [false, true], 'pauses of senders are no folds');
});

test('nobody waits for a backlog that nobody folds', () => {
  const pace = new Pace();
  for (let second = 0; second < 60; second++) {
    pace.note({ folded: 8, records: second * 1e6, recordsOfBlock: 50, ms: second * SECOND }, second * SECOND);
    assert.equal(pace.isHeld(0, second * SECOND), false);
  }
});
