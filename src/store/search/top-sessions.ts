import { compareStarts } from '../contract/list-order.js';
import { MAX_INTEGER } from '../contract/listing.js';
import type { ListedSession } from '../contract/session.js';
import type { SessionRange } from '../contract/session-filter.js';
import type { StoredTop, TopScan } from '../contract/statistics.js';
import { FacetKind } from '../engine/facets.js';
import { NANO_PER_USD } from '../engine/timeline-rows.js';
import { spanningWindows, startsIn } from './active-range.js';
import { type Bits, eachBit, hasBit } from './columns/bits.js';
import { type Chunk, Part } from './columns/chunk.js';
import type { ChunkHead } from './columns/column-rows.js';
import type { LookupOptions } from './filters.js';
import { chunksOf, columnWay, looseRows, type MatchOptions, matchingSessions } from './matching-sessions.js';
import type { AmountRow, Check } from './search-rows.js';
import { GapSums, gapsOf } from './statistics.js';

/**
 * The sessions of a range with the greatest cost or duration. A chunk knows its greatest amount, so chunks
 * are read from the greatest on, as long as they may have a result. Sessions that no chunk covers are read by
 * rows.
 */
export async function readTopSessions(
  { by, limit, ...range }: SessionRange & Pick<TopScan, 'by' | 'limit'>,
  options: MatchOptions,
): Promise<ListedSession[]> {
  const { startFromNs = 0n, startToNs = MAX_INTEGER } = range;
  if (startFromNs > startToNs) return [];
  const way = await columnWay(range, options);
  if (way === undefined) return readTopByRows({ by, limit, ...range }, options);
  const greatest = new Greatest(limit);
  const checks: readonly Check[] =
    range.lastFromNs === undefined ? [] : [{ is: 'atLeast', column: 'lastNs', value: range.lastFromNs }];
  for await (const rows of looseRows(range, way, by, checks, options)) {
    for (const [no, amount, startNs] of rows) {
      if (amount !== null) greatest.add(no, BigInt(amount), BigInt(startNs));
    }
  }
  const greatestIn = (head: ChunkHead): Amount | undefined => {
    const amount = by === 'cost' ? head.greatestCostNanoUsd : head.greatestDurationNs;
    return amount === undefined ? undefined : { no: 0, amount, startNs: head.greatestStartNs };
  };
  const heads = way.heads
    .flatMap((head) => {
      const most = greatestIn(head);
      return most === undefined ? [] : [{ head, most }];
    })
    .sort((a, b) => compareAmounts(a.most, b.most));
  for (const { head, most } of heads) {
    if (!greatest.hasRoomFor(most)) break;
    const chunks = chunksOf(range, { ...way, heads: [head] }, PARTS[by], options);
    for await (const { chunk, sessions } of chunks) ADDING[by](greatest, chunk, sessions);
  }
  return sessionsOf(await rowsOf(greatest, options), limit);
}

/**
 * The same by the index of values, which has amounts in buckets. Buckets are read from the greatest on, until
 * there are enough sessions.
 */
async function readTopByRows(
  { by, limit, ...range }: SessionRange & Pick<TopScan, 'by' | 'limit'>,
  { rows, project }: LookupOptions,
): Promise<ListedSession[]> {
  const { startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs = 0n } = range;
  const { fromNs, toNs } = startsIn(range);
  const buckets = await rows.values(project, FacetKind[by]);
  const top: AmountRow[] = [];
  for (const { no } of [...buckets].reverse()) {
    const starts = { startFromNs: fromNs, startToNs: toNs, lastFromNs };
    top.push(...(await rows.greatest(by, no, starts, limit - top.length)));
    if (top.length === limit) break;
  }
  if (range.lastFromNs === undefined) return sessionsOf(top, limit);
  const started = top.length;
  for (const window of await spanningWindows(rows, project, lastFromNs)) {
    const starts = {
      startFromNs: window.startFromNs > startFromNs ? window.startFromNs : startFromNs,
      startToNs: window.startToNs < startToNs ? window.startToNs : startToNs,
      lastFromNs,
    };
    top.push(...(await rows.greatest(by, window.no, starts, limit)));
  }
  return sessionsOf(top.length === started ? top : top.sort(greaterFirst), limit);
}

/**
 * The greatest of the sessions that match any filter, and what the cost of all of them does not include. Read
 * by columns and rows.
 */
