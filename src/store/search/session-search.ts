import { compareStarts } from '../contract/list-order.js';
import { LISTED, MAX_INTEGER } from '../contract/listing.js';
import type { ListedSession, SessionPosition, SessionScan } from '../contract/session.js';
import { type LookupOptions, type Plan, planOf } from './filters.js';
import type { Bounds, Source } from './search-rows.js';
import { decoded } from './sessions-of.js';

/**
 * Lists of sessions under filters that use the index of values (docs/decisions/007-filter-index.md).
 *
 * One of the conditions leads: its sessions are read in list order, and each is checked against the other
 * conditions. The condition with the fewest sessions leads, so the rarest value bounds what is read. A page
 * never examines more than `maxExamined` sessions.
 */

export interface SearchOptions extends LookupOptions {
  /** Most sessions examined for a page. */
  readonly maxExamined: number;
}

export interface SearchResult {
  /** In scan direction. */
  readonly rows: ListedSession[];
  readonly stoppedAt?: SessionPosition;
}

/** Lists the sessions that match a filter which ranges of the list do not answer (`needsSearch`). */
export async function searchSessions(scan: SessionScan, options: SearchOptions): Promise<SearchResult> {
  const plan = await planOf(scan, options);
  return plan === undefined ? { rows: [] } : merge(scan, options, plan);
}

/** What is read if no condition leads. */
const EVERY_SESSION = LISTED.map((listing): Source => ({ by: 'start', listing }));

/** Most candidates examined in one read. */
const MOST_IN_BLOCK = 1000;
const LEAST_IN_BLOCK = 64;

/** Merges the sources in list order. */
async function merge(scan: SessionScan, options: SearchOptions, plan: Plan): Promise<SearchResult> {
  const { limit } = scan;
  const budget = new Budget(options.maxExamined);
  const sources = plan.lead === undefined ? EVERY_SESSION : joined(plan.lead.sources);
  const count = sources.length;
  const page = Math.max(1, Math.ceil(limit / Math.max(1, count)), Math.min(limit, 8));
  const block = Math.max(LEAST_IN_BLOCK, Math.min(MOST_IN_BLOCK, Math.floor(options.maxExamined / count)));
  const streams = sources.map(
    (source) =>
      new Candidates(scan, options, plan, source, {
        page,
        block: Math.min(block, options.maxExamined),
      }),
  );
  const rows: ListedSession[] = [];
  for (;;) {
    /** The position up to which all streams have been read. */
    let frontier: SessionPosition | undefined;
    let best: Candidates | undefined;
    for (const stream of streams) {
      // Each stream is read at least once, so that every page makes progress.
      while (stream.head === undefined && !stream.ended && (budget.left || !stream.isKnown))
        await stream.read(budget);
      const { head } = stream;
      if (head === undefined) {
        if (stream.ended) continue;
        const { position } = stream;
        if (frontier === undefined || isNearer(scan, position!, frontier)) frontier = position;
      } else if (best === undefined || isNearer(scan, positionOf(head), positionOf(best.head!))) {
        best = stream;
      }
    }
    if (frontier !== undefined && (best === undefined || isNearer(scan, frontier, positionOf(best.head!)))) {
      return { rows, stoppedAt: frontier };
    }
    if (best === undefined) return { rows };
    const row = best.take();
    rows.push(row);
    // Several sources may have the same session.
    for (const stream of streams) {
      if (stream.head !== undefined && compareStarts(positionOf(stream.head), positionOf(row)) === 0)
        stream.take();
    }
    if (rows.length === limit) return { rows };
  }
}

/** Joins values of the index into one source. A store merges them faster than separate reads would. */
function joined(sources: readonly Source[]): readonly Source[] {
  if (sources.length < 2) return sources;
  const numbers: bigint[] = [];
  for (const source of sources) {
    const isWhole =
      source.by === 'value' && source.startFromNs === undefined && source.startToNs === undefined;
    if (!isWhole) return sources;
    numbers.push(source.no);
  }
  return [{ by: 'anyValue', numbers }];
}

