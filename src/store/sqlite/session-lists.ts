import type {
  CountedSessions,
  FoundSessions,
  SessionScan,
  StateFilter,
  Statistics,
  StoredFacet,
  StoredFacets,
  StoredTimeline,
  StoredTop,
  StoredVisits,
  TimelineScan,
  TopScan,
  VisitsScan,
} from '../contract/store.js';
import { FacetKind } from '../engine/facets.js';
import type { ColumnRows } from '../search/columns/column-rows.js';
import type { MatchOptions } from '../search/matching-sessions.js';
import {
  type Condition,
  isRange,
  needsSearch,
  type SearchResult,
  type SessionRow,
  searchSessions,
  stateCondition,
  textOf,
  valuesOf,
} from '../search/session-search.js';
import { countMatching, readGaps, readStatistics } from '../search/statistics.js';
import { storedRow } from '../search/stored-session.js';
import { countTimeline, readTimeline } from '../search/timeline.js';
import { countTop, readTopSessions } from '../search/top-sessions.js';
import { countVisits } from '../search/visit-sums.js';
import { ColumnReader } from './column-reader.js';
import { LISTED, Listing, MAX_INTEGER, type Prepare } from './database.js';

export interface SessionListsOptions {
  readonly prepare: Prepare;
  /** A session is open until this time after its last activity, ns. */
  readonly timeoutNs: bigint;
  /** Called often; what it throws ends the reading. */
  readonly checkpoint: () => void;
  /** Most sessions looked at for a page of a list. */
  readonly maxExamined?: number;
  /** Sessions that are read by their rows for sums under filters, whatever there is by columns. */
  readonly fewSessions?: number;
}

/** Sessions looked at for a page of a list whose filters are answered by the index of values. */
const MAX_EXAMINED = 20_000;

/** So many rows are read in some 10 ms. */
const FEW_SESSIONS = 2_000;

/** Reads over many sessions: lists, statistics, timelines, the greatest, visits, values of filters. The caller has begun a snapshot. Projects are numbers; 0 has nothing. */
export class SessionLists {
  readonly #prepare: Prepare;
  readonly #timeoutNs: bigint;
  readonly #checkpoint: () => void;
  readonly #maxExamined: number;
  readonly #fewSessions: number;
  readonly #columnRows: ColumnRows;

  constructor({
    prepare,
    timeoutNs,
    checkpoint,
    maxExamined = MAX_EXAMINED,
    fewSessions = FEW_SESSIONS,
  }: SessionListsOptions) {
    this.#prepare = prepare;
    this.#timeoutNs = timeoutNs;
    this.#checkpoint = checkpoint;
    this.#maxExamined = maxExamined;
    this.#fewSessions = fewSessions;
    this.#columnRows = new ColumnReader(prepare);
  }

  async statistics(project: number, scan: CountedSessions): Promise<Statistics> {
    const options = this.#matchOptions(project, scan);
    if (!isRange(scan)) return countMatching(scan, options);
    return readStatistics(scan, options);
  }

  async timeline(project: number, scan: TimelineScan): Promise<StoredTimeline> {
    const options = this.#matchOptions(project, scan);
    if (!isRange(scan)) return countTimeline(scan, options);
    return readTimeline(options.prepare, options.project, scan);
  }

  async top(project: number, scan: TopScan): Promise<StoredTop> {
    const options = this.#matchOptions(project, scan);
    if (!isRange(scan)) {
      const { rows, ...gaps } = await countTop(scan, options);
      return { sessions: rows.map(storedRow), ...gaps };
    }
    const rows = await readTopSessions(scan, options);
    return { sessions: rows.map(storedRow), ...(await readGaps(scan, options)) };
  }

  async visits(project: number, { limit, ...scan }: VisitsScan): Promise<StoredVisits> {
    return countVisits(scan, limit, this.#matchOptions(project, scan));
  }

  facets(project: number, limit: number): StoredFacets {
    const values = (kind: number): StoredFacet[] =>
      this.#prepare(
        'SELECT value, count FROM facet_value WHERE project = ? AND kind = ? ORDER BY count DESC, value LIMIT ?',
      )
        .all(project, kind, limit)
        .map((row) => ({ value: row.value as string, count: Number(row.count) }));
    return {
      services: values(FacetKind.service),
      models: values(FacetKind.model),
      providers: values(FacetKind.provider),
      countryCodes: values(FacetKind.country),
      deviceTypes: values(FacetKind.device),
      releases: values(FacetKind.release),
    };
  }

