import { Buffer } from 'node:buffer';
import type { Normalizer } from '../../normalize/normalizer.js';
import { BlockBuilder, chunksOf, type RecordSource } from '../records/block.js';
import { GroupDecoder } from '../records/group-decoder.js';
import type { StoredBlock } from '../records/log.js';
import type { KnownTombstones } from './known-tombstones.js';

/**
 * What the log takes from processes that did not know of an erasure when they appended: they were about to, or were
 * paused, or cut off. The holder of the lease looks at their blocks before it gives them a number.
 */
export class Admission {
  readonly #tombstones: KnownTombstones;
  readonly #decoder: GroupDecoder;

  constructor(tombstones: KnownTombstones, normalizer: Normalizer) {
    this.#tombstones = tombstones;
    this.#decoder = new GroupDecoder(normalizer);
  }

  /** The last tombstone: blocks whose process knew it have nothing that was erased. */
  get last(): bigint {
    return this.#tombstones.last;
  }

  /** The block without records that are refused: itself if there are none, undefined if all are. */
  admitted(block: StoredBlock): StoredBlock | undefined {
    const builder = new BlockBuilder();
    let records = 0;
    let isWhole = true;
    for (const place of chunksOf(block.id, block.directory)) {
      const kept: RecordSource[] = [];
      for (const batch of this.#decoder.chunk(place, block.bytes)) {
        const refused = this.#tombstones.set.refused(block.project, batch);
        if (refused !== undefined) isWhole = false;
        for (let index = 0; index < batch.count; index++) {
          if (refused?.[index] !== 1) kept.push({ batch, index });
        }
      }
      if (kept.length > 0) builder.add(kept);
      records += kept.length;
    }
    if (isWhole) return block;
    if (records === 0) return undefined;
    const { bytes, directory } = builder.take();
    return { ...block, records, directory, bytes: Buffer.from(bytes) };
  }
}
