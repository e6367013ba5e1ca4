import type { Session } from '../../sessionize/session.js';
import { MAX_INTEGER } from '../contract/listing.js';
import type { UsageGaps } from '../contract/session.js';
import type { SessionFilter, SessionRange } from '../contract/session-filter.js';
import type { Statistics } from '../contract/statistics.js';
import { FacetKind } from '../engine/facets.js';
import { Dimension, LEVEL_NS, MICROS, type Tally, tallyOf } from '../engine/rollups.js';

import { sessionsFromBefore, startsIn } from './active-range.js';
import { type Bits, CHUNK_SESSIONS, countBits, countCommon, eachBit, hasBit } from './columns/bits.js';
import { type Chunk, Flag, isAtLeast, Part, split } from './columns/chunk.js';
import type { ChunkHead } from './columns/column-rows.js';
import { UniqueUsers } from './columns/unique-users.js';
import { Durations, nanoseconds } from './durations.js';
import {
  CHUNKS_AT_ONCE,
  chunksOf,
  columnWay,
  looseRows,
  type MatchOptions,
  matchingSessions,
} from './matching-sessions.js';
import { partsOfRange, type RangePart } from './start-range.js';
import { together } from './together.js';

const ALL_TIME = LEVEL_NS.length - 1;

/**
 * Exact statistics of the sessions that started in a range or were active in it. All time, or whole days and
 * hours, come from rollups. The rest comes from the sessions themselves: both ends, and sessions that started
 * before the range. Distinct users cannot be added up, so they are counted from chunks.
 */
export async function readStatistics(range: SessionRange, options: MatchOptions): Promise<Statistics> {
  const { startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs } = range;
  const { rows, project, expiredNs } = options;
  const activeFrom = lastFromNs !== undefined && lastFromNs > expiredNs ? lastFromNs : expiredNs + 1n;
  const starts = { startFromNs, startToNs };
  const [sums, open] = await together([
    sumsOf(range, options),
    startFromNs > startToNs ? Promise.resolve(0) : rows.countActive(project, starts, activeFrom),
  ]);
  return statisticsOf(sums, open, options);
}

/**
 * The same for the sessions that match any filter, read by columns and rows. With `withDurations` also quantiles of
 * the durations, in the same pass.
 */
export async function countMatching(
  filter: SessionFilter,
  options: MatchOptions,
  withDurations = false,
): Promise<Statistics> {
  const sums = new Sums();
  const durations = withDurations ? new Durations() : undefined;
  const open = await addMatching(filter, sums, options, durations);
  const quantiles = durations?.quantiles([]).all;
  return { ...(await statisticsOf(sums, open, options)), ...(quantiles && { durations: quantiles }) };
}

/** Adds the sessions that match a filter, one by one. Returns how many of them are open. */
async function addMatching(
  filter: SessionFilter,
  sums: Sums,
  options: MatchOptions,
  durations?: Durations,
): Promise<number> {
  let open = 0;
  const tallies = new Tallies(sums);
  const alive = split(options.expiredNs + 1n);
  const { chunks, rows } = await matchingSessions(
    filter,
    { kind: 'statistics', parts: [Part.users] },
    options,
  );
  for await (const { chunk, sessions, greatestLastNs } of chunks) {
    tallies.addChunk(chunk, sessions);
    if (durations !== undefined) {
      eachBit(sessions, (place) =>
        durations.add(nanoseconds(chunk.durationSeconds[place]!, chunk.durationNanos[place]!)),
      );
    }
    if (greatestLastNs <= options.expiredNs) continue;
    const closed = chunk.flagged(Flag.closed);
    eachBit(sessions, (place) => {
      if (chunk.isActiveAt(place, alive) && !hasBit(closed, place)) open++;
    });
  }
  for await (const some of rows) {
    for (const row of some) {
      const [, seconds, nanos, lastSeconds, lastNanos, closed, errors, spans, ...rest] = row;
      const [unpriced, unreported, device, country, user] = rest;
      durations?.add(nanoseconds(seconds, nanos));
      if (closed === 0 && isAtLeast(lastSeconds, lastNanos, alive.seconds, alive.nanos)) open++;
      tallies.add({
        durationSeconds: seconds,
        durationMicros: Math.floor(nanos / NANOS_PER_MICRO),
        errors: errors === 1,
        genai: unpriced !== null,
        bounce: spans <= 1,
        device: device ?? 'unknown',
        country: country ?? '',
        user: user ?? '',
        unpricedCount: unpriced ?? 0,
        unreportedCount: unreported ?? 0,
      });
    }
  }
  tallies.flush();
  return open;
}

