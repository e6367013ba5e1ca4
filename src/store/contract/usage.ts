import type { NotRead, Usage } from '../../normalize/facts.js';
import type { UsageNumber } from '../../normalize/usage-numbers.js';
import type { NotCounted } from '../../sessionize/usage.js';
import type { GroupPosition, RecordId } from './group.js';
import type { StoredSession } from './session.js';

/** Model calls that the records of a session report. */

/**
 * A page of usage only compares calls of different groups if the session has at most this many records of any
 * kind.
 */
export const MOST_TOGETHER = 25_000;

/** The position of a record among those of its session. */
export interface UsagePosition {
  readonly group: GroupPosition;
  readonly timeNs: bigint;
  /**
   * Span id or digest in hex digits, followed by `+` for the rest of an aggregate. The empty text sorts
   * before all records of that time.
   */
  readonly record: string;
}

export interface UsageScan {
  readonly after?: UsagePosition;
  /** 'forward' is later, 'backward' earlier. The answer is in list order in both cases. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
}

export interface StoredUsage {
  readonly session: StoredSession;
  /** In list order. The counted records of all pages add up to the session's `genai`. */
  readonly records: readonly StoredUsageRecord[];
  /** Where the search stopped before it found `limit` records. There may be more after it. */
  readonly stoppedAt?: UsagePosition;
  /**
   * Calls of different groups were not compared, because the session has too many records. A call that counts
   * twice here still counts once in `session`.
   */
  readonly isComparedByTrace?: true;
}

export type StoredUsageRecord = { readonly position: UsagePosition } & (
  | (StoredCallRecord & {
      /** Numbers that look like usage and that no dialect reads. */
      readonly unread: readonly UsageNumber[];
    })
  | StoredUnread
);

/** A record that has numbers that look like usage, but in which no dialect finds a model call. */
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

/** A record that reports a model call, and whether it counts (docs/usage.md). */
export interface StoredCallRecord {
  readonly record: RecordId;
  /** Start of the span, or time of the log record. */
  readonly timeNs: bigint;
  /** From start to end of the span, ns; undefined for a log record, and for a span without a start. */
  readonly durationNs?: number;
  /** The usage that it reports, including values taken from other records of the call. */
  readonly usage: Usage;
  /** Why it does not count; undefined if it does. */
  readonly reason?: NotCounted;
  /** The record that counts instead, or that supersedes it. */
  readonly by?: RecordId;
  /** The session of `by`, if it is another one. */
  readonly bySession?: string;
  /** For a counted record: another counted record with the same id that is a different call (U16). */
  readonly sharesIdWith?: RecordId;
}
