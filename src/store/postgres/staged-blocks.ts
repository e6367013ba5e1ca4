import type { Buffer } from 'node:buffer';
import type { RecordBatch } from '../../otlp/record-batch.js';
import { blocksOf, type PendingGroup, type StagedBlock } from '../engine/staging.js';
import type { BlockBuilder, RecordSource } from '../records/block.js';
import { GroupKeys } from '../records/group-keys.js';

/** Records of a project. */
export interface PendingRecords {
  /** The project's number. */
  readonly project: number;
  readonly batch: RecordBatch;
  /** 1 for each record that is left out. Undefined if none is. */
  readonly refused?: Uint8Array | undefined;
}

export interface NewGroup extends PendingGroup {
  readonly pending: RecordSource[];
}

/**
 * Makes blocks of batches, without looking at what is stored: whether records are known already is found when
 * they are folded. Pure. `compress` receives the bytes of each block as soon as it is complete, and may use
 * them until the builder is used again.
 */
export function stagedBlocks<Data>(
  builder: BlockBuilder,
  batches: readonly PendingRecords[],
  compress: (bytes: Buffer) => Data,
): StagedBlock<Data, NewGroup>[] {
  const keys = new GroupKeys();
  const groups = new Map<number, Map<string, NewGroup>>();
  const all: NewGroup[] = [];
  for (const { project, batch, refused } of batches) {
    let ofProject = groups.get(project);
    if (ofProject === undefined) {
      ofProject = new Map();
      groups.set(project, ofProject);
    }
    for (let index = 0; index < batch.count; index++) {
      if (refused?.[index] === 1) continue;
      const key = keys.of(batch, index);
      let group = ofProject.get(key);
      if (group === undefined) {
        group = { project, key, pending: [], near: '' };
        ofProject.set(key, group);
        all.push(group);
      }
      group.pending.push({ batch, index });
    }
  }
  return blocksOf(builder, all, compress);
}
