import type { SessionRange } from '../../contract/session-filter.js';
import type { PartNumber } from './chunk.js';

/** A packed chunk with sessions of a project. Its sessions start and end within these times; both bounds are inclusive. */
export interface ChunkHead {
  readonly chunk: number;
  readonly leastStartNs: bigint;
  readonly greatestStartNs: bigint;
  readonly greatestLastNs: bigint;
  readonly greatestDurationNs: bigint;
  /** Undefined where no session has a known cost. */
  readonly greatestCostNanoUsd: bigint | undefined;
}

/** Numbers of sessions, both bounds inclusive. */
export interface SessionNumbers {
  readonly first: number;
  readonly last: number;
}

/** What a store keeps of sessions by columns, as it is in the snapshot under way. */
export interface ColumnRows {
  /** The packed chunks that may have sessions of a range, in order of their least start. */
  heads(project: number, range: SessionRange): Promise<readonly ChunkHead[]>;
  /** These parts of these chunks, in the order of the chunks; of each chunk in the order of the parts. */
  parts(
    project: number,
    chunks: readonly number[],
    parts: readonly PartNumber[],
  ): Promise<readonly (readonly Uint8Array[])[]>;
  /** The users of these chunks, in the order of the chunks: of each session by its place, 0 where there is none. Not to be written to. */
  users(project: number, chunks: readonly number[]): Promise<readonly Int32Array[]>;
  /** The sessions of packed chunks, of any project, that the chunk does not tell: they have changed since, or do not fit. In order. */
  loose(): Promise<readonly number[]>;
  /** The sessions whose chunks are not packed, of any project. In order. */
  unpacked(): Promise<readonly SessionNumbers[]>;
  /** The numbers of these users in chunks; users that no chunk has are left out. */
  userNumbers(project: number, users: Iterable<string>): Promise<ReadonlyMap<string, number>>;
}
