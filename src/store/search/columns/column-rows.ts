import type { SessionRange } from '../../contract/session-filter.js';
import type { PartNumber } from './chunk.js';

/** A packed chunk with sessions of a project. All of them start and end within these inclusive bounds. */
export interface ChunkHead {
  readonly chunk: number;
  readonly leastStartNs: bigint;
  readonly greatestStartNs: bigint;
  readonly greatestLastNs: bigint;
  readonly greatestDurationNs: bigint;
  /** Undefined if no session has a known cost. */
  readonly greatestCostNanoUsd: bigint | undefined;
}

/** A range of session numbers, both bounds inclusive. */
export interface SessionNumbers {
  readonly first: number;
  readonly last: number;
}

/** Sessions by columns as a store keeps them, within the current snapshot. */
export interface ColumnRows {
  /** The packed chunks that may have sessions of a range, ordered by least start. */
  heads(project: number, range: SessionRange): Promise<readonly ChunkHead[]>;
  /** These parts of these chunks, in the given order of chunks, then of parts. */
  parts(
    project: number,
    chunks: readonly number[],
    parts: readonly PartNumber[],
  ): Promise<readonly (readonly Uint8Array[])[]>;
  /**
   * The user of each session of these chunks by place, 0 if there is none. In the given order of chunks. Must
   * not be modified.
   */
  users(project: number, chunks: readonly number[]): Promise<readonly Int32Array[]>;
  /**
   * Sessions of packed chunks that the chunks do not cover, because they have changed since or do not fit. Of
   * all projects, in order.
   */
  loose(): Promise<readonly number[]>;
  /** Sessions whose chunks are not packed. Of all projects, in order. */
  unpacked(): Promise<readonly SessionNumbers[]>;
  /** The numbers of these users in chunks. Users that are in no chunk are left out. */
  userNumbers(project: number, users: Iterable<string>): Promise<ReadonlyMap<string, number>>;
  /** The users with these numbers in chunks. */
  userIds(project: number, numbers: readonly number[]): Promise<ReadonlyMap<number, string>>;
}
