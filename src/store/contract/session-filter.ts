/** Filters of sessions. */

/**
 * Conditions that must all hold. A list of values matches sessions that have any of them; an empty list
 * matches none.
 */
export interface SessionFilter {
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
  /** Least number of spans. */
  readonly minSpans?: number;
  /** Least number of spans of an implicit session; all others match. */
  readonly minTraceSpans?: number;
  /** Least duration (last activity − start), ns. */
  readonly minDurationNs?: bigint;
  /** Least known cost, nano-USD. Sessions without a known cost never match. */
  readonly minCostNanoUsd?: bigint;
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
