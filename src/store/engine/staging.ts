import type { Buffer } from 'node:buffer';
import { NONE } from '../../otlp/record-batch.js';
import type { AppendResult } from '../contract/store.js';
import type { BlockBuilder, ChunkPlace } from '../records/block.js';
import { TimeBounds } from '../records/block-times.js';
import type { BlockTimes } from '../records/log.js';
import type { HotGroup } from './hot-groups.js';

/** Uncompressed size at which a block is closed, bytes. */
export const BLOCK_BYTES = 64 * 1024;

/** Batches in memory that are not yet durable. */
export interface StagedCommit<Data> {
  readonly results: AppendResult[];
  readonly touched: readonly HotGroup[];
  readonly blocks: readonly StagedBlock<Data>[];
}

/** A block before it has a number. */
export interface StagedBlock<Data> extends BlockTimes {
  /** Its chunks: whose records they have, and where they are. */
  readonly groups: readonly HotGroup[];
  readonly places: readonly Omit<ChunkPlace, 'block'>[];
  readonly records: number;
  readonly directory: Uint8Array;
  /** The result of `compress` for its bytes. */
  readonly data: Data;
}

/**
 * Makes blocks of the pending records of these groups. Neighbours in a block are of the same session if
 * possible.
 */
export function blocksOf<Data>(
  builder: BlockBuilder,
  touched: HotGroup[],
  compress: (bytes: Buffer) => Data,
): StagedBlock<Data>[] {
  const hints = new Map<HotGroup, string>();
  for (const hot of touched) {
    const { batch, index } = hot.pending[0]!;
    const session = batch.session[index]!;
    hot.near = session === NONE ? '' : batch.strings[session]!;
    hints.set(hot, `${hot.project} ${hot.near} ${hot.key}`);
  }
  touched.sort((a, b) => (hints.get(a)! < hints.get(b)! ? -1 : 1));
  const blocks: StagedBlock<Data>[] = [];
  let groups: HotGroup[] = [];
  let places: Omit<ChunkPlace, 'block'>[] = [];
  let records = 0;
  const times = new TimeBounds();
  const close = (): void => {
    if (groups.length === 0) return;
    const { bytes, directory } = builder.take();
    blocks.push({ groups, places, records, directory, data: compress(bytes), ...times.take() });
    records = 0;
    groups = [];
    places = [];
  };
  for (const hot of touched) {
    if (groups.length > 0 && groups[0]!.project !== hot.project) close();
    places.push(builder.add(hot.pending));
    for (const { batch, index } of hot.pending) times.add(batch.start, index);
    records += hot.pending.length;
    groups.push(hot);
    if (builder.length >= BLOCK_BYTES) close();
  }
  close();
  return blocks;
}
