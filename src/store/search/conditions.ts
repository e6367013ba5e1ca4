import type { PlaceQuery } from '../../sessionize/page-places.js';
import { Listing } from '../contract/listing.js';
import { Dimension } from '../engine/rollups.js';
import type { Bounds, Check, NumberColumn } from './search-rows.js';

/** Parts of statements of searches in the SQL that all databases share. */

export type SqlValue = bigint | number | string;

/** A part of a statement and its values, one for each `?`. It may use only the columns of a session's row `s`. */
export type Condition = readonly [text: string, ...values: SqlValue[]];

export const NUMBERS: Record<NumberColumn, string> = {
  lastNs: 's.last_ns',
  durationNs: 's.last_ns - s.start_ns',
  spanCount: 's.span_count',
  errorCount: 's.error_count',
  traceCount: 's.trace_count',
  costNanoUsd: 's.cost_nano_usd',
  tokens: 's.tokens',
};

export const AMOUNTS = { cost: NUMBERS.costNanoUsd, duration: NUMBERS.durationNs } as const;

/** All counted dimensions except users, of whom there are many. */
export const SUMMED = Object.values(Dimension).filter((dimension) => dimension !== Dimension.user);

/** Bounds of the last activity, both inclusive. */
export function lastOf(
  { fromNs, toNs }: { readonly fromNs?: bigint; readonly toNs?: bigint },
  column = 'last_ns',
): Condition[] {
  const conditions: Condition[] = [];
  if (fromNs !== undefined) conditions.push([`${column} >= ?`, fromNs]);
  if (toNs !== undefined) conditions.push([`${column} <= ?`, toNs]);
  return conditions;
}

/** Bounds of the start. */
export function startsOf(
  { startFromNs, startToNs }: Pick<Bounds, 'startFromNs' | 'startToNs'>,
  column = 'start_ns',
): Condition[] {
  const conditions: Condition[] = [];
  if (startFromNs !== undefined) conditions.push([`${column} >= ?`, startFromNs]);
  if (startToNs !== undefined) conditions.push([`${column} <= ?`, startToNs]);
  return conditions;
}

/** The columns that a list is ordered by. */
export interface OrderColumns {
  readonly startNs: string;
  readonly id: string;
  /** Whether the columns are in two tables, and only the start is in an index. */
  readonly areApart?: true;
}

/**
 * Only the narrower of two bounds at the same end is in the statement. With both, a database may use the wider
 * one and read again what was read before.
 */
export function boundsOf(
  { startFromNs, startToNs, after, isAfterIncluded, direction }: Bounds,
  { startNs, id, areApart }: OrderColumns = { startNs: 'start_ns', id: 'id' },
): Condition[] {
  if (after === undefined) return startsOf({ startFromNs, startToNs }, startNs);
  const beyond = `${direction === 'newer' ? '>' : '<'}${isAfterIncluded === true ? '=' : ''}`;
  const isNewer = direction === 'newer';
  const isInside = isNewer
    ? startFromNs === undefined || after.startNs >= startFromNs
    : startToNs === undefined || after.startNs <= startToNs;
  if (!isInside) return startsOf({ startFromNs, startToNs }, startNs);
  const opposite = startsOf(isNewer ? { startToNs } : { startFromNs }, startNs);
  if (areApart !== true)
    return [...opposite, [`(${startNs}, ${id}) ${beyond} (?, ?)`, after.startNs, after.id]];
  // For two tables: the index is used for the first condition.
  const than = isNewer ? '>' : '<';
  return [
    ...opposite,
    [`${startNs} ${than}= ?`, after.startNs],
    [`(${startNs} ${than} ? OR ${id} ${beyond} ?)`, after.startNs, after.id],
  ];
}

/** The order in which a part of a list is read. */
export function orderOf(
  { direction }: Pick<Bounds, 'direction'>,
  { startNs, id }: OrderColumns = { startNs: 'start_ns', id: 'id' },
): string {
  const order = direction === 'newer' ? 'ASC' : 'DESC';
  return `${startNs} ${order}, ${id} ${order}`;
}

/** The SQL that differs between databases. */
export interface Dialect {
  /** The table of a session's users other than `session.user_id`. */
  readonly otherUsers: string;
  /** Whether a query has rows, which is found out for one row `s` after the other. */
  exists(query: string): string;
  /** Whether a column has one of these numbers. */
  oneOf(column: string, numbers: readonly number[]): Condition;
  /** The scores that the row `s` shows: a table of them, their names, and averages. */
  readonly scores: { readonly from: string; readonly name: string; readonly average: string };
  /** The condition on the places of the row `s`. */
  atPlace(query: PlaceQuery): Condition;
}

