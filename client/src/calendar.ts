/** Periods of a calendar, in the time zone of the machine that runs this. */

export type CalendarUnit = 'day' | 'week' | 'month';

/** A day, week or month, so many before the running one. */
export interface CalendarPeriod {
  readonly unit: CalendarUnit;
  readonly ago: number;
}

/** Periods of the calendar by the names that commands and tools take. */
export const PERIODS = {
  today: { unit: 'day', ago: 0 },
  yesterday: { unit: 'day', ago: 1 },
  'this-week': { unit: 'week', ago: 0 },
  'last-week': { unit: 'week', ago: 1 },
  'this-month': { unit: 'month', ago: 0 },
  'last-month': { unit: 'month', ago: 1 },
} as const satisfies Record<string, CalendarPeriod>;

export type PeriodName = keyof typeof PERIODS;

/** Monday, with which weeks begin by ISO 8601. */
export const MONDAY = 1;

/**
 * The first and the last nanosecond of a period, as times of the API. The end is left out of a period that still runs
 * at `now` (ms since 1970), so that what comes belongs to it. `firstWeekday` is 1 for Monday to 7.
 */
export function periodBounds(
  { unit, ago }: CalendarPeriod,
  now: number,
  firstWeekday: number,
): { readonly from: string; readonly to?: string } {
  const from = periodStart(unit, ago, now, firstWeekday).toISOString();
  return ago === 0
    ? { from }
    : { from, to: endBefore(periodStart(unit, ago - 1, now, firstWeekday).getTime()) };
}

/** The start of a period; days have 23 to 25 hours. */
export function periodStart(unit: CalendarUnit, ago: number, now: number, firstWeekday: number): Date {
  const at = new Date(now);
  const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()];
  switch (unit) {
    case 'day':
      return new Date(year, month, day - ago);
    case 'week':
      return new Date(year, month, day - ((at.getDay() - firstWeekday + 7) % 7) - 7 * ago);
    case 'month':
      return new Date(year, month - ago, 1);
  }
}

/** The last nanosecond before a time, because both ends of a range of the API are inclusive. */
export function endBefore(ms: number): string {
  return new Date(ms - 1).toISOString().replace('Z', '999999Z');
}
