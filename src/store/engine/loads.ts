import type { Piece, TracePart, UserPart } from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import type { StoredBlock } from '../records/log.js';

/**
 * What plans ask for. A plan is a generator: it yields what it has to know, is given it, and returns the rows to write (`ChangeSet`). It reads nothing by itself, so that
 * a test can drive it by hand and any store can carry it. Requests are few and large: all groups of a commit in one, all sessions of a fold in one.
 *
 * Answers say what is stored, which is what it was before the plan: what the plan itself has changed, it knows.
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

/** A session by its number too. */
export interface SessionRef extends SessionKey {
  readonly no: number;
}

export interface StoredSession {
  readonly no: number;
  readonly invalidated: boolean;
  /** The number of the settings that it was folded under. */
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

/** Which sessions a page of them is of. Pages go by number, from the one behind `afterNo` on. */
export type SessionQuery =
  | { readonly which: 'implicit'; readonly afterNo: number; readonly limit: number }
  /** Listed as timed out, with activity after this time. */
  | {
      readonly which: 'timedOut';
      readonly lastAfterNs: bigint;
      readonly afterNo: number;
      readonly limit: number;
    }
  /** Invalidated by the operator, though their rows do not say so. */
  | { readonly which: 'unmarked'; readonly afterNo: number; readonly limit: number }
  /** Of a project, listed as open, without activity since this time; all of them. */
  | { readonly which: 'stale'; readonly project: number; readonly lastUntilNs: bigint }
  /** With a number from `fromNo` on and before `beforeNo`, folded under other settings than those of this number; the greatest number first. */
  | {
      readonly which: 'outdated';
      readonly settings: number;
      readonly fromNo: number;
      readonly beforeNo: number;
      readonly limit: number;
    }
  /** With times that are believed from this time on; those that waited longest first. */
  | { readonly which: 'believed'; readonly untilNs: bigint; readonly limit: number };

/** Rows of a moment of the call index, from the one with this number on. */
export interface MomentRange {
  readonly moment: number;
  readonly from: number;
}

/** Whole hours since 1970 of one user of one project, both ends included. */
export interface UserHourRange {
  readonly project: number;
  readonly user: string;
  readonly first: number;
  readonly last: number;
}

export interface UserHour {
  readonly hour: number;
  /** Parts of traces that begin in it. */
  readonly traces: number;
  /** Whether they are too many to be grouped. */
  readonly isApart: boolean;
}

/** What is kept of the store as a whole. All but `foldedBlock` is undefined where it was never written. */
export interface EngineState {
  /** Derived rows are current up to this block. Those of some groups may be ahead of it. */
  readonly foldedBlock: number;
  /** No row is ahead of the greater one of this block and `foldedBlock`. */
  readonly namedBlock: number | undefined;
  readonly rules: number | undefined;
  /** The tables that rows were made by. */
  readonly tables: string | undefined;
  /** By what traces without a session are grouped. */
  readonly sessionsBy: string | undefined;
  readonly pageUrls: string | undefined;
  readonly quietRoutes: string | undefined;
  readonly implicitSessions: string | undefined;
  readonly timeoutNs: string | undefined;
  /** Settings that sessions are folded under, and their number. */
  readonly settings: string | undefined;
  readonly settingsNumber: number | undefined;
  /** The settings that no session is older than. */
  readonly refoldedSettings: number | undefined;
  /** Blocks that were left out because they are damaged or missing (damaged-blocks.ts); empty where there is none. */
  readonly damagedBlocks: string | undefined;
}

/** What an engine knows before its first commit. */
export interface Start {
  readonly state: EngineState;
  readonly projects: ReadonlyMap<string, number>;
  /** The greatest number of a session; 0 where there is none. */
  readonly lastSession: number;
  /** What the operator invalidated, whatever became of it. */
  readonly invalidated: readonly SessionKey[];
  /** Random bytes that were made with the rows: see `CallMoments.begin`. */
  readonly callSalt: Uint8Array;
}

/** The requests, and what answers them. Lists of answers are in the order of what was asked for; undefined stands for what is not there. */
export interface Loads {
  start(of: undefined): Start;
  /** The numbers of projects. Those that are new get one, which is durable at once: a block may name it. */
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
  /** Rows of the call index, as `CallIndex` wrote them, in their order. */
  callPlaces(ranges: readonly MomentRange[]): Uint8Array[][];
  /** What of traces is grouped by user. */
  userTraces(traces: readonly GroupKey[]): (UserPart | undefined)[];
  /** Hours with parts, and their pieces, each in order of time. */
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

/** Asks for something in a plan: `yield* load('places', groups)`. The one place where an answer takes the type of its request. */
export function* load<N extends LoadName>(
  name: N,
  of: Parameters<Loads[N]>[0],
): Generator<LoadRequest, ReturnType<Loads[N]>, LoadAnswer> {
  return (yield { name, of } as LoadRequest) as ReturnType<Loads[N]>;
}

/**
 * Runs a plan to its end. What `answer` throws ends it. Over a network it is the same with one word more:
 *
 *     for (; !step.done; step = plan.next(await answer(step.value)));
 *
 * Whoever does so lets no other plan of the same engine run in between.
 */
export function drive<T>(plan: Plan<T>, answer: (request: LoadRequest) => LoadAnswer): T {
  let step = plan.next();
  while (!step.done) step = plan.next(answer(step.value));
  return step.value;
}
