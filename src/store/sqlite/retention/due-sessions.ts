import { Listing } from '../../contract/listing.js';
import type { RetainedAmounts, RetentionPlan, RetentionPolicy } from '../../contract/retention.js';
import { believedTime, limitOf, type SeenClock } from '../../engine/retention-limits.js';
import { Dimension, LEVEL_NS } from '../../engine/rollups.js';
import { decodePlaces } from '../../records/block.js';
import type { Database, Statement } from '../database.js';

/** Which sessions are to go, of the rows of a data directory. Reads only. */

/** A session that is to go. */
export interface DueSession {
  readonly no: number;
  readonly id: string;
  readonly isListed: boolean;
  readonly lastNs: bigint;
  readonly startNs: bigint;
  readonly records: number;
}

/** Sessions that are read at once. */
const PAGE = 500;

/** Of the size beyond which sessions go, this part is aimed at, so that passes are not one after the other. */
const AIM = { of: 95n, in: 100n } as const;

/** The share of the surplus that one look removes: old sessions may be larger than others. */
const SHARE = 0.8;

const LISTINGS = Object.values(Listing);

/** Sessions of one project and listing, oldest activity first. */
const PAGE_SQL = `SELECT s.no, s.id, s.last_ns, s.start_ns,
    coalesce(json_extract(t.head, '$.spans'), 0) + coalesce(json_extract(t.head, '$.logs'), 0) AS records
  FROM session AS s INDEXED BY session_by_last
    JOIN (SELECT no, substr(sums, 1, instr(sums || char(10), char(10)) - 1) AS head FROM session_state) AS t ON t.no = s.no
  WHERE s.project = ? AND s.listing = ? AND s.last_ns <= ? AND (s.last_ns, s.start_ns, s.no) > (?, ?, ?)
  ORDER BY s.last_ns, s.start_ns, s.no LIMIT ?`;

/** Before all sessions. */
export const BEFORE_ALL: Position = { lastNs: -(2n ** 63n), startNs: -(2n ** 63n), no: -1 };

/** A place in the order of a list. */
export type Position = Pick<DueSession, 'lastNs' | 'startNs' | 'no'>;

/** Reads sessions by their last activity. */
export class DueSessions {
  readonly #db: Database;
  readonly #page: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#page = db.prepare(PAGE_SQL);
    this.#page.setReadBigInts(true);
  }

  /** Numbers of the projects by name. */
  projects(): Map<string, number> {
    const rows = this.#db.prepare('SELECT name, no FROM project ORDER BY no').all();
    return new Map(rows.map(({ name, no }) => [name as string, Number(no)]));
  }

  /** Sessions without activity after a time, in pages. Other rows may change between two pages. */
  *pages(project: number, untilNs: bigint): Generator<DueSession[], void> {
    for (const listing of LISTINGS) {
      for (let after: Position = BEFORE_ALL; ; ) {
        const page = this.page(project, listing, untilNs, after, PAGE);
        if (page.length > 0) yield page;
        if (page.length < PAGE) break;
        after = page.at(-1)!;
      }
    }
  }

  /** At most `limit` sessions of a page. */
  page(project: number, listing: number, untilNs: bigint, after: Position, limit: number): DueSession[] {
    const rows = this.#page.all(project, listing, untilNs, after.lastNs, after.startNs, after.no, limit);
    return rows.map((row) => ({
      no: Number(row.no),
      id: row.id as string,
      isListed: listing !== Listing.hidden,
      lastNs: row.last_ns as bigint,
      startNs: row.start_ns as bigint,
      records: Number(row.records),
    }));
  }

  /** The latest activity of any session that is not after this time. */
  newest(untilNs: bigint): bigint | undefined {
    const select = this.#db.prepare(
      'SELECT max(last_ns) AS last FROM session INDEXED BY session_by_last WHERE project = ? AND listing = ? AND last_ns <= ?',
    );
    select.setReadBigInts(true);
    let newest: bigint | undefined;
    for (const project of this.projects().values()) {
      for (const listing of LISTINGS) {
        const last = select.get(project, listing, untilNs)?.last as bigint | null;
        if (last !== null && (newest === undefined || last > newest)) newest = last;
      }
    }
    return newest;
  }

  /** Number of sessions that lists show. */
  #listed(): number {
    const row = this.#db
      .prepare('SELECT sum(count) AS sessions FROM rollup WHERE level = ? AND dimension = ?')
      .get(LEVEL_NS.length - 1, Dimension.sessions);
    return Number(row?.sessions ?? 0);
  }

  /**
   * The last activity of the session that is this many sessions younger than the oldest, among those of all projects
   * without activity after a time. Undefined if there is none. Yields after each page.
   */
  *#oldest(count: number, untilNs: bigint): Generator<void, bigint | undefined> {
    const listings = this.#listed() > 0 ? LISTINGS.filter((each) => each !== Listing.hidden) : LISTINGS;
    const streams = [...this.projects().values()].flatMap((project) =>
      listings.map((listing) => ({ project, listing, page: [] as DueSession[], at: 0, isLast: false })),
    );
    let found: bigint | undefined;
    for (let left = count; left > 0; left--) {
      let oldest: (typeof streams)[number] | undefined;
      for (const stream of streams) {
        if (stream.at === stream.page.length && !stream.isLast) {
          const { project, listing } = stream;
          stream.page = this.page(project, listing, untilNs, stream.page.at(-1) ?? BEFORE_ALL, PAGE);
          stream.at = 0;
          stream.isLast = stream.page.length < PAGE;
          yield;
        }
        const next = stream.page[stream.at];
        if (next !== undefined && (oldest === undefined || next.lastNs < oldest.page[oldest.at]!.lastNs))
          oldest = stream;
      }
      if (oldest === undefined) break;
      found = oldest.page[oldest.at++]!.lastNs;
    }
    return found;
  }

  /** The last activity up to which sessions of all projects go for the size of the data. Yields from time to time. */
  *untilOfSize(keepBytes: number, dataBytes: number, untilNs: bigint): Generator<void, bigint | undefined> {
    if (dataBytes <= keepBytes) return undefined;
    const surplus = dataBytes - Number((BigInt(keepBytes) * AIM.of) / AIM.in);
    const sessions = Math.max(1, this.#listed());
    return yield* this.#oldest(Math.ceil(sessions * (surplus / dataBytes) * SHARE), untilNs);
  }

  /** What the sessions of a project without activity after a time amount to. Yields from time to time. */
  *amounts(project: number, untilNs: bigint): Generator<void, RetainedAmounts> {
    const places = this.#db.prepare(
      'SELECT r.key, r.places FROM session_group AS g JOIN record_group AS r ON r.project = ? AND r.key = g.key WHERE g.session = ?',
    );
    let [sessions, records, bytes] = [0, 0, 0];
    /** Groups that more than one of the sessions may share: those of the page. */
    for (const page of this.pages(project, untilNs)) {
      const counted = new Set<string>();
      for (const { no, isListed, records: own } of page) {
        if (isListed) sessions++;
        records += own;
        for (const row of places.all(project, no)) {
          const key = Buffer.from(row.key as Uint8Array).toString('latin1');
          if (counted.has(key)) continue;
          counted.add(key);
          for (const { tracesLength, logsLength } of decodePlaces(row.places as Uint8Array))
            bytes += tracesLength + logsLength;
        }
      }
      yield;
    }
    return { sessions, records, bytes };
  }
}

