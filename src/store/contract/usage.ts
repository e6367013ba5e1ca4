import type { NotRead, Usage } from '../../normalize/facts.js';
import type { UsageNumber } from '../../normalize/usage-numbers.js';
import type { NotCounted } from '../../sessionize/usage.js';
import type { GroupPosition, RecordId } from './group.js';
import type { StoredSession } from './session.js';

/** What the records of a session say of model calls. */

/** Records of a session, whatever their kind, up to which its calls are compared with those of other groups for a page of its usage. */
export const MOST_TOGETHER = 25_000;

/** Where a record stands among those of its session. */
export interface UsagePosition {
  readonly group: GroupPosition;
  readonly timeNs: bigint;
  /** Span id or digest in hex digits, and `+` behind it for the rest of a sum; empty is before all of that time. */
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
  /** In list order. The sum of all that count, over all pages, is the session's `genai`. */
  readonly records: readonly StoredUsageRecord[];
  /** Where the search was given up before `limit` records were found; there may be more beyond. */
  readonly stoppedAt?: UsagePosition;
  /** Calls of different groups may be one, and were not compared: the session has too many records. What counts twice here counts once in `session`. */
  readonly isApart?: true;
}

export type StoredUsageRecord = { readonly position: UsagePosition } & (
  | (StoredCallRecord & {
      /** Numbers that look like usage and were not read. */
      readonly unread: readonly UsageNumber[];
    })
  | StoredUnread
);

/** A record that says nothing of model calls as far as any dialect knows, and has numbers that look like it. */
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
  /** What it says, with what it has borrowed. */
  readonly usage: Usage;
  /** Why it does not count; missing where it does. */
  readonly reason?: NotCounted;
  /** The record that counts in its place, or beats it. */
  readonly by?: RecordId;
  /** The session that `by` is in, where that is another one. */
  readonly bySession?: string;
  /** Of one that counts: another record that counts and has an id in common with it, though they are two calls (U16). */
  readonly sharesIdWith?: RecordId;
}
