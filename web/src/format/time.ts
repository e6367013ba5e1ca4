/** Milliseconds since 1970 of an RFC 3339 time with up to nine digits of fraction; NaN for other texts. */
export function parseTime(text: string): number {
  // Browsers handle more than three digits differently.
  return Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
}

/** All times of the page are in the reader's time zone. */
const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DAY_OF_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** A time in words, for titles. */
export function exactTime(ms: number): string {
  return Number.isNaN(ms) ? '' : EXACT.format(ms);
}

/** Time of day, with the day if it is not the day of `now`, and the year if it is another year. */
export function formatClock(ms: number, now: number): string {
  if (Number.isNaN(ms)) return '';
  const [at, today] = [new Date(ms), new Date(now)];
  if (at.toDateString() === today.toDateString()) return CLOCK.format(at);
  if (at.getFullYear() === today.getFullYear()) return `${DAY.format(at)}, ${CLOCK.format(at)}`;
  return DAY_OF_YEAR.format(at);
}

/** How long ago, in one unit: `now`, `12s ago`, `5m ago`, `3h ago`, `2d ago`; further back, the day. */
export function formatAgo(ms: number, now: number): string {
  if (Number.isNaN(ms)) return '';
  const seconds = Math.floor((now - ms) / 1000);
  if (seconds < -5) return formatClock(ms, now);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${seconds}s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ago`;
  const days = Math.floor(hours / 24);
  if (days < 14) return `${days}d ago`;
  return formatClock(ms, now);
}

/** A time in words with all nine digits of fraction; empty if no calendar has the time. */
export function exactTimestamp(nanoseconds: bigint): string {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  if (Number.isNaN(date.getTime())) return '';
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, '0');
  return EXACT.formatToParts(date)
    .map(({ type, value }) => (type === 'second' ? `${value}.${fraction}` : value))
    .join('');
}

/** The reader's time zone with its current offset from UTC: `Europe/Vienna (GMT+1)`. */
export function zoneName(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' }).formatToParts();
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value;
  return offset === undefined || timeZone === 'UTC' ? timeZone : `${timeZone} (${offset})`;
}

/** Nanoseconds since 1970 of an RFC 3339 time in UTC as the API writes it; undefined for other texts. */
export function parseNanoseconds(text: string): bigint | undefined {
  const seconds = Date.parse(text.replace(/\.\d+/, ''));
  if (Number.isNaN(seconds)) return undefined;
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