async function statisticsOf(
  sums: Sums,
  openSessions: number,
  { project, columnRows }: MatchOptions,
): Promise<Statistics> {
  return {
    openSessions,
    totalSessions: Number(sums.get(Dimension.sessions)),
    uniqueUsers: sums.allUsers ?? (await sums.users.count(project, columnRows)),
    durationMicros: sums.get(Dimension.durationSeconds) * MICROS + sums.get(Dimension.durationMicros),
    sessionsWithErrors: Number(sums.get(Dimension.errors)),
    sessionsWithGenAi: Number(sums.get(Dimension.genai)),
    bounces: Number(sums.get(Dimension.bounces)),
    ...gapsIn(sums),
    byDeviceType: sums.devices,
    byCountry: sums.countries,
  };
}

/** Number of calls of the sessions of a range with unknown cost or unknown tokens. */
export async function readGaps(range: SessionRange, options: MatchOptions): Promise<UsageGaps> {
  return gapsIn(await sumsOf(range, options, GAPS));
}

/** The dimensions that count calls missing in the totals. */
const GAPS = [Dimension.unpriced, Dimension.unreported] as const;

/** Sums over the sessions of a range: all, including users, or at least these dimensions. */
async function sumsOf(
  range: SessionRange,
  options: MatchOptions,
  dimensions?: readonly number[],
): Promise<Sums> {
  const withUsers = dimensions === undefined;
  const { fromNs, toNs } = startsIn(range);
  const sums = new Sums();
  const parts = [...partsOfRange(fromNs, toNs, LEVEL_NS)];
  const isAllTime = parts.length === 1 && parts[0]!.level === ALL_TIME && range.lastFromNs === undefined;
  const { rows, project } = options;
  const addPart = async (part: RangePart): Promise<void> => {
    if (part.level === undefined) {
      await addMatching({ startFromNs: part.fromNs, startToNs: part.toNs }, sums, options);
      return;
    }
    const { level, first, last } = part;
    for (const { dimension, name, count } of await rows.rollups(project, level, first, last, dimensions)) {
      sums.add(dimension, name, count);
    }
  };
  const addAllUsers = async (): Promise<void> => {
    if (!withUsers) return;
    if (isAllTime) {
      sums.allUsers = await rows.countRollupUsers(project, ALL_TIME);
      return;
    }
    if (await addUsers(fromNs, toNs, sums.users, options)) return;
    for (const part of parts) {
      if (part.level === undefined) continue;
      for (const user of await rows.rollupUsers(project, part.level, part.first, part.last))
        sums.users.addId(user);
    }
  };
  await together([addAllUsers(), ...parts.map(addPart)]);
  for await (const sessions of sessionsFromBefore(rows, project, range)) addSessions(sessions, sums);
  return sums;
}

/**
 * Adds the users of the sessions that started in a range, from chunks. False if too few sessions are in
 * chunks.
 */
