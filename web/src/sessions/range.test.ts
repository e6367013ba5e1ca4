import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endBefore } from '../../../client/src/calendar.js';
import { firstWeekdayOf } from '../format/week.js';
import { boundsOf, rangesBefore } from './range.js';

const NOW = Date.UTC(2026, 10, 24, 12);
const [MONDAY, SUNDAY] = [1, 7];

/** The start of a day in the reader's time zone. */
const day = (month: number, date: number, year = 2026) => new Date(year, month - 1, date);
const until = (month: number, date: number) => endBefore(day(month, date).getTime());

test('a week begins on the day of the reader’s locale, and a range of it is by start', () => {
  const now = new Date(2026, 10, 25, 9).getTime();
  assert.deepEqual(boundsOf({ range: 'week' }, now, MONDAY), { startTime: day(11, 23).toISOString() });
  assert.deepEqual(boundsOf({ range: 'week' }, now, SUNDAY), { startTime: day(11, 22).toISOString() });
  assert.deepEqual(boundsOf({ range: 'lastWeek' }, now, MONDAY), {
    startTime: day(11, 16).toISOString(),
    endTime: until(11, 23),
  });
  const onTheFirstDay = new Date(2026, 10, 22, 0, 0, 1).getTime();
  assert.deepEqual(boundsOf({ range: 'week' }, onTheFirstDay, SUNDAY), {
    startTime: day(11, 22).toISOString(),
  });
  assert.deepEqual(boundsOf({ range: 'week' }, onTheFirstDay, MONDAY), {
    startTime: day(11, 16).toISOString(),
  });
});

test('a month is one of the calendar, also over the turn of a year', () => {
  const now = new Date(2027, 0, 31, 9).getTime();
  assert.deepEqual(boundsOf({ range: 'month' }, now), { startTime: day(1, 1, 2027).toISOString() });
  assert.deepEqual(boundsOf({ range: 'lastMonth' }, now), {
    startTime: day(12, 1).toISOString(),
    endTime: endBefore(day(1, 1, 2027).getTime()),
  });
});

test('locales say on which day a week begins; Monday if they do not', () => {
  assert.deepEqual(['en-US', 'de-AT', 'pt-BR', 'ar-EG', 'no locale'].map(firstWeekdayOf), [7, 1, 7, 6, 1]);
});

test('this week is compared with last week, up to the same moment and whole', () => {
  const now = new Date(2026, 10, 25, 9, 30).getTime();
  assert.deepEqual(rangesBefore({ range: 'week' }, now, MONDAY), [
    {
      label: 'Last week, up to this time of it',
      bounds: {
        startTime: day(11, 16).toISOString(),
        endTime: new Date(2026, 10, 18, 9, 30).toISOString(),
      },
    },
    { label: 'Last week', bounds: { startTime: day(11, 16).toISOString(), endTime: until(11, 23) } },
  ]);
  assert.deepEqual(rangesBefore({ range: 'lastWeek' }, now, MONDAY), [
    { label: 'The week before', bounds: { startTime: day(11, 9).toISOString(), endTime: until(11, 16) } },
  ]);
});

test('a day is compared by activity, as it is shown; a longer month ends with the shorter one before', () => {
  assert.deepEqual(rangesBefore({ range: 'yesterday' }, new Date(2026, 10, 24, 9).getTime()), [
    {
      label: 'The day before',
      bounds: { activeFrom: day(11, 22).toISOString(), activeTo: until(11, 23) },
    },
  ]);
  const [soFar, whole] = rangesBefore({ range: 'month' }, new Date(2026, 2, 31, 9).getTime());
  assert.deepEqual(whole!.bounds, { startTime: day(2, 1).toISOString(), endTime: until(3, 1) });
  assert.equal(soFar!.bounds.endTime, new Date(day(3, 1).getTime() - 1).toISOString());
});

test('another range is compared with the time of the same length before, chosen in the same way', () => {
  const own = { startTime: '2026-11-17T12:00:00.000Z', endTime: '2026-11-18T11:59:59.999999999Z' };
  assert.deepEqual(rangesBefore(own, NOW), [
    {
      label: 'The time before',
      bounds: { startTime: '2026-11-16T12:00:00.000Z', endTime: '2026-11-17T11:59:59.999999999Z' },
    },
  ]);
  assert.deepEqual(
    rangesBefore({ range: '1h' }, NOW).map(({ bounds }) => bounds),
    [{ activeFrom: '2026-11-24T10:00:00.000Z', activeTo: '2026-11-24T10:59:59.999999999Z' }],
  );
});

test('a range without a beginning, or that has not begun, has nothing before it', () => {
  assert.deepEqual(rangesBefore({ range: 'all' }, NOW), []);
  assert.deepEqual(rangesBefore({ startTime: '2026-11-24T13:00:00.000Z' }, NOW), []);
});
