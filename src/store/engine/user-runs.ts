import { Buffer } from 'node:buffer';
import {
  compareParts,
  HOUR_NS,
  hourOf,
  isTooLarge,
  MOST_NS,
  MOST_TRACES,
  type Piece,
  type PieceChain,
  piecesOf,
  type RunLimits,
  sessionsOf,
  type TracePart,
  type UserPart,
} from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import { MAX_INTEGER, type Prepare, type Statement } from '../sqlite/database.js';

/** One user of one project. */
interface UserKey {
  readonly project: number;
  readonly user: string;
}

/** The limits of sessions by user where a session times out after this inactivity. */
export function runLimits(timeoutNs: bigint, mostTraces = MOST_TRACES): RunLimits {
  return { pauseNs: timeoutNs < MOST_NS ? timeoutNs : MOST_NS, mostTraces };
}

/** Pieces whose sessions are kept while nothing changes. */
const MOST_FOUND = 10_000;

const TRACE_ID = /^[0-9a-f]{32}$/;

const PIECE = 'start_ns, key, end_ns, traces, joined';
const OF_USER = 'project = ? AND user = ?';

/**
 * Finds the session by user (S40) of a trace. `user_trace` has the parts, `user_hour` how many of a user's begin in an hour, `user_piece` what is made of those of the hours that
 * are not overfull.
 */
export class UserRuns {
  readonly #part: Statement;
  readonly #apart: Statement;
  readonly #pieceAt: Statement;
  readonly #piecesBefore: Statement;
  readonly #piecesAfter: Statement;
  /** Sessions by piece; undefined while what is seen may change. */
  #found: Map<string, string> | undefined;
  protected readonly limits: RunLimits;

  constructor(prepare: Prepare, limits: RunLimits) {
    this.limits = limits;
    const statement = (sql: string): Statement => {
      const prepared = prepare(sql);
      prepared.setReadBigInts(true);
      return prepared;
    };
    this.#part = statement('SELECT user, start_ns FROM user_trace WHERE project = ? AND key = ?');
    this.#apart = statement(`SELECT 1 FROM user_hour WHERE ${OF_USER} AND hour = ? AND apart = 1`);
    this.#pieceAt = statement(
      `SELECT ${PIECE} FROM user_piece WHERE ${OF_USER} AND (start_ns, key) <= (?, ?) ORDER BY start_ns DESC, key DESC LIMIT 1`,
    );
    this.#piecesBefore = statement(
      `SELECT ${PIECE} FROM user_piece WHERE ${OF_USER} AND (start_ns, key) < (?, ?) ORDER BY start_ns DESC, key DESC`,
    );
    this.#piecesAfter = statement(
      `SELECT ${PIECE} FROM user_piece WHERE ${OF_USER} AND (start_ns, key) > (?, ?) ORDER BY start_ns, key`,
    );
  }

  /** The id of the session that the records of this trace without one are in; undefined where that is the trace's own (S7). */
  sessionOf(project: number, trace: ByteString): string | undefined {
    const row = this.#part.get(project, bytesOf(trace));
    if (row === undefined) return undefined;
    const of = { project, user: row.user as string };
    const startNs = row.start_ns as bigint;
    if (this.isApart(of, hourOf(startNs))) return undefined;
    const piece = this.pieceAt(of, { key: trace, startNs });
    if (piece === undefined) return undefined;
    const place = `${project} ${piece.key} ${piece.startNs} ${of.user}`;
    const known = this.#found?.get(place);
    if (known !== undefined) return known;
    const { chain, at } = this.chainAround(of, [piece]);
    const session = hexOf(sessionsOf(chain, this.limits)[at]!);
    if (this.#found !== undefined) {
      if (this.#found.size >= MOST_FOUND) this.#found.clear();
      this.#found.set(place, session);
    }
    return session;
  }

  /** What is seen does not change until `endMoment`: what is found is kept. */
  beginMoment(): void {
    this.#found = new Map();
  }

  endMoment(): void {
    this.#found = undefined;
  }

  /** The same, where this is the id of a trace. */
  sessionOfId(project: number, id: string): string | undefined {
    if (!TRACE_ID.test(id)) return undefined;
    return this.sessionOf(project, Buffer.from(id, 'hex').toString('latin1'));
  }

  protected isApart({ project, user }: UserKey, hour: bigint): boolean {
    return this.#apart.get(project, user, hour) !== undefined;
  }

  /** The last piece that begins here or before. */
  protected pieceAt(
    { project, user }: UserKey,
    { key, startNs }: Omit<TracePart, 'endNs'>,
  ): Piece | undefined {
    const row = this.#pieceAt.get(project, user, startNs, bytesOf(key));
    return row === undefined ? undefined : pieceOf(row);
  }

  protected pieceAfter(
    { project, user }: UserKey,
    { key, startNs }: Omit<TracePart, 'endNs'>,
  ): Piece | undefined {
    const row = this.#piecesAfter.get(project, user, startNs, bytesOf(key));
    return row === undefined ? undefined : pieceOf(row);
  }

  /** These consecutive pieces, at least one, among those of the same runs, and where they stand there. */
  protected chainAround(of: UserKey, pieces: readonly Piece[]): { chain: PieceChain; at: number } {
    const before = this.before(of, pieces[0]!);
    const after = this.after(of, pieces.at(-1)!);
    const chain = {
      pieces: [...before.pieces, ...pieces, ...after.pieces],
      isLargeBefore: before.isLarge,
      isLargeAfter: after.isLarge,
    };
    return { chain, at: before.pieces.length };
  }

  /**
   * The pieces before this place that are of the same run as the last of them, in order; none where that is too far away to matter. Where they alone are too large for a
   * session, not all of them.
   */
  protected before({ project, user }: UserKey, { key, startNs }: Omit<TracePart, 'endNs'>): Pieces {
    const pieces: Piece[] = [];
    for (const row of this.#piecesBefore.iterate(project, user, startNs, bytesOf(key))) {
      const piece = pieceOf(row);
      pieces.unshift(piece);
      if (!piece.isJoined) break;
      if (isTooLarge(pieces, this.limits)) return { pieces, isLarge: true };
    }
    return { pieces, isLarge: false };
  }

  /** The pieces behind this place that are of one run with what is before them, in order. */
  protected after({ project, user }: UserKey, { key, startNs }: Omit<TracePart, 'endNs'>): Pieces {
    const pieces: Piece[] = [];
    for (const row of this.#piecesAfter.iterate(project, user, startNs, bytesOf(key))) {
      const piece = pieceOf(row);
      if (!piece.isJoined) break;
      pieces.push(piece);
      if (isTooLarge(pieces, this.limits)) return { pieces, isLarge: true };
    }
    return { pieces, isLarge: false };
  }
}

