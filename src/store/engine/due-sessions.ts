import { LISTED, Listing } from '../contract/listing.js';
import type { RetainedAmounts, RetentionPlan, RetentionPolicy } from '../contract/retention.js';
import { decodePlaces } from '../records/block.js';
import { believedTime, limitOf, type SeenClock } from './retention-limits.js';

/** Which sessions are to go, of the rows of a store. Reads only. */

/** A session that is to go. */
export interface DueSession {
  readonly no: number;
  readonly id: string;
  readonly isListed: boolean;
  readonly lastNs: bigint;
  readonly startNs: bigint;
  readonly records: number;
}

/** A place in the order of a list. */
export type Position = Pick<DueSession, 'lastNs' | 'startNs' | 'no'>;

/** Before all sessions. */
export const BEFORE_ALL: Position = { lastNs: -(2n ** 63n), startNs: -(2n ** 63n), no: -1 };

/** What is asked of the rows of a store. */
export interface DueRows {
  /** Numbers of the projects by name. */
  projects(): Map<string, number>;
  /**
   * At most `limit` sessions of a project and listing without activity after a time, from a place on. In order of
   * their last activity, at least to the minute.
   */
  page(project: number, listing: number, untilNs: bigint, after: Position, limit: number): DueSession[];
  /** The latest activity of a session of a project and listing that is not after this time. */
  latest(project: number, listing: number, untilNs: bigint): bigint | undefined;
  /** Number of sessions that lists show, of all projects. */
  listed(): number;
  /**
   * Keys and encoded places of the groups of sessions of a project, some thousands at a time. A group may come again.
   * Other rows may change before the next ones are asked for.
   */
  groups(
    project: number,
    sessions: readonly number[],
  ): Iterable<readonly (readonly [key: string, places: Uint8Array])[]>;
}

/** Sessions that are read at once. */
const PAGE = 500;

/** Of the size beyond which sessions go, this part is aimed at, so that passes are not one after the other. */
const AIM = { of: 95n, in: 100n } as const;

/** The share of the surplus that one look removes: old sessions may be larger than others. */
const SHARE = 0.8;

const LISTINGS = Object.values(Listing);

/** Sessions without activity after a time, in pages. Other rows may change between two pages. */
function* pagesOf(rows: DueRows, project: number, untilNs: bigint): Generator<DueSession[], void> {
  for (const listing of LISTINGS) {
    for (let after: Position = BEFORE_ALL; ; ) {
      const page = rows.page(project, listing, untilNs, after, PAGE);
      if (page.length > 0) yield page;
      if (page.length < PAGE) break;
      after = page.at(-1)!;
    }
  }
}

/** The latest activity of any session that is not after this time. */
function newest(rows: DueRows, untilNs: bigint): bigint | undefined {
  let found: bigint | undefined;
  for (const project of rows.projects().values()) {
    for (const listing of LISTINGS) {
      const last = rows.latest(project, listing, untilNs);
      if (last !== undefined && (found === undefined || last > found)) found = last;
    }
  }
  return found;
}

/**
 * The last activity of the session that is this many sessions younger than the oldest, among those of all projects
 * without activity after a time. Undefined if there is none. Yields after each page.
 */
function* oldest(rows: DueRows, count: number, untilNs: bigint): Generator<void, bigint | undefined> {
  const listings = rows.listed() > 0 ? LISTINGS.filter((each) => each !== Listing.hidden) : LISTINGS;
  const streams = [...rows.projects().values()].flatMap((project) =>
    listings.map((listing) => ({ project, listing, page: [] as DueSession[], at: 0, isLast: false })),
  );
  let found: bigint | undefined;
  for (let left = count; left > 0; left--) {
    let first: (typeof streams)[number] | undefined;
    for (const stream of streams) {
      if (stream.at === stream.page.length && !stream.isLast) {
        const { project, listing } = stream;
        stream.page = rows.page(project, listing, untilNs, stream.page.at(-1) ?? BEFORE_ALL, PAGE);
        stream.at = 0;
        stream.isLast = stream.page.length < PAGE;
        yield;
      }
      const next = stream.page[stream.at];
      if (next !== undefined && (first === undefined || next.lastNs < first.page[first.at]!.lastNs))
        first = stream;
    }
    if (first === undefined) break;
    const { lastNs } = first.page[first.at++]!;
    if (found === undefined || lastNs > found) found = lastNs;
  }
  return found;
}

/** The last activity up to which sessions of all projects go for the size of the data. Yields from time to time. */
function* untilOfSize(
  rows: DueRows,
  keepBytes: number,
  dataBytes: number,
  untilNs: bigint,
): Generator<void, bigint | undefined> {
  if (dataBytes <= keepBytes) return undefined;
  const surplus = dataBytes - Number((BigInt(keepBytes) * AIM.of) / AIM.in);
  const sessions = Math.max(1, rows.listed());
  return yield* oldest(rows, Math.ceil(sessions * (surplus / dataBytes) * SHARE), untilNs);
}

