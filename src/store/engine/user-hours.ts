import {
  compareParts,
  HOUR_NS,
  hourOf,
  type Piece,
  type TracePart,
  type UserPart,
} from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import { MAX_INTEGER } from '../contract/listing.js';
import type { ChangeSet } from './changes.js';
import { type GroupKey, load, type Plan, type UserHourRange } from './loads.js';

/** One user of one project. */
export interface UserKey {
  readonly project: number;
  readonly user: string;
}

/** What is stored for an hour of a user. */
interface Hour {
  traces: number;
  isSplit: boolean;
  /** In order of time and key. */
  pieces: readonly Piece[];
  /** As stored; undefined if nothing changed. */
  stored: Pick<Hour, 'traces' | 'isSplit' | 'pieces'> | undefined;
}

const NO_PIECES: readonly Piece[] = [];

/** An hour for which nothing is stored. Read-only. */
const EMPTY: Hour = { traces: 0, isSplit: false, pieces: NO_PIECES, stored: undefined };

/** The hours of one user that are in memory. */
interface UserState extends UserKey {
  /** Requested ranges of hours, by first and last. They do not overlap and have no order. */
  known: { first: number; last: number }[];
  readonly hours: Map<number, Hour>;
  /** Parts by key, of the hours whose parts were requested. */
  readonly parts: Map<number, Map<ByteString, TracePart>>;
  /** Parts that were written since, by key; undefined for deleted ones. */
  readonly written: Map<ByteString, TracePart | undefined>;
}

interface Trace extends GroupKey {
  part: UserPart | undefined;
  isChanged: boolean;
}

/**
 * The hours of users and their traces, as a plan has read and changed them. Hours and traces must be in
 * memory before they are used. `require` and similar methods load them in one request.
 */
export class UserHours {
  readonly #users = new Map<string, UserState>();
  readonly #traces = new Map<string, Trace>();

  /** Loads these hours. */
  *require(ranges: readonly UserHourRange[]): Plan<void> {
    const missing = ranges.flatMap((range) => this.#missing(range));
    if (missing.length === 0) return;
    const answers = yield* load('userHours', missing);
    for (const [i, { hours, pieces }] of answers.entries()) {
      const { hours: known } = this.#user(missing[i]!);
      for (const { hour, traces, isSplit } of hours) {
        known.set(hour, { traces, isSplit, pieces: NO_PIECES, stored: undefined });
      }
      for (const piece of pieces) {
        const at = numberOf(piece.startNs);
        const hour = known.get(at) ?? { ...EMPTY };
        hour.pieces = [...hour.pieces, piece];
        known.set(at, hour);
      }
    }
  }

  /** The part of a range that is not in memory. It counts as loaded from now on. */
  #missing(range: UserHourRange): UserHourRange[] {
    const user = this.#user(range);
    let left = [{ first: range.first, last: range.last }];
    for (const { first, last } of user.known) {
      left = left.flatMap((each) =>
        [
          { first: each.first, last: Math.min(each.last, first - 1) },
          { first: Math.max(each.first, last + 1), last: each.last },
        ].filter((part) => part.first <= part.last),
      );
    }
    user.known.push(...left);
    return left.map(({ first, last }) => ({ project: user.project, user: user.user, first, last }));
  }

  /** Loads the parts of these hours. */
  *requireParts({ project, user, first, last }: UserHourRange): Plan<void> {
    const state = this.#user({ project, user });
    const missing: UserHourRange[] = [];
    for (let hour = first; hour <= last; hour++) {
      if (state.parts.has(hour)) continue;
      state.parts.set(hour, new Map());
      const open = missing.at(-1);
      if (open?.last === hour - 1) missing[missing.length - 1] = { ...open, last: hour };
      else missing.push({ project, user, first: hour, last: hour });
    }
    if (missing.length === 0) return;
    for (const parts of yield* load('userParts', missing)) {
      for (const part of parts) {
        if (!state.written.has(part.key)) state.parts.get(numberOf(part.startNs))!.set(part.key, part);
      }
    }
    for (const part of state.written.values()) {
      if (part !== undefined) state.parts.get(numberOf(part.startNs))?.set(part.key, part);
    }
  }

