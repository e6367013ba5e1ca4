import type { SessionPosition } from '../contract/session.js';
import type { SessionFilter } from '../contract/session-filter.js';
import { LISTED, MAX_INTEGER } from '../sqlite/database.js';
import {
  type Condition,
  checksOf,
  type LookupOptions,
  type Plan,
  planOf,
  type Source,
  sessionSource,
  textOf,
  valuesOf,
} from './session-search.js';

/**
 * All sessions that match a filter, for what is counted over them (docs/decisions/010-filtered-statistics.md). What is read grows with
 * the sessions of the range, or with those of the rarest value of the filter where those are fewer.
 */

export interface MatchOptions extends LookupOptions {
  /** Called often; what it throws ends the reading. */
  readonly checkpoint: () => void;
}

/** What is read of each session: expressions over its row `s`, each a number, a text or NULL. Whole numbers up to 2^53. */
export type Columns = readonly Condition[];

/** A value of each column. */
export type Values = readonly (number | string | null)[];

/** So many times as many sessions take as long to read in one pass as those of a lead. */
const MUCH_MORE = 4;

/** Sessions read in one go. SQLite writes them as one text, which takes a third of the time that as many rows take. */
const SESSIONS_AT_ONCE = 4_000;

/** The columns of every listed session that matches and meets these conditions on its row `s`, in no order; each once. A cost of more than 2^63 nano-USD is compared as that. */
export function* matchingSessions(
  filter: SessionFilter,
  columns: Columns,
  options: MatchOptions,
  conditions: readonly Condition[] = [],
): Generator<Values> {
  for (const part of partsOf(filter)) {
    const plan = planOf(part, options);
    if (plan === undefined) continue;
    const { sources, checks, overlap } = wayTo(part, plan, options);
    const seen = overlap ? new Set<unknown>() : undefined;
    const all = [...checks, ...conditions];
    for (const source of sources) {
      for (const [no, ...values] of read(part, source, all, [['s.no'], ...columns], options)) {
        if (seen?.has(no)) continue;
        seen?.add(no);
        yield values;
      }
    }
  }
}

/** The earliest start of a listed session that matches; undefined where none does. */
export function firstMatchingStart(filter: SessionFilter, options: MatchOptions): bigint | undefined {
  let first: bigint | undefined;
  for (const part of partsOf(filter)) {
    const plan = planOf(part, options);
    if (plan === undefined) continue;
    const { sources, checks } = wayTo(part, plan, options);
    for (const source of sources) {
      for (const [startNs] of read(part, source, checks, [['CAST(s.start_ns AS TEXT)']], options)) {
        const start = BigInt(startNs!);
        if (first === undefined || start < first) first = start;
        break;
      }
    }
  }
  return first;
}

/** Those that started from `lastFromNs` on need no look at their last activity; the others do. */
function partsOf(filter: SessionFilter): SessionFilter[] {
  const { lastFromNs, startFromNs = 0n, startToNs = MAX_INTEGER, ...rest } = filter;
  if (startFromNs > startToNs) return [];
  if (lastFromNs === undefined) return [filter];
  const parts: SessionFilter[] = [];
  if (startToNs >= lastFromNs) {
    parts.push({ ...rest, startFromNs: startFromNs > lastFromNs ? startFromNs : lastFromNs, startToNs });
  }
  if (startFromNs < lastFromNs) {
    parts.push({
      ...rest,
      lastFromNs,
      startFromNs,
      startToNs: startToNs < lastFromNs ? startToNs : lastFromNs - 1n,
    });
  }
  return parts;
}

/** What is read, and what each session read has to meet. */
interface Way {
  readonly sources: readonly Source[];
  readonly checks: readonly Condition[];
  /** Whether a session may be in several sources. */
  readonly overlap: boolean;
}

/** By the lead of the plan, or by all sessions of the range unless those are many more: they are read in one pass, and those of a lead in one for each value. */
function wayTo(filter: SessionFilter, plan: Plan, options: MatchOptions): Way {
  const { prepare, project } = options;
  const { lead } = plan;
  const all = LISTED.map((listing) => sessionSource(project, 'session_by_start', ['listing = ?', listing]));
  if (lead === undefined) return { sources: all, checks: checksOf(plan), overlap: false };
  // Of several values that lead, a session may have more than one.
  const led = { sources: lead.sources, checks: checksOf(plan), overlap: lead.sources.length > 1 };
  // Sessions that were active when a range began are found by their duration, however many began before.
  if (filter.lastFromNs !== undefined) return led;
  const most = lead.count * MUCH_MORE;
  let count = 0;
  for (const source of all) {
    const where = [...source.where, ...startsIn(filter)];
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${source.from} WHERE ${textOf(where)} LIMIT ?)`;
    count += Number(prepare(sql).get(...valuesOf(where), most + 1 - count)!.n);
    if (count > most) return led;
  }
  const probes = lead.group === undefined ? plan.probes : [...plan.probes, lead.group];
  return { sources: all, checks: checksOf({ ...plan, probes }), overlap: false };
}

function startsIn({ startFromNs, startToNs }: SessionFilter): Condition[] {
  return [
    ...(startFromNs === undefined ? [] : [['start_ns >= ?', startFromNs] as const]),
    ...(startToNs === undefined ? [] : [['start_ns <= ?', startToNs] as const]),
  ];
}

function upTo({ startToNs }: SessionFilter): SessionFilter {
  return startToNs === undefined ? {} : { startToNs };
}

/** The columns of the sessions of a source that match, earliest start first. */
function* read(
  filter: SessionFilter,
  { from, session, where }: Source,
  checks: readonly Condition[],
  columns: Columns,
  { prepare, checkpoint }: MatchOptions,
): Generator<Values> {
  let after: SessionPosition | undefined;
  for (;;) {
    checkpoint();
    // With two lower bounds SQLite may go by the lower one, and so come by all that was read before.
    const range: Condition[] = [...where, ...startsIn(after === undefined ? filter : upTo(filter))];
    if (after !== undefined) range.push(['(start_ns, id) > (?, ?)', after.startNs, after.id]);
    const inRange = `FROM ${from} WHERE ${textOf(range)} ORDER BY start_ns, id`;
    const rows = prepare(
      `SELECT json_group_array(json_array(${textOf(columns, ', ')})) AS rows
       FROM (SELECT ${session} AS session ${inRange} LIMIT ?) AS c CROSS JOIN session AS s ON s.no = c.session
       ${checks.length === 0 ? '' : `WHERE ${textOf(checks)}`}`,
    ).get(...valuesOf(columns), ...valuesOf(range), SESSIONS_AT_ONCE, ...valuesOf(checks))!;
    yield* JSON.parse(rows.rows as string) as Values[];
    const last = prepare(`SELECT start_ns, id ${inRange} LIMIT 1 OFFSET ?`).get(
      ...valuesOf(range),
      SESSIONS_AT_ONCE - 1,
    );
    if (last === undefined) return;
    after = { startNs: last.start_ns as bigint, id: last.id as string };
  }
}
