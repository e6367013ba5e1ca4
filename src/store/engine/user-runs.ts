import { Buffer } from 'node:buffer';
import {
  compareParts,
  HOUR_NS,
  isTooLarge,
  MOST_NS,
  MOST_TRACES,
  type Piece,
  piecesOf,
  type RunLimits,
  sessionsOf,
  type TracePart,
  type UserPart,
} from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import type { ChangeSet } from './changes.js';
import type { GroupKey, Plan, SessionKey, UserHourRange } from './loads.js';
import { numberOf, startOf, UserHours, type UserKey } from './user-hours.js';

/** The limits of sessions by user for this time-out of inactivity. */
export function runLimits(timeoutNs: bigint, mostTraces = MOST_TRACES): RunLimits {
  return { pauseNs: timeoutNs < MOST_NS ? timeoutNs : MOST_NS, mostTraces };
}

/** Limit of pieces whose sessions are kept while nothing changes. */
const MOST_FOUND = 10_000;

const TRACE_ID = /^[0-9a-f]{32}$/;

/** A part ends at most this long after the start of the hour in which it begins. */
const REACH_NS = 25n * HOUR_NS;

/**
 * Limit between the starts of consecutive pieces of a run, hours. A part that reaches the next piece may
 * begin anywhere in its hour, and lasts less than MOST_NS and a pause, which is no longer.
 */
const MOST_APART = 50;

/** The position of something among the parts and pieces of a user. */
type Place = Omit<TracePart, 'endNs'>;

/**
 * Finds the session by user (S40) of a trace in one snapshot of the store. Hours count the parts of a user
 * that begin in them. Pieces hold the result of the parts of hours that are not too full.
 */
export class UserRuns {
  protected readonly limits: RunLimits;
  protected hours = new UserHours();
  /** Sessions by piece. */
  #found = new Map<string, string>();

  constructor(limits: RunLimits) {
    this.limits = limits;
  }

  /** Clears what was read, because the store may have changed. */
  forget(): void {
    this.hours = new UserHours();
    this.#found.clear();
  }