class Budget {
  #left: number;

  constructor(candidates: number) {
    this.#left = candidates;
  }

  get left(): boolean {
    return this.#left > 0;
  }

  spend(candidates: number): void {
    this.#left -= candidates;
  }
}

/** The matching sessions of one source, read on demand. */
class Candidates {
  /** All matches up to this position have been read. */
  position: SessionPosition | undefined;
  ended = false;
  /** Whether it has been read at least once. Then there is a position, or it has ended. */
  isKnown = false;
  readonly #scan: SessionScan;
  readonly #options: LookupOptions;
  readonly #plan: Plan;
  readonly #source: Source;
  readonly #block: number;
  #page: number;
  #rows: ListedSession[] = [];
  #taken = 0;
  /** Whether the session at the position is still unread. */
  #inclusive = false;
  /** The last read found few matches, so jumping to the next occurrence of other values may be faster. */
  #isSparse = true;

  constructor(
    scan: SessionScan,
    options: LookupOptions,
    plan: Plan,
    source: Source,
    { page, block }: { page: number; block: number },
  ) {
    this.#scan = scan;
    this.#options = options;
    this.#plan = plan;
    this.#source = source;
    this.#page = page;
    this.#block = block;
    this.position = scan.after;
  }

  get head(): ListedSession | undefined {
    return this.#rows[this.#taken];
  }

  take(): ListedSession {
    return this.#rows[this.#taken++]!;
  }

  /** Reads more. Must only be called while there is no head. */
  async read(budget: Budget): Promise<void> {
    this.isKnown = true;
    if (this.#isSparse && !(await this.#leap())) {
      this.ended = true;
      return;
    }
    const { rows, project } = this.#options;
    const bounds = this.#bounds();
    const looked = { checks: this.#plan.checks, block: this.#block, limit: this.#page };
    this.#rows = await rows.page(project, this.#source, bounds, looked);
    const found = this.#rows;
    this.#taken = 0;
    const isFull = found.length === this.#page;
    const end = found.at(-1);
    const { minCostNanoUsd: least = 0n } = this.#scan;
    if (least > MAX_INTEGER) {
      const states = await rows.states(project, this.#source, bounds, looked);
      this.#rows = found.filter((_, i) => decoded(states[i]!).usage.costNanoUsd >= least);
    }
    if (isFull) {
      budget.spend(this.#page);
      this.#reach(positionOf(end!), false);
      this.#isSparse = false;
      this.#page = Math.min(this.#page * 2, this.#scan.limit);
      return;
    }
    const last = await rows.position(project, this.#source, bounds, this.#block - 1);
    budget.spend(this.#block);
    this.#isSparse = true;
    if (last === undefined) this.ended = true;
    else this.#reach(last, false);
  }

  /** Jumps to the next occurrence of the other values. False if one of them does not occur any more. */
  async #leap(): Promise<boolean> {
    const { rows, project } = this.#options;
    for (const group of this.#plan.probes) {
      let nearest: SessionPosition | undefined;
      for (const no of group) {
        const position = await rows.position(project, { by: 'value', no }, this.#bounds(), 0);
        if (position === undefined) continue;
        if (nearest === undefined || isNearer(this.#scan, position, nearest)) nearest = position;
      }
      if (nearest === undefined) return false;
      this.#reach(nearest, true);
    }
    return true;
  }

  #reach(position: SessionPosition, inclusive: boolean): void {
    this.position = position;
    this.#inclusive = inclusive;
  }

  #bounds(): Bounds {
    const { startFromNs, startToNs, direction } = this.#scan;
    return { startFromNs, startToNs, direction, after: this.position, isAfterIncluded: this.#inclusive };
  }
}

function positionOf({ startNs, id }: SessionPosition): SessionPosition {
  return { startNs, id };
}

/** Whether a scan reaches `a` before `b`. */
function isNearer({ direction }: SessionScan, a: SessionPosition, b: SessionPosition): boolean {
  return compareStarts(a, b) * (direction === 'newer' ? 1 : -1) < 0;
}
