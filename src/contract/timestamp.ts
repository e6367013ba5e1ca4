/**
 * Times as text: RFC 3339 in the API, nanoseconds since 1970 UTC (bigint) inside. Dates are of the proleptic
 * Gregorian calendar without leap seconds, as in OpenTelemetry.
 */

const NS_PER_MS = 1_000_000n;
/** 2262-04-11T23:47:16.854775807Z: the last instant that fits 64 signed bits of nanoseconds. */
export const MAX_TIME_NS = 2n ** 63n - 1n;

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * The instant in UTC with exactly nine digits of fraction, so that equal texts are equal instants and texts
 * sort as instants do. Accepts years 0000 to 9999; throws a RangeError for others.
 */
export function formatRfc3339(ns: bigint): string {
  let seconds = Number(ns / NS_PER_SECOND);
  let nanos = Number(ns % NS_PER_SECOND);
  if (nanos < 0) {
    nanos += 1e9;
    seconds--;
  }
  const day = Math.floor(seconds / DAY_SECONDS);
  if (day !== lastDay.day) {
    const text = new Date(day * DAY_SECONDS * 1000).toISOString();
    if (text.length !== 24) throw new RangeError(`${ns} ns since 1970 is not in the years 0000 to 9999`);
    lastDay = { day, text: text.slice(0, 11) };
  }
  const inDay = seconds - day * DAY_SECONDS;
  const minutes = Math.floor(inDay / 60);
  return `${lastDay.text}${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[inDay % 60]}.${String(nanos).padStart(9, '0')}Z`;
}

const NS_PER_SECOND = 1_000_000_000n;
const DAY_SECONDS = 86_400;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The day of the last formatted time: consecutive times are usually of one day. */
let lastDay = { day: Number.NaN, text: '' };

/**
 * A duration in ms. Exact to the nanosecond below 10^15 ns (11 days), because a double keeps any 15 digits;
 * to about a microsecond beyond.
 */
export function milliseconds(ns: bigint): number {
  return Number(ns) / 1e6;
}

/** Represents all times before 1970 in queries: no session has it. */
export const BEFORE_ALL_NS = -1n;

/**
 * Nanoseconds since 1970 of an RFC 3339 date and time, or undefined for other texts. Digits beyond
 * nanoseconds are ignored. Times before 1970 become `BEFORE_ALL_NS`, those after `MAX_TIME_NS` become that. A
 * leap second (`:60`) is accepted only in the last second of a month of UTC, and means the first second of
 * the next month, as in POSIX time.
 */
export function parseRfc3339(text: string): bigint | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return undefined;

  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  // Date normalises values that are out of range.
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined;
  local.setUTCHours(hour, minute, second);
  const offsetMs = (match[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  const utcMs = local.getTime() - offsetMs;
  if (second === 60 && !isStartOfMonth(new Date(utcMs))) return undefined;

  const fraction = BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
  const ns = BigInt(utcMs) * NS_PER_MS + fraction;
  if (ns < 0n) return BEFORE_ALL_NS;
  return ns < MAX_TIME_NS ? ns : MAX_TIME_NS;
}

function isStartOfMonth(date: Date): boolean {
  return (
    date.getUTCDate() === 1 &&
    date.getUTCHours() === 0 &&
    date.getUTCMinutes() === 0 &&
    date.getUTCSeconds() === 0
  );
}