/** Up to which last activity sessions go, by project. */
export interface Limits {
  readonly untilNs: ReadonlyMap<string, bigint>;
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
export function* limitsOf(due: DueSessions, options: LimitsOptions): Generator<void, Limits> {
  const { policy, nowNs, dataBytes, timeoutNs } = options;
  const newestNs = due.newest(nowNs);
  const believed = believedTime(nowNs, newestNs, options.clock);
  const untilNs = new Map<string, bigint>();
  const raise = (project: string, ns: bigint): void => {
    const known = untilNs.get(project);
    if (known === undefined || known < ns) untilNs.set(project, ns);
  };
  const projects = [...due.projects().keys()];
  for (const project of projects) {
    const keepMs = policy.keepMsOf.get(project) ?? policy.keepMs;
    if (keepMs !== undefined && believed.nowNs !== undefined) raise(project, limitOf(believed.nowNs, keepMs));
  }
  if (policy.keepBytes !== undefined && newestNs !== undefined) {
    const bySize = yield* due.untilOfSize(policy.keepBytes, dataBytes, newestNs - timeoutNs);
    if (bySize !== undefined) for (const project of projects) raise(project, bySize);
  }
  const { clock, heldBack } = believed;
  const isByAge = policy.keepMs !== undefined || policy.keepMsOf.size > 0;
  const isTooLarge = policy.keepBytes !== undefined && dataBytes > policy.keepBytes;
  return { untilNs, isTooLarge, clock, ...(heldBack !== undefined && isByAge && { heldBack }) };
}

/** What would go under a policy now. Yields from time to time. */
export function* planOf(db: Database, options: LimitsOptions): Generator<void, RetentionPlan> {
  const due = new DueSessions(db);
  const { untilNs, heldBack } = yield* limitsOf(due, options);
  const projects: RetentionPlan['projects'][number][] = [];
  for (const [project, no] of due.projects()) {
    const until = untilNs.get(project);
    const amounts =
      until === undefined ? { sessions: 0, records: 0, bytes: 0 } : yield* due.amounts(no, until);
    projects.push({ project, ...amounts, untilNs: until });
  }
  return { projects, dataBytes: options.dataBytes, ...(heldBack !== undefined && { heldBack }) };
}