  /**
   * The ids of the sessions by user of these traces' records without a session; undefined if that is the
   * trace's own session (S7).
   */
  *sessionsOf(traces: readonly GroupKey[]): Plan<(string | undefined)[]> {
    yield* this.hours.requireTraces(traces);
    const ranges: UserHourRange[] = [];
    for (const { project, key } of traces) {
      const part = this.hours.part(project, key);
      if (part !== undefined) ranges.push(around({ project, user: part.user }, part.startNs));
    }
    yield* this.hours.require(ranges);
    const sessions: (string | undefined)[] = [];
    for (const { project, key } of traces) sessions.push(yield* this.#sessionOf(project, key));
    return sessions;
  }

  /** The same for sessions named by the ids of traces; undefined for other ids as well. */
  *sessionsOfIds(keys: readonly SessionKey[]): Plan<(string | undefined)[]> {
    const traces = keys.map(({ project, id }) =>
      TRACE_ID.test(id) ? { project, key: Buffer.from(id, 'hex').toString('latin1') } : undefined,
    );
    const sessions = yield* this.sessionsOf(traces.filter((trace) => trace !== undefined));
    let at = 0;
    return traces.map((trace) => (trace === undefined ? undefined : sessions[at++]));
  }

  *#sessionOf(project: number, trace: ByteString): Plan<string | undefined> {
    const part = this.hours.part(project, trace);
    if (part === undefined) return undefined;
    const of = { project, user: part.user };
    if (this.hours.isSplit(of, numberOf(part.startNs))) return undefined;
    const piece = this.pieceAt(of, { key: trace, startNs: part.startNs });
    if (piece === undefined) return undefined;
    const place = `${project} ${piece.key} ${piece.startNs} ${part.user}`;
    const known = this.#found.get(place);
    if (known !== undefined) return known;
    const before = yield* this.before(of, piece);
    const after = yield* this.after(of, piece);
    const chain = {
      pieces: [...before.pieces, piece, ...after.pieces],
      isLargeBefore: before.isLarge,
      isLargeAfter: after.isLarge,
    };
    const session = hexOf(sessionsOf(chain, this.limits)[before.pieces.length]!);
    if (this.#found.size >= MOST_FOUND) this.#found.clear();
    this.#found.set(place, session);
    return session;
  }

  protected changed(): void {
    this.#found.clear();
  }

  /** The piece with the part at this position, if its hour has one. The hour must be in memory. */
  protected pieceAt(of: UserKey, place: Place): Piece | undefined {
    return this.hours
      .pieces(of, numberOf(place.startNs))
      .findLast((piece) => comparePlaces(piece, place) <= 0);
  }

  /**
   * The pieces before this position in the run of the last of them, in order. Empty if that run is too far
   * away to matter. If they alone are too large for a session, not all of them.
   */
  protected *before(of: UserKey, place: Place): Plan<Pieces> {
    const pieces: Piece[] = [];
    for (let at = place; ; at = pieces[0]!) {
      const from = numberOf(at.startNs);
      yield* this.hours.require([{ ...of, first: from - MOST_APART, last: from }]);
      let piece: Piece | undefined;
      for (let hour = from; piece === undefined && hour >= from - MOST_APART; hour--) {
        piece = this.hours.pieces(of, hour).findLast((each) => comparePlaces(each, at) < 0);
      }
      if (piece === undefined) break;
      pieces.unshift(piece);
      if (!piece.isJoined) break;
      if (isTooLarge(pieces, this.limits)) return { pieces, isLarge: true };
    }
    return { pieces, isLarge: false };
  }

  /** The pieces after this position that are in the same run as those before it, in order. */
  protected *after(of: UserKey, place: Place): Plan<Pieces> {
    const pieces: Piece[] = [];
    for (let at = place; ; at = pieces.at(-1)!) {
      const from = numberOf(at.startNs);
      yield* this.hours.require([{ ...of, first: from, last: from + MOST_APART }]);
      let piece: Piece | undefined;
      for (let hour = from; piece === undefined && hour <= from + MOST_APART; hour++) {
        piece = this.hours.pieces(of, hour).find((each) => comparePlaces(each, at) > 0);
      }
      if (piece?.isJoined !== true) break;
      pieces.push(piece);
      if (isTooLarge(pieces, this.limits)) return { pieces, isLarge: true };
    }
    return { pieces, isLarge: false };
  }
}

interface Pieces {
  readonly pieces: readonly Piece[];
  /** Whether they are too large for a session, and the run continues. */
  readonly isLarge: boolean;
}

/** The change of a trace's part. */
export interface PartChange {
  readonly trace: ByteString;
  readonly old: UserPart | undefined;
  readonly now: UserPart | undefined;
}

/** A trace whose session by user has changed; undefined is its own session (S7). */
export interface MovedTrace {
  readonly project: number;
  readonly trace: ByteString;
  readonly before: string | undefined;
  now: string | undefined;
}

/** A trace and its part that counts now. */
interface Entry {
  readonly old: TracePart | undefined;
  readonly now: TracePart;
}

/**
 * The same, with changes of traces. All changes of a plan must be given one group after the other. Until
 * `settle` is called, `sessionsBefore` returns the state before them.
 */
export class UserRunIndex extends UserRuns {
  readonly #moved = new Map<string, MovedTrace>();

