import {
  hourOf,
  isTooLarge,
  type Piece,
  type RunLimits,
  sessionsOf,
  type TracePart,
} from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import { bytesOfHex, hexOf } from './group-versions.js';
import type { Reads, UserRef } from './reads.js';

const TRACE_ID = /^[0-9a-f]{32}$/;

/** Pieces that are read at a time. */
const PIECES_AT_ONCE = 64;

/** Finds the session by user (S40) of traces, within one snapshot: what was found is kept until the end of it. */
export class UserSessions {
  readonly #reads: Reads;
  readonly #limits: RunLimits;
  /** By piece. */
  readonly #found = new Map<string, string>();

  constructor(reads: Reads, limits: RunLimits) {
    this.#reads = reads;
    this.#limits = limits;
  }

  /** The id of the session that the records of this trace without one are in; undefined where that is the trace's own (S7). */
  async sessionOf(project: number, trace: ByteString): Promise<string | undefined> {
    const part = await this.#reads.userPart(project, trace);
    if (part === undefined) return undefined;
    const of = { project, user: part.user };
    if (await this.#reads.isHourApart(of, hourOf(part.startNs))) return undefined;
    const [piece] = await this.#reads.userPieces(of, {
      from: { key: trace, startNs: part.startNs },
      side: 'upTo',
      limit: 1,
    });
    if (piece === undefined) return undefined;
    const place = `${project} ${piece.key} ${piece.startNs} ${of.user}`;
    const known = this.#found.get(place);
    if (known !== undefined) return known;
    const before = piece.isJoined ? await this.#before(of, piece) : NO_PIECES;
    const behind = await this.#behind(of, piece);
    const chain = {
      pieces: [...before.pieces, piece, ...behind.pieces],
      isLargeBefore: before.isLarge,
      isLargeAfter: behind.isLarge,
    };
    const session = hexOf(sessionsOf(chain, this.#limits)[before.pieces.length]!);
    this.#found.set(place, session);
    return session;
  }

  /** The same, where this is the id of a trace. */
  async sessionOfId(project: number, id: string): Promise<string | undefined> {
    return TRACE_ID.test(id) ? this.sessionOf(project, bytesOfHex(id)) : undefined;
  }

  /** The pieces before this one that are of the same run as the last of them, in order; none where that is too far away to matter. */
  async #before(of: UserRef, piece: Piece): Promise<Pieces> {
    const pieces: Piece[] = [];
    for await (const each of this.#pieces(of, piece, 'before')) {
      pieces.unshift(each);
      if (!each.isJoined) break;
      if (isTooLarge(pieces, this.#limits)) return { pieces, isLarge: true };
    }
    return { pieces, isLarge: false };
  }

  /** The pieces behind this one that are of its run, in order. */
  async #behind(of: UserRef, piece: Piece): Promise<Pieces> {
    const pieces: Piece[] = [];
    for await (const each of this.#pieces(of, piece, 'behind')) {
      if (!each.isJoined) break;
      pieces.push(each);
      if (isTooLarge(pieces, this.#limits)) return { pieces, isLarge: true };
    }
    return { pieces, isLarge: false };
  }

  async *#pieces(of: UserRef, start: Piece, side: 'before' | 'behind'): AsyncGenerator<Piece> {
    let from: Omit<TracePart, 'endNs'> = start;
    for (;;) {
      const pieces = await this.#reads.userPieces(of, { from, side, limit: PIECES_AT_ONCE });
      yield* pieces;
      const last = pieces.at(-1);
      if (last === undefined || pieces.length < PIECES_AT_ONCE) return;
      from = last;
    }
  }
}

const NO_PIECES = { pieces: [], isLarge: false };

/** Where they alone are too large for a session, not all of them. */
interface Pieces {
  readonly pieces: readonly Piece[];
  /** Whether they are too large for a session, and go on. */
  readonly isLarge: boolean;
}
