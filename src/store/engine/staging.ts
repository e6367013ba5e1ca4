import type { Buffer } from 'node:buffer';
import { NONE } from '../../otlp/record-batch.js';
import type { AppendResult } from '../contract/store.js';
import type { BlockBuilder, ChunkPlace, RecordSource } from '../records/block.js';
import { TimeBounds } from '../records/block-times.js';
import type { BlockTimes } from '../records/log.js';
import type { HotGroup } from './hot-groups.js';
import type { GroupKey } from './loads.js';

/** Uncompressed size at which a block is closed, bytes. */
export const BLOCK_BYTES = 64 * 1024;

/** Batches in memory that are not yet durable. */
export interface StagedCommit<Data> {
  readonly results: AppendResult[];
  readonly touched: readonly HotGroup[];
  readonly blocks: readonly StagedBlock<Data>[];
}

/** A group with records that are in no block yet. */
export interface PendingGroup extends GroupKey {
  readonly pending: readonly RecordSource[];
  /** The session named by its last records; empty if they name none. */
  near: string;
}

/** A block before it has a number. */
export interface StagedBlock<Data, Of extends PendingGroup = HotGroup> extends BlockTimes {
  /** Its chunks: whose records they have, and where they are. */
  readonly groups: readonly Of[];
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
export function blocksOf<Data, Of extends PendingGroup>(
  builder: BlockBuilder,
  touched: Of[],
  compress: (bytes: Buffer) => Data,
): StagedBlock<Data, Of>[] {
  const hints = new Map<Of, string>();
  for (const hot of touched) {
    const { batch, index } = hot.pending[0]!;
    const session = batch.session[index]!;
    hot.near = session === NONE ? '' : batch.strings[session]!;
    hints.set(hot, `${hot.project} ${hot.near} ${hot.key}`);
  }
  touched.sort((a, b) => (hints.get(a)! < hints.get(b)! ? -1 : 1));
  const blocks: StagedBlock<Data, Of>[] = [];
  let groups: Of[] = [];
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