  /** Like `sessionsOf`, but before the changes since the last `settle`. */
  *sessionsBefore(traces: readonly GroupKey[]): Plan<(string | undefined)[]> {
    if (this.#moved.size === 0) return yield* this.sessionsOf(traces);
    const unmoved = traces.filter(({ project, key }) => !this.#moved.has(`${project} ${key}`));
    const sessions = yield* this.sessionsOf(unmoved);
    let at = 0;
    return traces.map(({ project, key }) => {
      const moved = this.#moved.get(`${project} ${key}`);
      return moved === undefined ? sessions[at++] : moved.before;
    });
  }

  /** Takes in changes of traces by project, each trace once. */
  *change(changes: ReadonlyMap<number, readonly PartChange[]>): Plan<void> {
    const users = new Map<string, { of: UserKey; left: TracePart[]; entries: Entry[] }>();
    const ofUser = (project: number, user: string) => {
      const key = `${project} ${user}`;
      let found = users.get(key);
      if (found === undefined) {
        found = { of: { project, user }, left: [], entries: [] };
        users.set(key, found);
      }
      return found;
    };
    const ranges: UserHourRange[] = [];
    for (const [project, each] of changes) {
      for (const { trace, old, now } of each) {
        const grows = old?.user === now?.user && old?.startNs === now?.startNs && old!.endNs <= now!.endNs;
        if (old !== undefined && !grows) ofUser(project, old.user).left.push({ key: trace, ...old });
        for (const part of [old, now]) {
          if (part !== undefined) ranges.push(around({ project, user: part.user }, part.startNs));
        }
        if (now === undefined) continue;
        const part = { key: trace, ...now };
        const known = grows ? { key: trace, ...old! } : undefined;
        ofUser(project, now.user).entries.push({ old: known, now: part });
      }
    }
    yield* this.hours.require(ranges);
    for (const { of, left } of users.values()) {
      for (const [hour, parts] of byHour(left, (part) => part)) yield* this.#leave(of, hour, parts);
    }
    for (const { of, entries } of users.values()) {
      for (const [hour, parts] of byHour(entries, ({ now }) => now)) yield* this.#enter(of, hour, parts);
    }
  }

  /** Traces that may have moved since the last `settle`. */
  moved(): Iterable<MovedTrace> {
    return this.#moved.values();
  }

  settle(): void {
    this.#moved.clear();
  }

  /** Adds the changes to a change set. */
  flush(changes: ChangeSet): void {
    this.hours.flush(changes);
  }

  override forget(): void {
    super.forget();
    this.settle();
  }

  /** Removes parts that begin in this hour. */
  *#leave(of: UserKey, hour: number, parts: readonly TracePart[]): Plan<void> {
    for (const part of parts) this.hours.deletePart(of, part);
    const wasSplit = this.hours.isSplit(of, hour);
    const isSplit = this.#countHour(of, hour, -parts.length);
    if (!wasSplit) yield* this.#rebuild(of, parts, []);
    else if (!isSplit) yield* this.#rebuild(of, [], yield* this.#parts(of, hour, hour));
    for (const { key } of parts) this.#note(of.project, key, undefined, undefined);
  }

  /** Adds or extends parts that begin in this hour, sorted. */
  *#enter(of: UserKey, hour: number, entries: readonly Entry[]): Plan<void> {
    const wasSplit = this.hours.isSplit(of, hour);
    const fresh = new Set<ByteString>();
    for (const { old, now } of entries) if (old === undefined) fresh.add(now.key);
    const isSplit = fresh.size === 0 ? wasSplit : this.#countHour(of, hour, fresh.size);
    const others = isSplit && !wasSplit ? yield* this.#parts(of, hour, hour) : [];
    for (const { now } of entries) this.hours.putPart(of, now);
    if (isSplit) {
      for (const key of fresh) this.#note(of.project, key, undefined, undefined);
      if (others.length > 0) yield* this.#rebuild(of, others, []);
      return;
    }
    const rest: Entry[] = [];
    for (const entry of entries) if (!(yield* this.#append(of, entry))) rest.push(entry);
    if (rest.length === 0) return;
    yield* this.#rebuild(
      of,
      rest.flatMap(({ old }) => (old === undefined ? [] : [old])),
      rest.map(({ now }) => now),
    );
  }

  /** Counts the parts of an hour. Returns whether they are too many to be grouped. */
  #countHour(of: UserKey, hour: number, more: number): boolean {
    const traces = this.hours.traces(of, hour) + more;
    const isSplit = traces > this.limits.mostTraces;
    this.hours.setCount(of, hour, traces, isSplit);
    return isSplit;
  }