  #matchOptions(project: number, { nowNs }: CountedSessions): MatchOptions {
    return {
      prepare: this.#prepare,
      project,
      expiredNs: nowNs - this.#timeoutNs,
      checkpoint: this.#checkpoint,
      columnRows: this.#columnRows,
      fewSessions: this.#fewSessions,
    };
  }

  sessions(project: number, scan: SessionScan): FoundSessions {
    const { rows, stoppedAt } = this.#activeIn(project, scan);
    if (scan.direction === 'newer') rows.reverse();
    return { sessions: rows.map(storedRow), ...(stoppedAt === undefined ? {} : { stoppedAt }) };
  }

  /**
   * The rows of a scan in its direction. Of sessions that were active from an instant on, those that started at it or later stand before all others in the
   * list, and need no look at their last activity.
   */
  #activeIn(project: number, scan: SessionScan): SearchResult {
    const { lastFromNs, startFromNs = 0n, startToNs = MAX_INTEGER, ...rest } = scan;
    if (lastFromNs === undefined) return this.#rows(project, scan);
    const parts: SessionScan[] = [];
    if (startToNs >= lastFromNs) {
      parts.push({ ...rest, startFromNs: startFromNs > lastFromNs ? startFromNs : lastFromNs, startToNs });
    }
    if (startFromNs < lastFromNs) {
      parts.push({ ...scan, startToNs: startToNs < lastFromNs ? startToNs : lastFromNs - 1n });
    }
    if (scan.direction === 'newer') parts.reverse();
    const rows: SessionRow[] = [];
    for (const part of parts) {
      const found = this.#rows(project, { ...part, limit: scan.limit - rows.length });
      rows.push(...found.rows);
      if (found.stoppedAt !== undefined) return { rows, stoppedAt: found.stoppedAt };
      if (rows.length === scan.limit) break;
    }
    return { rows };
  }

  #rows(project: number, scan: SessionScan): SearchResult {
    const { states, open, userIds } = scan;
    const possible = states?.filter(({ name }) => open === undefined || isOpenState(name) === open);
    if (possible?.length === 0) return { rows: [] };
    const options = {
      prepare: this.#prepare,
      project,
      expiredNs: scan.nowNs - this.#timeoutNs,
      maxExamined: this.#maxExamined,
    };
    if (needsSearch(scan, options)) return searchSessions(scan, options);
    const [state] = possible ?? [];
    if (state !== undefined && possible?.length === 1 && isOpenState(state.name) && userIds === undefined) {
      return { rows: this.#openSessions(project, scan, state) };
    }
    return { rows: this.#ranges(project, scan, possible) };
  }

  /**
   * A list of sessions is made of index ranges that SQLite merges. What `listing` says of a time-out is of the writer's last sweep, so what
   * has come to be otherwise by `nowNs` is looked for by last activity: few rows behind the sweep, none before it unless a clock was set back.
   */
  #ranges(project: number, scan: SessionScan, states: readonly StateFilter[] | undefined): SessionRow[] {
    const expired = scan.nowNs - this.#timeoutNs;
    const dead: Condition = ['s.last_ns <= ?', expired];
    const users: (string | undefined)[] =
      scan.userIds === undefined ? [undefined] : [...new Set(scan.userIds)];
    const ranges = users.flatMap((user) => {
      const byStart = user === undefined ? 'session_by_start' : 'session_by_user';
      const range = (listing: number, time?: Condition, index = byStart) =>
        sessionRange(project, scan, user, listing, time, index);
      const timedOut = [range(Listing.timedOut, dead), range(Listing.open, dead, 'session_by_last')];
      const alive = (time: Condition) => [
        range(Listing.open, time),
        range(Listing.timedOut, time, 'session_by_last'),
      ];
      if (states !== undefined) {
        return [...new Map(states.map((state) => [state.name, state])).values()].flatMap((state) => {
          if (state.name === 'timed_out') return timedOut;
          const condition = stateCondition(state, expired);
          return state.name === 'ended' ? [range(Listing.ended, condition)] : alive(condition);
        });
      }
      if (scan.open === undefined) return LISTED.map((listing) => range(listing));
      return scan.open ? alive(['s.last_ns > ?', expired]) : [range(Listing.ended), ...timedOut];
    });
    if (ranges.length === 0) return [];
    const order = orderOf(scan);
    const sql = `${ranges.map(([text]) => text).join(' UNION ALL ')} ORDER BY ${order} LIMIT ?`;
    const values = ranges.flatMap(([, ...bound]) => bound);
    return this.#prepare(sql).all(...values, scan.limit) as unknown as SessionRow[];
  }

  /**
   * Active or idle sessions. What tells them apart is their last activity, so all that are in the state are looked at, in the index alone;
   * how many those are does not depend on how many sessions there are.
   */
  #openSessions(project: number, scan: SessionScan, state: StateFilter): SessionRow[] {
    const { after, limit, startFromNs, startToNs } = scan;
    const newer = scan.direction === 'newer';
    const conditions: Condition[] = [
      ['s.project = ?', project],
      [`s.listing IN (${Listing.open}, ${Listing.timedOut})`],
      stateCondition(state, scan.nowNs - this.#timeoutNs),
    ];
    if (startFromNs !== undefined) conditions.push(['s.start_ns >= ?', startFromNs]);
    if (startToNs !== undefined) conditions.push(['s.start_ns <= ?', startToNs]);
    const from = 'FROM session AS s INDEXED BY session_by_last';
    // Those of the very start that the page goes on from come on top: which of them follow is told by their ids, in the rows.
    const beyond: Condition[] =
      after === undefined ? [] : [[newer ? 's.start_ns > ?' : 's.start_ns < ?', after.startNs]];
    const cut = this.#prepare(
      `SELECT s.start_ns ${from} WHERE ${textOf([...conditions, ...beyond])}
       ORDER BY s.start_ns ${newer ? 'ASC' : 'DESC'} LIMIT 1 OFFSET ?`,
    ).get(...valuesOf([...conditions, ...beyond]), limit - 1);
    if (cut !== undefined) {
      conditions.push([newer ? 's.start_ns <= ?' : 's.start_ns >= ?', cut.start_ns as bigint]);
    }
    if (after !== undefined) {
      conditions.push([`(s.start_ns, s.id) ${newer ? '>' : '<'} (?, ?)`, after.startNs, after.id]);
    }
    return this.#prepare(
      `SELECT s.start_ns, s.id, s.invalidated, s.sums, s.earliest ${from} WHERE ${textOf(conditions)}
       ORDER BY ${orderOf(scan)} LIMIT ?`,
    ).all(...valuesOf(conditions), limit) as unknown as SessionRow[];
  }
}

