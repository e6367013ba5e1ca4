import { MONDAY, PERIODS, type PeriodName, periodBounds } from '../../../client/src/calendar.js';

/** When sessions started that are read: at most one of these is known. */
export interface AskedRange {
  /** Within this time before now, ms. */
  readonly lastMs: number | undefined;
  /** In a period of the calendar of this machine. */
  readonly during: PeriodName | undefined;
}

/** Bounds of the start of sessions, as the API takes them. */
export interface StartBounds {
  readonly startTime?: string;
  readonly endTime?: string;
}

/** The bounds of a range at `nowMs`, ms since 1970. Weeks begin on Monday. */
export function startBounds({ lastMs, during }: AskedRange, nowMs: number): StartBounds {
  if (lastMs !== undefined) return { startTime: new Date(nowMs - lastMs).toISOString() };
  if (during === undefined) return {};
  const { from, to } = periodBounds(PERIODS[during], nowMs, MONDAY);
  return { startTime: from, ...(to !== undefined && { endTime: to }) };
}

/** What a period of the calendar is, in words with its time zone; undefined if none was asked for. */
export function periodText({ during }: AskedRange, { startTime, endTime }: StartBounds): string | undefined {
  if (during === undefined || startTime === undefined) return undefined;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const until = endTime === undefined ? 'now' : minuteText(endTime);
  return `${during}: ${minuteText(startTime)} to ${until}, ${zone}`;
}

/** A time of the API in the time zone of this machine, to the minute. */
function minuteText(time: string): string {
  const at = new Date(time);
  return `${dateText(at.getTime())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The date at a time (ms since 1970) in the time zone of this machine, as `2026-03-01`. */
export function dateText(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
