import type { TextQuery } from '../../text-search/text-query.js';

/** Filters of sessions. */

/**
 * Conditions that must all hold. A list of values matches sessions that have any of them; an empty list
 * matches none.
 */
export interface SessionFilter {
  /** The id of the session begins so. */
  readonly idPrefix?: string;
  /** Any user id of the session begins so. */
  readonly userPrefix?: string;
  /** Exact match on any user id of the session. */
  readonly userIds?: readonly string[];
  /** true: active or idle; false: ended, timed out or invalidated. */
  readonly open?: boolean;
  readonly states?: readonly StateFilter[];
  /** Inclusive bounds of the session's start, nanoseconds since 1970. */
  readonly startFromNs?: bigint;
  readonly startToNs?: bigint;
  /** Least last activity, inclusive, nanoseconds since 1970. */
  readonly lastFromNs?: bigint;
  /** The session's services, models and providers, matched whole. */
  readonly services?: readonly string[];
  readonly models?: readonly string[];
  readonly providers?: readonly string[];
  /** `unknown` also matches sessions without one. */
  readonly deviceTypes?: readonly string[];
  /** true: only sessions of bots, by type of device; false: none of them. */
  readonly bots?: boolean;
  readonly countryCodes?: readonly string[];
  /** Versions of the page or app, matched whole. */
  readonly releases?: readonly string[];
  /** Prefix of the address, path or route of a page, or of the name of a screen. */
  readonly pagePrefix?: string;
  /** Whether there are errors: failed spans or exceptions. */
  readonly errors?: boolean;
  /** Whether there are crashes. */
  readonly crashes?: boolean;
  /** Whether no record of the session has a session id: it is named by its trace alone (S16). */
  readonly implicit?: boolean;
  /** Least and greatest number of spans, of spans with an error status, of traces. */
  readonly minSpans?: number;
  readonly maxSpans?: number;
  readonly minErrors?: number;
  readonly maxErrors?: number;
  readonly minTraces?: number;
  readonly maxTraces?: number;
  /** Least number of spans of an implicit session; all others match. */
  readonly minTraceSpans?: number;
  /** Least and greatest duration (last activity − start), ns. */
  readonly minDurationNs?: bigint;
  readonly maxDurationNs?: bigint;
  /** Least and greatest known cost, nano-USD. Sessions without a known cost never match. */
  readonly minCostNanoUsd?: bigint;
  readonly maxCostNanoUsd?: bigint;
  /** Least and greatest number of input and output tokens. Sessions without model calls never match. */
  readonly minTokens?: bigint;
  readonly maxTokens?: bigint;
  /** Tags (normalize/tags.ts): a session has at least one of each list. */
  readonly tags?: readonly (readonly string[])[];
  /** `scoreValue`s: a session has at least one of each list. */
  readonly scoreValues?: readonly (readonly string[])[];
  /** Bounds of averages of scores by name. Sessions without a value of that name never match. */
  readonly scoreBounds?: readonly ScoreBound[];
  /** Whether it has any score. */
  readonly hasScores?: true;
  /** Shapes of errors (S95). */
  readonly errorShapes?: readonly string[];
  /** Names of tools of which a call failed (S90). */
  readonly failedTools?: readonly string[];
  /** No session matches that matches any of these. */
  readonly not?: readonly Exclusion[];
}

/** Inclusive bounds of the average of the scores of a name, compared to six digits after the point. */
export interface ScoreBound {
  readonly name: string;
  readonly least?: number;
  readonly most?: number;
}

/** Sessions that are left out. */
export type Exclusion = Omit<SessionFilter, 'not' | 'startFromNs' | 'startToNs'>;

/** A condition on the texts of a session's records (docs/decisions/022-content-search.md). */
export interface TextCondition {
  readonly text?: TextQuery;
}

/** A state (DESIGN 6), and the instant that separates active sessions from idle ones. */
export type StateFilter =
  | { readonly name: 'ended' | 'timed_out' | 'invalidated' }
  /**
   * A session is active if its last activity is later than `activeAfterNs`, which must not be before the
   * store's time-out.
   */
  | { readonly name: 'active' | 'idle'; readonly activeAfterNs: bigint };

/**
 * Sessions that started in a range of time and were active at an instant or later. Both bounds of the start
 * are inclusive.
 */
export type SessionRange = Pick<SessionFilter, 'startFromNs' | 'startToNs' | 'lastFromNs'>;
