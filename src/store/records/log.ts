import type { Buffer } from 'node:buffer';
import type { BlockRange } from '../contract/store.js';

export type { BlockRange };

/**
 * The log: blocks of records as received, append-only, the truth that all derived rows follow from. What the engine needs of it; where and how
 * blocks lie on disk is the business of the implementation. One process writes; it may be read meanwhile.
 */

/** Bounds of the times of a block's records, nanoseconds since 1970; they may be wider than the times. */
export interface BlockTimes {
  readonly leastNs: bigint;
  readonly greatestNs: bigint;
}

/** A block to be appended. */
export interface NewBlock extends BlockTimes {
  /** The project's number. */
  readonly project: number;
  /** How many records it has. */
  readonly records: number;
  /** Lengths of its chunks (`chunksOf`). */
  readonly directory: Uint8Array;
  /** Its bytes, compressed with LZ4 (size before the data, as lz4-napi writes it). */
  readonly data: Uint8Array;
  /** True where its bytes are known to be damaged before they are appended: reading it is the error that it was before. */
  readonly isDamaged?: boolean;
}

/** A block as it is read, verified against its checksum. */
export interface StoredBlock {
  /** From 1; each block has the number after the one before it. */
  readonly id: number;
  readonly project: number;
  /** How many records it has. */
  readonly records: number;
  readonly directory: Uint8Array;
  /** Decompressed. */
  readonly bytes: Buffer;
}

/** The bytes of a block are not those that were written. The message names it. */
export class DamagedBlockError extends Error {
  override readonly name = 'DamagedBlockError';
}

/** What reads blocks by number. */
export interface BlockSource {
  /**
   * Undefined where there is no such block.
   * @throws DamagedBlockError
   */
  read(id: number): StoredBlock | undefined;
}

/** The log as its one writer sees it. */
export interface BlockLog extends BlockSource {
  /** The number of the last block; 0 where there is none. */
  readonly lastId: number;
  /** As `read`, of several blocks, in their order. @throws DamagedBlockError */
  readAll(ids: readonly number[]): (StoredBlock | undefined)[];
  /**
   * Appends blocks, numbered from `lastId + 1` on in the given order. They are durable when it returns. All are appended or none: where it throws, for a full disk or
   * another fault, `lastId` is what it was and its numbers are given again. An empty list costs nothing.
   */
  append(blocks: readonly NewBlock[]): void;
  /**
   * Makes durable what an earlier process appended and the start could not make sure of, as on a full disk. It is not read before. Returns whether there are more blocks by it;
   * once it has returned, it costs nothing. Nothing can be appended before it has. @throws where the disk does not take it.
   */
  confirm(): boolean;
  /** The last block of a run of blocks that are not there, which begins with this one; this one itself where it is there, damaged or not. */
  missingTo(id: number): number;
  /** Tries to write and to take back again as many bytes, durably. @throws where the disk does not take them. */
  probe(bytes: number): void;
}
