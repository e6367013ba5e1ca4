import type { PlaceQuery } from '../../sessionize/page-places.js';
import type { ListedSession, SessionPosition, SortAmount } from '../contract/session.js';
import type { SessionRange } from '../contract/session-filter.js';

/**
 * Limits of a read: it examines the first `block` sessions of a source and returns at most `limit` of those
 * that pass the checks.
 */
export interface Looked {
  readonly checks: readonly Check[];
  readonly block: number;
  readonly limit: number;
}

/**
 * What a search needs from a store: named reads of rows, all within the current snapshot. A store implements
 * them in its query language. Which of them are used, in which order and for what is the same for all stores.
 * Rows are read in batches, never one by one. Projects are numbers.
 */
export interface SearchRows {
  /** A value of the index; undefined if no session has it. */
  value(project: number, kind: number, value: string): Promise<IndexedValue | undefined>;
  /** The values of a kind in ascending order: those from `from` to `below`, at most `limit`. */
  values(project: number, kind: number, range?: ValueRange): Promise<readonly IndexedValue[]>;
  /** The values of a kind that begin so and that the most sessions have, most first, ties by value. */
  commonValues(
    project: number,
    kind: number,
    limit: number,
    prefix: string,
  ): Promise<readonly IndexedValue[]>;
  /** Whether sessions that show another user are also found by this user. */
  isOtherUser(project: number, user: string): Promise<boolean>;
  /** User ids of sessions that begin so, in ascending order, at most `limit`. */
  usersBeginning(project: number, prefix: string, limit: number): Promise<readonly string[]>;
  /** Counts the sessions of a source within bounds, up to `most + 1`. */
  count(project: number, source: Source, bounds: Bounds, most: number): Promise<number>;
  /** The position of the session that follows this many others of a source. Undefined if there are fewer. */
  position(
    project: number,
    source: Source,
    bounds: Bounds,
    skipped: number,
  ): Promise<SessionPosition | undefined>;
  /**
   * Of the first `block` sessions of a source, those that pass the checks, in the direction of the bounds, at
   * most `limit`.
   */
  page(project: number, source: Source, bounds: Bounds, looked: Looked): Promise<ListedSession[]>;
  /** The same sessions as `page`, with the state to decode: for counters and sums, not for lists. */
  states(project: number, source: Source, bounds: Bounds, looked: Looked): Promise<StateRow[]>;
  /**
   * The sessions of several sources, each with its own checks, merged in the direction of the bounds. No
   * session may be in two sources.
   */
  merged(
    project: number,
    ranges: readonly CheckedSource[],
    bounds: Bounds,
    limit: number,
  ): Promise<ListedSession[]>;
  /**
   * Of the first `block` closed sessions in the order of an amount, those that pass the checks, in the
   * direction of the bounds, at most `limit`, each with its amount.
   */
  ranked(project: number, sort: SortAmount, bounds: Bounds, looked: Looked): Promise<ListedSession[]>;
  /** The position of the closed session that follows this many others in the order of an amount. */
  rankedPosition(
    project: number,
    sort: SortAmount,
    bounds: Bounds,
    skipped: number,
  ): Promise<SessionPosition | undefined>;
  /**
   * Sessions that are not closed, found by last activity, in the direction of the bounds. Reads index rows of
   * all sessions active then.
   */
  byLast(
    project: number,
    last: { readonly fromNs?: bigint; readonly toNs?: bigint },
    bounds: Bounds,
    limit: number,
  ): Promise<ListedSession[]>;
  /**
   * Counts the sessions that are not closed, were active at `lastFromNs` or later, and started in a range.
   */
  countActive(project: number, range: SessionRange, lastFromNs: bigint): Promise<number>;
  /** Sessions by their numbers, in no order. */
  byNumber(project: number, numbers: readonly number[]): Promise<NumberedRow[]>;
  /** Of the first `block` sessions of a source, column values of those that pass the checks. */
  columns<Kind extends ColumnKind>(
    kind: Kind,
    project: number,
    source: Source,
    bounds: Bounds,
    looked: { readonly checks: readonly Check[]; readonly block: number },
  ): Promise<readonly ColumnValues[Kind][]>;
  /** The same for listed sessions by number: a range of numbers, or each of these. */
  columnsByNumber<Kind extends ColumnKind>(
    kind: Kind,
    project: number,
    numbers: NumberRange | readonly number[],
    range: SessionRange,
    checks: readonly Check[],
  ): Promise<readonly ColumnValues[Kind][]>;
  /**
   * Of the sessions with a value of the index that started in a range and were active at `lastFromNs` or
   * later, those with the greatest cost or duration.
   */
  greatest(
    by: 'cost' | 'duration',
    value: bigint,
    range: Required<SessionRange>,
    limit: number,
  ): Promise<AmountRow[]>;
  /**
   * Counters of a range of buckets of a level, added up by dimension and name: of these dimensions, or of all
   * except users.
   */
  rollups(
    project: number,
    level: number,
    first: bigint,
    last: bigint,
    dimensions?: readonly number[],
  ): Promise<readonly RollupRow[]>;
  /** The users of a range of buckets. A user is returned once for each bucket. */
  rollupUsers(project: number, level: number, first: bigint, last: bigint): Promise<readonly string[]>;
  countRollupUsers(project: number, level: number): Promise<number>;
  /** Sums of a range of buckets of a level, added up by model and by steps of this many buckets. */
  timeline(
    project: number,
    level: number,
    first: bigint,
    last: bigint,
    bucketsAStep: bigint,
  ): Promise<readonly TimelineRow[]>;
  /** The earliest start of a listed session in a range. */
  firstStart(project: number, fromNs: bigint, toNs: bigint): Promise<bigint | undefined>;
}

