import { PLACES_PATH } from '../../sessionize/stored-form.js';
import { LISTED, Listing, MAX_INTEGER } from '../contract/listing.js';
import type { ListedSession, SessionPosition, SortAmount } from '../contract/session.js';
import type { SessionRange } from '../contract/session-filter.js';
import { Dimension } from '../engine/rollups.js';
import { TIMELINE_COLUMNS } from '../engine/timeline-columns.js';
import {
  AMOUNTS,
  beginsWith,
  boundsOf,
  type Condition,
  conditionOf,
  type Dialect,
  firstTexts,
  lastOf,
  NUMBERS,
  orderOf,
  placeCondition,
  type SqlValue,
  SUMMED,
  startsOf,
  textOf,
  usersBeginning,
  valuesOf,
  whereOf,
} from '../search/conditions.js';
import { rankedColumn, rankedConditions, rankedOrder, SORTED_BY } from '../search/ranked.js';
import type {
  AmountRow,
  Bounds,
  Check,
  CheckedSource,
  ColumnKind,
  ColumnValues,
  IndexedValue,
  Looked,
  NumberedRow,
  NumberRange,
  RollupRow,
  SearchRows,
  Source,
  StateRow,
  TimelineRow,
  ValueRange,
} from '../search/search-rows.js';
import type { Prepare } from './database.js';

/** The columns that a list shows of a session. */
const LISTED_COLUMNS = `s.start_ns, s.id, s.last_ns, 2 * s.invalidated + (s.listing = ${Listing.ended}) AS closed,
  s.counts || CASE s.traits WHEN '' THEN '' ELSE ',' || s.traits END AS fields`;

/**
 * Values of a listed session other than its fields, and the size of these in bytes. Times are decimal digits.
 */
type ListedValues = readonly [
  startNs: string,
  id: string,
  lastNs: string,
  closed: number,
  bytes: number,
  /** An additional column of the statement, in decimal digits. */
  more?: string,
];
const STATE = 's.start_ns, s.id, t.sums, t.earliest, s.traits';

/** The data of a session that is not in its row `s`. */
const SUMS = '(SELECT sums FROM session_state WHERE no = s.no)';

const SECONDS = (ns: string): string => `(${ns}) / 1000000000, (${ns}) % 1000000000`;
const GAPS = 's.unpriced, s.unreported';

function amountColumns(sort: SortAmount): string {
  return `s.no, CAST(${SORTED_BY[sort]} AS TEXT), CAST(s.start_ns AS TEXT), ${GAPS}`;
}

/** The columns of `ColumnValues`, in order. */
const COLUMNS: Record<ColumnKind, string> = {
  start: `s.no, ${SECONDS('s.start_ns')}`,
  user: 's.no, s.user_id',
  statistics: `s.no, ${SECONDS(NUMBERS.durationNs)}, ${SECONDS('s.last_ns')}, s.listing = ${Listing.ended},
    s.has_errors, s.span_count, ${GAPS}, s.device, s.country, s.user_id`,
  timeline: `s.no, ${SECONDS('s.start_ns')}, s.has_errors, CASE WHEN s.unpriced IS NOT NULL THEN ${SUMS} END`,
  cost: amountColumns('cost'),
  duration: amountColumns('duration'),
  lastActivity: amountColumns('lastActivity'),
  tokens: amountColumns('tokens'),
  errors: amountColumns('errors'),
  calls: `s.no, CAST(s.start_ns AS TEXT), CASE WHEN s.unpriced IS NOT NULL THEN ${SUMS} END, ${GAPS}`,
  scores: `s.no, CASE WHEN instr(s.counts, '"scores":') > 0 THEN ${SUMS} END`,
  reported: `s.no, ${SECONDS('s.start_ns')}, ${SECONDS('s.last_ns')}, ${SUMS}`,
  groups: `s.no, ${SECONDS(NUMBERS.durationNs)}, s.has_errors, s.device, s.country, s.user_id, ${SUMS},
    CASE WHEN instr(s.traits, '"release":') > 0 THEN s.traits END`,
  visits: `s.no, s.has_errors,
    CASE WHEN instr(s.counts, '"visit":') > 0 OR instr(s.counts, '"vitals":') > 0 OR instr(s.counts, '"exception_count":') > 0 THEN ${SUMS} END,
    CASE WHEN instr(s.traits, '"release":') > 0 THEN s.traits END`,
};

