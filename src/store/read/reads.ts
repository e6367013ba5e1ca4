import type { Buffer } from 'node:buffer';
import type { ByteString } from '../../sessionize/records.js';
import type { EventKind } from '../engine/event-places.js';
import type { Loads } from '../engine/loads.js';
import type { StoredBlock } from '../records/log.js';

/**
 * The reads of one session that a store must implement: named reads with typed rows. A store has only the
 * statements; everything else is shared (`SessionDetails`).
 *
 * Each read answers a whole range or list at once. So an answer takes a store over a network a few requests,
 * not one for each row.
 */
export interface Reads extends ReadLoads {
  /**
   * A number that changes whenever the content of the store may have changed between two snapshots of the
   * same reader.
   */
  version(): Promise<number>;
  /** The number of the current settings, as in `SessionRow.settings`. */
  settings(): Promise<number>;
  /** See `Start.callSalt`. */
  callSalt(): Promise<Uint8Array>;
  /** The number of a project; undefined if it has no telemetry yet. */
  project(name: string): Promise<number | undefined>;
  /** The names of all projects, in order. */
  projects(): Promise<string[]>;
  session(project: number, id: string): Promise<SessionRow | undefined>;
  /** The rows of call marks of a session, in order (`CallMarks.takeIn`). */
  marks(session: SessionRef): Promise<Uint8Array[]>;
  /**
   * Ids of the listed sessions that report this one as their previous session, earliest first, ties by id. At
   * most `limit`.
   */
  successors(project: number, id: string, limit: number): Promise<string[]>;
  /** Groups of a session in the direction of the range: by start, ties by key. */
  groups(session: SessionRef, range: GroupRange): Promise<GroupRow[]>;
  /**
   * The first groups of a session with records, as one text: the `groupVersion` of each with `suffix`, and a
   * line feed. (One text, because a database creates it many times as fast as rows.)
   */
  groupVersions(session: SessionRef, suffix: string, limit: number): Promise<string>;
  /** For each range, the rows by which events of a session are found, by start, ties by key. */
  eventGroups(session: SessionRef, ranges: readonly EventRange[]): Promise<GroupRow[][]>;
  /** The last block that rows have records of. */
  lastBlock(): Promise<number>;
  /** These blocks, without those that do not exist or are damaged, in order. */
  storedBlocks(ids: readonly number[]): Promise<StoredBlock[]>;
  /** The decompressed bytes of these blocks, which must exist. @throws DamagedBlockError */
  blocks(ids: readonly number[]): Promise<Map<number, Buffer>>;
}

/**
 * Requests that plans of the engine make too, answered with a promise. The last two are only used if traces
 * are grouped by user (S40).
 */
type ReadLoads = {
  readonly [N in 'places' | 'callPlaces' | 'userTraces' | 'userHours']: (
    of: Parameters<Loads[N]>[0],
  ) => Promise<ReturnType<Loads[N]>>;
};

export type UserHours = ReturnType<Loads['userHours']>[number];

/** A store for reads of one session. */
export interface Snapshots {
  /** Runs the reads of one answer in one snapshot. `reads` must not be used once `work` has settled. */
  snapshot<T>(work: (reads: Reads) => Promise<T>): Promise<T>;
}

export interface SessionRef {
  readonly project: number;
  readonly no: number;
}

export interface SessionRow extends SessionRef {
  readonly id: string;
  readonly invalidated: boolean;
  /** Whether the session is in lists. */
  readonly isListed: boolean;
  /** The number of the settings under which it was folded. */
  readonly settings: number;
  /** Encoded by `Session.encodeSums` and `Session.encodeEarliest`. */
  readonly sums: string;
  readonly earliest: string;
  /** The fields of `traitsItem`, as text. */
  readonly traits: string;
}

/** A group of a session. */
export interface GroupRow {
  /** Its position in the session. In rows of `eventGroups`, the earliest start of its events. */
  readonly startNs: bigint;
  readonly key: ByteString;
  /** The places of its records (`encodePlaces`). */
  readonly places: Uint8Array;
}

export type GroupEdge = Pick<GroupRow, 'startNs' | 'key'>;

export interface GroupRange {
  /** Groups with spans in the session, or with any records. */
  readonly of: 'spans' | 'records';
  /** The first group; by default, the first one in its direction. */
  readonly from?: GroupEdge;
  /** Whether the group at `from` is in the range. Default: false. */
  readonly isFromIncluded?: boolean;
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
}

export interface EventRange {
  readonly kind: EventKind;
  /** Begins after a group, or with all groups of a time. */
  readonly from: GroupEdge | { readonly startNs: bigint; readonly key?: undefined };
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
}
