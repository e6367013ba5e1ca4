import type { TextQuery } from '../../text-search/text-query.js';
import { LISTED, Listing, MAX_INTEGER } from '../contract/listing.js';
import type {
  FoundSessions,
  ListedSession,
  RecordHit,
  SearchedText,
  SessionScan,
} from '../contract/session.js';
import type { StateFilter } from '../contract/session-filter.js';
import type {
  CountedSessions,
  ErrorScan,
  FacetScan,
  GroupScan,
  ScoresScan,
  Statistics,
  StatisticsScan,
  StoredErrors,
  StoredFacets,
  StoredGroups,
  StoredScoreSum,
  StoredTimeline,
  StoredTools,
  StoredTop,
  StoredTopCalls,
  StoredVisits,
  TimelineScan,
  ToolScan,
  TopScan,
  VisitsScan,
} from '../contract/statistics.js';
import { InexactSearchError } from '../contract/text-search.js';
import type { ColumnRows } from './columns/column-rows.js';
import { countErrors } from './error-sums.js';
import { readFacets } from './facets.js';
import { isRange, needsSearch, type SearchFilter, stateChecks } from './filters.js';
import { countGroups } from './groups.js';
import type { MatchOptions } from './matching-sessions.js';
import { countScores } from './score-sums.js';
import type { Bounds, Check, CheckedSource, SearchRows } from './search-rows.js';
import { type SearchResult, searchSessions } from './session-search.js';
import { type SortOptions, sortedSessions } from './sorted-sessions.js';
import { countMatching, readGaps, readStatistics } from './statistics.js';
import { newestFirst } from './text/newest-first.js';
import type { TextCandidates, TextMoment, TextSearch } from './text/text-search.js';
import { countTimeline, readTimeline } from './timeline.js';
import { countTools } from './tool-sums.js';
import { countTopCalls } from './top-calls.js';
import { countTop, readTopSessions } from './top-sessions.js';
import { countVisits } from './visit-sums.js';

export interface SessionListsOptions {
  readonly rows: SearchRows;
  readonly columnRows: ColumnRows;
  /** A session is open until this time after its last activity, ns. */
  readonly timeoutNs: bigint;
  /** Called often. An error that it throws aborts the read. */
  readonly checkpoint: () => void;
  /** Most sessions examined for a page of a list. */
  readonly maxExamined?: number;
  /**
   * Up to this number of sessions, sums under filters always read rows instead of columns. Infinity: always
   * rows.
   */
  readonly fewSessions?: number;
  /** Up to this size, documents that may have a text are all looked through for a list, bytes. */
  readonly mostTextBytes?: number;
  /** Finds sessions by texts, in the snapshot of the rows. Undefined if the store has no index. */
  readonly text?: SnapshotText;
}

/** Content search in one snapshot. */
export interface SnapshotText {
  readonly search: TextSearch;
  readonly moment: Omit<TextMoment, 'project'>;
}

/** Default of `maxExamined`: sessions examined for a page of a list whose filters use the index of values. */
const MAX_EXAMINED = 20_000;

/** Default of `mostTextBytes`, and the same for counts. */
const MOST_TEXT_BYTES = 8 * 1024 * 1024;
const MOST_COUNTED_BYTES = 64 * 1024 * 1024;

/**
 * If less than this share of all blocks may have a text, most sessions do not have it. Then looking through this many
 * times as much is faster than reading sessions in list order.
 */
const RARE = 0.25;
const RARE_TIMES = 4;

/** From this share of all blocks on, most sessions have a text, and are read in list order. */
const COMMON = 0.5;

/** Sessions that are read at a time to look for a text in them, and the most for a page. */
const CONFIRMED_AT_ONCE = 200;
const MOST_CONFIRMED = 5_000;

/** Default of `fewSessions`. Reading this many rows takes about 10 ms. */
const FEW_SESSIONS = 2_000;

/**
 * Reads over many sessions: lists, statistics, timelines, greatest sessions, visits, values of filters. It
 * has everything that stores share; each store provides the rows. The caller must have begun a snapshot.
 * Projects are numbers; 0 is a project without data.
 */
export class SessionLists {
  readonly #rows: SearchRows;
  readonly #columnRows: ColumnRows;
  readonly #timeoutNs: bigint;
  readonly #checkpoint: () => void;
  readonly #maxExamined: number;
  readonly #fewSessions: number;
  readonly #mostTextBytes: number;
  readonly #text: SnapshotText | undefined;

