import type { NotRead, Usage } from '../../normalize/facts.js';
import type { UsageNumber } from '../../normalize/usage-numbers.js';
import type { NotCounted } from '../../sessionize/usage.js';
import type { GroupPosition, RecordId } from './group.js';
import type { StoredSession } from './session.js';

/** What the records of a session say about model calls. */

/** A page of usage compares calls of different groups only in sessions of at most this many records of any kind. */
export const MOST_TOGETHER = 25_000;

/** The position of a record among those of its session. */
export interface UsagePosition {
  readonly group: GroupPosition;
  readonly timeNs: bigint;
  /** Span id or digest in hex digits, followed by `+` for the rest of an aggregate. The empty text sorts before all records of that time. */
  readonly record: string;
}

export interface UsageScan {
  readonly after?: UsagePosition;
  /** 'forward' is later, 'backward' earlier; the answer is in list order either way. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
}

export interface StoredUsage {
  readonly session: StoredSession;
  /** In list order. The counted ones of all pages add up to the session's `genai`. */
  readonly records: readonly StoredUsageRecord[];
  /** Where the search stopped before `limit` records were found; there may be more beyond. */
  readonly stoppedAt?: UsagePosition;
  /** Calls of different groups were not compared, because the session has too many records. A call that counts twice here still counts once in `session`. */
  readonly isApart?: true;
}

export type StoredUsageRecord = { readonly position: UsagePosition } & (
  | (StoredCallRecord & {
      /** Numbers that look like usage and that no dialect reads. */
      readonly unread: readonly UsageNumber[];
    })
  | StoredUnread
);

/** A record in which no dialect finds a model call, though it has numbers that look like usage. */
export interface StoredUnread {
  readonly record: RecordId;
  readonly timeNs: bigint;
  readonly signal: 'span' | 'log';
  readonly dialect?: string;
  readonly scope?: string;
  readonly usage?: undefined;
  readonly unread: readonly UsageNumber[];
  readonly reason: NotRead;
}

/** A record that says something about a model call, and whether it counts (docs/usage.md). */
export interface StoredCallRecord {
  readonly record: RecordId;
  /** Start of the span, or time of the log record. */
  readonly timeNs: bigint;
  /** What it says, with what it takes over from other records of the call. */
  readonly usage: Usage;
  /** Why it does not count; missing where it does. */
  readonly reason?: NotCounted;
  /** The record that counts instead, or that supersedes it. */
  readonly by?: RecordId;
  /** The session of `by`, where it is another one. */
  readonly bySession?: string;
  /** Of a counted record: another counted record that shares an id with it, though they are two calls (U16). */
  readonly sharesIdWith?: RecordId;
}
