import type { SessionFilter, SessionPosition } from '../contract/store.js';
import { LISTED, Listing, MAX_INTEGER } from '../sqlite/database.js';
import { type Bits, CHUNK_SESSIONS, clearBit, countBits, eachBit } from './columns/bits.js';
import { Chunk, Part, type PartNumber } from './columns/chunk.js';
import type { ChunkHead, ColumnRows, SessionNumbers } from './columns/column-rows.js';
import {
  type Condition,
  checksOf,
  columnFilterOf,
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
  readonly columnRows: ColumnRows;
  /** Sessions of a lead up to which they are read by their rows, whatever there is by columns. Infinite: all always are. */
  readonly fewSessions: number;
}

/** What is read of each session: expressions over its row `s`, each a number, a text or NULL. Whole numbers up to 2^53. */
export type Columns = readonly Condition[];

/** A value of each column. */
export type Values = readonly (number | string | null)[];

/** So many times as many sessions take as long to read in one pass as those of a lead. */
const MUCH_MORE = 4;

/** Sessions read in one go. SQLite writes them as one text, which takes a third of the time that as many rows take. */
const SESSIONS_AT_ONCE = 4_000;

/** The sessions that match a filter: of each chunk those that it tells of, and all others by their rows; each once, in no order. */
export interface Matching {
  readonly chunks: AsyncIterable<MatchedChunk>;
  /** Values of the columns, some thousand sessions at a time. */
  readonly rows: AsyncIterable<readonly Values[]>;
}

export interface MatchedChunk {
  readonly chunk: Chunk;
  /** The matching ones, at least one. */
  readonly sessions: Bits;
  /** No session of the chunk has a later last activity. */
  readonly greatestLastNs: bigint;
}

/** Chunks read at a time. */
export const CHUNKS_AT_ONCE = 32;

/** What is read of the sessions that match. A cost of more than 2^63 nano-USD is compared as that. */
export interface Wanted {
  readonly columns: Columns;
  /** Parts of chunks. */
  readonly parts: readonly PartNumber[];
}

/** Finds the sessions that match a filter, and of them those that meet `conditions` where they are read by their rows. */
export async function matchingSessions(
  filter: SessionFilter,
  wanted: Wanted,
  options: MatchOptions,
  conditions: readonly Condition[] = [],
): Promise<Matching> {
  const { startFromNs = 0n, startToNs = MAX_INTEGER } = filter;
  const plan = startFromNs > startToNs ? undefined : planOf(filter, options);
  if (plan === undefined) return { chunks: none(), rows: none() };
  const isFew = (plan.lead?.count ?? Number.POSITIVE_INFINITY) <= options.fewSessions;
  const way = isFew ? undefined : await columnWay(filter, options);
  if (way === undefined) return { chunks: none(), rows: rowsOf(filter, wanted.columns, options, conditions) };
  return {
    chunks: chunksOf(filter, way, wanted.parts, options),
    rows: looseRows(filter, way, wanted.columns, [...checksOf(allProbes(plan)), ...conditions], options),
  };
}

async function* none(): AsyncGenerator<never> {}

/** What is read by columns, and what by rows. */
interface ColumnWay {
  readonly heads: readonly ChunkHead[];
  /** Sessions of the chunks that are told by their rows. */
  readonly loose: readonly number[];
  readonly unpacked: readonly SessionNumbers[];
}

/** Undefined where more sessions are to be read by rows than are in chunks: then all are. */
export async function columnWay(
  filter: SessionFilter,
  { columnRows, project, fewSessions }: MatchOptions,
): Promise<ColumnWay | undefined> {
  if (fewSessions === Number.POSITIVE_INFINITY) return undefined;
  const heads = await columnRows.heads(project, filter);
  const unpacked = await columnRows.unpacked();
  const loose = await columnRows.loose();
  const byRows = unpacked.reduce((sum, { first, last }) => sum + last - first + 1, loose.length);
  return byRows > heads.length * CHUNK_SESSIONS ? undefined : { heads, loose, unpacked };
}

export async function* chunksOf(
  filter: SessionFilter,
  { heads, loose }: ColumnWay,
  parts: readonly PartNumber[],
  { columnRows, project, expiredNs, checkpoint }: MatchOptions,
): AsyncGenerator<MatchedChunk> {
  const { startFromNs = 0n, startToNs = MAX_INTEGER, ...rest } = filter;
  const inner = columnFilterOf(rest);
  const whole = columnFilterOf(filter);
  const numbers = await columnRows.userNumbers(project, filter.userIds ?? []);
  const users = new Set(numbers.values());
  const first = [Part.base, ...inner.parts];
  const later = parts.filter((part) => !first.includes(part));
  for (let at = 0; at < heads.length; at += CHUNKS_AT_ONCE) {
    checkpoint();
    const some = heads.slice(at, at + CHUNKS_AT_ONCE);
    const read = await columnRows.parts(
      project,
      some.map(({ chunk }) => chunk),
      first,
    );
    const found: (MatchedChunk & { no: number; bytes: Map<PartNumber, Uint8Array> })[] = [];
    for (const [i, { chunk: no, leastStartNs, greatestStartNs, greatestLastNs }] of some.entries()) {
      const bytes = new Map(first.map((part, each) => [part, read[i]![each]!]));
      const chunk = new Chunk(no * CHUNK_SESSIONS, (part) => bytes.get(part)!);
      const sessions = chunk.all();
      takeOutLoose(sessions, chunk, loose);
      const isInside = startFromNs <= leastStartNs && greatestStartNs <= startToNs;
      (isInside ? inner : whole).keep(sessions, chunk, { expiredNs, users });
      if (countBits(sessions) > 0) found.push({ chunk, no, sessions, greatestLastNs, bytes });
    }
    if (later.length > 0 && found.length > 0) {
      const more = await columnRows.parts(
        project,
        found.map(({ no }) => no),
        later,
      );
      for (const [i, { bytes }] of found.entries()) {
        for (const [each, part] of later.entries()) bytes.set(part, more[i]![each]!);
      }
    }
    yield* found;
  }
}