interface Pieces {
  readonly pieces: readonly Piece[];
  /** Whether they are too large for a session, and go on. */
  readonly isLarge: boolean;
}

/** What became of the part of a trace. */
export interface PartChange {
  readonly trace: ByteString;
  readonly old: UserPart | undefined;
  readonly now: UserPart | undefined;
}

/** A trace that is in another session by user than before; undefined stands for its own (S7). */
export interface MovedTrace {
  readonly project: number;
  readonly trace: ByteString;
  readonly before: string | undefined;
  now: string | undefined;
}

/** A trace and what of it counts now. */
interface Entry {
  readonly old: TracePart | undefined;
  readonly now: TracePart;
}

/**
 * The same, kept up to the traces. What changed is to be given group by group in one transaction; until `settle` is called, `sessionBefore` tells what was
 * before it.
 */
export class UserRunIndex extends UserRuns {
  readonly #moved = new Map<string, MovedTrace>();
  readonly #sql: Record<
    | 'putPart'
    | 'deletePart'
    | 'partsIn'
    | 'countHour'
    | 'putHour'
    | 'deleteHour'
    | 'apartHours'
    | 'piecesIn'
    | 'reach'
    | 'startsRun'
    | 'putPiece'
    | 'deletePiece',
    Statement
  >;

