import type { Client, Geo, VisitView, VitalsView } from '../../sessionize/session-view.js';
import type { PageSources } from '../../sessionize/visit.js';
import type { SessionFilter } from './session-filter.js';

/** Sessions as a store keeps them, and lists of them. */

export interface SessionPosition {
  readonly startNs: bigint;
  readonly id: string;
}

export interface FoundSessions {
  readonly sessions: ListedSession[];
  /**
   * Where the search was given up before `limit` sessions were found: all that match up to here, in the direction of the scan, are among
   * `sessions`; there may be more beyond. Missing where `limit` sessions were found, or all.
   */
  readonly stoppedAt?: SessionPosition;
}

export interface SessionScan extends SessionFilter {
  readonly after?: SessionPosition;
  readonly direction: 'older' | 'newer';
  readonly limit: number;
  /** The time of the request in nanoseconds, which state is judged by. */
  readonly nowNs: bigint;
}

/** One session of a list. Nothing of it grows with the number of its calls. */
export interface ListedSession extends SessionPosition, Pick<StoredSession, 'lastNs' | 'invalidated'> {
  /** Whether it has ended by what it tells; left out, too, where it was invalidated. */
  readonly hasEnded?: true;
  /** `countsItem` and `traitsItem` (session-item.ts) as fields of JSON, without the braces around them; the second may be empty. */
  readonly counts: string;
  readonly traits: string;
}

/** What of a session is shown and changes with its records. */
export type SessionCounts = Pick<
  StoredSession,
  | 'timesSetAside'
  | 'traceCount'
  | 'spanCount'
  | 'errorCount'
  | 'exceptionCount'
  | 'crashCount'
  | 'services'
  | 'visit'
  | 'vitals'
  | 'genai'
>;

/** What of a session is shown and seldom changes. */
export type SessionTraits = Pick<
  StoredSession,
  'previousId' | 'userId' | 'client' | 'geo' | 'release' | 'deviceModel' | 'osVersion' | 'connection'
>;

/** One session as the store keeps it. `state` is not kept: it follows from these fields and the time. */
export interface StoredSession {
  readonly id: string;
  readonly startNs: bigint;
  /** Latest span end or log time. */
  readonly lastNs: bigint;
  /** Times of its records that are not believed; left out where there is none. */
  readonly timesSetAside?: number;
  readonly traceCount: number;
  readonly spanCount: number;
  readonly errorCount: number;
  /** Exceptions, however told, each once, and those of them that were crashes; left out where there is no exception. */
  readonly exceptionCount?: number;
  readonly crashCount?: number;
  /** Sorted by code unit. */
  readonly services: readonly string[];
  /** Latest time at which a `session.end`, or the `session.start` of a successor, said that it ended. */
  readonly endEventNs?: bigint;
  /** Whether nothing in it began after that. */
  readonly hasEnded?: true;
  readonly invalidated: boolean;
  /** Whether nothing in it is there by a session id: it is named by its trace alone (S16). */
  readonly isImplicit?: true;
  /** Whether no list has it, whatever its filters (S16); told of a session that was asked for by its id. */
  readonly isUnlisted?: true;
  readonly userId?: string;
  /** User ids that the session is found by besides `userId` (S30). */
  readonly otherUserIds?: readonly string[];
  readonly client?: Client;
  readonly geo?: Geo;
  readonly genai?: StoredGenAiUsage;
  /** The session that this one continues, as its `session.start` said. */
  readonly previousId?: string;
  /** Whose pages count; left out where nobody tells of any. */
  readonly pageSources?: PageSources;
  readonly visit?: VisitView;
  readonly vitals?: VitalsView;
  /** Places of its pages by which it is found (S53), sorted by code unit. */
  readonly places?: readonly string[];
  /** Version of the page or app, else of a backend. */
  readonly release?: string;
  readonly deviceModel?: string;
  readonly osVersion?: string;
  readonly connection?: string;
}

export interface StoredGenAiUsage {
  /** Calls known one by one; 0 where only metrics tell of usage. */
  readonly requestCount: number;
  /** Tokens, exact. */
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  /** Sorted by code unit. */
  readonly models: readonly string[];
  readonly providers: readonly string[];
  /** Sum over the calls whose cost is known, in nano-USD; missing when none is known. */
  readonly costNanoUsd?: bigint;
  /** Counted calls with tokens and no known cost. */
  readonly unpricedCount: number;
  /** Counted calls whose number of tokens nobody told. */
  readonly unreportedCount: number;
}

/** By how many calls a total may be too low. */
export interface UsageGaps {
  /** Model calls that count, with tokens and without a known cost. */
  readonly unpricedCount: number;
  /** Model calls that count, whose number of tokens nobody told. */
  readonly unreportedCount: number;
}
