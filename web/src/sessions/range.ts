interface NamedRange {
  readonly label: string;
  readonly ms?: number;
  readonly daysAgo?: number;
}

/**
 * Time ranges by their name in the address: the last `ms` milliseconds, or a day of the reader's calendar,
 * `daysAgo`.
 */
export const RANGES = {
  '15m': { label: 'Last 15 minutes', ms: 15 * 60_000 },
  '1h': { label: 'Last hour', ms: 3_600_000 },
  '6h': { label: 'Last 6 hours', ms: 6 * 3_600_000 },
  '24h': { label: 'Last 24 hours', ms: 24 * 3_600_000 },
  today: { label: 'Today', daysAgo: 0 },
  yesterday: { label: 'Yesterday', daysAgo: 1 },
  '7d': { label: 'Last 7 days', ms: 7 * 86_400_000 },
  '30d': { label: 'Last 30 days', ms: 30 * 86_400_000 },
  all: { label: 'All time' },
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
 * new sessions belong to it. A missing end of a custom range is open too.
 */
export function boundsOf({ range, startTime, endTime }: RangeSearch, now: number): Bounds {
  if (startTime !== undefined || endTime !== undefined) {
    return { ...(startTime !== undefined && { startTime }), ...(endTime !== undefined && { endTime }) };
  }
  const { ms, daysAgo }: NamedRange = RANGES[range ?? DEFAULT_RANGE];
  if (daysAgo !== undefined) {
    const activeFrom = dayStart(now, daysAgo).toISOString();
    return daysAgo === 0
      ? { activeFrom }
      : { activeFrom, activeTo: endBefore(dayStart(now, daysAgo - 1).getTime()) };
  }
  if (ms === undefined) return {};
  const from = new Date(now - ms).toISOString();
  return ms <= LONGEST_ACTIVITY_MS ? { activeFrom: from } : { startTime: from };
}

/** The last nanosecond before a time, because both ends of a range are inclusive. */
export function endBefore(ms: number): string {
  return new Date(ms - 1).toISOString().replace('Z', '999999Z');
}

/** The start of a day in the reader's time zone; days have 23 to 25 hours. */
function dayStart(now: number, daysAgo: number): Date {
  const at = new Date(now);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() - daysAgo);
}

/** Whether an address has a custom range rather than a named one. */
export function isOwnRange({ startTime, endTime }: RangeSearch): boolean {
  return startTime !== undefined || endTime !== undefined;
}
