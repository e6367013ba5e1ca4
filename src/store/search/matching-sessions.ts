import { LISTED, MAX_INTEGER } from '../contract/listing.js';
import type { SessionPosition } from '../contract/session.js';
import type { SessionFilter } from '../contract/session-filter.js';
import { type Bits, CHUNK_SESSIONS, clearBit, countBits, eachBit } from './columns/bits.js';
import { Chunk, Part, type PartNumber } from './columns/chunk.js';
import type { ChunkHead, ColumnRows, SessionNumbers } from './columns/column-rows.js';
import { type ChunkCheck, keep, partsOf, usersOf } from './columns/keep.js';
import { areInColumns, chunkChecksOf, type LookupOptions, type Plan, planOf } from './filters.js';
import type { Check, ColumnKind, ColumnValues, Source } from './search-rows.js';
import { together } from './together.js';

/**
 * All sessions that match a filter, for counting over them (docs/decisions/010-filtered-statistics.md). Most
 * are read by columns, the rest by rows. The cost grows with the number of sessions of the range, or of the
 * rarest value of the filter if those are few.
 */

export interface MatchOptions extends LookupOptions {
  /** Called often. An error that it throws aborts the read. */
  readonly checkpoint: () => void;
  readonly columnRows: ColumnRows;
  /** Up to this number of sessions of a lead, rows are read instead of columns. Infinity: always rows. */
  readonly fewSessions: number;
}

/** Reading this many times as many sessions in one pass takes as long as reading those of a lead. */
const MUCH_MORE = 4;

/** Sessions read by rows at a time. */
const SESSIONS_AT_ONCE = 4_000;

/** Chunks read at a time. */
export const CHUNKS_AT_ONCE = 32;

/**
 * The sessions that match a filter: by chunk if a chunk covers them, all others by rows. Each once, in no
 * order.
 */
export interface Matching<Kind extends ColumnKind> {
  readonly chunks: AsyncIterable<MatchedChunk>;
  /** In batches of a few thousand sessions. */
  readonly rows: AsyncIterable<readonly ColumnValues[Kind][]>;
}

export interface MatchedChunk {
  readonly chunk: Chunk;
  /** The matching sessions, at least one. */
  readonly sessions: Bits;
  /** Bounds of the chunk: no session has an earlier start or a later last activity. */
  readonly leastStartNs: bigint;
  readonly greatestLastNs: bigint;
}

/** What to read of the matching sessions: values of rows, and parts of chunks. */
export interface Wanted<Kind extends ColumnKind> {
  readonly kind: Kind;
  readonly parts: readonly PartNumber[];
}

/** Finds the sessions that match a filter. Costs above 2^63 nano-USD are compared as 2^63. */
export async function matchingSessions<Kind extends ColumnKind>(
  filter: SessionFilter,
  wanted: Wanted<Kind>,
  options: MatchOptions,
): Promise<Matching<Kind>> {
  const { startFromNs = 0n, startToNs = MAX_INTEGER } = filter;
  const plan = startFromNs > startToNs ? undefined : await planOf(filter, options);
  if (plan === undefined) return { chunks: none(), rows: none() };
  const isFew = (plan.lead?.count ?? Number.POSITIVE_INFINITY) <= options.fewSessions;
  const way = isFew || !areInColumns(filter) ? undefined : await columnWay(filter, options);
  if (way === undefined) return { chunks: none(), rows: rowsOf(filter, wanted.kind, options) };
  return {
    chunks: chunksOf(filter, way, wanted.parts, options),
    rows: looseRows(filter, way, wanted.kind, plan.allChecks, options),
  };
}

async function* none(): AsyncGenerator<never> {}

/** Which sessions are read by columns, and which by rows. */
interface ColumnWay {
  /** Ordered by least start. */
  readonly heads: readonly ChunkHead[];
  /** Sessions of the chunks that must be read by their rows. */
  readonly loose: readonly number[];
  readonly unpacked: readonly SessionNumbers[];
}

/** Undefined if rows would be needed for more sessions than are in chunks. Then all are read by rows. */
export async function columnWay(
  filter: SessionFilter,
  { columnRows, project, fewSessions }: MatchOptions,
): Promise<ColumnWay | undefined> {
  if (fewSessions === Number.POSITIVE_INFINITY) return undefined;
  const [heads, unpacked, loose] = await together([
    columnRows.heads(project, filter),
    columnRows.unpacked(),
    columnRows.loose(),
  ]);
  const byRows = unpacked.reduce((sum, { first, last }) => sum + last - first + 1, loose.length);
  return byRows > heads.length * CHUNK_SESSIONS ? undefined : { heads, loose, unpacked };
}