/** `SearchRows` as statements of SQLite. */
export class SearchStatements implements SearchRows {
  readonly #prepare: Prepare;

  /** Statements from `prepare` must read integers as bigints. */
  constructor(prepare: Prepare) {
    this.#prepare = prepare;
  }

  async value(project: number, kind: number, value: string): Promise<IndexedValue | undefined> {
    const row = this.#prepare(
      'SELECT no, count FROM facet_value WHERE project = ? AND kind = ? AND value = ?',
    ).get(project, kind, value);
    return row && { no: row.no as bigint, value, count: Number(row.count) };
  }

  async values(project: number, kind: number, range: ValueRange = {}): Promise<IndexedValue[]> {
    const conditions: Condition[] = [
      ['project = ?', project],
      ['kind = ?', kind],
    ];
    if (range.from !== undefined) conditions.push(['value >= ?', range.from]);
    if (range.below !== undefined) conditions.push(['value < ?', range.below]);
    return this.#prepare(
      `SELECT no, value, count FROM facet_value WHERE ${textOf(conditions)} ORDER BY value LIMIT ?`,
    )
      .all(...valuesOf(conditions), range.limit ?? -1)
      .map(indexedValue);
  }

  async commonValues(project: number, kind: number, limit: number, prefix: string): Promise<IndexedValue[]> {
    const [begins, ...bounds] = beginsWith(prefix, 'value');
    const range = prefix === '' ? [] : bounds;
    return this.#prepare(
      `SELECT no, value, count FROM facet_value WHERE project = ? AND kind = ? ${prefix === '' ? '' : `AND ${begins}`} ORDER BY count DESC, value LIMIT ?`,
    )
      .all(project, kind, ...range, limit)
      .map(indexedValue);
  }

  async isOtherUser(project: number, user: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM session_user WHERE project = ? AND user_id = ? LIMIT 1';
    return this.#prepare(sql).get(project, user) !== undefined;
  }

  async usersBeginning(project: number, prefix: string, limit: number): Promise<string[]> {
    const ids = ['session', 'session_user'].flatMap((table) => {
      const [text, ...values] = usersBeginning(table, project, prefix);
      return this.#prepare(`${text} LIMIT ?`).all(...values, limit);
    });
    return firstTexts(
      ids.map(({ id }) => id as string),
      limit,
    );
  }

  async count(project: number, source: Source, bounds: Bounds, most: number): Promise<number> {
    const [text, ...values] = numbersOf(project, source, bounds);
    const sql = `SELECT count(*) AS n FROM (${text} LIMIT ?)`;
    return Number(this.#prepare(sql).get(...values, most + 1)!.n);
  }

  async position(
    project: number,
    source: Source,
    bounds: Bounds,
    skipped: number,
  ): Promise<SessionPosition | undefined> {
    const [text, ...values] = selectOf(project, source, bounds);
    const row = this.#prepare(`${text} ORDER BY ${orderOf(bounds)} LIMIT 1 OFFSET ?`).get(...values, skipped);
    return row && { startNs: row.start_ns as bigint, id: row.id as string };
  }

  async page(
    project: number,
    source: Source,
    bounds: Bounds,
    { checks, block, limit }: Looked,
  ): Promise<ListedSession[]> {
    const [text, ...values] = candidatesOf(project, source, bounds, block);
    const conditions = checks.map((check) => checkOf(check, project));
    // SQLite nests the loops as written, and the inner statement returns its rows in order on demand.
    return this.#listed(
      `SELECT ${LISTED_COLUMNS} FROM (${text}) AS c CROSS JOIN session AS s ON s.no = c.session ${whereOf(conditions)} LIMIT ?`,
      [...values, ...valuesOf(conditions), limit],
    );
  }

  async states(
    project: number,
    source: Source,
    bounds: Bounds,
    { checks, block, limit }: Parameters<SearchRows['states']>[3],
  ): Promise<StateRow[]> {
    const [text, ...values] = candidatesOf(project, source, bounds, block);
    const conditions = checks.map((check) => checkOf(check, project));
    return this.#prepare(
      `SELECT ${STATE} FROM (${text}) AS c CROSS JOIN session AS s ON s.no = c.session CROSS JOIN session_state AS t ON t.no = s.no
       ${whereOf(conditions)} LIMIT ?`,
    ).all(...values, ...valuesOf(conditions), limit) as unknown as StateRow[];
  }

  async merged(
    project: number,
    ranges: readonly CheckedSource[],
    bounds: Bounds,
    limit: number,
  ): Promise<ListedSession[]> {
    const parts = ranges.map(({ source, checks }): Condition => {
      const { from, where } = sourceOf(project, source, bounds);
      const all = [...where, ...checks.map((check) => checkOf(check, project))];
      return [`SELECT ${LISTED_COLUMNS} FROM ${from} WHERE ${textOf(all)}`, ...valuesOf(all)];
    });
    const sql = `${textOf(parts, ' UNION ALL ')} ORDER BY ${orderOf(bounds)} LIMIT ?`;
    return this.#listed(sql, [...valuesOf(parts), limit]);
  }

  async ranked(
    project: number,
    sort: SortAmount,
    bounds: Bounds,
    { checks, block, limit }: Looked,
  ): Promise<ListedSession[]> {
    const where = rankedConditions(project, sort, bounds);
    const conditions = [...startsOf(bounds, 's.start_ns'), ...checks.map((check) => checkOf(check, project))];
    const column = rankedColumn(sort);
    return this.#rows(
      `SELECT ${LISTED_COLUMNS}, s.${column} AS amount
       FROM (SELECT s.no AS no FROM session AS s INDEXED BY session_${column} WHERE ${textOf(where)}
         ORDER BY ${rankedOrder(sort, bounds)} LIMIT ?) AS c CROSS JOIN session AS s ON s.no = c.no ${whereOf(conditions)} LIMIT ?`,
      [...valuesOf(where), block, ...valuesOf(conditions), limit],
      'amount',
    ).map(([session, amount]) => ({ ...session, amount: BigInt(amount!) }));
  }

  async rankedPosition(
    project: number,
    sort: SortAmount,
    bounds: Bounds,
    skipped: number,
  ): Promise<SessionPosition | undefined> {
    const where = rankedConditions(project, sort, bounds);
    const column = rankedColumn(sort);
    const row = this.#prepare(
      `SELECT s.${column} AS amount, s.start_ns AS start_ns, s.id AS id FROM session AS s INDEXED BY session_${column}
       WHERE ${textOf(where)} ORDER BY ${rankedOrder(sort, bounds)} LIMIT 1 OFFSET ?`,
    ).get(...valuesOf(where), skipped);
    return row && { amount: row.amount as bigint, startNs: row.start_ns as bigint, id: row.id as string };
  }

  async byLast(
    project: number,
    last: { readonly fromNs?: bigint; readonly toNs?: bigint },
    bounds: Bounds,
    limit: number,
  ): Promise<ListedSession[]> {
    const { after, direction } = bounds;
    const isNewer = direction === 'newer';
    const from = 'FROM session AS s INDEXED BY session_by_last';
    const conditions: Condition[] = [
      ['s.project = ?', project],
      [`s.listing IN (${Listing.open}, ${Listing.timedOut})`],
      ...lastOf(last),
      ...startsOf(bounds),
    ];
    // Sessions with the same start as `after` are compared by id, which the index does not have. So they are
    // selected separately.
    const beyond: Condition[] =
      after === undefined ? [] : [[isNewer ? 's.start_ns > ?' : 's.start_ns < ?', after.startNs]];
    const some = [...conditions, ...beyond];
    const cut = this.#prepare(
      `SELECT s.start_ns ${from} WHERE ${textOf(some)} ORDER BY s.start_ns ${isNewer ? 'ASC' : 'DESC'} LIMIT 1 OFFSET ?`,
    ).get(...valuesOf(some), limit - 1);
    if (cut !== undefined) {
      conditions.push([isNewer ? 's.start_ns <= ?' : 's.start_ns >= ?', cut.start_ns as bigint]);
    }
    if (after !== undefined) {
      conditions.push([`(s.start_ns, s.id) ${isNewer ? '>' : '<'} (?, ?)`, after.startNs, after.id]);
    }
    return this.#listed(
      `SELECT ${LISTED_COLUMNS} ${from} WHERE ${textOf(conditions)} ORDER BY ${orderOf(bounds)} LIMIT ?`,
      [...valuesOf(conditions), limit],
    );
  }

  async countActive(project: number, range: SessionRange, lastFromNs: bigint): Promise<number> {
    const { startFromNs = 0n, startToNs = MAX_INTEGER } = range;
    const row = this.#prepare(
      `SELECT count(*) AS n FROM session INDEXED BY session_by_last
       WHERE project = ? AND listing IN (${Listing.open}, ${Listing.timedOut}) AND last_ns >= ? AND start_ns BETWEEN ? AND ?`,
    ).get(project, lastFromNs, startFromNs, startToNs)!;
    return Number(row.n);
  }

  async byNumber(project: number, numbers: readonly number[]): Promise<NumberedRow[]> {
    return this.#rows(
      `SELECT ${LISTED_COLUMNS}, s.no FROM session AS s NOT INDEXED WHERE s.project = ? AND s.no IN (SELECT value FROM json_each(?))`,
      [project, JSON.stringify(numbers)],
      'no',
    ).map(([session, no]) => ({ no: Number(no), session }));
  }

  #listed(sql: string, values: readonly SqlValue[]): ListedSession[] {
    return this.#rows(sql, values).map(([session]) => session);
  }

  /**
   * The sessions that a statement with `LISTED_COLUMNS` selects, in its order, each with the column `more`.
   * They are returned as one row: the fields of all as one run of bytes that nothing decodes, and the rest as
   * JSON. Single values would take SQLite's binding twice as long, and text of a whole page would be decoded
   * and encoded again.
   */
  #rows(
    sql: string,
    values: readonly SqlValue[],
    more?: string,
  ): [session: ListedSession, more: string | undefined][] {
    const others = more === undefined ? '' : `, CAST(${more} AS TEXT)`;
    const statement = this.#prepare(
      `SELECT CAST(group_concat(fields, '') AS BLOB) AS fields,
         json_group_array(json_array(CAST(start_ns AS TEXT), id, CAST(last_ns AS TEXT), closed, octet_length(fields)${others})) AS rows
       FROM (${sql})`,
    );
    const { fields, rows } = statement.get(...values) as { fields: Uint8Array | null; rows: string };
    if (fields === null) return [];
    const { buffer, byteOffset } = fields;
    let at = byteOffset;
    return (JSON.parse(rows) as ListedValues[]).map(([startNs, id, lastNs, closed, bytes, other]) => {
      const session = {
        id,
        startNs: BigInt(startNs),
        lastNs: BigInt(lastNs),
        // Invalidated sessions are also listed as ended, so `invalidated` must be checked before.
        invalidated: closed > 1,
        ...(closed === 1 && HAS_ENDED),
        fields: new Uint8Array(buffer, at, bytes),
      };
      at += bytes;
      return [session, other];
    });
  }

  async columns<Kind extends ColumnKind>(
    kind: Kind,
    project: number,
    source: Source,
    bounds: Bounds,
    { checks, block }: { readonly checks: readonly Check[]; readonly block: number },
  ): Promise<ColumnValues[Kind][]> {
    const [text, ...values] = candidatesOf(project, source, bounds, block);
    const conditions = checks.map((check) => checkOf(check, project));
    const from = `(${text}) AS c CROSS JOIN session AS s ON s.no = c.session ${whereOf(conditions)}`;
    return this.#columnsFrom(kind, from, [...values, ...valuesOf(conditions)]);
  }

  async columnsByNumber<Kind extends ColumnKind>(
    kind: Kind,
    project: number,
    numbers: NumberRange | readonly number[],
    range: SessionRange,
    checks: readonly Check[],
  ): Promise<ColumnValues[Kind][]> {
    const which: Condition =
      'first' in numbers
        ? ['s.no BETWEEN ? AND ?', numbers.first, numbers.last]
        : ['s.no IN (SELECT value FROM json_each(?))', JSON.stringify(numbers)];
    const conditions: Condition[] = [
      which,
      ['s.project = ?', project],
      [`s.listing <> ${Listing.hidden}`],
      ...startsOf(range),
      ...checks.map((check) => checkOf(check, project)),
    ];
    // Uses session numbers instead of an index that begins with the project.
    return this.#columnsFrom(kind, `session AS s NOT INDEXED ${whereOf(conditions)}`, valuesOf(conditions));
  }

  /** Returns all rows as one text, which takes SQLite a third of the time of separate rows. */
  #columnsFrom<Kind extends ColumnKind>(
    kind: Kind,
    from: string,
    values: readonly SqlValue[],
  ): ColumnValues[Kind][] {
    const row = this.#prepare(
      `SELECT json_group_array(json_array(${COLUMNS[kind]})) AS rows FROM ${from}`,
    ).get(...values)!;
    return JSON.parse(row.rows as string) as ColumnValues[Kind][];
  }

  async greatest(
    by: 'cost' | 'duration',
    value: bigint,
    { startFromNs, startToNs, lastFromNs }: Required<SessionRange>,
    limit: number,
  ): Promise<AmountRow[]> {
    return this.#rows(
      `SELECT ${LISTED_COLUMNS}, ${AMOUNTS[by]} AS amount FROM session_facet AS f CROSS JOIN session AS s ON s.no = f.session
       WHERE f.facet = ? AND f.start_ns BETWEEN ? AND ? AND s.last_ns >= ? AND ${AMOUNTS[by]} IS NOT NULL
       ORDER BY amount DESC, s.start_ns DESC, s.id DESC LIMIT ?`,
      [value, startFromNs!, startToNs!, lastFromNs!, limit],
      'amount',
    ).map(([session, amount]) => ({ amount: BigInt(amount!), session }));
  }

  async rollups(
    project: number,
    level: number,
    first: bigint,
    last: bigint,
    dimensions: readonly number[] = SUMMED,
  ): Promise<RollupRow[]> {
    return this.#prepare(
      `SELECT dimension, name, sum(count) AS count FROM rollup
       WHERE project = ? AND level = ? AND dimension IN (${dimensions.join(', ')}) AND bucket BETWEEN ? AND ? GROUP BY dimension, name`,
    )
      .all(project, level, first, last)
      .map((row) => ({
        dimension: Number(row.dimension),
        name: row.name as string,
        count: row.count as bigint,
      }));
  }

  async rollupUsers(project: number, level: number, first: bigint, last: bigint): Promise<string[]> {
    return this.#prepare(
      `SELECT name FROM rollup
       WHERE project = ? AND level = ? AND dimension = ${Dimension.user} AND bucket BETWEEN ? AND ?`,
    )
      .all(project, level, first, last)
      .map(({ name }) => name as string);
  }

  async countRollupUsers(project: number, level: number): Promise<number> {
    const row = this.#prepare(
      `SELECT count(*) AS n FROM rollup WHERE project = ? AND level = ? AND dimension = ${Dimension.user}`,
    ).get(project, level)!;
    return Number(row.n);
  }

  async timeline(
    project: number,
    level: number,
    first: bigint,
    last: bigint,
    bucketsAStep: bigint,
  ): Promise<TimelineRow[]> {
    return this.#prepare(
      `SELECT bucket / ? AS step, model, ${TIMELINE_COLUMNS.map((name) => `sum(${name}) AS ${name}`).join(', ')}
       FROM timeline WHERE project = ? AND level = ? AND bucket BETWEEN ? AND ? GROUP BY step, model`,
    ).all(bucketsAStep, project, level, first, last) as unknown as TimelineRow[];
  }

  async firstStart(project: number, fromNs: bigint, toNs: bigint): Promise<bigint | undefined> {
    const firsts = LISTED.map(
      (listing) =>
        this.#prepare(
          `SELECT min(start_ns) AS first FROM session INDEXED BY session_by_start
           WHERE project = ? AND listing = ? AND start_ns BETWEEN ? AND ?`,
        ).get(project, listing, fromNs, toNs)!.first as bigint | null,
    ).filter((first) => first !== null);
    return firsts.length === 0 ? undefined : firsts.reduce((a, b) => (a < b ? a : b));
  }
}