  /** Appends a part to the end of a piece, the usual case. False if that may change more than this piece. */
  *#append(of: UserKey, { old, now }: Entry): Plan<boolean> {
    const piece = this.pieceAt(of, now);
    if (piece === undefined || now.startNs > piece.endNs + this.limits.pauseNs) return false;
    const endNs = now.endNs > piece.endNs ? now.endNs : piece.endNs;
    if (endNs > piece.endNs && (yield* this.#startsRun(of, piece, endNs + this.limits.pauseNs))) return false;
    const grown = { ...piece, endNs, traces: piece.traces + (old === undefined ? 1 : 0) };
    const names = yield* this.#exchange(of, [piece], [grown]);
    const [before, after] = [names.before[0]!, names.now[0]!];
    if (before !== after) {
      for (const { key } of yield* this.#partsOfPiece(of, grown)) this.#note(of.project, key, before, after);
    }
    if (old === undefined) this.#note(of.project, now.key, undefined, after);
    return true;
  }

  /** Whether a piece after this position, up to this time, begins a run. */
  *#startsRun(of: UserKey, place: Place, untilNs: bigint): Plan<boolean> {
    const [first, last] = [numberOf(place.startNs), numberOf(untilNs)];
    yield* this.hours.require([{ ...of, first, last }]);
    for (let hour = first; hour <= last; hour++) {
      for (const piece of this.hours.pieces(of, hour)) {
        if (piece.isJoined || piece.startNs > untilNs) continue;
        if (comparePlaces(piece, place) > 0) return true;
      }
    }
    return false;
  }

  /** Rebuilds the pieces that had or have these parts. All are of hours that are or were grouped. */
  *#rebuild(of: UserKey, left: readonly TracePart[], come: readonly TracePart[]): Plan<void> {
    const all = [...left, ...come];
    if (all.length === 0) return;
    let [fromNs, toNs] = [all[0]!.startNs, all[0]!.endNs];
    for (const { startNs, endNs } of all) {
      if (startNs < fromNs) fromNs = startNs;
      if (endNs > toNs) toNs = endNs;
    }
    // Parts that begin more than the time-out after the last of them stay in their pieces.
    const [first, last] = [numberOf(fromNs), numberOf(toNs + this.limits.pauseNs)];
    const reachedFromNs = startOf(first) - REACH_NS - this.limits.pauseNs;
    yield* this.hours.require([{ ...of, first: numberOf(reachedFromNs), last }]);
    const parts = (yield* this.#parts(of, first, last)).filter(
      ({ startNs }) => !this.hours.isSplit(of, numberOf(startNs)),
    );
    const old: Piece[] = [];
    for (let hour = first; hour <= last; hour++) old.push(...this.hours.pieces(of, hour));
    const now = piecesOf(parts, this.#reach(of, reachedFromNs, first), this.limits);
    const names = yield* this.#exchange(of, old, now);
    const isNew = new Set(come.map(({ key }) => key));
    const before = new Walk(old, names.before);
    const after = new Walk(now, names.now);
    const gone = new Set(left.map(({ key }) => key));
    for (const part of parts) {
      const name = after.at(part);
      const was = isNew.has(part.key) && !gone.has(part.key) ? undefined : before.at(part);
      if (name !== was || gone.has(part.key)) this.#note(of.project, part.key, was, name);
      gone.delete(part.key);
    }
    const others = left.filter(({ key }) => gone.has(key)).sort(compareParts);
    const where = new Walk(old, names.before);
    for (const part of others) this.#note(of.project, part.key, where.at(part), undefined);
  }

  /**
   * The latest end of the pieces that begin from this time on and before this hour; undefined without any.
   */
  #reach(of: UserKey, fromNs: bigint, before: number): bigint | undefined {
    let reachNs: bigint | undefined;
    for (let hour = numberOf(fromNs); hour < before; hour++) {
      for (const { startNs, endNs } of this.hours.pieces(of, hour)) {
        if (startNs >= fromNs && (reachNs === undefined || endNs > reachNs)) reachNs = endNs;
      }
    }
    return reachNs;
  }