/** A value that sessions can be found by. */
export interface IndexedValue {
  readonly no: bigint;
  readonly value: string;
  /** Number of sessions that have it. */
  readonly count: number;
}

export interface ValueRange {
  readonly from?: string;
  /** Exclusive. */
  readonly below?: string;
  readonly limit?: number;
}

/** The stored state of a session, to be decoded. */
export interface StateRow {
  readonly start_ns: bigint;
  readonly id: string;
  readonly sums: string;
  readonly earliest: string;
  readonly traits: string;
}

export interface NumberedRow {
  readonly no: number;
  readonly session: ListedSession;
}

export interface AmountRow {
  readonly amount: bigint;
  readonly session: ListedSession;
}

export interface RollupRow {
  readonly dimension: number;
  readonly name: string;
  readonly count: bigint;
}

export interface TimelineRow {
  readonly step: bigint;
  readonly model: string;
  readonly sessions: bigint;
  readonly errors: bigint;
  readonly records: bigint;
  readonly calls: bigint;
  readonly input_tokens: bigint;
  readonly output_tokens: bigint;
  readonly cost_usd: bigint;
  readonly cost_nano_usd: bigint;
  readonly priced: bigint;
  readonly unpriced: bigint;
  readonly unreported: bigint;
}

/** Rows of an index in list order. */
export type Source = { readonly startFromNs?: bigint; readonly startToNs?: bigint } & (
  | {
      readonly by: 'value';
      readonly no: bigint;
      /** Number of sessions, if it is known without counting. */
      readonly count?: number;
    }
  /** Sessions with any of several values, each once. */
  | { readonly by: 'anyValue'; readonly numbers: readonly bigint[] }
  | { readonly by: 'start'; readonly listing: number }
  /** In order of last activity, within these inclusive bounds. These should be narrow. */
  | { readonly by: 'last'; readonly listing: number; readonly fromNs?: bigint; readonly toNs?: bigint }
  | { readonly by: 'user'; readonly listing: number; readonly user: string }
  | { readonly by: 'otherUser'; readonly user: string }
  /** Sessions whose ids begin so. They are sorted, so they should be few. */
  | { readonly by: 'idPrefix'; readonly listing: number; readonly prefix: string }
  /** Listed sessions with these numbers. */
  | { readonly by: 'numbers'; readonly numbers: readonly number[] }
);

export interface CheckedSource {
  readonly source: Exclude<Source, { by: 'anyValue' }>;
  readonly checks: readonly Check[];
}

/** A part of a list. Bounds of the start are inclusive. */
export interface Bounds {
  readonly startFromNs?: bigint | undefined;
  readonly startToNs?: bigint | undefined;
  readonly after?: SessionPosition | undefined;
  /** Whether the session at `after` is included. */
  readonly isAfterIncluded?: boolean;
  readonly direction: 'older' | 'newer';
}

