import type { VitalName } from '../../normalize/facts.js';
import type { ListedSession, UsageGaps } from './session.js';
import type { SessionFilter } from './session-filter.js';

/** Counts over many sessions: statistics, timelines, top lists, visits, and the values of filters. */

/**
 * Sessions that are counted. Of a range alone, counts come from sums that are kept ready. Under any other filter the sessions of the
 * range are looked at, so that what is read grows with their number; the counts are as exact.
 */
export interface CountedSessions extends SessionFilter {
  /** The time of the request in nanoseconds, which state is judged by. */
  readonly nowNs: bigint;
}

export interface TopScan extends CountedSessions {
  readonly by: 'cost' | 'duration';
  readonly limit: number;
}

export interface StoredTop extends UsageGaps {
  /** Greatest first, ties in list order. */
  readonly sessions: readonly ListedSession[];
}

/** Whole-number facts about the sessions that are counted. */
export interface Statistics extends UsageGaps {
  readonly openSessions: number;
  readonly totalSessions: number;
  readonly uniqueUsers: number;
  /** Sum of last activity − start, in whole microseconds per session. */
  readonly durationMicros: bigint;
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
  /** Length of a step for a range from this on, ns: whole minutes, and whole hours or days where it is longer than one. */
  stepFor(fromNs: bigint): bigint;
}

export interface StoredTimeline {
  /** Where the steps begin: the later of `startFromNs` and `lastFromNs`; where both are left out, the step of the first session that is counted. */
  readonly fromNs: bigint;
  readonly stepNs: bigint;
  /** By the number of steps since 1970; steps without a session are missing. */
  readonly points: ReadonlyMap<bigint, TimelineSum>;
  /** The counted sessions that started before the steps begin; missing where there is none. */
  readonly earlier?: TimelineSum;
  /** Of the calls that name a model, by its name; without sessions. */
  readonly models: ReadonlyMap<string, TimelineSum>;
}

export interface TimelineSum extends UsageGaps {
  readonly sessions: number;
  readonly sessionsWithErrors: number;
  /** Model calls that count. */
  readonly calls: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  /** Missing where the cost of no call is known. */
  readonly costNanoUsd?: bigint;
}

export interface VisitsScan extends CountedSessions {
  /** Most values of a list. */
  readonly limit: number;
}

/** Lists of values: most sessions first, ties by value. */
export interface StoredVisits {
  /** Sessions with a page view. */
  readonly visits: number;
  readonly pageViews: number;
  readonly releases: readonly StoredRelease[];
  /** Addresses of the first pages and the last ones; their names where they have none. */
  readonly entries: readonly StoredFacet[];
  readonly exits: readonly StoredFacet[];
  /** Of those that a session tells. */
  readonly vitals: ReadonlyMap<VitalName, VitalSums>;
}

export interface StoredRelease extends StoredFacet {
  readonly withErrors: number;
  readonly withCrashes: number;
}

/** Of the sessions that tell a vital their number, and percentiles of their worst values, by nearest rank. */
export interface VitalSums {
  readonly sessions: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

/** Values that sessions can be filtered by. */
export interface StoredFacets {
  readonly services: readonly StoredFacet[];
  readonly models: readonly StoredFacet[];
  readonly providers: readonly StoredFacet[];
  readonly countryCodes: readonly StoredFacet[];
  /** Sessions that do not say are `unknown`. */
  readonly deviceTypes: readonly StoredFacet[];
  readonly releases: readonly StoredFacet[];
}

export interface StoredFacet {
  readonly value: string;
  readonly count: number;
}
