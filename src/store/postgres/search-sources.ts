import { Listing } from '../contract/listing.js';
import {
  beginsWith,
  boundsOf,
  type Condition,
  conditionOf,
  type Dialect,
  textOf as joined,
  lastOf,
  type OrderColumns,
  orderOf,
  placeCondition,
  startsOf,
  valuesOf,
  whereOf,
} from '../search/conditions.js';
import type { Bounds, Check, Looked, Source } from '../search/search-rows.js';
import { lastMinuteOf } from './schema.js';

/** The sessions of a source, and the checks that they have to pass, as parts of statements. */

/** The tables and columns of the sessions of a source, and its conditions. */
interface SourceParts {
  readonly from: Condition;
  readonly columns: OrderColumns;
  /** The column with the number of the session. */
  readonly session: string;
  readonly where: readonly Condition[];
}

/** Bounds of the last activity, both inclusive. The index has minutes. */
export function lastActivityOf(last: { readonly fromNs?: bigint; readonly toNs?: bigint }): Condition[] {
  const { fromNs, toNs } = last;
  const conditions = lastOf(last, 's.last_ns');
  if (fromNs !== undefined) conditions.push(['s.last_minute >= ?', lastMinuteOf(fromNs)]);
  if (toNs !== undefined) conditions.push(['s.last_minute <= ?', lastMinuteOf(toNs)]);
  return conditions;
}

export const SESSION_ORDER: OrderColumns = { startNs: 's.start_ns', id: 's.id' };

/** Without `withRows`, rows `s` of sessions in other tables are not looked up, and no column of them may be used. */
export function sourceOf(project: number, source: Source, bounds: Bounds, withRows = true): SourceParts {
  const parts = (
    table: Condition,
    session: string,
    columns: OrderColumns,
    ...where: readonly Condition[]
  ): SourceParts => {
    const [text, ...values] = table;
    const join = withRows && session !== 's.no' ? ` JOIN session AS s ON s.no = ${session}` : '';
    return {
      from: [`${text}${join}`, ...values],
      session,
      columns,
      where: [...where, ...startsOf(source, columns.startNs), ...boundsOf(bounds, columns)],
    };
  };
  const ofSession = (...where: readonly Condition[]): SourceParts =>
    parts(['session AS s'], 's.no', SESSION_ORDER, ['s.project = ?', project], ...where);
  const ofFacets = (table: Condition, ...where: readonly Condition[]): SourceParts =>
    parts(table, 'f.session', { startNs: 'f.start_ns', id: 's.id', areApart: true }, ...where);
  switch (source.by) {
    case 'value':
      return ofFacets(['session_facet AS f'], ['f.facet = ?', source.no]);
    case 'anyValue': {
      const [text, ...values] = sessionsOfValues(source, bounds);
      return ofFacets([`(${text}) AS f`, ...values]);
    }
    case 'start':
      return ofSession(['s.listing = ?', source.listing]);
    case 'last':
      return ofSession(['s.listing = ?', source.listing], ...lastActivityOf(source));
    case 'user':
      return ofSession(['s.user_id = ?', source.user], ['s.listing = ?', source.listing]);
    case 'idPrefix':
      return ofSession(beginsWith(source.prefix, 's.id'), ['s.listing = ?', source.listing]);
    case 'otherUser':
      return parts(
        ['session_other_user AS u'],
        'u.session',
        { startNs: 'u.start_ns', id: 'u.id' },
        ['u.project = ?', project],
        ['u.user_id = ?', source.user],
      );
    case 'numbers':
      return ofSession(DIALECT.oneOf('s.no', source.numbers), [`s.listing <> ${Listing.hidden}`]);
  }
}