const HAS_ENDED = { hasEnded: true } as const;

function indexedValue({ no, value, count }: Record<string, unknown>): IndexedValue {
  return { no: no as bigint, value: value as string, count: Number(count) };
}

/** The tables and columns of the sessions of a source, and its conditions. */
interface SourceParts {
  readonly from: string;
  /** Names of columns. */
  readonly startNs: string;
  readonly id: string;
  readonly session: string;
  readonly where: readonly Condition[];
}

/** Without `withId`, ids of sessions in other tables are not looked up, and there is no column `id`. */
function sourceOf(project: number, source: OneSource, bounds: Bounds, withId = true): SourceParts {
  const columns = { startNs: 'start_ns', id: 'id' };
  const window = [...startsOf(source), ...boundsOf(bounds)];
  const session = (index: string, ...where: Condition[]) => ({
    ...columns,
    from: `session AS s INDEXED BY ${index}`,
    session: 'no',
    where: [['project = ?', project] as const, ...where, ...window],
  });
  switch (source.by) {
    case 'value':
      return {
        from: `session_facet AS f${withId ? ' CROSS JOIN session AS x ON x.no = f.session' : ''}`,
        startNs: 'f.start_ns',
        id: 'x.id',
        session: 'f.session',
        where: [
          ['f.facet = ?', source.no],
          ...startsOf(source, 'f.start_ns'),
          ...boundsOf(bounds, { startNs: 'f.start_ns', id: 'x.id', areApart: true }),
        ],
      };
    case 'start':
      return session('session_by_start', ['listing = ?', source.listing]);
    case 'last':
      return session('session_by_last', ['listing = ?', source.listing], ...lastOf(source));
    case 'user':
      return session('session_by_user', ['user_id = ?', source.user], ['listing = ?', source.listing]);
    case 'idPrefix':
      return session('session_by_id', beginsWith(source.prefix, 'id'), ['listing = ?', source.listing]);
    case 'otherUser':
      return {
        ...columns,
        from: 'session_user',
        session: 'session',
        where: [['project = ?', project], ['user_id = ?', source.user], ...window],
      };
    case 'numbers':
      return {
        ...columns,
        // Uses session numbers instead of an index that begins with the project.
        from: 'session AS s NOT INDEXED',
        session: 'no',
        where: [
          DIALECT.oneOf('no', source.numbers),
          ['project = ?', project],
          [`listing <> ${Listing.hidden}`],
          ...window,
        ],
      };
  }
}