  /** Loads these traces. */
  *requireTraces(traces: Iterable<GroupKey>): Plan<void> {
    const missing: GroupKey[] = [];
    for (const { project, key } of traces) {
      if (!this.#traces.has(traceKeyOf(project, key))) missing.push({ project, key });
    }
    if (missing.length === 0) return;
    for (const [i, part] of (yield* load('userTraces', missing)).entries()) {
      const { project, key } = missing[i]!;
      this.#traces.set(traceKeyOf(project, key), { project, key, part, isChanged: false });
    }
  }

  /** The part of a trace that is grouped by user. */
  part(project: number, key: ByteString): UserPart | undefined {
    return this.#traces.get(traceKeyOf(project, key))?.part;
  }

  isSplit(of: UserKey, hour: number): boolean {
    return this.#hour(of, hour).isSplit;
  }

  traces(of: UserKey, hour: number): number {
    return this.#hour(of, hour).traces;
  }

  /** In order of time and key. */
  pieces(of: UserKey, hour: number): readonly Piece[] {
    return this.#hour(of, hour).pieces;
  }

  /** The parts that begin in these hours, in order of time and key. */
  parts(of: UserKey, first: number, last: number): TracePart[] {
    const { parts } = this.#user(of);
    const found: TracePart[] = [];
    for (let hour = first; hour <= last; hour++) found.push(...(parts.get(hour)?.values() ?? []));
    return found.sort(compareParts);
  }

  setCount(of: UserKey, hour: number, traces: number, isSplit: boolean): void {
    const changed = this.#change(of, hour);
    changed.traces = traces;
    changed.isSplit = isSplit;
  }

  putPart({ project, user }: UserKey, part: TracePart): void {
    const { key, startNs, endNs } = part;
    this.#traces.set(traceKeyOf(project, key), {
      project,
      key,
      part: { user, startNs, endNs },
      isChanged: true,
    });
    const { parts, written } = this.#user({ project, user });
    written.set(key, part);
    parts.get(numberOf(startNs))?.set(key, part);
  }

  deletePart({ project, user }: UserKey, { key, startNs }: TracePart): void {
    this.#traces.set(traceKeyOf(project, key), { project, key, part: undefined, isChanged: true });
    const { parts, written } = this.#user({ project, user });
    written.set(key, undefined);
    parts.get(numberOf(startNs))?.delete(key);
  }

  /** Replaces pieces with others. */
  exchange(of: UserKey, old: readonly Piece[], now: readonly Piece[]): void {
    const hours = new Set([...old, ...now].map(({ startNs }) => numberOf(startNs)));
    const gone = new Set(old);
    for (const hour of hours) {
      const changed = this.#change(of, hour);
      const come = now.filter(({ startNs }) => numberOf(startNs) === hour);
      changed.pieces = [...changed.pieces.filter((piece) => !gone.has(piece)), ...come].sort(compareParts);
    }
  }

  /** Adds the changes to a change set. They count as stored from now on. */
  flush(changes: ChangeSet): void {
    for (const trace of this.#traces.values()) {
      if (!trace.isChanged) continue;
      const { project, key, part } = trace;
      trace.isChanged = false;
      if (part === undefined) changes.userTraces.gone.push({ project, key });
      else changes.userTraces.put.push({ project, key, part });
    }
    for (const { project, user, hours } of this.#users.values()) {
      for (const [hour, { traces, isSplit, pieces, stored }] of hours) {
        if (stored === undefined) continue;
        if (traces === 0) changes.userHours.gone.push({ project, user, hour });
        else if (traces !== stored.traces || isSplit !== stored.isSplit) {
          changes.userHours.put.push({ project, user, hour, traces, isSplit });
        }
        const old = new Map(stored.pieces.map((piece) => [pieceKeyOf(piece), piece]));
        for (const piece of pieces) {
          const was = old.get(pieceKeyOf(piece));
          old.delete(pieceKeyOf(piece));
          if (was === undefined || !isSamePiece(was, piece))
            changes.userPieces.put.push({ project, user, piece });
        }
        for (const piece of old.values()) changes.userPieces.gone.push({ project, user, piece });
      }
    }
  }

  #user({ project, user }: UserKey): UserState {
    const key = `${project} ${user}`;
    let state = this.#users.get(key);
    if (state === undefined) {
      state = { project, user, known: [], hours: new Map(), parts: new Map(), written: new Map() };
      this.#users.set(key, state);
    }
    return state;
  }

  #hour(of: UserKey, hour: number): Hour {
    return this.#user(of).hours.get(hour) ?? EMPTY;
  }

  /** An hour that will change. */
  #change(of: UserKey, at: number): Hour {
    const { hours } = this.#user(of);
    const hour = hours.get(at) ?? { ...EMPTY };
    const { traces, isSplit, pieces } = hour;
    hour.stored ??= { traces, isSplit, pieces };
    hours.set(at, hour);
    return hour;
  }
}

/** Whole hours since 1970. */
export function numberOf(ns: bigint): number {
  return Number(hourOf(ns));
}

/** The first and last time of a range of hours, within the range of a column. */
export function timesOf({ first, last }: Pick<UserHourRange, 'first' | 'last'>): [bigint, bigint] {
  const lastNs = startOf(last + 1) - 1n;
  return [startOf(first), lastNs < MAX_INTEGER ? lastNs : MAX_INTEGER];
}

/** The start of an hour. */
export function startOf(hour: number): bigint {
  return BigInt(hour) * HOUR_NS;
}

function traceKeyOf(project: number, key: ByteString): string {
  return `${project} ${key}`;
}

function pieceKeyOf({ startNs, key }: Piece): string {
  return `${startNs} ${key}`;
}

function isSamePiece(a: Piece, b: Piece): boolean {
  return a.startNs === b.startNs && a.endNs === b.endNs && a.traces === b.traces && a.isJoined === b.isJoined;
}
