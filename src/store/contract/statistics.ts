import type { VitalName } from '../../normalize/facts.js';
import type { ListedSession, StoredScore, UsageGaps } from './session.js';
import type { SessionFilter, TextCondition } from './session-filter.js';

/** Counts over many sessions: statistics, timelines, top lists, visits, and the values of filters. */

/**
 * Which sessions are counted. Counts of a range of time come from stored aggregates. Under any other filter
 * the sessions of the range are read, so the cost grows with their number. Both are exact.
 */
export interface CountedSessions extends SessionFilter, TextCondition {
  /** The time of the request, ns since 1970. It decides the state of each session. */
  readonly nowNs: bigint;
}

export interface StatisticsScan extends CountedSessions {
  /** Whether quantiles of the durations are counted too. Then all sessions of the range are read. */
  readonly withDurations?: boolean;
}

/** The greatest sessions, or those with the greatest model calls. */
export interface TopScan extends CountedSessions {
  readonly by: 'cost' | 'duration';
  readonly limit: number;
}

export interface StoredTop extends UsageGaps {
  /** Greatest first, ties in list order. */
  readonly sessions: readonly ListedSession[];
}

/** Sessions with the greatest calls. The gaps are those of all counted sessions. */
export interface StoredTopCalls extends UsageGaps {
  /** Greatest first, ties in list order, at most `limit`. */
  readonly sessions: readonly {
    readonly session: ListedSession;
    /** Of its greatest call: nano-USD or ns. */
    readonly amount: bigint;
  }[];
}

/** Integer statistics of the counted sessions. */
export interface Statistics extends UsageGaps {
  readonly openSessions: number;
  readonly totalSessions: number;
  readonly uniqueUsers: number;
  /** Total of last activity − start, in whole microseconds per session. */
  readonly durationMicros: bigint;
  /** Of last activity − start. Undefined without sessions, and if they were not asked for. */
  readonly durations?: Quantiles;
  readonly sessionsWithErrors: number;
  readonly sessionsWithGenAi: number;
  /** Sessions with at most one span. */
  readonly bounces: number;
  readonly byDeviceType: ReadonlyMap<string, number>;
  /** Sessions per ISO 3166-1 alpha-2 code, with the name kept for it. */
  readonly byCountry: ReadonlyMap<string, { readonly name: string | undefined; readonly count: number }>;
}

export interface TimelineScan extends CountedSessions {
  /** Inclusive, and not before `startFromNs`. */
  readonly startToNs: bigint;
  /**
   * Length of a step for a range that begins here, ns: whole minutes, or if it is longer than an hour or a
   * day, whole hours or days.
   */
  stepFor(fromNs: bigint): bigint;
}

export interface StoredTimeline {
  /**
   * Where the steps begin: the later of `startFromNs` and `lastFromNs`. Without both, the step of the first
   * counted session.
   */
  readonly fromNs: bigint;
  readonly stepNs: bigint;
  /** By number of steps since 1970. Steps without a session are missing. */
  readonly points: ReadonlyMap<bigint, TimelineSum>;
  /** Counted sessions that started before the first step; undefined if there are none. */
  readonly earlier?: TimelineSum;
  /** Aggregates of the calls that name a model, by its name. They do not count sessions. */
  readonly models: ReadonlyMap<string, TimelineSum>;
}

export interface TimelineSum extends UsageGaps {
  readonly sessions: number;
  readonly sessionsWithErrors: number;
  /** Counted model calls. */
  readonly calls: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  /** Nano-USD; undefined if no call has a known cost. */
  readonly costNanoUsd?: bigint;
}

export interface VisitsScan extends CountedSessions {
  /** Greatest number of values in a list. */
  readonly limit: number;
}

/** Lists of values: most sessions first, ties by value. */
export interface StoredVisits {
  /** Sessions with a page view. */
  readonly visits: number;
  readonly pageViews: number;
  readonly releases: readonly StoredRelease[];
  /** Addresses of the first and the last pages of visits; names of pages without an address. */
  readonly entries: readonly StoredFacet[];
  readonly exits: readonly StoredFacet[];
  /** Of the sessions that report the vital. */
  readonly vitals: ReadonlyMap<VitalName, VitalSums>;
}

export interface StoredRelease extends StoredFacet {
  readonly withErrors: number;
  readonly withCrashes: number;
}

