import type { Buffer } from 'node:buffer';
import type { BlockRange } from '../contract/store.js';

export { DamagedBlockError } from '../contract/damaged.js';
export type { BlockRange };

/**
 * The log: append-only blocks of records as received. All derived rows follow from it. This is what the
 * engine needs; the implementation decides how blocks are stored. One process writes, and others may read
 * meanwhile.
 */

/** Bounds of the times of a block's records, nanoseconds since 1970. They may be wider than the times. */
export interface BlockTimes {
  readonly leastNs: bigint;
  readonly greatestNs: bigint;
}

/** A block to be appended. */
export interface NewBlock extends BlockTimes {
  /** Number of the project. */
  readonly project: number;
  /** How many records it has. */
  readonly records: number;
  /** Lengths of its chunks (`chunksOf`). */
  readonly directory: Uint8Array;
  /** Its bytes, compressed with LZ4, with the size before the data as lz4-napi writes it. */
  readonly data: Uint8Array;
  /** Whether its bytes are already known to be damaged. Reading it then still fails with an error. */
  readonly isDamaged?: boolean;
}

/** A block as read from the log, verified by its checksum. */
export interface StoredBlock {
  /** Starts at 1 and increases by one for each block. */
  readonly id: number;
  readonly project: number;
  /** How many records it has. */
  readonly records: number;
  readonly directory: Uint8Array;
  /** Decompressed. */
  readonly bytes: Buffer;
}

/** Reads blocks by number. */
export interface BlockSource {
  /**
   * Undefined if the block does not exist.
   * @throws DamagedBlockError
   */
  read(id: number): StoredBlock | undefined;
}

/** The log for its single writer. */
export interface BlockLog extends BlockSource {
  /** Number of the last block; 0 if the log is empty. */
  readonly lastId: number;
  /** Reads several blocks, in the order of `ids`. @throws DamagedBlockError */
  readAll(ids: readonly number[]): (StoredBlock | undefined)[];
  /**
   * Appends blocks in the given order, numbered from `lastId + 1`. They are durable on return. All are
   * appended or none: if it throws, because of a full disk or another failure, `lastId` is unchanged and its
   * numbers are used again. An empty list costs nothing.
   */
  append(blocks: readonly NewBlock[]): void;
  /**
   * Makes durable what an earlier process appended and the start could not confirm, for example on a full
   * disk. Until then it is not read and nothing can be appended. Returns whether this added blocks. Costs
   * nothing after its first success. @throws if the disk refuses it.
   */
  confirm(): boolean;
  /**
   * The last block of a run of missing blocks that begins with this one. Returns `id` if that block exists,
   * damaged or not.
   */
  missingTo(id: number): number;
  /** Writes this many bytes durably and removes them. @throws if the disk refuses them. */
  probe(bytes: number): void;
}
