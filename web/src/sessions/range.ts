interface NamedRange {
  readonly label: string;
  readonly ms?: number;
  readonly daysAgo?: number;
}

/** Spans of time by the name they have in the address: `ms` up to now, or a day of the reader's calendar, `daysAgo`. */
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

/** The part of an address that chooses the time: both ends of an own range, or the name of one. */
export interface RangeSearch {
  readonly range?: RangeName;
  readonly startTime?: string;
  readonly endTime?: string;
}

/** Bounds as the API takes them, of the start of sessions or of their activity; all may be missing. */
export interface Bounds {
  readonly startTime?: string;
  readonly endTime?: string;
  readonly activeFrom?: string;
  readonly activeTo?: string;
}

/** Longest named range that is of activity: who came before it and is still there is what one looks for in it. */
const LONGEST_ACTIVITY_MS = 86_400_000;

/** The bounds among the filters of a list. */
export function boundsIn({ startTime, endTime, activeFrom, activeTo }: Bounds): Bounds {
  return {
    ...(startTime !== undefined && { startTime }),
    ...(endTime !== undefined && { endTime }),
    ...(activeFrom !== undefined && { activeFrom }),
    ...(activeTo !== undefined && { activeTo }),
  };
}

/**
 * The bounds that an address means at `now`. A named range of up to a day has the sessions that were active in it, a longer one and an own one those
 * that started in it. A named range that goes up to now is open at its end: what starts from now on belongs to it. An end of an own range that is missing is
 * open too.
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

/** The last nanosecond before a time: both ends of a range belong to it. */
export function endBefore(ms: number): string {
  return new Date(ms - 1).toISOString().replace('Z', '999999Z');
}

/** When a day began where the reader is; days are of 23 to 25 hours. */
function dayStart(now: number, daysAgo: number): Date {
  const at = new Date(now);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() - daysAgo);
}

/** Whether an address has a range of its own rather than a named one. */
export function isOwnRange({ startTime, endTime }: RangeSearch): boolean {
  return startTime !== undefined || endTime !== undefined;
}