/** The matching sessions of chunks, in order of the heads. */
export async function* chunksOf(
  filter: SessionFilter,
  { heads, loose }: ColumnWay,
  parts: readonly PartNumber[],
  { columnRows, project, expiredNs, checkpoint }: MatchOptions,
): AsyncGenerator<MatchedChunk> {
  const { startFromNs = 0n, startToNs = MAX_INTEGER } = filter;
  const inner = chunkChecksOf(filter, expiredNs);
  if (inner === undefined) return;
  const whole: readonly ChunkCheck[] = [
    { is: 'startAtLeast', value: startFromNs },
    { is: 'startAtMost', value: startToNs },
    ...inner,
  ];
  const users = await columnRows.userNumbers(project, usersOf(inner));
  const first = [Part.base, ...new Set(partsOf(inner))];
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
      keep(sessions, chunk, isInside ? inner : whole, users);
      if (countBits(sessions) > 0) found.push({ chunk, no, sessions, leastStartNs, greatestLastNs, bytes });
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

/** Removes the sessions with these numbers, which are in order. */
function takeOutLoose(sessions: Bits, { firstNo, slots }: Chunk, loose: readonly number[]): void {
  let at = firstIndex(loose, firstNo);
  for (; at < loose.length && loose[at]! < firstNo + CHUNK_SESSIONS; at++) {
    const place = slots.indexOf(loose[at]! - firstNo);
    if (place >= 0) clearBit(sessions, place);
  }
}

/** Index of the first number that is at least `least`. */
function firstIndex(numbers: readonly number[], least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The sessions that no chunk covers, by number. */
export async function* looseRows<Kind extends ColumnKind>(
  filter: SessionFilter,
  { loose, unpacked }: ColumnWay,
  kind: Kind,
  checks: readonly Check[],
  { rows, project, checkpoint }: MatchOptions,
): AsyncGenerator<readonly ColumnValues[Kind][]> {
  for (const { first, last } of unpacked) {
    for (let from = first; from <= last; from += SESSIONS_AT_ONCE) {
      checkpoint();
      const numbers = { first: from, last: Math.min(last, from + SESSIONS_AT_ONCE - 1) };
      yield await rows.columnsByNumber(kind, project, numbers, filter, checks);
    }
  }
  for (let at = 0; at < loose.length; at += SESSIONS_AT_ONCE) {
    checkpoint();
    const numbers = loose.slice(at, at + SESSIONS_AT_ONCE);
    yield await rows.columnsByNumber(kind, project, numbers, filter, checks);
  }
}

/** All listed sessions that match, read by rows. Each once, in no order. */
async function* rowsOf<Kind extends ColumnKind>(
  filter: SessionFilter,
  kind: Kind,
  options: MatchOptions,
): AsyncGenerator<readonly ColumnValues[Kind][]> {
  for (const part of partsOfRange(filter)) {
    const plan = await planOf(part, options);
    if (plan === undefined) continue;
    const { sources, checks, overlap } = await wayTo(part, plan, options);
    const seen = overlap ? new Set<number>() : undefined;
    for (const source of sources) {
      for await (const rows of readSource(part, source, checks, kind, options)) {
        yield seen === undefined ? rows : rows.filter(([no]) => !seen.has(no) && seen.add(no));
      }
    }
  }
}

/** The earliest start of a matching listed session; undefined if there is none. */
export async function firstMatchingStart(
  filter: SessionFilter,
  options: MatchOptions,
): Promise<bigint | undefined> {
  let first: bigint | undefined;
  const take = (startNs: bigint): void => {
    if (first === undefined || startNs < first) first = startNs;
  };
  const { chunks, rows } = await matchingSessions(filter, { kind: 'start', parts: [] }, options);
  for await (const { chunk, sessions, leastStartNs } of chunks) {
    // The remaining chunks begin even later.
    if (first !== undefined && leastStartNs >= first) break;
    eachBit(sessions, (place) => take(chunk.startNs(place)));
  }
  for await (const some of rows) {
    for (const [, seconds, nanos] of some) take(BigInt(seconds) * SECOND_NS + BigInt(nanos));
  }
  return first;
}

const SECOND_NS = 1_000_000_000n;

/**
 * Splits a filter at `lastFromNs`: sessions that started at it or later need no check of their last activity.
 */
export function partsOfRange(filter: SessionFilter): SessionFilter[] {
  const { lastFromNs, startFromNs = 0n, startToNs = MAX_INTEGER, ...rest } = filter;
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

/** What is read, and the checks on each session. */
interface Way {
  readonly sources: readonly Source[];
  readonly checks: readonly Check[];
  /** Whether a session may be in several sources. */
  readonly overlap: boolean;
}

/**
 * Reads all sessions of the range if they are not many more than those of the lead, because all are read in
 * one pass and a lead in one pass for each value. Otherwise reads the lead.
 */
async function wayTo(
  filter: SessionFilter,
  { lead, checks, allChecks }: Plan,
  { rows, project }: MatchOptions,
): Promise<Way> {
  const all = LISTED.map((listing): Source => ({ by: 'start', listing }));
  if (lead === undefined) return { sources: all, checks: allChecks, overlap: false };
  // A session may have several of the leading values.
  const led = { sources: lead.sources, checks, overlap: lead.sources.length > 1 };
  // Sessions active when a range began are found by duration, however many began before.
  if (filter.lastFromNs !== undefined) return led;
  const most = lead.count * MUCH_MORE;
  const { startFromNs, startToNs } = filter;
  let count = 0;
  for (const source of all) {
    count += await rows.count(project, source, { startFromNs, startToNs, direction: 'newer' }, most - count);
    if (count > most) return led;
  }
  return { sources: all, checks: allChecks, overlap: false };
}

/** The matching sessions of a source, earliest start first. */
export async function* readSource<Kind extends ColumnKind>(
  { startFromNs, startToNs }: SessionFilter,
  source: Source,
  checks: readonly Check[],
  kind: Kind,
  { rows, project, checkpoint }: Pick<MatchOptions, 'rows' | 'project' | 'checkpoint'>,
): AsyncGenerator<readonly ColumnValues[Kind][]> {
  let after: SessionPosition | undefined;
  for (;;) {
    checkpoint();
    const bounds = { startFromNs, startToNs, after, direction: 'newer' } as const;
    yield await rows.columns(kind, project, source, bounds, { checks, block: SESSIONS_AT_ONCE });
    after = await rows.position(project, source, bounds, SESSIONS_AT_ONCE - 1);
    if (after === undefined) return;
  }
}
