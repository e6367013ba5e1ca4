import type { Piece, TracePart, UserPart } from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import type { StoredBlock } from '../records/log.js';

/**
 * The requests of plans. A plan is a generator: it yields what it needs to know, receives the answer, and
 * returns the rows to write (`ChangeSet`). It reads nothing itself, so a test can drive it by hand and any
 * store can run it. Requests are few and large: all groups of a commit in one, all sessions of a fold in one.
 *
 * Answers are the stored state from before the plan. The plan knows its own changes.
 */

export interface GroupKey {
  /** The project's number. */
  readonly project: number;
  readonly key: ByteString;
}

export interface SessionKey {
  readonly project: number;
  readonly id: string;
}

/** A session with its number. */
export interface SessionRef extends SessionKey {
  readonly no: number;
}

export interface StoredSession {
  readonly no: number;
  readonly invalidated: boolean;
  /** The number of the settings under which it was folded. */
  readonly settings: number;
  /** A value of `Listing`. */
  readonly listing: number;
  readonly implicit: boolean;
  /** As `Session.encodeSums` and `Session.encodeEarliest` gave them. */
  readonly sums: string;
  readonly earliest: string;
  /** `ListedSession.traits`. */
  readonly traits: string;
}

/** Which sessions a page has. Pages go by number, starting after `afterNo`. */
export type SessionQuery =
  | { readonly which: 'implicit'; readonly afterNo: number; readonly limit: number }
  /** Listed as timed out, with activity after this time. */
  | {
      readonly which: 'timedOut';
      readonly lastAfterNs: bigint;
      readonly afterNo: number;
      readonly limit: number;
    }
  /** Invalidated by the operator, but not yet in their rows. */
  | { readonly which: 'unmarked'; readonly afterNo: number; readonly limit: number }
  /** All open sessions of a project without activity since this time. */
  | { readonly which: 'stale'; readonly project: number; readonly lastUntilNs: bigint }
  /**
   * Sessions numbered from `fromNo` up to but excluding `beforeNo` and folded under other settings than this
   * number, greatest number first.
   */
  | {
      readonly which: 'outdated';
      readonly settings: number;
      readonly fromNo: number;
      readonly beforeNo: number;
      readonly limit: number;
    }
  /** With times that will be accepted from this time on, those that waited longest first. */
  | { readonly which: 'believed'; readonly untilNs: bigint; readonly limit: number };

/** Rows of a moment of the call index, from this number on. */
export interface MomentRange {
  readonly moment: number;
  readonly from: number;
}

/** Whole hours since 1970 of a user of a project, including both ends. */
export interface UserHourRange {
  readonly project: number;
  readonly user: string;
  readonly first: number;
  readonly last: number;
}

export interface UserHour {
  readonly hour: number;
  /** Parts of traces that begin in the hour. */
  readonly traces: number;
  /** Whether they are too many to be grouped. */
  readonly isSplit: boolean;
}

/** The state of the store as a whole. All but `foldedBlock` is undefined if it was never written. */
export interface EngineState {
  /** Derived rows are current up to this block. Those of some groups may be ahead. */
  readonly foldedBlock: number;
  /** No row is ahead of the greater of this block and `foldedBlock`. */
  readonly namedBlock: number | undefined;
  readonly rules: number | undefined;
  /** The tables under which rows were made. */
  readonly tables: string | undefined;
  /** How traces without a session are grouped. */
  readonly sessionsBy: string | undefined;
  readonly pageUrls: string | undefined;
  readonly quietRoutes: string | undefined;
  readonly implicitSessions: string | undefined;
  readonly timeoutNs: string | undefined;
  /** The settings under which sessions are folded, and their number. */
  readonly settings: string | undefined;
  readonly settingsNumber: number | undefined;
  /** No session is older than these settings. */
  readonly refoldedSettings: number | undefined;
  /** Omitted blocks, which are damaged or missing (damaged-blocks.ts); empty if there are none. */
  readonly damagedBlocks: string | undefined;
  /** The last piece of retention whose sessions are in no row. */
  readonly removedPiece: number | undefined;
}

/** At most `limit` groups of each session, in an order that they keep; of the first one, those after the first `from`. */
export interface GroupsPart {
  readonly sessions: readonly number[];
  readonly limit: number;
  readonly from: number;
}

/** What an engine must know before its first commit. */
export interface Start {
  readonly state: EngineState;
  readonly projects: ReadonlyMap<string, number>;
  /** The greatest number of a session; 0 if there is none. */
  readonly lastSession: number;
  /** What the operator invalidated, even if the session no longer exists. */
  readonly invalidated: readonly SessionKey[];
  /** Random bytes that were made with the rows: see `CallMoments.begin`. */
  readonly callSalt: Uint8Array;
}

/**
 * The requests with their answers. Lists of answers are in the order of the request, with undefined for
 * missing entries.
 */
export interface Loads {
  start(of: undefined): Start;
  /**
   * The numbers of projects. New projects get a number, which is durable at once because a block may contain
   * it.
   */
  projects(names: readonly string[]): number[];
  /** The encoded places of groups (`decodePlaces`). */
  places(groups: readonly GroupKey[]): (Uint8Array | undefined)[];
  /** @throws DamagedBlockError */
  blocks(ids: readonly number[]): (StoredBlock | undefined)[];
  sessions(keys: readonly SessionKey[]): (StoredSession | undefined)[];
  /** Rows of marks of sessions by their numbers, in their order (`CallMarks.takeIn`). */
  marks(sessions: readonly number[]): Uint8Array[][];
  find(query: SessionQuery): SessionRef[];
  /** The keys of the groups of sessions by their numbers, each once. */
  sessionGroups(sessions: readonly number[]): ByteString[][];
  /** The same, of each session a part. */
  someSessionGroups(part: GroupsPart): ByteString[][];
  /** Rows of the call index, as written by `CallIndex`, in their order. */
  callPlaces(ranges: readonly MomentRange[]): Uint8Array[][];
  /** The part of traces that is grouped by user. */
  userTraces(traces: readonly GroupKey[]): (UserPart | undefined)[];
  /** Hours with parts, and their pieces, each in time order. */
  userHours(ranges: readonly UserHourRange[]): { hours: UserHour[]; pieces: Piece[] }[];
  /** The parts that begin in these hours, in order of time and key. */
  userParts(ranges: readonly UserHourRange[]): TracePart[][];
}

export type LoadName = keyof Loads;

export type LoadRequest = {
  readonly [N in LoadName]: { readonly name: N; readonly of: Parameters<Loads[N]>[0] };
}[LoadName];

export type LoadAnswer = ReturnType<Loads[LoadName]>;

export type Plan<T> = Generator<LoadRequest, T, LoadAnswer>;

/**
 * Sends a request in a plan: `yield* load('places', groups)`. Only here an answer gets the type of its
 * request.
 */
export function* load<N extends LoadName>(
  name: N,
  of: Parameters<Loads[N]>[0],
): Generator<LoadRequest, ReturnType<Loads[N]>, LoadAnswer> {
  return (yield { name, of } as LoadRequest) as ReturnType<Loads[N]>;
}

/**
 * Runs a plan to its end. An error from `answer` ends it. Over a network, the loop only needs an `await`:
 *
 * for (; !step.done; step = plan.next(await answer(step.value)));
 *
 * Then no other plan of the same engine may run meanwhile.
 */
export function drive<T>(plan: Plan<T>, answer: (request: LoadRequest) => LoadAnswer): T {
  let step = plan.next();
  while (!step.done) step = plan.next(answer(step.value));
  return step.value;
}