  constructor(prepare: Prepare, limits: RunLimits) {
    super(prepare, limits);
    const reading = (sql: string): Statement => {
      const statement = prepare(sql);
      statement.setReadBigInts(true);
      return statement;
    };
    this.#sql = {
      putPart: prepare(
        'INSERT OR REPLACE INTO user_trace (project, key, user, start_ns, end_ns) VALUES (?, ?, ?, ?, ?)',
      ),
      deletePart: prepare('DELETE FROM user_trace WHERE project = ? AND key = ?'),
      partsIn: reading(
        `SELECT key, start_ns, end_ns FROM user_trace INDEXED BY user_trace_by_user
         WHERE ${OF_USER} AND start_ns >= ? AND start_ns <= ? ORDER BY start_ns, key`,
      ),
      countHour: prepare(`SELECT traces FROM user_hour WHERE ${OF_USER} AND hour = ?`),
      putHour: prepare(
        'INSERT OR REPLACE INTO user_hour (project, user, hour, traces, apart) VALUES (?, ?, ?, ?, ?)',
      ),
      deleteHour: prepare(`DELETE FROM user_hour WHERE ${OF_USER} AND hour = ?`),
      apartHours: reading(
        `SELECT hour FROM user_hour WHERE ${OF_USER} AND hour >= ? AND hour <= ? AND apart = 1`,
      ),
      piecesIn: reading(
        `SELECT ${PIECE} FROM user_piece WHERE ${OF_USER} AND start_ns >= ? AND start_ns <= ? ORDER BY start_ns, key`,
      ),
      reach: reading(
        `SELECT max(end_ns) AS ns FROM user_piece WHERE ${OF_USER} AND start_ns >= ? AND start_ns < ?`,
      ),
      startsRun: prepare(
        `SELECT 1 FROM user_piece WHERE ${OF_USER} AND (start_ns, key) > (?, ?) AND start_ns <= ? AND joined = 0 LIMIT 1`,
      ),
      putPiece: prepare(
        `INSERT OR REPLACE INTO user_piece (project, user, ${PIECE}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ),
      deletePiece: prepare(`DELETE FROM user_piece WHERE ${OF_USER} AND start_ns = ? AND key = ?`),
    };
  }

  /** The same as `sessionOf`, as of before what was changed since the last `settle`. */
  sessionBefore(project: number, trace: ByteString): string | undefined {
    const moved = this.#moved.size === 0 ? undefined : this.#moved.get(`${project} ${trace}`);
    return moved === undefined ? this.sessionOf(project, trace) : moved.before;
  }

  /** Takes changes of traces of one project in, each trace once. */
  change(project: number, changes: Iterable<PartChange>): void {
    const users = new Map<string, { left: TracePart[]; entries: Entry[] }>();
    const ofUser = (user: string): { left: TracePart[]; entries: Entry[] } => {
      let found = users.get(user);
      if (found === undefined) {
        found = { left: [], entries: [] };
        users.set(user, found);
      }
      return found;
    };
    for (const { trace, old, now } of changes) {
      const grows = old?.user === now?.user && old?.startNs === now?.startNs && old!.endNs <= now!.endNs;
      if (old !== undefined && !grows) ofUser(old.user).left.push({ key: trace, ...old });
      if (now === undefined) continue;
      const part = { key: trace, ...now };
      ofUser(now.user).entries.push({ old: grows ? { key: trace, ...old! } : undefined, now: part });
    }
    for (const [user, { left }] of users) {
      for (const [hour, parts] of byHour(left, (part) => part)) this.#leave({ project, user }, hour, parts);
    }
    for (const [user, { entries }] of users) {
      for (const [hour, parts] of byHour(entries, ({ now }) => now)) {
        this.#enter({ project, user }, hour, parts);
      }
    }
  }

  /** Traces that moved since the last `settle`; some may be where they were. */
  moved(): Iterable<MovedTrace> {
    return this.#moved.values();
  }

  settle(): void {
    this.#moved.clear();
  }

  /** Parts that begin in this hour are no longer there. */
  #leave(of: UserKey, hour: bigint, parts: readonly TracePart[]): void {
    for (const { key } of parts) this.#sql.deletePart.run(of.project, bytesOf(key));
    const wasApart = this.isApart(of, hour);
    const isApart = this.#countHour(of, hour, -parts.length);
    if (!wasApart) this.#rebuild(of, parts, []);
    else if (!isApart) this.#rebuild(of, [], this.#partsOf(of, hour));
    for (const { key } of parts) this.#note(of.project, key, undefined, undefined);
  }

  /** Parts that begin in this hour have come or end later, sorted. */
  #enter(of: UserKey, hour: bigint, entries: readonly Entry[]): void {
    const wasApart = this.isApart(of, hour);
    const fresh = new Set<ByteString>();
    for (const { old, now } of entries) if (old === undefined) fresh.add(now.key);
    const isApart = fresh.size === 0 ? wasApart : this.#countHour(of, hour, fresh.size);
    const others = isApart && !wasApart ? this.#partsOf(of, hour) : [];
    for (const { now } of entries) {
      this.#sql.putPart.run(of.project, bytesOf(now.key), of.user, now.startNs, now.endNs);
    }
    if (isApart) {
      for (const key of fresh) this.#note(of.project, key, undefined, undefined);
      if (others.length > 0) this.#rebuild(of, others, []);
      return;
    }
    const rest = entries.filter((entry) => !this.#append(of, entry));
    const replaced = rest.flatMap(({ old }) => (old === undefined ? [] : [old]));
    if (rest.length === 0) return;
    this.#rebuild(
      of,
      replaced,
      rest.map(({ now }) => now),
    );
  }

  /** Counts the parts of an hour; returns whether they are too many to be grouped. */
  #countHour({ project, user }: UserKey, hour: bigint, more: number): boolean {
    const traces = Number(this.#sql.countHour.get(project, user, hour)?.traces ?? 0) + more;
    const isApart = traces > this.limits.mostTraces;
    if (traces === 0) this.#sql.deleteHour.run(project, user, hour);
    else this.#sql.putHour.run(project, user, hour, traces, isApart ? 1 : 0);
    return isApart;
  }

  /** Puts a part at the end of a piece, as nearly all are; false where it may change more than that. */
  #append(of: UserKey, { old, now }: Entry): boolean {
    const piece = this.pieceAt(of, now);
    if (piece === undefined || hourOf(piece.startNs) !== hourOf(now.startNs)) return false;
    if (now.startNs > piece.endNs + this.limits.pauseNs) return false;
    const endNs = now.endNs > piece.endNs ? now.endNs : piece.endNs;
    if (endNs > piece.endNs) {
      const reachNs = within(endNs + this.limits.pauseNs);
      if (
        this.#sql.startsRun.get(of.project, of.user, piece.startNs, bytesOf(piece.key), reachNs) !== undefined
      )
        return false;
    }
    const grown = { ...piece, endNs, traces: piece.traces + (old === undefined ? 1 : 0) };
    const names = this.#exchange(of, [piece], [grown]);
    const [before, after] = [names.before[0]!, names.now[0]!];
    if (before !== after) {
      for (const { key } of this.#partsOfPiece(of, grown)) this.#note(of.project, key, before, after);
    }
    if (old === undefined) this.#note(of.project, now.key, undefined, after);
    return true;
  }

  /** Makes the pieces anew that these parts were or are in. All are of grouped hours, or were. */
  #rebuild(of: UserKey, left: readonly TracePart[], come: readonly TracePart[]): void {
    const all = [...left, ...come];
    if (all.length === 0) return;
    let [fromNs, toNs] = [all[0]!.startNs, all[0]!.endNs];
    for (const { startNs, endNs } of all) {
      if (startNs < fromNs) fromNs = startNs;
      if (endNs > toNs) toNs = endNs;
    }
    // What begins later than the time-out after the last of them is joined to what it was.
    const [first, last] = [hourOf(fromNs), hourOf(toNs + this.limits.pauseNs)];
    const range = [first * HOUR_NS, within((last + 1n) * HOUR_NS - 1n)] as const;
    const apart = new Set(
      this.#sql.apartHours.all(of.project, of.user, first, last).map(({ hour }) => hour as bigint),
    );
    const parts = this.#parts(of, range).filter(({ startNs }) => !apart.has(hourOf(startNs)));
    const old = this.#sql.piecesIn.all(of.project, of.user, ...range).map(pieceOf);
    const reachedFrom = range[0] - REACH_NS - this.limits.pauseNs;
    const reach = this.#sql.reach.get(of.project, of.user, reachedFrom, range[0]);
    const now = piecesOf(parts, (reach?.ns as bigint | null | undefined) ?? undefined, this.limits);
    const names = this.#exchange(of, old, now);
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
   * Puts consecutive pieces in the place of others of the same hours, and notes the traces of those around that have come to be in other sessions by it. Returns the sessions of both.
   */
  #exchange(
    of: UserKey,
    old: readonly Piece[],
    now: readonly Piece[],
  ): { before: ByteString[]; now: ByteString[] } {
    const ends = [...old.slice(0, 1), ...now.slice(0, 1)].sort(compareParts);
    const lasts = [...old.slice(-1), ...now.slice(-1)].sort(compareParts);
    if (ends.length === 0) return { before: [], now: [] };
    const before = this.before(of, ends[0]!);
    const after = this.after(of, lasts.at(-1)!);
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
    for (const [i, piece] of before.pieces.entries()) this.#renamed(of, piece, wasNames[i]!, nowNames[i]!);
    for (const [i, piece] of after.pieces.entries()) {
      this.#renamed(of, piece, wasNames[at + old.length + i]!, nowNames[at + now.length + i]!);
    }
    this.#write(of, old, now);
    return { before: wasNames.slice(at, at + old.length), now: nowNames.slice(at, at + now.length) };
  }

  #renamed(of: UserKey, piece: Piece, before: ByteString, now: ByteString): void {
    if (before === now) return;
    for (const { key } of this.#partsOfPiece(of, piece)) this.#note(of.project, key, before, now);
  }

  #write({ project, user }: UserKey, old: readonly Piece[], now: readonly Piece[]): void {
    const known = new Map(old.map((piece) => [piece.key, piece]));
    for (const piece of now) {
      const was = known.get(piece.key);
      if (was?.startNs === piece.startNs) known.delete(piece.key);
      if (was !== undefined && isSamePiece(was, piece)) continue;
      const { key, startNs, endNs, traces, isJoined } = piece;
      this.#sql.putPiece.run(project, user, startNs, bytesOf(key), endNs, traces, isJoined ? 1 : 0);
    }
    for (const { key, startNs } of known.values()) {
      this.#sql.deletePiece.run(project, user, startNs, bytesOf(key));
    }
  }

  /** The parts of a piece. Those of an hour that is apart have none. */
  #partsOfPiece(of: UserKey, piece: Piece): TracePart[] {
    const lastNs = within((hourOf(piece.startNs) + 1n) * HOUR_NS - 1n);
    const next = this.pieceAfter(of, piece);
    return this.#parts(of, [piece.startNs, lastNs]).filter(
      (part) => compareParts(part, piece) >= 0 && (next === undefined || compareParts(part, next) < 0),
    );
  }

  #partsOf(of: UserKey, hour: bigint): TracePart[] {
    return this.#parts(of, [hour * HOUR_NS, within((hour + 1n) * HOUR_NS - 1n)]);
  }

  #parts({ project, user }: UserKey, range: readonly [bigint, bigint]): TracePart[] {
    return this.#sql.partsIn.all(project, user, ...range).map((row) => ({
      key: Buffer.from(row.key as Uint8Array).toString('latin1'),
      startNs: row.start_ns as bigint,
      endNs: row.end_ns as bigint,
    }));
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

/** A part reaches no further than this from the start of the hour that it begins in. */
const REACH_NS = 25n * HOUR_NS;

/** Asks for the sessions of sorted parts by the pieces that they are in. */
class Walk {
  #at = -1;
  readonly #pieces: readonly Piece[];
  readonly #names: readonly ByteString[];

  constructor(pieces: readonly Piece[], names: readonly ByteString[]) {
    this.#pieces = pieces;
    this.#names = names;
  }

  /** Undefined where the part is before all pieces. */
  at(part: TracePart): ByteString | undefined {
    while (this.#at + 1 < this.#pieces.length && compareParts(this.#pieces[this.#at + 1]!, part) <= 0)
      this.#at++;
    return this.#names[this.#at];
  }
}

function isSamePiece(a: Piece, b: Piece): boolean {
  return a.startNs === b.startNs && a.endNs === b.endNs && a.traces === b.traces && a.isJoined === b.isJoined;
}

/** By hour, in order; those of an hour in order of their parts. */
function byHour<T>(all: T[], partOf: (each: T) => TracePart): Map<bigint, T[]> {
  all.sort((a, b) => compareParts(partOf(a), partOf(b)));
  const hours = new Map<bigint, T[]>();
  for (const each of all) {
    const hour = hourOf(partOf(each).startNs);
    const known = hours.get(hour);
    if (known === undefined) hours.set(hour, [each]);
    else known.push(each);
  }
  return hours;
}

function pieceOf(row: Record<string, unknown>): Piece {
  return {
    key: Buffer.from(row.key as Uint8Array).toString('latin1'),
    startNs: row.start_ns as bigint,
    endNs: row.end_ns as bigint,
    traces: Number(row.traces),
    isJoined: row.joined === 1n,
  };
}

/** What a column can hold. */
function within(ns: bigint): bigint {
  return ns < MAX_INTEGER ? ns : MAX_INTEGER;
}

function bytesOf(key: ByteString): Buffer {
  return Buffer.from(key, 'latin1');
}

export function hexOf(key: ByteString): string {
  return Buffer.from(key, 'latin1').toString('hex');
}
