import { LISTED, Listing, MAX_INTEGER } from '../contract/listing.js';
import type { ListedSession, SessionPosition, SortAmount } from '../contract/session.js';
import type { SessionRange } from '../contract/session-filter.js';
import { Dimension } from '../engine/rollups.js';
import { TIMELINE_COLUMNS } from '../engine/timeline-columns.js';
import {
  AMOUNTS,
  beginsWith,
  type Condition,
  firstTexts,
  textOf as joined,
  orderOf,
  type SqlValue,
  SUMMED,
  startsOf,
  usersBeginning,
  valuesOf,
  whereOf,
} from '../search/conditions.js';
import { rankedColumn, rankedConditions, rankedOrder } from '../search/ranked.js';
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
import { lastMinuteOf } from './schema.js';
import {
  candidatesOf,
  checked,
  checkOf,
  lastActivityOf,
  numbersOf,
  ordered,
  positionsOf,
  SESSION_ORDER,
  sourceOf,
} from './search-sources.js';
import {
  COLUMNS,
  indexedValue,
  LISTED_COLUMNS,
  LISTED_LENGTH,
  listedSession,
  SUMS,
  VALUES,
} from './search-values.js';
import { type AsyncSession, int8s, type Row, textOf, utf8, type Value } from './statement.js';

/**
 * What `SearchRows` asks for, as statements of PostgreSQL, in one transaction. They are planned with their values
 * each time: which index is best depends on them.
 */
export class SearchStatements implements SearchRows {
  readonly #session: AsyncSession;

  constructor(session: AsyncSession) {
    this.#session = session;
  }