  constructor(options: SessionListsOptions) {
    this.#rows = options.rows;
    this.#columnRows = options.columnRows;
    this.#timeoutNs = options.timeoutNs;
    this.#checkpoint = options.checkpoint;
    this.#maxExamined = options.maxExamined ?? MAX_EXAMINED;
    this.#fewSessions = options.fewSessions ?? FEW_SESSIONS;
    this.#mostTextBytes = options.mostTextBytes ?? MOST_TEXT_BYTES;
    this.#text = options.text;
  }

  async statistics(
    project: number,
    { withDurations = false, ...counted }: StatisticsScan,
  ): Promise<Statistics> {
    const scan = await this.#withText(project, counted);
    const options = this.#options(project, scan);
    return isRange(scan) && !withDurations
      ? readStatistics(scan, options)
      : countMatching(scan, options, withDurations);
  }

  async timeline(project: number, counted: TimelineScan): Promise<StoredTimeline> {
    const scan = await this.#withText(project, counted);
    const options = this.#options(project, scan);
    return isRange(scan) ? readTimeline(scan, options) : countTimeline(scan, options);
  }

  async top(project: number, counted: TopScan): Promise<StoredTop> {
    const scan = await this.#withText(project, counted);
    const options = this.#options(project, scan);
    if (!isRange(scan)) {
      return countTop(scan, options);
    }
    const sessions = await readTopSessions(scan, options);
    return { sessions, ...(await readGaps(scan, options)) };
  }

