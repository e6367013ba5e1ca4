import { type CalendarPeriod, endBefore, periodBounds, periodStart } from '../../../client/src/calendar.js';
import { parseTime } from '../format/time.js';
import { FIRST_WEEKDAY } from '../format/week.js';
import { firstOf } from '../url.js';

interface NamedRange {
  readonly label: string;
  readonly ms?: number;
  readonly period?: CalendarPeriod;
  /** What a range is called that this one is compared with. */
  readonly before?: string;
}

/**
 * Time ranges by their name in the address: the last `ms` milliseconds, or a period of the reader's calendar.
 * Weeks begin as in the reader's locale.
 */
export const RANGES = {
  '15m': { label: 'Last 15 minutes', ms: 15 * 60_000 },
  '1h': { label: 'Last hour', ms: 3_600_000 },
  '6h': { label: 'Last 6 hours', ms: 6 * 3_600_000 },
  '24h': { label: 'Last 24 hours', ms: 24 * 3_600_000 },
  '7d': { label: 'Last 7 days', ms: 7 * 86_400_000 },
  '30d': { label: 'Last 30 days', ms: 30 * 86_400_000 },
  all: { label: 'All time' },
  today: { label: 'Today', period: { unit: 'day', ago: 0 }, before: 'Yesterday' },
  yesterday: { label: 'Yesterday', period: { unit: 'day', ago: 1 }, before: 'The day before' },
  week: { label: 'This week', period: { unit: 'week', ago: 0 }, before: 'Last week' },
  lastWeek: { label: 'Last week', period: { unit: 'week', ago: 1 }, before: 'The week before' },
  month: { label: 'This month', period: { unit: 'month', ago: 0 }, before: 'Last month' },
  lastMonth: { label: 'Last month', period: { unit: 'month', ago: 1 }, before: 'The month before' },
} as const satisfies Record<string, NamedRange>;
export type RangeName = keyof typeof RANGES;

export const DEFAULT_RANGE: RangeName = '24h';

export function isRangeName(value: unknown): value is RangeName {
  return typeof value === 'string' && Object.hasOwn(RANGES, value);
}

/** The time parameters of an address: both ends of a custom range, or the name of a range. */
export interface RangeSearch {
  readonly range?: RangeName;
  readonly startTime?: string;
  readonly endTime?: string;
}

/** Reads the range from the address. What is invalid is left out. */
export function readRange(search: Readonly<Record<string, unknown>>): RangeSearch {
  const [range, startTime, endTime] = [search.range, search.startTime, search.endTime].map(firstOf);
  return {
    ...(isRangeName(range) && { range }),
    ...(isTime(startTime) && { startTime }),
    ...(isTime(endTime) && { endTime }),
  };
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(parseTime(value));
}

/** Bounds for the API, of the start of sessions or of their activity; all are optional. */
export interface Bounds {
  readonly startTime?: string;
  readonly endTime?: string;
  readonly activeFrom?: string;
  readonly activeTo?: string;
}

/**
 * Longest named range that selects by activity, so that it includes sessions that began earlier and are still
 * active.
 */
const LONGEST_ACTIVITY_MS = 86_400_000;

/** The time bounds among the filters of a list. */
export function boundsIn({ startTime, endTime, activeFrom, activeTo }: Bounds): Bounds {
  return {
    ...(startTime !== undefined && { startTime }),
    ...(endTime !== undefined && { endTime }),
    ...(activeFrom !== undefined && { activeFrom }),
    ...(activeTo !== undefined && { activeTo }),
  };
}

/**
 * The bounds of an address at `now`. A named range of up to a day selects sessions that were active in it.
 * Longer and custom ranges select sessions that started in them. A named range up to now has no end, so that
 * new sessions belong to it. A missing end of a custom range is open too. `firstWeekday` is 1 for Monday to 7.
 */
export function boundsOf(search: RangeSearch, now: number, firstWeekday = FIRST_WEEKDAY): Bounds {
  if (isOwnRange(search)) {
    const { startTime, endTime } = search;
    return { ...(startTime !== undefined && { startTime }), ...(endTime !== undefined && { endTime }) };
  }
  const { ms, period }: NamedRange = RANGES[search.range ?? DEFAULT_RANGE];
  if (period !== undefined) return boundsOfPeriod(period, now, firstWeekday);
  if (ms === undefined) return {};
  const from = new Date(now - ms).toISOString();
  return ms <= LONGEST_ACTIVITY_MS ? { activeFrom: from } : { startTime: from };
}

/** A day selects by activity, longer periods by start. */
function boundsOfPeriod(period: CalendarPeriod, now: number, firstWeekday: number): Bounds {
  const { from, to } = periodBounds(period, now, firstWeekday);
  return period.unit === 'day'
    ? { activeFrom: from, ...(to !== undefined && { activeTo: to }) }
    : { startTime: from, ...(to !== undefined && { endTime: to }) };
}

/** A range that another one is compared with. */
export interface EarlierRange {
  readonly label: string;
  readonly bounds: Bounds;
}

/**
 * The range before one of an address: the calendar's day, week or month before, else the time of the same length
 * before. Of a period that still runs, first the one before up to the same moment of it. Both select sessions as the
 * range itself does. Empty if the range has no beginning, or has not begun at `now`.
 */
export function rangesBefore(
  search: RangeSearch,
  now: number,
  firstWeekday = FIRST_WEEKDAY,
): readonly EarlierRange[] {
  const { period, before = 'The time before' }: NamedRange = isOwnRange(search)
    ? { label: '' }
    : RANGES[search.range ?? DEFAULT_RANGE];
  if (period === undefined) {
    const bounds = lengthBefore(boundsOf(search, now, firstWeekday), now);
    return bounds === undefined ? [] : [{ label: before, bounds }];
  }
  const { unit, ago } = period;
  const whole = { label: before, bounds: boundsOfPeriod({ unit, ago: ago + 1 }, now, firstWeekday) };
  if (ago > 0) return [whole];
  const [begun, earlier] = [0, 1].map((each) => periodStart(unit, each, now, firstWeekday).getTime());
  const until = Math.min(earlier! + (now - begun!), begun! - 1);
  const end = new Date(until).toISOString();
  const soFar = { ...whole.bounds, ...(unit === 'day' ? { activeTo: end } : { endTime: end }) };
  return [{ label: `${before}, up to this time of it`, bounds: soFar }, whole];
}

/** The time of the same length before bounds. */
function lengthBefore(bounds: Bounds, now: number): Bounds | undefined {
  const { activeFrom, startTime: from = activeFrom, activeTo, endTime: to = activeTo } = bounds;
  if (from === undefined) return undefined;
  const fromMs = parseTime(from);
  const length = (to === undefined ? now : endOf(to)) - fromMs;
  if (length <= 0) return undefined;
  const [start, end] = [new Date(fromMs - length).toISOString(), endBefore(fromMs)];
  return bounds.startTime === undefined
    ? { activeFrom: start, activeTo: end }
    : { startTime: start, endTime: end };
}

/** The end of a range in milliseconds: the millisecond after its last nanosecond, if it ends with that. */
function endOf(time: string): number {
  return parseTime(time) + (time.endsWith('999999Z') ? 1 : 0);
}

/** Whether an address has a custom range rather than a named one. */
export function isOwnRange({ startTime, endTime }: RangeSearch): boolean {
  return startTime !== undefined || endTime !== undefined;
}
