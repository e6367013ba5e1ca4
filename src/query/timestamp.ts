/**
 * Times as text: RFC 3339 on the outside, nanoseconds since 1970 UTC (bigint) on the inside.
 * Both functions work on the proleptic Gregorian calendar without leap seconds, as OpenTelemetry's times do.
 */

const NS_PER_MS = 1_000_000n;
/** 2262-04-11T23:47:16.854775807Z: the last instant that fits 64 signed bits of nanoseconds. */
export const MAX_TIME_NS = 2n ** 63n - 1n;

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * The instant in UTC with exactly nine digits of fraction, so that equal texts are equal instants and texts sort as
 * instants do. Takes years 0000 to 9999; throws a RangeError beyond.
 */
export function formatRfc3339(ns: bigint): string {
  let ms = ns / NS_PER_MS;
  let rest = ns % NS_PER_MS;
  if (rest < 0n) {
    rest += NS_PER_MS;
    ms -= 1n;
  }
  const text = new Date(Number(ms)).toISOString();
  if (text.length !== 24) throw new RangeError(`${ns} ns since 1970 is not in the years 0000 to 9999`);
  return `${text.slice(0, 23)}${rest.toString().padStart(6, '0')}Z`;
}

/**
 * Nanoseconds since 1970 of an RFC 3339 date and time, or undefined where the text is none. Stricter than the RFC in
 * two ways: at most nine digits of fraction, so that nothing is rounded, and only 1970 to `MAX_TIME_NS`.
 * A leap second (`:60`) is taken only where one can be, in the last second of a month of UTC, and read as POSIX time does: as the
 * first second of the next month.
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

  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const midnight = new Date(Date.UTC(year, month - 1, day));
  // Date carries over what is out of range, and takes the years 0 to 99 for 1900 to 1999.
  if (
    midnight.getUTCFullYear() !== year ||
    midnight.getUTCMonth() !== month - 1 ||
    midnight.getUTCDate() !== day
  ) {
    return undefined;
  }
  const offsetMs = (match[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  const utcMs = local.getTime() - offsetMs;
  if (second === 60 && !isStartOfMonth(new Date(utcMs))) return undefined;

  const fraction = BigInt((match[7] ?? '').padEnd(9, '0'));
  const ns = BigInt(utcMs) * NS_PER_MS + fraction;
  return ns >= 0n && ns <= MAX_TIME_NS ? ns : undefined;
}

function isStartOfMonth(date: Date): boolean {
  return (
    date.getUTCDate() === 1 &&
    date.getUTCHours() === 0 &&
    date.getUTCMinutes() === 0 &&
    date.getUTCSeconds() === 0
  );
}
