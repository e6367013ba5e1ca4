import { parseTime } from '../../format/time.js';
import type { Bounds } from '../range.js';

/** Approximate number of bars of a chart; more would be too thin. */
const BARS = 60;
const DAY_MS = 86_400_000;
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

/**
 * Describes an interval of a chart in the reader's time zone: its days if it begins and ends with one, otherwise its
 * hours too. The server's intervals begin at midnight in UTC.
 */
export function formatInterval(startMs: number, intervalMs: number): string {
  const end = startMs + intervalMs;
  if (intervalMs < DAY_MS) return `${DAY.format(startMs)}, ${CLOCK.format(startMs)}–${CLOCK.format(end)}`;
  if (!isMidnight(startMs) || !isMidnight(end)) return `${momentOf(startMs)} – ${momentOf(end)}`;
  const [first, last] = [DAY.format(startMs), DAY.format(end - 1)];
  return first === last ? first : `${first} – ${last}`;
}

function isMidnight(ms: number): boolean {
  const at = new Date(ms);
  return at.getHours() === 0 && at.getMinutes() === 0;
}

function momentOf(ms: number): string {
  return `${DAY.format(ms)}, ${CLOCK.format(ms)}`;
}

/**
 * The interval for the API, so that a chart of the range has a readable number of bars; undefined if the
 * range has no start.
 */
export function intervalFor(bounds: Bounds, now: number): number | undefined {
  const { startTime = bounds.activeFrom, endTime = bounds.activeTo } = bounds;
  if (startTime === undefined) return undefined;
  const length = (endTime === undefined ? now : parseTime(endTime)) - parseTime(startTime);
  return length > 0 ? Math.max(1, Math.floor(length / BARS)) : undefined;
}
