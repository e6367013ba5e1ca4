import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInterval, intervalFor } from './interval.js';

const HOUR = 3_600_000;

test('a chart has some sixty bars, whatever its range', () => {
  const now = Date.UTC(2026, 10, 24, 12);
  assert.equal(intervalFor({ startTime: '2026-11-24T11:00:00Z' }, now), 60_000);
  const week = { startTime: '2026-11-01T00:00:00Z', endTime: '2026-11-08T00:00:00Z' };
  assert.equal(intervalFor(week, now), (7 * 24 * HOUR) / 60);
  assert.equal(intervalFor({ activeFrom: '2026-11-24T11:45:00Z' }, now), 15_000);
  const day = { activeFrom: '2026-11-23T00:00:00Z', activeTo: '2026-11-24T00:00:00Z' };
  assert.equal(intervalFor(day, now), (24 * HOUR) / 60);
  assert.equal(intervalFor({}, now), undefined);
  assert.equal(intervalFor({ startTime: '2027-01-01T00:00:00Z' }, now), undefined, 'the range is empty');
});

test('an interval is shown by its hours, and by its days if it is longer', () => {
  const noon = new Date(2026, 10, 24, 12).getTime();
  const midnight = new Date(2026, 10, 24).getTime();
  assert.equal(formatInterval(noon, HOUR / 2), 'Tue 24 Nov, 12:00–12:30');
  assert.equal(formatInterval(midnight, 24 * HOUR), 'Tue 24 Nov');
  assert.equal(formatInterval(midnight, 7 * 24 * HOUR), 'Tue 24 Nov – Mon 30 Nov');
  const one = new Date(2026, 10, 24, 1).getTime();
  const text = 'Tue 24 Nov, 01:00 – Wed 25 Nov, 01:00';
  assert.equal(formatInterval(one, 24 * HOUR), text, 'a day of another zone is no day of the reader');
});
