import { z } from 'zod';
import { MONDAY, PERIODS, periodBounds } from '../../client/src/calendar.js';
import type { SessionQuery } from '../../client/src/index.js';
import { SESSION_STATES } from '../contract/session-state.js';
import { DEVICE_TYPES } from '../normalize/facts.js';

/** What selects sessions in the arguments of tools: filters, a search, and a range of time. */

const time = (text: string) =>
  z.string().optional().describe(`${text} RFC 3339, such as 2026-03-01T00:00:00Z.`);
const names = (text: string) => z.array(z.string()).optional().describe(text);
const filterValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** The arguments of every tool about several sessions. */
export const selection = {
  during: z
    .string()
    .optional()
    .describe(
      `Started within this time before now (15m, 24h, 7d), or in a period of the calendar: ${Object.keys(PERIODS).join(', ')}. Weeks begin on Monday. In place of startTime and endTime.`,
    ),
  q: z.string().min(1).optional().describe('With telemetry that has these words, as in search_sessions.'),
  startTime: time('Started at this time or later.'),
  endTime: time('Started at this time or earlier.'),
  userId: z.string().optional().describe('Of this user.'),
  service: names('With one of these services.'),
  model: names('That called one of these models.'),
  state: z.array(z.enum(SESSION_STATES)).optional().describe('In one of these states.'),
  deviceType: z.array(z.enum(DEVICE_TYPES)).optional().describe('With one of these kinds of device.'),
  country: names('In one of these countries: AT, DE.'),
  tool: names('That ran one of these tools.'),
  errorType: names('With an error of one of these types.'),
  error: names('With one of these errors, as session_statistics prints them.'),
  failedTool: names('In which a call of one of these tools failed.'),
  url: z
    .string()
    .optional()
    .describe(
      'With a page whose address, path or route begins so. Services and their routes have own names.',
    ),
  route: names('With a request of one of these routes of a service.'),
  hasErrors: z.boolean().optional().describe('In which something failed, or nothing did.'),
  minDurationMs: z.number().min(0).optional().describe('That took so many milliseconds or more.'),
  minCostUsd: z.number().min(0).optional().describe('That cost so much or more.'),
  filters: z
    .record(z.string(), filterValue)
    .optional()
    .describe(
      'Any other filter of the API by its name: release, provider, operation, status, userIdPrefix, minTokens, minErrors, score, attr.KEY, attrExists, or one with not., as in {"not.country": ["DE"]}.',
    ),
};

/** A selection that a tool was called with. */
export type Selection = z.infer<z.ZodObject<typeof selection>>;

/** An argument that selects nothing, with what it may be. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError';
}

/** What is read: the query, and the range of time that it has of `during`. */
interface Selected {
  readonly query: SessionQuery;
  readonly range?: Range;
}

/** Bounds of the start of sessions, both inclusive. */
interface Range {
  readonly startTime: string;
  readonly endTime?: string;
}

/** Ms of each unit of a time before now. */
const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 100 * 365 * UNITS.d;

/**
 * The query of a selection at `nowMs`, ms since 1970. `range` is that of an answer that is read on: the same sessions
 * are meant, though time went on. @throws SelectionError
 */
export function selected(
  { during, filters = {}, ...own }: Selection,
  nowMs: number,
  range?: Range,
): Selected {
  const both = Object.keys(filters).find((name) => name in own || name in selection);
  if (both !== undefined) throw new SelectionError(`filters: ${both} is an argument of its own`);
  const query = Object.fromEntries(
    Object.entries({ ...filters, ...own }).filter(([, value]) => value !== undefined),
  ) as SessionQuery;
  // Read on with the cursor alone, the range is that of the cursor.
  if (during === undefined && range === undefined) return { query };
  if (own.startTime !== undefined || own.endTime !== undefined)
    throw new SelectionError('during excludes startTime and endTime');
  const bounds = range ?? rangeOf(during!, nowMs);
  return { query: { ...query, ...bounds }, range: bounds };
}

function rangeOf(during: string, nowMs: number): Range {
  if (Object.hasOwn(PERIODS, during)) {
    const { from, to } = periodBounds(PERIODS[during as keyof typeof PERIODS], nowMs, MONDAY);
    return { startTime: from, ...(to !== undefined && { endTime: to }) };
  }
  const [, count, unit] = /^(\d{1,9})(s|m|h|d)$/.exec(during) ?? [];
  const ms = Number(count) * UNITS[unit as keyof typeof UNITS];
  if (!(ms > 0 && ms <= LONGEST_MS))
    throw new SelectionError(
      `during: must be ${Object.keys(PERIODS).join(', ')}, or a time such as 15m, 24h or 7d, not ${JSON.stringify(during)}`,
    );
  return { startTime: new Date(nowMs - ms).toISOString() };
}

/** The time of an answer, and the range that it is about, in a line. */
export function timesText(nowMs: number, range?: Range): string {
  const now = `Now: ${new Date(nowMs).toISOString().slice(0, 19)}Z.`;
  if (range === undefined) return now;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return `${now} Sessions that started from ${range.startTime} to ${range.endTime ?? 'now'}; days are those of ${zone}.`;
}

/** A cursor with the range of its answer. Cursors of the API have no `~`. */
export function cursorWith(cursor: string | undefined, range?: Range): string | undefined {
  if (cursor === undefined || range === undefined) return cursor;
  return `${range.startTime}~${range.endTime ?? ''}~${cursor}`;
}

/** The cursor of the API, and the range that it came with. */
export function cursorParts(cursor: string | undefined): {
  readonly cursor?: string;
  readonly range?: Range;
} {
  if (cursor === undefined) return {};
  const [startTime, endTime, own] = cursor.split('~');
  if (own === undefined) return { cursor };
  return { cursor: own, range: { startTime: startTime!, ...(endTime !== '' && { endTime: endTime! }) } };
}