  async topCalls(project: number, counted: TopScan): Promise<StoredTopCalls> {
    const scan = await this.#withText(project, counted);
    return countTopCalls(scan, this.#options(project, scan));
  }

  async scores(project: number, { limit, ...counted }: ScoresScan): Promise<StoredScoreSum[]> {
    const scan = await this.#withText(project, counted);
    return countScores(scan, limit, this.#options(project, scan));
  }

  /** @throws TooManyGroupsError */
  async tools(project: number, counted: ToolScan): Promise<StoredTools> {
    const scan = await this.#withText(project, counted);
    return countTools(scan, this.#options(project, scan));
  }

  /** @throws TooManyGroupsError */
  async errors(project: number, counted: ErrorScan): Promise<StoredErrors> {
    const scan = await this.#withText(project, counted);
    return countErrors(scan, this.#options(project, scan));
  }

  async visits(project: number, { limit, ...counted }: VisitsScan): Promise<StoredVisits> {
    const scan = await this.#withText(project, counted);
    return countVisits(scan, limit, this.#options(project, scan));
  }

  async groups(project: number, counted: GroupScan): Promise<StoredGroups> {
    const scan = await this.#withText(project, counted);
    return countGroups(scan, this.#options(project, scan));
  }

  async facets(project: number, counted: FacetScan): Promise<StoredFacets> {
    const scan = await this.#withText(project, counted);
    return readFacets(scan, this.#options(project, scan));
  }

  async sessions(project: number, { text: query, ...scan }: SessionScan): Promise<FoundSessions> {
    const found: SearchResult & { readonly searched?: SearchedText } =
      query === undefined ? await this.#inOrder(project, scan) : await this.#withHits(project, scan, query);
    const { rows, stoppedAt, searched } = found;
    if (scan.direction === 'newer') rows.reverse();
    return {
      sessions: rows,
      ...(stoppedAt === undefined ? {} : { stoppedAt }),
      ...(searched && { searched }),
    };
  }

  #textIn(project: number): { readonly search: TextSearch; readonly moment: TextMoment } {
    if (this.#text === undefined) throw new Error('this store has no content search');
    const { search, moment } = this.#text;
    return { search, moment: { ...moment, project } };
  }

  /** Sessions under a filter that also meet a text query, with the places where they do. */
  async #withHits(
    project: number,
    scan: SessionScan,
    query: TextQuery,
  ): Promise<SearchResult & { readonly searched: SearchedText }> {
    const { search, moment } = this.#textIn(project);
    const candidates = await search.candidates(moment, query);
    const { isComplete, untilNs } = candidates;
    const hits = new Map<string, readonly RecordHit[]>();
    const hitsOf = (id: string): Promise<readonly RecordHit[]> => search.hitsIn(moment, candidates, id);
    /** Hits are looked for in one way, however the sessions were found. */
    const withHits = async (result: SearchResult) => {
      for (const { id } of result.rows) {
        this.#checkpoint();
        if (!hits.has(id)) hits.set(id, await hitsOf(id));
      }
      const searched = { isComplete, ...(!isComplete && untilNs !== undefined && { untilNs }), hits };
      return { ...result, searched };
    };
    if (this.#areLookedThrough(candidates)) {
      const found = await search.sessions(moment, candidates);
      const numbers = found.map(({ no }) => no);
      return withHits(await this.#inOrder(project, { ...scan, numbers }));
    }
    const listOneByOne = (some: SessionScan & SearchFilter): Promise<SearchResult> =>
      this.#oneByOne(project, some, hitsOf, hits);
    if (scan.sort === undefined && scan.direction === 'older') {
      const list = (some: SessionScan & SearchFilter): Promise<SearchResult> => this.#activeIn(project, some);
      const options = { scan, candidates, search, moment, list, listOneByOne };
      const result = candidates.share < COMMON ? await newestFirst(options) : undefined;
      if (result !== undefined) return withHits(result);
    }
    return withHits(await listOneByOne(scan));
  }

  /** Reads sessions in list order and keeps those that have hits, which it adds to `found`. */
  async #oneByOne(
    project: number,
    scan: SessionScan & SearchFilter,
    hitsOf: (id: string) => Promise<readonly RecordHit[]>,
    found: Map<string, readonly RecordHit[]>,
  ): Promise<SearchResult> {
    const rows: ListedSession[] = [];
    let { after } = scan;
    for (let examined = 0; ; ) {
      const limit = Math.min(CONFIRMED_AT_ONCE, this.#maxExamined);
      const batch = await this.#inOrder(project, { ...scan, limit, ...(after && { after }) });
      for (const row of batch.rows) {
        this.#checkpoint();
        const { amount, startNs, id } = row;
        after = { ...(amount !== undefined && { amount }), startNs, id };
        const hits = await hitsOf(id);
        examined++;
        if (hits.length > 0) {
          found.set(id, hits);
          rows.push(row);
          if (rows.length === scan.limit) return { rows };
        }
        if (examined >= Math.min(MOST_CONFIRMED, this.#maxExamined)) return { rows, stoppedAt: after };
      }
      if (batch.stoppedAt !== undefined) return { rows, stoppedAt: batch.stoppedAt };
      if (batch.rows.length < limit) return { rows };
    }
  }

  /** Whether all documents that may have a text are looked through for a list: if they are few, or rare. */
  #areLookedThrough({ lead, share }: TextCandidates): boolean {
    return lead.bytes <= this.#mostTextBytes * (share < RARE ? RARE_TIMES : 1);
  }

  /** A scan with its text query as numbers of sessions. @throws InexactSearchError */
  async #withText<Scan extends CountedSessions>(project: number, scan: Scan): Promise<Scan & SearchFilter> {
    const { text: query } = scan;
    if (query === undefined) return scan;
    const { search, moment } = this.#textIn(project);
    const candidates = await search.candidates(moment, query);
    if (!candidates.isComplete) throw new InexactSearchError('incomplete');
    if (candidates.lead.bytes > MOST_COUNTED_BYTES) throw new InexactSearchError('broad');
    const found = await search.sessions(moment, candidates);
    return { ...scan, numbers: found.map(({ no }) => no) };
  }

  /** The rows of a scan in its direction, by its amount or by start. */
  async #inOrder(project: number, scan: SessionScan & SearchFilter): Promise<SearchResult> {
    const { sort } = scan;
    if (sort === undefined) return this.#activeIn(project, scan);
    return sortedSessions({ ...scan, sort }, this.#sortOptions(project, scan));
  }

  #sortOptions(project: number, { nowNs }: SessionScan): SortOptions {
    return {
      rows: this.#rows,
      project,
      expiredNs: nowNs - this.#timeoutNs,
      checkpoint: this.#checkpoint,
      maxExamined: this.#maxExamined,
    };
  }

  #options(project: number, { nowNs }: CountedSessions): MatchOptions {
    return {
      rows: this.#rows,
      project,
      expiredNs: nowNs - this.#timeoutNs,
      checkpoint: this.#checkpoint,
      columnRows: this.#columnRows,
      fewSessions: this.#fewSessions,
    };
  }

  /**
   * The rows of a scan in its direction. With a bound of the last activity, sessions that started at the
   * bound or later come before all others in the list. Their last activity need not be checked.
   */
  async #activeIn(project: number, scan: SessionScan & SearchFilter): Promise<SearchResult> {
    const { lastFromNs, startFromNs = 0n, startToNs = MAX_INTEGER, ...rest } = scan;
    if (lastFromNs === undefined) return this.#found(project, scan);
    const parts: SessionScan[] = [];
    if (startToNs >= lastFromNs) {
      parts.push({ ...rest, startFromNs: startFromNs > lastFromNs ? startFromNs : lastFromNs, startToNs });
    }
    if (startFromNs < lastFromNs) {
      parts.push({ ...scan, startToNs: startToNs < lastFromNs ? startToNs : lastFromNs - 1n });
    }
    if (scan.direction === 'newer') parts.reverse();
    const rows: ListedSession[] = [];
    for (const part of parts) {
      const found = await this.#found(project, { ...part, limit: scan.limit - rows.length });
      rows.push(...found.rows);
      if (found.stoppedAt !== undefined) return { rows, stoppedAt: found.stoppedAt };
      if (rows.length === scan.limit) break;
    }
    return { rows };
  }

  async #found(project: number, scan: SessionScan): Promise<SearchResult> {
    const { states, open, userIds } = scan;
    const possible = states?.filter(({ name }) => open === undefined || isOpenState(name) === open);
    if (possible?.length === 0) return { rows: [] };
    const options = {
      rows: this.#rows,
      project,
      expiredNs: scan.nowNs - this.#timeoutNs,
      maxExamined: this.#maxExamined,
    };
    if (await needsSearch(scan, options)) return searchSessions(scan, options);
    const [state] = possible ?? [];
    if (state !== undefined && possible?.length === 1 && userIds === undefined && 'activeAfterNs' in state) {
      // Last activity separates active from idle sessions, so the number of examined sessions does not depend
      // on how many there are.
      const fromNs = (state.name === 'active' ? state.activeAfterNs : options.expiredNs) + 1n;
      const last = state.name === 'active' ? { fromNs } : { fromNs, toNs: state.activeAfterNs };
      return { rows: await this.#rows.byLast(project, last, boundsOf(scan), scan.limit) };
    }
    const ranges = this.#ranges(scan, possible, options.expiredNs);
    if (ranges.length === 0) return { rows: [] };
    return { rows: await this.#rows.merged(project, ranges, boundsOf(scan), scan.limit) };
  }

  /**
   * A list of sessions is a merge of index ranges. `listing` has the time-outs of the writer's last sweep.
   * Sessions for which that does not hold at `nowNs` are found by last activity: the few that have timed out
   * since then, and, only if a clock was set back, those that are listed as timed out and are open.
   */
  #ranges(
    { userIds, open, withHidden }: SessionScan,
    states: readonly StateFilter[] | undefined,
    expiredNs: bigint,
  ): CheckedSource[] {
    const dead: Check = { is: 'atMost', column: 'lastNs', value: expiredNs };
    const alive: Check = { is: 'atLeast', column: 'lastNs', value: expiredNs + 1n };
    const users = userIds === undefined ? [undefined] : [...new Set(userIds)];
    return users.flatMap((user) => {
      const range = (listing: number, ...checks: Check[]): CheckedSource => ({
        source: user === undefined ? { by: 'start', listing } : { by: 'user', listing, user },
        checks,
      });
      const byLast = (listing: number, bounds: { fromNs?: bigint; toNs?: bigint }): CheckedSource => ({
        source: { by: 'last', listing, ...bounds },
        checks: user === undefined ? [] : [{ is: 'shownUser', user }],
      });
      const timedOut = [range(Listing.timedOut, dead), byLast(Listing.open, { toNs: expiredNs })];
      if (states !== undefined) {
        return [...new Map(states.map((state) => [state.name, state])).values()].flatMap((state) => {
          if (state.name === 'timed_out') return timedOut;
          const checks = stateChecks(state, expiredNs);
          if (state.name === 'ended') return [range(Listing.ended, ...checks)];
          return [
            range(Listing.open, ...checks),
            withChecks(byLast(Listing.timedOut, { fromNs: expiredNs + 1n }), checks),
          ];
        });
      }
      if (open === undefined) {
        return [...LISTED, ...(withHidden ? [Listing.hidden] : [])].map((listing) => range(listing));
      }
      if (!open) return [range(Listing.ended), ...timedOut];
      return [range(Listing.open, alive), byLast(Listing.timedOut, { fromNs: expiredNs + 1n })];
    });
  }
}

function withChecks({ source, checks }: CheckedSource, more: readonly Check[]): CheckedSource {
  return { source, checks: [...checks, ...more] };
}

function boundsOf({ startFromNs, startToNs, after, direction }: SessionScan): Bounds {
  return { startFromNs, startToNs, after, direction };
}

function isOpenState(name: StateFilter['name']): boolean {
  return name === 'active' || name === 'idle';
}