  /**
   * Replaces consecutive pieces with others of the same hours. Notes the traces around them whose sessions
   * change because of that. Returns the old and the new sessions.
   */
  *#exchange(
    of: UserKey,
    old: readonly Piece[],
    now: readonly Piece[],
  ): Plan<{ before: ByteString[]; now: ByteString[] }> {
    const ends = [...old.slice(0, 1), ...now.slice(0, 1)].sort(compareParts);
    const lasts = [...old.slice(-1), ...now.slice(-1)].sort(compareParts);
    if (ends.length === 0) return { before: [], now: [] };
    const before = yield* this.before(of, ends[0]!);
    const after = yield* this.after(of, lasts.at(-1)!);
    const namesWith = (pieces: readonly Piece[]): ByteString[] =>
      sessionsOf(
        {
          pieces: [...before.pieces, ...pieces, ...after.pieces],
          isLargeBefore: before.isLarge,
          isLargeAfter: after.isLarge,
        },
        this.limits,
      );
    const [wasNames, nowNames] = [namesWith(old), namesWith(now)];
    const at = before.pieces.length;
    for (const [i, piece] of before.pieces.entries()) {
      yield* this.#renamed(of, piece, wasNames[i]!, nowNames[i]!);
    }
    for (const [i, piece] of after.pieces.entries()) {
      yield* this.#renamed(of, piece, wasNames[at + old.length + i]!, nowNames[at + now.length + i]!);
    }
    this.hours.exchange(of, old, now);
    this.changed();
    return { before: wasNames.slice(at, at + old.length), now: nowNames.slice(at, at + now.length) };
  }

  *#renamed(of: UserKey, piece: Piece, before: ByteString, now: ByteString): Plan<void> {
    if (before === now) return;
    for (const { key } of yield* this.#partsOfPiece(of, piece)) this.#note(of.project, key, before, now);
  }

  /** The parts of a piece. Pieces of an hour that is not grouped have none. */
  *#partsOfPiece(of: UserKey, piece: Piece): Plan<TracePart[]> {
    const hour = numberOf(piece.startNs);
    const next = this.hours.pieces(of, hour).find((each) => comparePlaces(each, piece) > 0);
    return (yield* this.#parts(of, hour, hour)).filter(
      (part) => compareParts(part, piece) >= 0 && (next === undefined || compareParts(part, next) < 0),
    );
  }

  *#parts(of: UserKey, first: number, last: number): Plan<TracePart[]> {
    yield* this.hours.requireParts({ ...of, first, last });
    return this.hours.parts(of, first, last);
  }

  #note(
    project: number,
    trace: ByteString,
    before: ByteString | undefined,
    now: ByteString | undefined,
  ): void {
    const [was, is] = [before && hexOf(before), now && hexOf(now)];
    const known = this.#moved.get(`${project} ${trace}`);
    if (known === undefined) this.#moved.set(`${project} ${trace}`, { project, trace, before: was, now: is });
    else known.now = is;
  }
}

/** The hours that can affect what begins at this time. */
function around({ project, user }: UserKey, startNs: bigint): UserHourRange {
  const hour = numberOf(startNs);
  return { project, user, first: hour - MOST_APART, last: hour + MOST_APART };
}

/** Looks up the sessions of sorted parts by their pieces. */
class Walk {
  #at = -1;
  readonly #pieces: readonly Piece[];
  readonly #names: readonly ByteString[];

  constructor(pieces: readonly Piece[], names: readonly ByteString[]) {
    this.#pieces = pieces;
    this.#names = names;
  }

  /** Undefined if the part is before all pieces. */
  at(part: TracePart): ByteString | undefined {
    while (this.#at + 1 < this.#pieces.length && compareParts(this.#pieces[this.#at + 1]!, part) <= 0)
      this.#at++;
    return this.#names[this.#at];
  }
}

/** By hour, in order; those of an hour in the order of their parts. */
function byHour<T>(all: T[], partOf: (each: T) => TracePart): Map<number, T[]> {
  all.sort((a, b) => compareParts(partOf(a), partOf(b)));
  const hours = new Map<number, T[]>();
  for (const each of all) {
    const hour = numberOf(partOf(each).startNs);
    const known = hours.get(hour);
    if (known === undefined) hours.set(hour, [each]);
    else known.push(each);
  }
  return hours;
}

function comparePlaces(a: Place, b: Place): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

export function hexOf(key: ByteString): string {
  return Buffer.from(key, 'latin1').toString('hex');
}