/** The condition of a check on the row `s`. */
export function conditionOf(check: Check, project: number, dialect: Dialect): Condition {
  switch (check.is) {
    case 'atLeast':
      return [`${NUMBERS[check.column]} >= ?`, check.value];
    case 'atMost':
      return [`${NUMBERS[check.column]} <= ?`, check.value];
    case 'closed':
      return [`s.listing ${check.value ? '=' : '<>'} ${Listing.ended}`];
    case 'invalidated':
      return [`${check.value ? '' : 'NOT '}s.invalidated`];
    case 'implicit':
      return [`${check.value ? '' : 'NOT '}s.implicit`];
    case 'bot':
      return [`s.device IS ${check.value ? 'NOT ' : ''}DISTINCT FROM 'bot'`];
    case 'shownUser':
      return ['s.user_id = ?', check.user];
    case 'ofUsers': {
      const { users } = check;
      const marks = marksFor(users);
      const other = `SELECT 1 FROM ${dialect.otherUsers} WHERE project = ? AND user_id IN (${marks}) AND start_ns = s.start_ns AND id = s.id`;
      return [`(s.user_id IN (${marks}) OR ${dialect.exists(other)})`, ...users, project, ...users];
    }
    case 'numbered':
      return dialect.oneOf('s.no', check.numbers);
    case 'atPlace':
      return dialect.atPlace(check.query);
    case 'withValue':
      return [
        dialect.exists(
          `SELECT 1 FROM session_facet WHERE facet IN (${marksFor(check.numbers)}) AND start_ns = s.start_ns AND session = s.no`,
        ),
        ...check.numbers,
      ];
    case 'scored':
      return scoredOf(check, dialect);
    case 'idBegins':
      return beginsWith(check.prefix, 's.id');
    case 'userBegins': {
      const [shown, ...values] = beginsWith(check.prefix, 's.user_id');
      const [begins] = beginsWith(check.prefix, 'user_id');
      const other = `SELECT 1 FROM ${dialect.otherUsers} WHERE project = ? AND ${begins} AND start_ns = s.start_ns AND id = s.id`;
      return [`(${shown} OR ${dialect.exists(other)})`, ...values, project, ...values];
    }
    case 'not': {
      const all = check.of.map((each) => conditionOf(each, project, dialect));
      // A comparison with a missing value is neither true nor false.
      return [`(${textOf(all)}) IS NOT TRUE`, ...valuesOf(all)];
    }
    case 'any': {
      const any = check.of.map((checks) => checks.map((each) => conditionOf(each, project, dialect)));
      return [`(${any.map((all) => `(${textOf(all)})`).join(' OR ')})`, ...any.flatMap(valuesOf)];
    }
  }
}

const HAS_SCORES = `s.counts LIKE '%"scores":%'`;

/** The condition on the averages that the row of a session shows. */
function scoredOf({ name, least, most }: Check & { readonly is: 'scored' }, dialect: Dialect): Condition {
  if (name === undefined) return [HAS_SCORES];
  const { from, name: of, average } = dialect.scores;
  const bounds: Condition[] = [[`${of} = ?`, name]];
  if (least !== undefined)
    bounds.push([`${average} >= CAST(CAST(? AS text) AS double precision)`, String(least)]);
  if (most !== undefined)
    bounds.push([`${average} <= CAST(CAST(? AS text) AS double precision)`, String(most)]);
  const query = `SELECT 1 FROM ${from} WHERE ${textOf(bounds)}`;
  return [`(${HAS_SCORES} AND ${dialect.exists(query)})`, ...valuesOf(bounds)];
}

/** Sorts after any text that can follow a prefix. */
const GREATEST = '\u{10ffff}';

/** The condition on a text that begins so, as a range of an index. */
export function beginsWith(prefix: string, column: string): Condition {
  return [`${column} >= ? AND ${column} < ?`, prefix, prefix + GREATEST];
}

/**
 * Selects the distinct user ids of a table that begin so, in order. It reads one row of the index for each, however
 * many sessions a user has. A limit may follow.
 */
export function usersBeginning(table: string, project: number, prefix: string): Condition {
  const next = (condition: string): string =>
    `(SELECT user_id FROM ${table} WHERE project = ? AND ${condition} AND user_id < ? ORDER BY user_id LIMIT 1)`;
  return [
    `WITH RECURSIVE u (id) AS (
       SELECT ${next('user_id >= ?')} UNION ALL SELECT ${next('user_id > u.id')} FROM u WHERE u.id IS NOT NULL
     ) SELECT id FROM u WHERE id IS NOT NULL`,
    project,
    prefix,
    prefix + GREATEST,
    project,
    prefix + GREATEST,
  ];
}

/** The first of these texts in order of their UTF-8 bytes, each once. */
export function firstTexts(texts: readonly string[], limit: number): string[] {
  return [...new Set(texts)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).slice(0, limit);
}

/** The condition on a place in a column. `spaceAt`: where its first space is, from 1; 0 without one. */
export function placeCondition(
  { start, origin, originStart }: PlaceQuery,
  column: string,
  spaceAt: string,
): Condition {
  const own = `substr(${column}, ${spaceAt} + 1)`;
  const begins: Condition = [`${column} >= ? AND ${column} < ?`, start, start + GREATEST];
  if (origin !== undefined) return [`${begins[0]} AND ${own} = ?`, start, start + GREATEST, origin];
  if (originStart === undefined) return begins;
  return [
    `${begins[0]} AND ${spaceAt} > 0 AND ${own} >= ? AND ${own} < ?`,
    start,
    start + GREATEST,
    originStart,
    originStart + GREATEST,
  ];
}

function marksFor(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

export function whereOf(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? '' : `WHERE ${textOf(conditions)}`;
}

export function textOf(conditions: readonly Condition[], between = ' AND '): string {
  return conditions.map(([text]) => text).join(between);
}

export function valuesOf(conditions: readonly Condition[]): SqlValue[] {
  return conditions.flatMap(([, ...values]) => values);
}