  async value(project: number, kind: number, value: string): Promise<IndexedValue | undefined> {
    const [row] = await this.#rows(
      'SELECT no, value, count FROM facet_value WHERE project = ? AND kind = ? AND value = ?',
      [project, kind, value],
    );
    return row && indexedValue(row);
  }

  async values(project: number, kind: number, range: ValueRange = {}): Promise<IndexedValue[]> {
    const conditions: Condition[] = [
      ['project = ?', project],
      ['kind = ?', kind],
    ];
    if (range.from !== undefined) conditions.push(['value >= ?', range.from]);
    if (range.below !== undefined) conditions.push(['value < ?', range.below]);
    const limit: Condition[] = range.limit === undefined ? [] : [['LIMIT ?', range.limit]];
    const rows = await this.#rows(
      `SELECT no, value, count FROM facet_value WHERE ${joined(conditions)} ORDER BY value ${joined(limit)}`,
      valuesOf([...conditions, ...limit]),
    );
    return rows.map(indexedValue);
  }

  async commonValues(project: number, kind: number, limit: number, prefix: string): Promise<IndexedValue[]> {
    const [begins, ...bounds] = beginsWith(prefix, 'value');
    const range = prefix === '' ? [] : bounds;
    const rows = await this.#rows(
      `SELECT no, value, count FROM facet_value WHERE project = ? AND kind = ? ${prefix === '' ? '' : `AND ${begins}`} ORDER BY count DESC, value LIMIT ?`,
      [project, kind, ...range, limit],
    );
    return rows.map(indexedValue);
  }

  async isOtherUser(project: number, user: string): Promise<boolean> {
    const rows = await this.#rows(
      'SELECT 1 FROM session_other_user WHERE project = ? AND user_id = ? LIMIT 1',
      [project, user],
    );
    return rows.length > 0;
  }

  async usersBeginning(project: number, prefix: string, limit: number): Promise<string[]> {
    const ids: string[] = [];
    for (const table of ['session', 'session_other_user']) {
      const [text, ...values] = usersBeginning(table, project, prefix);
      const rows = await this.#rows(`${text} LIMIT ?`, [...values, limit]);
      ids.push(...rows.map(([id]) => textOf(id)));
    }
    return firstTexts(ids, limit);
  }

  async count(project: number, source: Source, bounds: Bounds, most: number): Promise<number> {
    const [text, ...values] = numbersOf(project, source, bounds, most + 1);
    const [row] = await this.#rows(`SELECT count(*) FROM (${text}) AS c`, values);
    return Number(row?.[0] ?? 0);
  }

  async position(
    project: number,
    source: Source,
    bounds: Bounds,
    skipped: number,
  ): Promise<SessionPosition | undefined> {
    const [text, ...values] = positionsOf(project, source, bounds, skipped + 1);
    const [row] = await this.#rows(`SELECT c.start_ns, c.id FROM (${text}) AS c OFFSET ?`, [
      ...values,
      skipped,
    ]);
    return row && { startNs: row[0] as bigint, id: textOf(row[1]) };
  }

  async page(project: number, source: Source, bounds: Bounds, looked: Looked): Promise<ListedSession[]> {
    const [text, ...values] = checked(LISTED_COLUMNS, project, source, bounds, looked);
    return this.#listed(text, [...values, looked.limit]);
  }

  async states(project: number, source: Source, bounds: Bounds, looked: Looked): Promise<StateRow[]> {
    const state = `s.start_ns, s.id, ${SUMS}, (SELECT t.earliest FROM session_state AS t WHERE t.no = s.no), s.traits`;
    const [text, ...values] = checked(state, project, source, bounds, looked);
    const rows = await this.#rows(text, [...values, looked.limit]);
    return rows.map(([startNs, id, sums, earliest, traits]) => ({
      start_ns: startNs as bigint,
      id: textOf(id),
      sums: sums as string,
      earliest: earliest as string,
      traits: traits as string,
    }));
  }

  async merged(
    project: number,
    ranges: readonly CheckedSource[],
    bounds: Bounds,
    limit: number,
  ): Promise<ListedSession[]> {
    const order = orderOf(bounds, SESSION_ORDER);
    const parts = ranges.map(({ source, checks }): Condition => {
      const found = sourceOf(project, source, bounds);
      const where = [...found.where, ...checks.map((check) => checkOf(check, project))];
      const [text, ...values] = ordered('s.*', { ...found, where }, bounds, limit);
      return [`(${text})`, ...values];
    });
    if (parts.length === 0) return [];
    return this.#listed(
      `SELECT ${LISTED_COLUMNS} FROM (${joined(parts, ' UNION ALL ')}) AS s ORDER BY ${order} LIMIT ?`,
      [...valuesOf(parts), limit],
    );
  }

  async ranked(
    project: number,
    sort: SortAmount,
    bounds: Bounds,
    { checks, block, limit }: Looked,
  ): Promise<ListedSession[]> {
    const where = rankedConditions(project, sort, bounds);
    const conditions = [...startsOf(bounds, 's.start_ns'), ...checks.map((check) => checkOf(check, project))];
    const order = rankedOrder(sort, bounds);
    const rows = await this.#rows(
      `SELECT ${LISTED_COLUMNS}, s.${rankedColumn(sort)}
       FROM (SELECT s.* FROM session AS s WHERE ${joined(where)} ORDER BY ${order} LIMIT ?) AS s
       ${whereOf(conditions)} ORDER BY ${order} LIMIT ?`,
      [...valuesOf(where), block, ...valuesOf(conditions), limit],
    );
    return rows.map((row) => ({ ...listedSession(row), amount: row[LISTED_LENGTH] as bigint }));
  }

  async rankedPosition(
    project: number,
    sort: SortAmount,
    bounds: Bounds,
    skipped: number,
  ): Promise<SessionPosition | undefined> {
    const where = rankedConditions(project, sort, bounds);
    const [row] = await this.#rows(
      `SELECT s.${rankedColumn(sort)}, s.start_ns, s.id FROM session AS s WHERE ${joined(where)}
       ORDER BY ${rankedOrder(sort, bounds)} LIMIT 1 OFFSET ?`,
      [...valuesOf(where), skipped],
    );
    return row && { amount: row[0] as bigint, startNs: row[1] as bigint, id: textOf(row[2]) };
  }

  async byLast(
    project: number,
    last: { readonly fromNs?: bigint; readonly toNs?: bigint },
    bounds: Bounds,
    limit: number,
  ): Promise<ListedSession[]> {
    const { after, direction } = bounds;
    const isNewer = direction === 'newer';
    const conditions: Condition[] = [
      ['s.project = ?', project],
      [`s.listing IN (${Listing.open}, ${Listing.timedOut})`],
      ...lastActivityOf(last),
      ...startsOf(bounds, 's.start_ns'),
    ];
    // Of those that share the start of `after` the ids decide, which the index does not have: they are looked at besides.
    const beyond: Condition[] =
      after === undefined ? [] : [[isNewer ? 's.start_ns > ?' : 's.start_ns < ?', after.startNs]];
    const some = [...conditions, ...beyond];
    const cut: Condition = [
      `s.start_ns ${isNewer ? '<=' : '>='} coalesce(
        (SELECT s.start_ns FROM session AS s WHERE ${joined(some)} ORDER BY s.start_ns ${isNewer ? 'ASC' : 'DESC'} LIMIT 1 OFFSET ?),
        ${isNewer ? MAX_INTEGER : 0})`,
      ...valuesOf(some),
      limit - 1,
    ];
    conditions.push(cut);
    if (after !== undefined) {
      conditions.push([`(s.start_ns, s.id) ${isNewer ? '>' : '<'} (?, ?)`, after.startNs, after.id]);
    }
    return this.#listed(
      `SELECT ${LISTED_COLUMNS} FROM session AS s WHERE ${joined(conditions)} ORDER BY ${orderOf(bounds, SESSION_ORDER)} LIMIT ?`,
      [...valuesOf(conditions), limit],
    );
  }

  async countActive(project: number, range: SessionRange, lastFromNs: bigint): Promise<number> {
    const { startFromNs = 0n, startToNs = MAX_INTEGER } = range;
    const [row] = await this.#rows(
      `SELECT count(*) FROM session
       WHERE project = ? AND listing IN (${Listing.open}, ${Listing.timedOut}) AND last_minute >= ? AND last_ns >= ?
         AND start_ns BETWEEN ? AND ?`,
      [project, lastMinuteOf(lastFromNs), lastFromNs, startFromNs, startToNs],
    );
    return Number(row?.[0] ?? 0);
  }

  async byNumber(project: number, numbers: readonly number[]): Promise<NumberedRow[]> {
    const rows = await this.#rows(
      `SELECT ${LISTED_COLUMNS}, s.no FROM session AS s WHERE s.project = ? AND s.no = ANY(?::int8[])`,
      [project, int8s(numbers)],
    );
    return rows.map((row) => ({ no: Number(row[LISTED_LENGTH]), session: listedSession(row) }));
  }

  async columns<Kind extends ColumnKind>(
    kind: Kind,
    project: number,
    source: Source,
    bounds: Bounds,
    { checks, block }: { readonly checks: readonly Check[]; readonly block: number },
  ): Promise<ColumnValues[Kind][]> {
    const [candidates, ...values] = candidatesOf(project, source, bounds, block);
    const conditions = checks.map((check) => checkOf(check, project));
    const rows = await this.#rows(
      `SELECT ${COLUMNS[kind]} FROM (${candidates}) AS s ${whereOf(conditions)}`,
      [...values, ...valuesOf(conditions)],
    );
    return rows.map((row) => VALUES[kind](row));
  }

  async columnsByNumber<Kind extends ColumnKind>(
    kind: Kind,
    project: number,
    numbers: NumberRange | readonly number[],
    range: SessionRange,
    checks: readonly Check[],
  ): Promise<ColumnValues[Kind][]> {
    const conditions: Condition[] = [
      ['s.project = ?', project],
      [`s.listing <> ${Listing.hidden}`],
      ...startsOf(range, 's.start_ns'),
      ...checks.map((check) => checkOf(check, project)),
    ];
    const which = 'first' in numbers ? 's.no BETWEEN ? AND ?' : 's.no = ANY(?::int8[])';
    const rows = await this.#rows(
      `SELECT ${COLUMNS[kind]} FROM session AS s WHERE ${which} AND ${joined(conditions)}`,
      [...('first' in numbers ? [numbers.first, numbers.last] : [int8s(numbers)]), ...valuesOf(conditions)],
    );
    return rows.map((row) => VALUES[kind](row));
  }

  async greatest(
    by: 'cost' | 'duration',
    value: bigint,
    { startFromNs, startToNs, lastFromNs }: Required<SessionRange>,
    limit: number,
  ): Promise<AmountRow[]> {
    const rows = await this.#rows(
      `SELECT ${LISTED_COLUMNS}, ${AMOUNTS[by]} AS amount FROM session_facet AS f JOIN session AS s ON s.no = f.session
       WHERE f.facet = ? AND f.start_ns BETWEEN ? AND ? AND s.last_ns >= ? AND ${AMOUNTS[by]} IS NOT NULL
       ORDER BY amount DESC, s.start_ns DESC, s.id DESC LIMIT ?`,
      [value, startFromNs!, startToNs!, lastFromNs!, limit],
    );
    return rows.map((row) => ({ amount: row[LISTED_LENGTH] as bigint, session: listedSession(row) }));
  }

  async rollups(
    project: number,
    level: number,
    first: bigint,
    last: bigint,
    dimensions: readonly number[] = SUMMED,
  ): Promise<RollupRow[]> {
    const rows = await this.#rows(
      `SELECT dimension, name, sum(count) FROM rollup
       WHERE project = ? AND level = ? AND dimension IN (${dimensions.join(', ')}) AND bucket BETWEEN ? AND ? GROUP BY dimension, name`,
      [project, level, first, last],
    );
    return rows.map(([dimension, name, count]) => ({
      dimension: dimension as number,
      name: textOf(name),
      count: count as bigint,
    }));
  }

  async rollupUsers(project: number, level: number, first: bigint, last: bigint): Promise<string[]> {
    const rows = await this.#rows(
      `SELECT name FROM rollup WHERE project = ? AND level = ? AND dimension = ${Dimension.user} AND bucket BETWEEN ? AND ?`,
      [project, level, first, last],
    );
    return rows.map(([name]) => textOf(name));
  }

  async countRollupUsers(project: number, level: number): Promise<number> {
    const [row] = await this.#rows(
      `SELECT count(*) FROM rollup WHERE project = ? AND level = ? AND dimension = ${Dimension.user}`,
      [project, level],
    );
    return Number(row?.[0] ?? 0);
  }

  async timeline(
    project: number,
    level: number,
    first: bigint,
    last: bigint,
    bucketsAStep: bigint,
  ): Promise<TimelineRow[]> {
    const rows = await this.#rows(
      `SELECT bucket / ? AS step, model, ${TIMELINE_COLUMNS.map((name) => `sum(${name})`).join(', ')}
       FROM timeline WHERE project = ? AND level = ? AND bucket BETWEEN ? AND ? GROUP BY step, model`,
      [bucketsAStep, project, level, first, last],
    );
    return rows.map(([step, model, ...sums]) => ({
      step: step as bigint,
      model: textOf(model),
      ...(Object.fromEntries(TIMELINE_COLUMNS.map((name, i) => [name, sums[i]])) as Record<
        (typeof TIMELINE_COLUMNS)[number],
        bigint
      >),
    }));
  }

  async firstStart(project: number, fromNs: bigint, toNs: bigint): Promise<bigint | undefined> {
    const firsts = LISTED.map(
      (listing): Condition => [
        `(SELECT min(start_ns) FROM session WHERE project = ? AND listing = ${listing} AND start_ns BETWEEN ? AND ?)`,
        project,
        fromNs,
        toNs,
      ],
    );
    const [row] = await this.#rows(`SELECT least(${joined(firsts, ', ')})`, valuesOf(firsts));
    return (row?.[0] as bigint | null | undefined) ?? undefined;
  }

  async #listed(sql: string, values: readonly SqlValue[]): Promise<ListedSession[]> {
    const rows = await this.#rows(sql, values);
    return rows.map(listedSession);
  }

  /** Runs a statement with a `?` for each value. Texts are those of senders, so they are bytes. */
  async #rows(sql: string, values: readonly (SqlValue | Uint8Array)[]): Promise<readonly Row[]> {
    let number = 0;
    const { rows } = await this.#session.run({
      text: sql.replaceAll('?', () => `$${++number}`),
      values: values.map((value): Value => (typeof value === 'string' ? utf8(value) : value)),
    });
    return rows;
  }
}
