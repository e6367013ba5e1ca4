import assert from 'node:assert/strict';
import { test } from 'node:test';
import { periodBefore } from './period.js';

const NOW = Date.UTC(2026, 10, 24, 12);

test('the time before is as long, ends where the range begins, and has the same filters', () => {
  assert.deepEqual(
    periodBefore(
      { startTime: '2026-11-17T12:00:00.000Z', endTime: '2026-11-18T12:00:00.000Z', bots: false },
      NOW,
    ),
    { startTime: '2026-11-16T12:00:00.000Z', endTime: '2026-11-17T11:59:59.999999999Z', bots: false },
  );
});

test('a range without an end is until now, and one without a beginning has nothing before it', () => {
  assert.deepEqual(periodBefore({ activeFrom: '2026-11-24T11:00:00.000Z' }, NOW), {
    startTime: '2026-11-24T10:00:00.000Z',
    endTime: '2026-11-24T10:59:59.999999999Z',
  });
  assert.equal(periodBefore({}, NOW), undefined);
  assert.equal(periodBefore({ startTime: '2026-11-24T13:00:00.000Z' }, NOW), undefined);
});