/** One index range of a list, as a SELECT and its values. */
function sessionRange(
  project: number,
  scan: SessionScan,
  user: string | undefined,
  listing: number,
  time: Condition | undefined,
  index: string,
): Condition {
  const conditions: Condition[] = [
    ['project = ?', project],
    ['listing = ?', listing],
  ];
  if (time !== undefined) conditions.push(time);
  if (user !== undefined) conditions.push(['user_id = ?', user]);
  if (scan.startFromNs !== undefined) conditions.push(['start_ns >= ?', scan.startFromNs]);
  if (scan.startToNs !== undefined) conditions.push(['start_ns <= ?', scan.startToNs]);
  if (scan.after !== undefined) {
    const beyond = scan.direction === 'newer' ? '>' : '<';
    conditions.push([`(start_ns, id) ${beyond} (?, ?)`, scan.after.startNs, scan.after.id]);
  }
  return [
    `SELECT s.start_ns, s.id, s.invalidated, s.sums, s.earliest FROM session AS s INDEXED BY ${index}
     WHERE ${textOf(conditions)}`,
    ...valuesOf(conditions),
  ];
}

/** The direction in which a scan is read. */
function orderOf({ direction }: SessionScan): string {
  const order = direction === 'newer' ? 'ASC' : 'DESC';
  return `start_ns ${order}, id ${order}`;
}

function isOpenState(name: StateFilter['name']): boolean {
  return name === 'active' || name === 'idle';
}