/**
 * A condition on a session. Stores implement it in their query language, and `columns/keep.ts` for sessions
 * by columns.
 */
export type Check =
  /** Both bounds are false for a session without a value of the column. */
  | { readonly is: 'atLeast'; readonly column: NumberColumn; readonly value: bigint }
  | { readonly is: 'atMost'; readonly column: NumberColumn; readonly value: bigint }
  | { readonly is: 'closed' | 'invalidated' | 'implicit' | 'bot'; readonly value: boolean }
  | { readonly is: 'ofUsers'; readonly users: readonly string[] }
  /** Compares only the user that the session shows. */
  | { readonly is: 'shownUser'; readonly user: string }
  | { readonly is: 'atPlace'; readonly query: PlaceQuery }
  /** The session has any of these values of the index. */
  | { readonly is: 'withValue'; readonly numbers: readonly bigint[] }
  | { readonly is: 'numbered'; readonly numbers: readonly number[] }
  /** The session meets all checks of at least one of these lists. */
  | { readonly is: 'any'; readonly of: readonly (readonly Check[])[] }
  /** The session fails at least one of these checks. */
  | { readonly is: 'not'; readonly of: readonly Check[] }
  /** The id of the session begins so. Not for sessions by columns. */
  | { readonly is: 'idBegins'; readonly prefix: string }
  /**
   * The average of the scores of this name is within these inclusive bounds. Without a name: it has scores. Not
   * for sessions by columns.
   */
  | { readonly is: 'scored'; readonly name?: string; readonly least?: number; readonly most?: number }
  /** Any user id of the session begins so. Not for sessions by columns. */
  | { readonly is: 'userBegins'; readonly prefix: string };

/**
 * Integer columns of a session. `costNanoUsd` and `tokens` are limited to MAX_INTEGER. The former is missing if
 * the cost is unknown, the latter without model calls.
 */
export type NumberColumn =
  | 'lastNs'
  | 'durationNs'
  | 'spanCount'
  | 'errorCount'
  | 'traceCount'
  | 'costNanoUsd'
  | 'tokens';

export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** Column values that are read of many sessions. Flags are 0 or 1. */
export interface ColumnValues {
  readonly start: readonly [no: number, startSeconds: number, startNanos: number];
  readonly user: readonly [no: number, user: string | null];
  readonly statistics: readonly [
    no: number,
    durationSeconds: number,
    durationNanos: number,
    lastSeconds: number,
    lastNanos: number,
    closed: number,
    errors: number,
    spans: number,
    unpriced: number | null,
    unreported: number | null,
    device: string | null,
    country: string | null,
    user: string | null,
  ];
  /** `sums` if there is usage. */
  readonly timeline: readonly [
    no: number,
    startSeconds: number,
    startNanos: number,
    errors: number,
    sums: string | null,
  ];
  /** `traits` if there may be a release. */
  readonly groups: readonly [
    no: number,
    durationSeconds: number,
    durationNanos: number,
    errors: number,
    device: string | null,
    country: string | null,
    user: string | null,
    sums: string,
    traits: string | null,
  ];
  readonly cost: AmountValues;
  readonly duration: AmountValues;
  readonly lastActivity: AmountValues;
  readonly tokens: AmountValues;
  readonly errors: AmountValues;
  /** `startNs` as decimal digits; `sums` if there is usage. */
  readonly calls: readonly [
    no: number,
    startNs: string,
    sums: string | null,
    unpriced: number | null,
    unreported: number | null,
  ];
  /** `sums` if there are scores. */
  readonly scores: readonly [no: number, sums: string | null];
  readonly reported: readonly [
    no: number,
    startSeconds: number,
    startNanos: number,
    lastSeconds: number,
    lastNanos: number,
    sums: string,
  ];
  /** `sums` if there may be a visit or exceptions; `traits` if there may be a release. */
  readonly visits: readonly [no: number, errors: number, sums: string | null, traits: string | null];
}

/** `amount` and `startNs` as decimal digits. */
export type AmountValues = readonly [
  no: number,
  amount: string | null,
  startNs: string,
  unpriced: number | null,
  unreported: number | null,
];

export type ColumnKind = keyof ColumnValues;
