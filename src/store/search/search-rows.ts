import type { PlaceQuery } from '../../sessionize/page-places.js';
import type { ListedSession, SessionPosition } from '../contract/session.js';
import type { SessionRange } from '../contract/session-filter.js';

/** How far a read of a source looks, and what it takes: of the first `block` sessions those that pass the checks, at most `limit`. */
export interface Looked {
  readonly checks: readonly Check[];
  readonly block: number;
  readonly limit: number;
}

/**
 * What a search asks of a store: reads of rows by name, all within the snapshot under way. A store says them in its language; which of them are asked, in
 * which order, and what is made of them, is the same for all stores. Rows come some at a time, never one by one. Projects are numbers.
 */
export interface SearchRows {
  /** A value of the index; undefined where no session has it. */
  value(project: number, kind: number, value: string): Promise<IndexedValue | undefined>;
  /** The values of a kind, least first: those in a range of texts, from `from` to `below`, at most `limit`. */
  values(project: number, kind: number, range?: ValueRange): Promise<readonly IndexedValue[]>;
  /** The values of a kind that most sessions have, most first, ties by value. */
  commonValues(project: number, kind: number, limit: number): Promise<readonly IndexedValue[]>;
  /** Whether a user is one that sessions of another user are found by as well. */
  isOtherUser(project: number, user: string): Promise<boolean>;
  /** The sessions of a source within bounds, counted no further than `most` and one more. */
  count(project: number, source: Source, bounds: Bounds, most: number): Promise<number>;
  /** Where the session stands that comes after so many others of a source; undefined where there are not so many. */
  position(
    project: number,
    source: Source,
    bounds: Bounds,
    skipped: number,
  ): Promise<SessionPosition | undefined>;
  /** Of the first `block` sessions of a source those that pass the checks, in the direction of the bounds, at most `limit`. */
  page(project: number, source: Source, bounds: Bounds, looked: Looked): Promise<ListedSession[]>;
  /** What `page` finds, to be decoded: for counters and sums, not for lists. */
  states(project: number, source: Source, bounds: Bounds, looked: Looked): Promise<StateRow[]>;
  /** The sessions of several sources, each with checks of its own, taken together in the direction of the bounds. No session is in two of them. */
  merged(
    project: number,
    ranges: readonly CheckedSource[],
    bounds: Bounds,
    limit: number,
  ): Promise<ListedSession[]>;
  /** Sessions that are not closed, found by their last activity, in the direction of the bounds. What is read are index rows of all that are active then. */
  byLast(
    project: number,
    last: { readonly fromNs?: bigint; readonly toNs?: bigint },
    bounds: Bounds,
    limit: number,
  ): Promise<ListedSession[]>;
  /** Sessions that are not closed, were active at `lastFromNs` or later and started in a range, counted. */
  countActive(project: number, range: SessionRange, lastFromNs: bigint): Promise<number>;
  /** Sessions by their numbers, in no order. */
  byNumber(project: number, numbers: readonly number[]): Promise<NumberedRow[]>;
  /** Values of a kind for those of the first `block` sessions of a source that pass the checks. */
  columns<Kind extends ColumnKind>(
    kind: Kind,
    project: number,
    source: Source,
    bounds: Bounds,
    looked: { readonly checks: readonly Check[]; readonly block: number },
  ): Promise<readonly ColumnValues[Kind][]>;
  /** The same of listed sessions by their numbers: all from one to another, or each of these. */
  columnsByNumber<Kind extends ColumnKind>(
    kind: Kind,
    project: number,
    numbers: NumberRange | readonly number[],
    range: SessionRange,
    checks: readonly Check[],
  ): Promise<readonly ColumnValues[Kind][]>;
  /** The sessions of a value of the index with the greatest cost or duration of those that started in a range and were active at `lastFromNs` or later. */
  greatest(
    by: 'cost' | 'duration',
    value: bigint,
    range: Required<SessionRange>,
    limit: number,
  ): Promise<AmountRow[]>;
  /** Counters of a level from one bucket to another, added up by dimension and name: of some dimensions, or of all but users. */
  rollups(
    project: number,
    level: number,
    first: bigint,
    last: bigint,
    dimensions?: readonly number[],
  ): Promise<readonly RollupRow[]>;
  /** The users of buckets; a user once for each of them. */
  rollupUsers(project: number, level: number, first: bigint, last: bigint): Promise<readonly string[]>;
  countRollupUsers(project: number, level: number): Promise<number>;
  /** Sums of a level from one bucket to another, by steps of so many buckets and by model. */
  timeline(
    project: number,
    level: number,
    first: bigint,
    last: bigint,
    bucketsAStep: bigint,
  ): Promise<readonly TimelineRow[]>;
  /** The first start of a listed session in a range. */
  firstStart(project: number, fromNs: bigint, toNs: bigint): Promise<bigint | undefined>;
}