/** Takes the sessions out whose numbers are among these, which are in order. */
function takeOutLoose(sessions: Bits, { firstNo, slots }: Chunk, loose: readonly number[]): void {
  let at = firstIndex(loose, firstNo);
  for (; at < loose.length && loose[at]! < firstNo + CHUNK_SESSIONS; at++) {
    const place = slots.indexOf(loose[at]! - firstNo);
    if (place >= 0) clearBit(sessions, place);
  }
}

/** Where the first number that is not below another stands. */
function firstIndex(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The sessions that no chunk tells, by their numbers. */
export async function* looseRows(
  filter: SessionFilter,
  { loose, unpacked }: ColumnWay,
  columns: Columns,
  checks: readonly Condition[],
  { prepare, project, checkpoint }: MatchOptions,
): AsyncGenerator<readonly Values[]> {
  const range: Condition[] = [
    ['s.project = ?', project],
    [`s.listing <> ${Listing.hidden}`],
    ...startsIn(filter),
    ...checks,
  ];
  const select = (numbers: Condition): Values[] => {
    checkpoint();
    const where = [numbers, ...range];
    const row = prepare(
      `SELECT json_group_array(json_array(${textOf(columns, ', ')})) AS rows FROM session AS s WHERE ${textOf(where)}`,
    ).get(...valuesOf(columns), ...valuesOf(where))!;
    return JSON.parse(row.rows as string) as Values[];
  };
  for (const { first, last } of unpacked) {
    for (let from = first; from <= last; from += SESSIONS_AT_ONCE) {
      yield select(['s.no BETWEEN ? AND ?', from, Math.min(last, from + SESSIONS_AT_ONCE - 1)]);
    }
  }
  for (let at = 0; at < loose.length; at += SESSIONS_AT_ONCE) {
    const numbers = JSON.stringify(loose.slice(at, at + SESSIONS_AT_ONCE));
    yield select(['s.no IN (SELECT value FROM json_each(?))', numbers]);
  }
}

/** The columns of every listed session that matches and meets these conditions on its row `s`, in no order; each once. */
async function* rowsOf(
  filter: SessionFilter,
  columns: Columns,
  options: MatchOptions,
  conditions: readonly Condition[],
): AsyncGenerator<readonly Values[]> {
  for (const part of partsOf(filter)) {
    const plan = planOf(part, options);
    if (plan === undefined) continue;
    const { sources, checks, overlap } = wayTo(part, plan, options);
    const seen = overlap ? new Set<unknown>() : undefined;
    const all = [...checks, ...conditions];
    for (const source of sources) {
      for (const rows of read(part, source, all, [['s.no'], ...columns], options)) {
        const values: Values[] = [];
        for (const [no, ...row] of rows) {
          if (seen?.has(no)) continue;
          seen?.add(no);
          values.push(row);
        }
        yield values;
      }
    }
  }
}

/** A plan whose lead is a check as well. */
function allProbes(plan: Plan): Plan {
  const { lead, probes } = plan;
  return lead?.group === undefined ? plan : { ...plan, probes: [...probes, lead.group] };
}

/** The earliest start of a listed session that matches; undefined where none does. */
export async function firstMatchingStart(
  filter: SessionFilter,
  options: MatchOptions,
): Promise<bigint | undefined> {
  let first: bigint | undefined;
  const take = (startNs: bigint): void => {
    if (first === undefined || startNs < first) first = startNs;
  };
  const columns: Columns = [['CAST(s.start_ns AS TEXT)']];
  const { chunks, rows } = await matchingSessions(filter, { columns, parts: [] }, options);
  for await (const { chunk, sessions } of chunks) eachBit(sessions, (place) => take(chunk.startNs(place)));
  for await (const some of rows) for (const [startNs] of some) take(BigInt(startNs!));
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
  return { sources: all, checks: checksOf(allProbes(plan)), overlap: false };
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
): Generator<readonly Values[]> {
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
    yield JSON.parse(rows.rows as string) as Values[];
    const last = prepare(`SELECT start_ns, id ${inRange} LIMIT 1 OFFSET ?`).get(
      ...valuesOf(range),
      SESSIONS_AT_ONCE - 1,
    );
    if (last === undefined) return;
    after = { startNs: last.start_ns as bigint, id: last.id as string };
  }
}