/** Selects the first sessions of a source, with their numbers. */
function candidatesOf(project: number, source: Source, bounds: Bounds, block: number): Condition {
  const [text, ...values] = selectOf(project, source, bounds);
  return [`${text} ORDER BY ${orderOf(bounds)} LIMIT ?`, ...values, block];
}

/**
 * Selects the sessions of a source, with their numbers. An order may be added to the statement. SQLite then
 * merges several parts in that order, on demand.
 */
function selectOf(project: number, source: Source, bounds: Bounds): Condition {
  return partsOf(source, (part) => {
    const { from, startNs, id, session, where } = sourceOf(project, part, bounds);
    return [
      `SELECT ${startNs} AS start_ns, ${id} AS id, ${session} AS session FROM ${from} WHERE ${textOf(where)}`,
      ...valuesOf(where),
    ];
  });
}

/** The same for the numbers alone, without an order. */
function numbersOf(project: number, source: Source, bounds: Bounds): Condition {
  return partsOf(source, (part) => {
    const { from, session, where } = sourceOf(project, part, bounds, bounds.after !== undefined);
    return [`SELECT ${session} AS session FROM ${from} WHERE ${textOf(where)}`, ...valuesOf(where)];
  });
}

/** One statement for all values of a source. It returns each session once. */
function partsOf(source: Source, select: (part: OneSource) => Condition): Condition {
  if (source.by !== 'anyValue') return select(source);
  const parts = source.numbers.map((no) => select({ by: 'value', no }));
  return [textOf(parts, ' UNION '), ...valuesOf(parts)];
}

type OneSource = Exclude<Source, { by: 'anyValue' }>;

/**
 * The places of a session with a visit, each as a value. In a session without one, nothing follows the first
 * line.
 */
const PLACES = `session_state AS t, json_each(nullif(substr(t.sums, instr(t.sums || char(10), char(10)) + 1), ''), '${PLACES_PATH}')`;

const DIALECT: Dialect = {
  otherUsers: 'session_user',
  exists: (query) => `EXISTS (${query})`,
  oneOf: (column, numbers) => [`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(numbers)],
  scores: {
    from: `json_each('{' || s.counts || '}', '$.scores') AS score`,
    name: `json_extract(score.value, '$.name')`,
    average: `json_extract(score.value, '$.average')`,
  },
  atPlace: (query) => {
    const [text, ...values] = placeCondition(query, 'json_each.value', "instr(json_each.value, ' ')");
    return [`EXISTS (SELECT 1 FROM ${PLACES} WHERE t.no = s.no AND ${text})`, ...values];
  },
};

function checkOf(check: Check, project: number): Condition {
  return conditionOf(check, project, DIALECT);
}