/** The number of sessions that report a vital, and percentiles of their worst values, by nearest rank. */
export interface VitalSums {
  readonly sessions: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

export interface ScoresScan extends CountedSessions {
  readonly limit: number;
}

/** The scores of one name over sessions. */
export interface StoredScoreSum extends StoredScore {
  /** Sessions with scores of this name. */
  readonly sessions: number;
}

export interface ToolScan extends CountedSessions {
  /** The tools with the most of it come first, ties by name. */
  readonly sort: 'calls' | 'failures' | 'retries' | 'sessions' | 'p95';
  readonly limit: number;
}

/** The calls of a tool over sessions (S90). */
export interface StoredTool {
  readonly name: string;
  readonly sessions: number;
  readonly sessionsWithFailures: number;
  readonly calls: number;
  readonly failures: number;
  readonly retries: number;
  /** Of the calls whose duration is known, microseconds (`ToolSum.durations`). Undefined if there are none. */
  readonly durations: (Quantiles & { readonly max: number }) | undefined;
}

export interface StoredTools {
  readonly tools: readonly StoredTool[];
  /** Number of different tools. */
  readonly toolCount: number;
  /** Sessions with more than MOST_TOOLS tools, of which only the first in order of code units count. */
  readonly cutSessions: number;
}

export interface ErrorScan extends CountedSessions {
  /** The errors with the most of it, or the latest of these times, come first, ties by shape. */
  readonly sort: 'sessions' | 'count' | 'first_seen' | 'last_seen';
  readonly limit: number;
}

/** The errors of a shape over sessions (S95). */
export interface StoredError {
  readonly shape: string;
  readonly sessions: number;
  readonly count: number;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

export interface StoredErrors {
  readonly errors: readonly StoredError[];
  /** Number of different shapes. */
  readonly shapeCount: number;
  /** Sessions with more than MOST_ERRORS shapes, of which only the first in order of code units count. */
  readonly cutSessions: number;
}

/** Lists of values that sessions can be filtered by. */
export interface FacetLists {
  readonly services: readonly StoredFacet[];
  readonly models: readonly StoredFacet[];
  readonly providers: readonly StoredFacet[];
  readonly countryCodes: readonly StoredFacet[];
  /** Sessions without a type of device count as `unknown`. */
  readonly deviceTypes: readonly StoredFacet[];
  readonly releases: readonly StoredFacet[];
  readonly operations: readonly StoredFacet[];
  readonly tools: readonly StoredFacet[];
  readonly errorTypes: readonly StoredFacet[];
  readonly routes: readonly StoredFacet[];
  readonly statuses: readonly StoredFacet[];
  /** Names of indexed attributes. */
  readonly attributeKeys: readonly StoredFacet[];
  /** Values of the attribute of the request; empty without one. */
  readonly attributeValues: readonly StoredFacet[];
}

export type FacetName = keyof FacetLists;

export interface StoredFacets extends FacetLists {
  /** The lists that have more values than `limit`. */
  readonly cut: readonly FacetName[];
}

/** What sessions are grouped by. `attribute` is an indexed attribute. */
export type GroupBy =
  | 'user'
  | 'service'
  | 'model'
  | 'provider'
  | 'country'
  | 'device'
  | 'release'
  | 'operation'
  | 'tool'
  | 'errorType'
  | 'route'
  | 'status'
  | 'attribute';

export interface GroupScan extends CountedSessions {
  readonly by: GroupBy;
  /** The name of the attribute. */
  readonly attribute?: string;
  /** The groups with the most of it come first, ties by value. */
  readonly sort: 'sessions' | 'errors' | 'tokens' | 'cost';
  /** Most groups. */
  readonly limit: number;
}

export interface GroupSum extends UsageGaps {
  readonly sessions: number;
  readonly sessionsWithErrors: number;
  /** Counted model calls. */
  readonly calls: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  /** Nano-USD; undefined if no call has a known cost. */
  readonly costNanoUsd?: bigint;
}

/** Quantiles of durations by nearest rank, ns. */
export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

export interface StoredGroups {
  /** Of all counted sessions, each once. */
  readonly total: GroupSum & { readonly durations: Quantiles | undefined };
  /** Of the counted sessions without a value. */
  readonly none: GroupSum;
  /** Number of different values. */
  readonly groupCount: number;
  /** The largest groups. A session is in the group of each of its values; by model, with the usage of the model. */
  readonly groups: readonly (GroupSum & {
    readonly value: string;
    readonly durations: Quantiles | undefined;
  })[];
}

/**
 * Which values are listed. Each list counts the sessions that match all conditions but its own, so that it shows what
 * other values there are. Its own are those on its values alone, *not* included: a list of tags in which all are
 * values of the list.
 */
export interface FacetScan extends CountedSessions {
  /** Maximum number of values of a list. */
  readonly limit: number;
  /** Only values that begin so. */
  readonly prefix?: string;
  /** The name of an attribute, whose values are listed too. */
  readonly attribute?: string;
}

export interface StoredFacet {
  readonly value: string;
  readonly count: number;
}
