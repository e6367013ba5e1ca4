import type { Client, Geo, VisitView, VitalsView } from '../../sessionize/session-view.js';
import type { PageSources } from '../../sessionize/visit.js';
import type { TextHit } from '../../text-search/matcher.js';
import type { Speaker } from '../../text-search/text-query.js';
import type { SessionFilter, TextCondition } from './session-filter.js';

/** Sessions as a store keeps them, and lists of them. */

/** The amounts by which lists can be sorted. */
export const SORT_AMOUNTS = ['lastActivity', 'duration', 'cost', 'tokens', 'errors'] as const;
export type SortAmount = (typeof SORT_AMOUNTS)[number];

/** Lists are ordered by amount if they are sorted by one, then by start, then by id. */
export interface SessionPosition {
  /** Of a list that is sorted by one. */
  readonly amount?: bigint;
  readonly startNs: bigint;
  readonly id: string;
}

export interface FoundSessions {
  readonly sessions: ListedSession[];
  /**
   * The position where the search stopped before it found `limit` sessions. In scan direction, all matching
   * sessions up to it are in `sessions`; there may be more after it. Undefined if `limit` sessions or all of
   * them were found.
   */
  readonly stoppedAt?: SessionPosition;
  /** What was searched, if the scan has a `text`. */
  readonly searched?: SearchedText;
}

/** How a search for a text went. */
export interface SearchedText {
  /** Whether all telemetry was searched that sessions have. */
  readonly isComplete: boolean;
  /** Time of the latest telemetry that was searched, ns since 1970. Only if not all was. It is indexed as it arrives. */
  readonly untilNs?: bigint;
  /** Where sessions have it, by their ids: a few places each. */
  readonly hits: ReadonlyMap<string, readonly RecordHit[]>;
}

/** A record that has a text. */
export interface RecordHit extends TextHit {
  /** Who says it, if it is a message of somebody. */
  readonly speaker?: Speaker;
  readonly kind: 'span' | 'log';
  /** Start of the span, time of the log record. */
  readonly timeNs: bigint;
  /** Lower-case hex; undefined if the record has none. */
  readonly traceId?: string;
  readonly spanId?: string;
}

export interface SessionScan extends SessionFilter, TextCondition {
  /** By start, if left out. Sessions without the amount are not in the list. */
  readonly sort?: SortAmount;
  readonly after?: SessionPosition;
  /** `older`: towards smaller amounts, or earlier starts. */
  readonly direction: 'older' | 'newer';
  readonly limit: number;
  /** The time of the request, ns since 1970. It decides the state of each session. */
  readonly nowNs: bigint;
  /**
   * Whether sessions that no list contains are found too. Only without other filters than a range of time.
   */
  readonly withHidden?: boolean;
}

/** One session of a list. Its size does not grow with the number of its calls. */
export interface ListedSession extends SessionPosition, Pick<StoredSession, 'lastNs' | 'invalidated'> {
  /** Whether its records say that it ended. Undefined if it was invalidated. */
  readonly hasEnded?: true;
  /**
   * The JSON fields of `countsItem` and `traitsItem` (session-item.ts) in UTF-8, without surrounding braces.
   * All sessions of a list share the memory, which must not be modified.
   */
  readonly fields: Uint8Array;
}

/** Fields of a session that are shown and change with its records. */
export type SessionCounts = Pick<
  StoredSession,
  | 'title'
  | 'outcome'
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
  | 'scores'
>;

/** Fields of a session that are shown and rarely change. */
export type SessionTraits = Pick<
  StoredSession,
  'previousId' | 'userId' | 'client' | 'geo' | 'release' | 'deviceModel' | 'osVersion' | 'connection'
>;

/** One session as the store keeps it. Its state is not stored: it follows from these fields and the time. */
export interface StoredSession {
  readonly id: string;
  readonly startNs: bigint;
  /** Latest span end or log time. */
  readonly lastNs: bigint;
  /** What it was about (S54). */
  readonly title?: string;
  /** Its first error (S55). */
  readonly outcome?: string;
  /** Number of its records whose time is too far ahead to be accepted; undefined if there are none. */
  readonly timesSetAside?: number;
  readonly traceCount: number;
  readonly spanCount: number;
  readonly errorCount: number;
  /**
   * Number of exceptions, each counted once however often it is reported, and of crashes among them.
   * Undefined without exceptions.
   */
  readonly exceptionCount?: number;
  readonly crashCount?: number;
  /** Sorted by code unit. */
  readonly services: readonly string[];
  /** Latest time at which a `session.end`, or the `session.start` of a successor, said that it ended. */
  readonly endEventNs?: bigint;
  /** Whether no activity began after that. */
  readonly hasEnded?: true;
  readonly invalidated: boolean;
  /** Whether no record of it has a session id: it is named by its trace alone (S16). */
  readonly isImplicit?: true;
  /**
   * Whether no list contains it, whatever the filters (S16). Only known if the session was requested by its
   * id.
   */
  readonly isUnlisted?: true;
  readonly userId?: string;
  /** Other user ids than `userId` by which the session is found (S30). */
  readonly otherUserIds?: readonly string[];
  readonly client?: Client;
  readonly geo?: Geo;
  readonly genai?: StoredGenAiUsage;
  /** Its scores by name, in order of code units; undefined if it has none. */
  readonly scores?: readonly StoredScore[];
  /** The shapes of its errors (S95), in order of code units; undefined if it has none. */
  readonly errorShapes?: readonly string[];
  /** The tools of which a call failed, in order of code units; undefined if there are none. */
  readonly failedTools?: readonly string[];
  /** The ids of scores that it was given by the API, deleted ones included. Undefined if there are none. */
  readonly scoreIds?: readonly string[];
  /** The session that this one continues, according to its `session.start`. */
  readonly previousId?: string;
  /** The services whose pages count; undefined if no record reports pages. */
  readonly pageSources?: PageSources;
  readonly visit?: VisitView;
  readonly vitals?: VitalsView;
  /** The addresses, routes and screens by which it is found (S53), sorted by code unit. */
  readonly places?: readonly string[];
  /** The values of attributes by which it is found (normalize/tags.ts), sorted by code unit. */
  readonly tags?: readonly string[];
  /** Version of the page or app, or else of a backend. */
  readonly release?: string;
  readonly deviceModel?: string;
  readonly osVersion?: string;
  readonly connection?: string;
}

/** The scores of one name. */
export interface StoredScore {
  readonly name: string;
  readonly count: number;
  /** The sum of their values in millionths, and the number of scores that have one. */
  readonly units: bigint;
  readonly valued: number;
  /** The number of scores with each label; of a session, in order of code units. */
  readonly labels: readonly { readonly label: string; readonly count: number }[];
}

export interface StoredGenAiUsage {
  /** Number of individually known calls; 0 if only metrics report usage. */
  readonly requestCount: number;
  /** Tokens, exact. */
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  /** Sorted by code unit. */
  readonly models: readonly string[];
  readonly providers: readonly string[];
  /** Cost of all calls with a known cost, nano-USD; undefined if there are none. */
  readonly costNanoUsd?: bigint;
  /** Counted calls with tokens but without a known cost. */
  readonly unpricedCount: number;
  /** Counted calls without reported tokens. */
  readonly unreportedCount: number;
}

/** Numbers of calls that are missing from a total. */
export interface UsageGaps {
  /** Counted model calls with tokens but without a known cost. */
  readonly unpricedCount: number;
  /** Counted model calls without reported tokens. */
  readonly unreportedCount: number;
}