export async function countTop(
  { by, limit, nowNs: _, ...filter }: TopScan,
  options: MatchOptions,
): Promise<StoredTop> {
  const gaps = new GapSums();
  const greatest = new Greatest(limit);
  const { chunks, rows } = await matchingSessions(filter, { kind: by, parts: PARTS[by] }, options);
  for await (const { chunk, sessions } of chunks) {
    gaps.add(gapsOf(chunk, sessions));
    ADDING[by](greatest, chunk, sessions);
  }
  for await (const some of rows) {
    for (const [no, amount, startNs, unpriced, unreported] of some) {
      gaps.add({ unpricedCount: Number(unpriced), unreportedCount: Number(unreported) });
      if (amount !== null) greatest.add(no, BigInt(amount), BigInt(startNs));
    }
  }
  return { sessions: sessionsOf(await rowsOf(greatest, options), limit), ...gaps };
}

/** The rows of all sessions that are kept, greatest first, ties in list order. */
export async function rowsOf(greatest: Greatest, { rows, project }: LookupOptions): Promise<AmountRow[]> {
  const kept = new Map(greatest.kept().map(({ no, amount }) => [no, amount]));
  const found = await rows.byNumber(project, [...kept.keys()]);
  return found.map(({ no, session }) => ({ session, amount: kept.get(no)! })).sort(greaterFirst);
}

function sessionsOf(rows: readonly AmountRow[], limit: number): ListedSession[] {
  return rows.slice(0, limit).map(({ session }) => session);
}

function addCosts(greatest: Greatest, chunk: Chunk, sessions: Bits): void {
  const { places, model, priced, costUsd, costNanoUsd } = chunk.usage;
  for (let row = 0; row < places.length; row++) {
    const place = places[row]!;
    if (model[row] !== 0 || priced[row] === 0 || !hasBit(sessions, place)) continue;
    // Skips the conversion to a BigInt if the amount is too small.
    if (!greatest.mayKeep(costUsd[row]!)) continue;
    const amount = BigInt(costUsd[row]!) * NANO_PER_USD + BigInt(costNanoUsd[row]!);
    greatest.add(
      chunk.firstNo + chunk.slots[place]!,
      amount < MAX_INTEGER ? amount : MAX_INTEGER,
      chunk.startNs(place),
    );
  }
}

function addDurations(greatest: Greatest, chunk: Chunk, sessions: Bits): void {
  const { durationSeconds, durationNanos, slots, firstNo } = chunk;
  eachBit(sessions, (place) => {
    const seconds = durationSeconds[place]!;
    if (!greatest.mayKeep(seconds)) return;
    const amount = BigInt(seconds) * SECOND_NS + BigInt(durationNanos[place]!);
    greatest.add(firstNo + slots[place]!, amount, chunk.startNs(place));
  });
}

/** The parts of chunks that hold the amounts. */
const PARTS = { cost: [Part.usage], duration: [] } as const;

const ADDING = { cost: addCosts, duration: addDurations } as const;

const SECOND_NS = 1_000_000_000n;
const BILLION = 1_000_000_000n;

/** Number of candidates that are collected before they are sorted in. */
const MOST_WAITING = 1_000;

interface Amount {
  readonly no: number;
  readonly amount: bigint;
  readonly startNs: bigint;
}

/**
 * Keeps the greatest of any number of sessions. Of those with equal amount and start it keeps all, because
 * their ids are not known here.
 */
export class Greatest {
  readonly #limit: number;
  #kept: Amount[] = [];
  /** Whole billions of the least amount that can still be kept. */
  #least = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether an amount of this many whole billions may be among the greatest. */
  mayKeep(billions: number): boolean {
    return billions >= this.#least;
  }

  /** Whether a session with this amount and start may be among the greatest. */
  hasRoomFor(amount: Amount): boolean {
    this.#sort();
    const last = this.#kept[this.#limit - 1];
    return last === undefined || compareAmounts(amount, last) <= 0;
  }

  add(no: number, amount: bigint, startNs: bigint): void {
    this.#kept.push({ no, amount, startNs });
    if (this.#kept.length >= this.#limit + MOST_WAITING) this.#sort();
  }

  kept(): readonly Amount[] {
    this.#sort();
    return this.#kept;
  }

  #sort(): void {
    this.#kept.sort(compareAmounts);
    const last = this.#kept[this.#limit - 1];
    if (last === undefined) return;
    let end = this.#limit;
    while (end < this.#kept.length && compareAmounts(this.#kept[end]!, last) === 0) end++;
    this.#kept.length = end;
    this.#least = Number(last.amount / BILLION);
  }
}

/** Greatest first, then latest start. */
function compareAmounts(a: Amount, b: Amount): number {
  if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1;
  if (a.startNs !== b.startNs) return a.startNs > b.startNs ? -1 : 1;
  return 0;
}

/** Greatest first, ties in list order. */
function greaterFirst(a: AmountRow, b: AmountRow): number {
  if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1;
  return compareStarts(b.session, a.session);
}
