import type { Buffer } from 'node:buffer';
import type { ByteString } from '../../sessionize/records.js';
import type { EventKind } from '../engine/event-places.js';
import type { Loads } from '../engine/loads.js';

/**
 * What reads of one session need of a store: named reads with typed rows. A store writes the statements behind them and nothing else; all that is
 * made of the rows is shared (`SessionDetails`).
 *
 * Each read answers a whole range or list at once, so that a store over a network is asked a few times an answer and not once a row.
 */
export interface Reads extends ReadLoads {
  /** A number that differs where anything in the store may have changed since another snapshot of the same reader. */
  version(): Promise<number>;
  /** The number of today's settings, as `SessionRow.settings`. */
  settings(): Promise<number>;
  /** As `Start.callSalt`. */
  callSalt(): Promise<Uint8Array>;
  /** The project's number; undefined where it has no telemetry yet. */
  project(name: string): Promise<number | undefined>;
  session(project: number, id: string): Promise<SessionRow | undefined>;
  /** The rows of marks of a session's calls, in their order (`CallMarks.takeIn`). */
  marks(session: SessionRef): Promise<Uint8Array[]>;
  /** Ids of the listed sessions that say that they continue this one, earliest first, ties by id; at most `limit`. */
  successors(project: number, id: string, limit: number): Promise<string[]>;
  /** Groups of a session in the order of the range: by start, ties by key. */
  groups(session: SessionRef, range: GroupRange): Promise<GroupRow[]>;
  /**
   * The first groups of a session with records, in their order, as one text: of each `groupVersion` with `suffix`, and a line feed. (One text, since a database makes it
   * many times as fast as rows.)
   */
  groupVersions(session: SessionRef, suffix: string, limit: number): Promise<string>;
  /** Of each range the rows by which events of a session are found, by start, ties by key. */
  eventGroups(session: SessionRef, ranges: readonly EventRange[]): Promise<GroupRow[][]>;
  /** The decompressed bytes of these blocks, each of which has to be there. @throws DamagedBlockError */
  blocks(ids: readonly number[]): Promise<Map<number, Buffer>>;
}

/** What plans of the engine ask for as well, answered with a promise. The last two are not asked for where traces are not grouped by user (S40). */
type ReadLoads = {
  readonly [N in 'places' | 'callPlaces' | 'userTraces' | 'userHours']: (
    of: Parameters<Loads[N]>[0],
  ) => Promise<ReturnType<Loads[N]>>;
};

export type UserHours = ReturnType<Loads['userHours']>[number];

/** A store as reads of one session see it. */
export interface Snapshots {
  /** Asks for all that one answer needs, of one moment. `reads` must not be used any more once `work` has settled. */
  snapshot<T>(work: (reads: Reads) => Promise<T>): Promise<T>;
}

export interface SessionRef {
  readonly project: number;
  readonly no: number;
}

export interface SessionRow extends SessionRef {
  readonly id: string;
  readonly invalidated: boolean;
  /** Whether lists have it. */
  readonly isListed: boolean;
  /** The number of the settings that it was folded under. */
  readonly settings: number;
  /** `Session.encodeSums` and `Session.encodeEarliest`. */
  readonly sums: string;
  readonly earliest: string;
  /** The fields of `traitsItem` as text. */
  readonly traits: string;
}

/** A group of a session. */
export interface GroupRow {
  /** Where it stands in the session; of `eventGroups`, where its events begin at the earliest. */
  readonly startNs: bigint;
  readonly key: ByteString;
  /** Where its records lie (`encodePlaces`). */
  readonly places: Uint8Array;
}

export type GroupEdge = Pick<GroupRow, 'startNs' | 'key'>;

export interface GroupRange {
  /** Groups with spans in the session, or with any records. */
  readonly of: 'spans' | 'records';
  /** Where it begins; left out, at the first group in its direction. */
  readonly from?: GroupEdge;
  /** Whether the group at `from` is in the range; it is not where this is left out. */
  readonly isFromIncluded?: boolean;
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
}

export interface EventRange {
  readonly kind: EventKind;
  /** Where it begins: behind a group, or with all groups of a time. */
  readonly from: GroupEdge | { readonly startNs: bigint; readonly key?: undefined };
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
}