async function addUsers(
  startFromNs: bigint,
  startToNs: bigint,
  users: UniqueUsers,
  options: MatchOptions,
): Promise<boolean> {
  const filter = { startFromNs, startToNs };
  const way = startFromNs > startToNs ? undefined : await columnWay(filter, options);
  if (way === undefined) return false;
  const { project, columnRows, checkpoint } = options;
  const loose = new Set(way.loose.map((no) => Math.floor(no / CHUNK_SESSIONS)));
  const isWhole = ({ chunk, leastStartNs, greatestStartNs }: ChunkHead): boolean =>
    startFromNs <= leastStartNs && greatestStartNs <= startToNs && !loose.has(chunk);
  const whole = way.heads.filter(isWhole).map(({ chunk }) => chunk);
  for (let at = 0; at < whole.length; at += CHUNKS_AT_ONCE) {
    checkpoint();
    const read = await columnRows.users(project, whole.slice(at, at + CHUNKS_AT_ONCE));
    for (const byPlace of read) users.addNumbers(byPlace);
  }
  const rest = { ...way, heads: way.heads.filter((head) => !isWhole(head)) };
  for await (const { chunk, sessions } of chunksOf(filter, rest, [Part.users], options)) {
    const byPlace = chunk.users.users;
    eachBit(sessions, (place) => users.addNumber(byPlace[place]!));
  }
  for await (const rows of looseRows(filter, way, 'user', [], options)) {
    for (const [, user] of rows) if (user !== null) users.addId(user);
  }
  return true;
}

function gapsIn(sums: Sums): UsageGaps {
  return {
    unpricedCount: Number(sums.get(Dimension.unpriced)),
    unreportedCount: Number(sums.get(Dimension.unreported)),
  };
}

class Sums {
  readonly #counts = new Map<number, bigint>();
  readonly devices = new Map<string, number>();
  readonly countries = new Map<string, { name: string | undefined; count: number }>();
  readonly users = new UniqueUsers();
  /** Number of distinct users of all time, if that is the range: a count without names. */
  allUsers: number | undefined;

  get(dimension: number): bigint {
    return this.#counts.get(dimension) ?? 0n;
  }

  add(dimension: number, name: string, count: bigint): void {
    if (dimension === Dimension.device) {
      this.devices.set(name, (this.devices.get(name) ?? 0) + Number(count));
    } else if (dimension === Dimension.country) {
      const code = name.slice(0, 2);
      const known = this.countries.get(code);
      this.countries.set(code, {
        // One name for each code in any order: the first non-empty one in alphabetical order.
        name: [known?.name, name.slice(3) || undefined].filter((text) => text !== undefined).sort()[0],
        count: (known?.count ?? 0) + Number(count),
      });
    } else {
      this.#counts.set(dimension, this.get(dimension) + count);
    }
  }
}

function addSessions(sessions: Iterable<Session>, sums: Sums): void {
  const tallies = new Tallies(sums);
  for (const session of sessions) {
    const { usage, ...tally } = tallyOf(session);
    const { unpricedCount = 0, unreportedCount = 0 } = usage?.all ?? {};
    tallies.add({ ...tally, unpricedCount, unreportedCount });
  }
  tallies.flush();
}

/**
 * The durations of this many of the longest possible sessions add up to seconds that a double represents
 * exactly.
 */
const MOST_TALLIES = 500_000;

/** Adds up single sessions as numbers. Adding each to large sums would take several times as long. */
class Tallies {
  readonly #sums: Sums;
  readonly #counts = new Map<number, number>();
  readonly #devices = new Map<string, number>();
  readonly #countries = new Map<string, number>();
  #sessions = 0;
  #seconds = 0;
  #micros = 0;
  #bounces = 0;

  constructor(sums: Sums) {
    this.#sums = sums;
  }

