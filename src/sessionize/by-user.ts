import type { ByteString, Group } from './records.js';
import { isUnset } from './stretches.js';

/**
 * Sessions of traces that name a user and no session (S40): a pure function of the parts of one user.
 *
 * A user's parts are stored as *pieces*: the parts of one run that begin in the same hour (UTC). The pieces
 * of some hours follow from the parts that begin in them and from how far earlier parts reach, so that a late
 * part changes the pieces of an hour or two. The sessions follow from the surrounding pieces.
 */

/** The part of a trace that names one user and no session, with its times. */
export interface UserPart {
  readonly user: string;
  /** Earliest beginning of its records, by a set clock. */
  readonly startNs: bigint;
  /** Latest time of its records, at most MOST_NS after the start. */
  readonly endNs: bigint;
}

/** A part and its trace. */
export interface TracePart {
  readonly key: ByteString;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** Parts of one run that begin in the same hour. The start and key are those of the first part. */
export interface Piece extends TracePart {
  /** Latest end of its parts. */
  readonly endNs: bigint;
  readonly traces: number;
  /** Whether the previous piece is of the same run. */
  readonly isJoined: boolean;
}

export const HOUR_NS = 3_600_000_000_000n;

/** Maximum duration of a session by user, or of a part: 24 hours. */
export const MOST_NS = 24n * HOUR_NS;

/**
 * Maximum number of traces of a session by user, and of one user in an hour. It bounds what one late trace
 * can move.
 */
export const MOST_TRACES = 10_000;

export interface RunLimits {
  /** Inactivity after which a user's next trace begins another session, ns; at most MOST_NS. */
  readonly pauseNs: bigint;
  readonly mostTraces: number;
}

export function hourOf(ns: bigint): bigint {
  return ns / HOUR_NS;
}

/** Order of parts and pieces: by start, then by trace id. */
export function compareParts(a: TracePart, b: TracePart): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/**
 * The part of a group that is bound by S7, if its records name one user: the known one, else the anonymous
 * one. Undefined if they name several or none, or have no time of a set clock.
 */
export function userPart({ traceId, spans, logs }: Group): UserPart | undefined {
  if (traceId === '') return undefined;
  const known = new OneName();
  const unknown = new OneName();
  let startNs: bigint | undefined;
  let endNs = 0n;
  const see = (atNs: bigint, untilNs: bigint): void => {
    const beginNs = isUnset(atNs) ? untilNs : atNs;
    if (isUnset(beginNs)) return;
    if (startNs === undefined || beginNs < startNs) startNs = beginNs;
    if (beginNs > endNs) endNs = beginNs;
    if (untilNs > endNs) endNs = untilNs;
  };
  for (const span of spans.values()) {
    // S6: then nothing in the trace is bound by S7, except log records that S8 binds like it.
    if (span.session !== undefined) return undefined;
    known.add(span.identity?.userId);
    unknown.add(span.identity?.anonymousId);
    see(span.startNs, span.endNs);
  }
  for (const log of logs.values()) {
    if (log.session !== undefined) continue;
    known.add(log.identity?.userId);
    unknown.add(log.identity?.anonymousId);
    see(log.timeNs, log.timeNs);
  }
  const user = known.isSaid ? known.name : unknown.name;
  if (user === undefined || startNs === undefined) return undefined;
  if (endNs - startNs > MOST_NS) endNs = lastWithin({ spans, logs }, startNs, startNs + MOST_NS);
  return { user, startNs, endNs };
}

/** The latest time up to `mostNs`: later times are of another clock, or of an end that nobody recorded. */
function lastWithin({ spans, logs }: Pick<Group, 'spans' | 'logs'>, startNs: bigint, mostNs: bigint): bigint {
  let lastNs = startNs;
  const see = (ns: bigint): void => {
    if (ns > lastNs && ns <= mostNs) lastNs = ns;
  };
  for (const span of spans.values()) {
    see(span.startNs);
    see(span.endNs);
  }
  for (const log of logs.values()) if (log.session === undefined) see(log.timeNs);
  return lastNs;
}

/** A name, unless there are several different ones. */
class OneName {
  isSaid = false;
  name: string | undefined;

  add(name: string | undefined): void {
    if (name === undefined) return;
    if (!this.isSaid) this.name = name;
    else if (this.name !== name) this.name = undefined;
    this.isSaid = true;
  }
}

/**
 * The pieces of a user's parts that begin in some hours. The parts must be all of those hours, sorted.
 * `reachNs` is the latest end of earlier parts; undefined if there are none.
 */
export function piecesOf(
  parts: readonly TracePart[],
  reachNs: bigint | undefined,
  { pauseNs }: RunLimits,
): Piece[] {
  const pieces: Piece[] = [];
  let reached = reachNs;
  let open: { first: TracePart; endNs: bigint; traces: number; isJoined: boolean } | undefined;
  const close = (): void => {
    if (open === undefined) return;
    const { first, endNs, traces, isJoined } = open;
    pieces.push({ key: first.key, startNs: first.startNs, endNs, traces, isJoined });
  };
  for (const part of parts) {
    const isJoined = reached !== undefined && part.startNs <= reached + pauseNs;
    if (open !== undefined && isJoined && hourOf(open.first.startNs) === hourOf(part.startNs)) {
      open.traces++;
      if (part.endNs > open.endNs) open.endNs = part.endNs;
    } else {
      close();
      open = { first: part, endNs: part.endNs, traces: 1, isJoined };
    }
    if (reached === undefined || part.endNs > reached) reached = part.endNs;
  }
  close();
  return pieces;
}

/** Consecutive pieces, and whether there are further pieces of the same runs beyond them. */
export interface PieceChain {
  readonly pieces: readonly Piece[];
  /** The run at this end is too large whatever is added to it. */
  readonly isLargeBefore: boolean;
  readonly isLargeAfter: boolean;
}

/**
 * The session of each piece, as the key of the trace that names it: the first trace of the run; for a run
 * that is too large the first trace of the piece.
 */
export function sessionsOf(chain: PieceChain, limits: RunLimits): ByteString[] {
  const { pieces, isLargeBefore, isLargeAfter } = chain;
  const names: ByteString[] = [];
  for (let from = 0; from < pieces.length; ) {
    let to = from + 1;
    while (to < pieces.length && pieces[to]!.isJoined) to++;
    const run = pieces.slice(from, to);
    const isLarge =
      (from === 0 && isLargeBefore) || (to === pieces.length && isLargeAfter) || isTooLarge(run, limits);
    for (const piece of run) names.push(isLarge ? piece.key : run[0]!.key);
    from = to;
  }
  return names;
}

/** Whether consecutive pieces of one run last too long or have too many traces for one session. */
export function isTooLarge(run: readonly Piece[], { mostTraces }: RunLimits): boolean {
  const startNs = run[0]?.startNs;
  if (startNs === undefined) return false;
  let traces = 0;
  for (const piece of run) {
    traces += piece.traces;
    if (traces > mostTraces || piece.endNs - startNs > MOST_NS) return true;
  }
  return false;
}