/** What the sessions of a project without activity after a time amount to. Yields from time to time. */
function* amountsOf(rows: DueRows, project: number, untilNs: bigint): Generator<void, RetainedAmounts> {
  let [sessions, records, bytes] = [0, 0, 0];
  for (const page of pagesOf(rows, project, untilNs)) {
    for (const { isListed, records: own } of page) {
      if (isListed) sessions++;
      records += own;
    }
    /** Groups that more than one of the sessions may share: those of the page. */
    const counted = new Set<string>();
    const numbers = page.map(({ no }) => no);
    for (const some of rows.groups(project, numbers)) {
      for (const [key, places] of some) {
        if (counted.has(key)) continue;
        counted.add(key);
        for (const { tracesLength, logsLength } of decodePlaces(places)) bytes += tracesLength + logsLength;
      }
      yield;
    }
  }
  return { sessions, records, bytes };
}

/** Up to which last activity sessions go, by project. */
export interface Limits {
  readonly untilNs: ReadonlyMap<string, bigint>;
  /** Up to which last activity messages of sessions lose their content. */
  readonly contentUntilNs: ReadonlyMap<string, bigint>;
  /** Whether the data is larger than it may be. */
  readonly isTooLarge: boolean;
  readonly clock: SeenClock;
  readonly heldBack?: string;
}

export interface LimitsOptions {
  readonly policy: RetentionPolicy;
  readonly nowNs: bigint;
  readonly clock: SeenClock;
  readonly dataBytes: number;
  /** Sessions are open for this long after their last activity, ns: open ones stay whatever the size. */
  readonly timeoutNs: bigint;
}

/** The limits under a policy. Yields from time to time. */
export function* limitsOf(rows: DueRows, options: LimitsOptions): Generator<void, Limits> {
  const { policy, nowNs, dataBytes, timeoutNs } = options;
  const newestNs = newest(rows, nowNs);
  const believed = believedTime(nowNs, newestNs, options.clock);
  const untilNs = new Map<string, bigint>();
  const raise = (project: string, ns: bigint): void => {
    const known = untilNs.get(project);
    if (known === undefined || known < ns) untilNs.set(project, ns);
  };
  const projects = [...rows.projects().keys()];
  for (const project of projects) {
    const keepMs = policy.keepMsOf.get(project) ?? policy.keepMs;
    if (keepMs !== undefined && believed.nowNs !== undefined) raise(project, limitOf(believed.nowNs, keepMs));
  }
  const contentUntilNs = new Map<string, bigint>();
  for (const project of projects) {
    const keepMs = policy.keepContentMsOf?.get(project) ?? policy.keepContentMs;
    if (keepMs !== undefined && believed.nowNs !== undefined)
      contentUntilNs.set(project, limitOf(believed.nowNs, keepMs));
  }
  if (policy.keepBytes !== undefined && newestNs !== undefined) {
    const bySize = yield* untilOfSize(rows, policy.keepBytes, dataBytes, newestNs - timeoutNs);
    if (bySize !== undefined) for (const project of projects) raise(project, bySize);
  }
  const { clock, heldBack } = believed;
  const isByAge = policy.keepMs !== undefined || policy.keepMsOf.size > 0 || contentUntilNs.size > 0;
  const isTooLarge = policy.keepBytes !== undefined && dataBytes > policy.keepBytes;
  return {
    untilNs,
    contentUntilNs,
    isTooLarge,
    clock,
    ...(heldBack !== undefined && isByAge && { heldBack }),
  };
}

/** Whether any limit is further than before. */
export function isFurther(
  untilNs: ReadonlyMap<string, bigint>,
  before: ReadonlyMap<string, bigint> | undefined,
): boolean {
  return [...untilNs].some(([project, ns]) => ns > (before?.get(project) ?? -(2n ** 63n)));
}

/** Sessions that lists show with the last activity after a time and not after another. Yields from time to time. */
function* listedBetween(
  rows: DueRows,
  project: number,
  afterNs: bigint,
  untilNs: bigint,
): Generator<void, number> {
  let sessions = 0;
  for (const listing of LISTED) {
    for (let after: Position = { ...BEFORE_ALL, lastNs: afterNs }; ; ) {
      const page = rows.page(project, listing, untilNs, after, PAGE);
      sessions += page.filter(({ lastNs }) => lastNs > afterNs).length;
      if (page.length < PAGE) break;
      after = page.at(-1)!;
      yield;
    }
  }
  return sessions;
}

export interface PlanOfOptions extends LimitsOptions {
  /** Up to which last activity messages of a project, by its number, have lost their content. */
  readonly contentGoneNs: (project: number) => bigint | undefined;
}

/** What would go under a policy now. Yields from time to time. */
export function* planOf(rows: DueRows, options: PlanOfOptions): Generator<void, RetentionPlan> {
  const { untilNs, contentUntilNs, heldBack } = yield* limitsOf(rows, options);
  const projects: RetentionPlan['projects'][number][] = [];
  for (const [project, no] of rows.projects()) {
    const until = untilNs.get(project);
    const amounts =
      until === undefined ? { sessions: 0, records: 0, bytes: 0 } : yield* amountsOf(rows, no, until);
    const contentUntil = contentUntilNs.get(project);
    const [gone, kept] = [options.contentGoneNs(no) ?? BEFORE_ALL.lastNs, until ?? BEFORE_ALL.lastNs];
    const after = gone > kept ? gone : kept;
    const contents =
      contentUntil === undefined || contentUntil <= after
        ? 0
        : yield* listedBetween(rows, no, after, contentUntil);
    projects.push({ project, ...amounts, untilNs: until, contents, contentUntilNs: contentUntil });
  }
  return { projects, dataBytes: options.dataBytes, ...(heldBack !== undefined && { heldBack }) };
}