  add(tally: Omit<Tally, 'startNs' | 'usage'> & UsageGaps): void {
    this.#sessions++;
    this.#seconds += tally.durationSeconds;
    this.#micros += tally.durationMicros;
    if (tally.bounce) this.#bounces++;
    if (tally.errors) count(this.#counts, Dimension.errors);
    if (tally.genai) count(this.#counts, Dimension.genai);
    if (tally.unpricedCount > 0) count(this.#counts, Dimension.unpriced, tally.unpricedCount);
    if (tally.unreportedCount > 0) count(this.#counts, Dimension.unreported, tally.unreportedCount);
    count(this.#devices, tally.device);
    if (tally.country !== '') count(this.#countries, tally.country);
    if (tally.user !== '') this.#sums.users.addId(tally.user);
    if (this.#sessions === MOST_TALLIES) this.flush();
  }

  addChunk(chunk: Chunk, sessions: Bits): void {
    const { users } = this.#sums;
    if (this.#sessions + chunk.count > MOST_TALLIES) this.flush();
    this.#sessions += countBits(sessions);
    let [seconds, micros] = [0, 0];
    const { durationSeconds, durationNanos } = chunk;
    const { users: byPlace } = chunk.users;
    eachBit(sessions, (place) => {
      seconds += durationSeconds[place]!;
      micros += Math.floor(durationNanos[place]! / NANOS_PER_MICRO);
      users.addNumber(byPlace[place]!);
    });
    this.#seconds += seconds;
    this.#micros += micros;
    this.#bounces += countCommon(sessions, chunk.flagged(Flag.bounce));
    count(this.#counts, Dimension.errors, countCommon(sessions, chunk.withErrors()));
    count(this.#counts, Dimension.genai, countCommon(sessions, chunk.flagged(Flag.genai)));
    const gaps = gapsOf(chunk, sessions);
    count(this.#counts, Dimension.unpriced, gaps.unpricedCount);
    count(this.#counts, Dimension.unreported, gaps.unreportedCount);
    chunk.eachValue(FacetKind.device, (device, having) => addCount(this.#devices, device, sessions, having));
    chunk.eachCountry((country, having) => addCount(this.#countries, country, sessions, having));
  }

  /** Adds the numbers to the sums. */
  flush(): void {
    const sums = this.#sums;
    sums.add(Dimension.sessions, '', BigInt(this.#sessions));
    sums.add(Dimension.durationSeconds, '', BigInt(this.#seconds));
    sums.add(Dimension.durationMicros, '', BigInt(this.#micros));
    sums.add(Dimension.bounces, '', BigInt(this.#bounces));
    for (const [dimension, number] of this.#counts) sums.add(dimension, '', BigInt(number));
    for (const [name, number] of this.#devices) sums.add(Dimension.device, name, BigInt(number));
    for (const [name, number] of this.#countries) sums.add(Dimension.country, name, BigInt(number));
    this.#sessions = this.#seconds = this.#micros = this.#bounces = 0;
    for (const gathered of [this.#counts, this.#devices, this.#countries]) gathered.clear();
  }
}

function addCount(counts: Map<string, number>, key: string, sessions: Bits, having: Bits): void {
  const more = countCommon(sessions, having);
  if (more > 0) count(counts, key, more);
}

const NANOS_PER_MICRO = 1000;

/** The gaps of any number of sessions. */
export class GapSums implements UsageGaps {
  unpricedCount = 0;
  unreportedCount = 0;

  add({ unpricedCount, unreportedCount }: UsageGaps): void {
    this.unpricedCount += unpricedCount;
    this.unreportedCount += unreportedCount;
  }
}

/** Number of calls that are missing in totals of sessions of a chunk. */
export function gapsOf({ gapPlaces, unpriced, unreported }: Chunk, sessions: Bits): UsageGaps {
  const gaps = { unpricedCount: 0, unreportedCount: 0 };
  for (let row = 0; row < gapPlaces.length; row++) {
    if (!hasBit(sessions, gapPlaces[row]!)) continue;
    gaps.unpricedCount += unpriced[row]!;
    gaps.unreportedCount += unreported[row]!;
  }
  return gaps;
}

function count<Key>(counts: Map<Key, number>, key: Key, more = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
