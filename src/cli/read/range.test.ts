import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PERIODS, type PeriodName } from '../../../client/src/calendar.js';
import { periodText, startBounds } from './range.js';

/** A Wednesday, at half past nine in the time zone of this machine. */
const NOW = new Date(2026, 10, 25, 9, 30).getTime();
const NONE = { lastMs: undefined, during: undefined };
const day = (month: number, date: number) => new Date(2026, month - 1, date).toISOString();
const before = (month: number, date: number) =>
  new Date(new Date(2026, month - 1, date).getTime() - 1).toISOString().replace('Z', '999999Z');

describe('the range of time of a command', () => {
  it('is a time before now', () => {
    assert.deepEqual(startBounds(NONE, NOW), {});
    assert.deepEqual(startBounds({ ...NONE, lastMs: 60_000 }, NOW), {
      startTime: new Date(NOW - 60_000).toISOString(),
    });
  });

  const expected: Record<PeriodName, object> = {
    today: { startTime: day(11, 25) },
    yesterday: { startTime: day(11, 24), endTime: before(11, 25) },
    'this-week': { startTime: day(11, 23) },
    'last-week': { startTime: day(11, 16), endTime: before(11, 23) },
    'this-month': { startTime: day(11, 1) },
    'last-month': { startTime: day(10, 1), endTime: before(11, 1) },
  };
  for (const during of Object.keys(PERIODS) as PeriodName[]) {
    it(`is a period of the calendar: ${during}`, () => {
      assert.deepEqual(startBounds({ ...NONE, during }, NOW), expected[during]);
    });
  }

  it('is told where it is one of the calendar', () => {
    const range = { ...NONE, during: 'last-week' } as const;
    assert.match(
      periodText(range, startBounds(range, NOW))!,
      /^last-week: 2026-11-16 00:00 to 2026-11-22 23:59, \S+$/,
    );
    const running = { ...NONE, during: 'today' } as const;
    assert.match(periodText(running, startBounds(running, NOW))!, /^today: 2026-11-25 00:00 to now, \S+$/);
    assert.equal(periodText(NONE, {}), undefined);
  });
});