/** A value that sessions can be found by. */
export interface IndexedValue {
  readonly no: bigint;
  readonly value: string;
  /** Sessions that have it. */
  readonly count: number;
}

export interface ValueRange {
  readonly from?: string;
  /** Exclusive. */
  readonly below?: string;
  readonly limit?: number;
}

/** What it takes to decode a session. */
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
      /** How many there are, where that is known without counting. */
      readonly count?: number;
    }
  /** All that have any of several values, each session once. */
  | { readonly by: 'anyValue'; readonly numbers: readonly bigint[] }
  | { readonly by: 'start'; readonly listing: number }
  /** In order of the last activity, which the bounds of it make few; both are inclusive. */
  | { readonly by: 'last'; readonly listing: number; readonly fromNs?: bigint; readonly toNs?: bigint }
  | { readonly by: 'user'; readonly listing: number; readonly user: string }
  | { readonly by: 'otherUser'; readonly user: string }
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
  /** Whether what stands at `after` is part of it. */
  readonly isAfterIncluded?: boolean;
  readonly direction: 'older' | 'newer';
}

/** What a session has to meet. The same is said in the language of a store, and of sessions by columns (`columns/keep.ts`). */
export type Check =
  /** No session without a value of the column. */
  | { readonly is: 'atLeast'; readonly column: NumberColumn; readonly value: bigint }
  | { readonly is: 'atMost'; readonly column: 'lastNs'; readonly value: bigint }
  | { readonly is: 'closed' | 'invalidated' | 'implicit' | 'bot'; readonly value: boolean }
  | { readonly is: 'ofUsers'; readonly users: readonly string[] }
  /** By the user that it shows alone. */
  | { readonly is: 'shownUser'; readonly user: string }
  | { readonly is: 'atPlace'; readonly query: PlaceQuery }
  /** It has any of these values of the index. */
  | { readonly is: 'withValue'; readonly numbers: readonly bigint[] }
  /** It meets all checks of any of these lists. */
  | { readonly is: 'any'; readonly of: readonly (readonly Check[])[] };

/** Whole numbers of a session. `closed` is ended or invalidated. A cost is of those whose cost is known, and no more than MAX_INTEGER. */
export type NumberColumn = 'lastNs' | 'durationNs' | 'spanCount' | 'costNanoUsd';

export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** What is read of many sessions; flags are 0 or 1. */
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
  /** `sums` where there is usage. */
  readonly timeline: readonly [
    no: number,
    startSeconds: number,
    startNanos: number,
    errors: number,
    sums: string | null,
  ];
  readonly cost: AmountValues;
  readonly duration: AmountValues;
  /** `sums` where it may have a visit or exceptions; `traits` where it may have a release. */
  readonly visits: readonly [no: number, errors: number, sums: string | null, traits: string | null];
}

/** `amount` and `startNs` in digits. */
export type AmountValues = readonly [
  no: number,
  amount: string | null,
  startNs: string,
  unpriced: number | null,
  unreported: number | null,
];

export type ColumnKind = keyof ColumnValues;