/** The sessions with any of several values, each once: the index rows of all values are merged as they are needed. */
function sessionsOfValues(source: Source & { readonly by: 'anyValue' }, bounds: Bounds): Condition {
  const { after, direction } = bounds;
  const order = direction === 'newer' ? 'ASC' : 'DESC';
  const reached =
    after && (direction === 'newer' ? { startFromNs: after.startNs } : { startToNs: after.startNs });
  const starts = [source, bounds, reached ?? {}].flatMap((range) => startsOf(range));
  const inOrder = `ORDER BY start_ns ${order}, session ${order}`;
  const parts = source.numbers.map((no): Condition => {
    const where: Condition[] = [['facet = ?', no], ...starts];
    return [
      `(SELECT start_ns, session FROM session_facet WHERE ${joined(where)} ${inOrder})`,
      ...valuesOf(where),
    ];
  });
  return [
    // Not DISTINCT alone, for which all of them might be hashed.
    `SELECT DISTINCT ON (start_ns, session) start_ns, session FROM (${joined(parts, ' UNION ALL ')}) AS p ${inOrder}`,
    ...valuesOf(parts),
  ];
}

/** The first sessions of a source that pass checks; the statement ends with a limit whose value is missing. */
export function checked(
  columns: string,
  project: number,
  source: Source,
  bounds: Bounds,
  { checks, block }: Pick<Looked, 'checks' | 'block'>,
): Condition {
  const [candidates, ...values] = candidatesOf(project, source, bounds, block);
  const conditions = checks.map((check) => checkOf(check, project));
  return [
    `SELECT ${columns} FROM (${candidates}) AS s ${whereOf(conditions)} ORDER BY ${orderOf(bounds, CANDIDATE_ORDER)} LIMIT ?`,
    ...values,
    ...valuesOf(conditions),
  ];
}

/** By these columns candidates are read in the order of the index that they are from. */
const CANDIDATE_ORDER: OrderColumns = { startNs: 's.listed_ns', id: 's.listed_id' };

/** The rows of the first sessions of a source, in order. */
export function candidatesOf(project: number, source: Source, bounds: Bounds, most: number): Condition {
  const parts = sourceOf(project, source, bounds);
  const { startNs, id } = parts.columns;
  return ordered(`s.*, ${startNs} AS listed_ns, ${id} AS listed_id`, parts, bounds, most);
}

/** Start and id of the first sessions of a source, in order. */
export function positionsOf(project: number, source: Source, bounds: Bounds, most: number): Condition {
  const parts = sourceOf(project, source, bounds, source.by !== 'otherUser');
  const { startNs, id } = parts.columns;
  return ordered(`${startNs} AS start_ns, ${id} AS id`, parts, bounds, most);
}

/** Columns of the first rows of a source, in order. */
export function ordered(columns: string, parts: SourceParts, bounds: Bounds, most: number): Condition {
  const [from, ...values] = parts.from;
  return [
    `SELECT ${columns} FROM ${from} ${whereOf(parts.where)} ORDER BY ${orderOf(bounds, parts.columns)} LIMIT ?`,
    ...values,
    ...valuesOf(parts.where),
    most,
  ];
}

/** The numbers of so many sessions of a source. */
export function numbersOf(project: number, source: Source, bounds: Bounds, most: number): Condition {
  const { from, where, session } = sourceOf(project, source, bounds, bounds.after !== undefined);
  const [text, ...values] = from;
  return [`SELECT ${session} FROM ${text} ${whereOf(where)} LIMIT ?`, ...values, ...valuesOf(where), most];
}

const DIALECT: Dialect = {
  otherUsers: 'session_other_user',
  // With an offset it does not become a join, which would read all rows of a value first.
  exists: (query) => `EXISTS (${query} OFFSET 0)`,
  oneOf: (column, numbers) => [`${column} = ANY(string_to_array(?, ',')::int8[])`, numbers.join()],
  scores: {
    // Counts of sessions that are not listed are empty.
    from: `jsonb_array_elements(('{' || s.counts || '}')::jsonb -> 'scores') AS score`,
    name: `score ->> 'name'`,
    average: `(score ->> 'average')::float8`,
  },
  atPlace: (query) => {
    const [text, ...values] = placeCondition(
      query,
      'p.place',
      String.raw`position('\x20'::bytea IN p.place)`,
    );
    return [
      DIALECT.exists(
        `SELECT 1 FROM session_state AS t, unnest(t.places) AS p (place) WHERE t.no = s.no AND ${text}`,
      ),
      ...values,
    ];
  },
};

export function checkOf(check: Check, project: number): Condition {
  return conditionOf(check, project, DIALECT);
}
