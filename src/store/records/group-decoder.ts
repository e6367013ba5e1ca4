import { Buffer } from 'node:buffer';
import type { Normalizer } from '../../normalize/normalizer.js';
import { decodeLogs, decodeTraces } from '../../otlp/decode.js';
import { RECORD_SPAN, type RecordBatch } from '../../otlp/record-batch.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import type { ChunkPlace, RecordSource } from './block.js';
import { GroupKeys } from './group-keys.js';
import { compareSources, type HeldGroup, HeldSpan, heldLog, traceIdOf } from './held-records.js';

const NO_LIMITS = { maxRecords: Number.POSITIVE_INFINITY, maxAttributesPerRecord: Number.POSITIVE_INFINITY };

/** A chunk is small where its block is more than so many times as long. */
const SMALL_SHARE = 4;

/** Makes groups of the chunks of blocks. Where the blocks come from is the caller's business. */
export class GroupDecoder {
  readonly #normalizer: Normalizer;
  readonly #checkpoint: () => void;
  readonly #keys = new GroupKeys();

  /** `checkpoint` is called before each chunk that is decoded; what it throws ends the reading. */
  constructor(normalizer: Normalizer, checkpoint: () => void) {
    this.#normalizer = normalizer;
    this.#checkpoint = checkpoint;
  }

  /**
   * The group with this key, whose records lie in these chunks. `blockAt` gives the decompressed bytes of a block. All spans have their source at hand; sources of log
   * records are put into `logSources`, by id. The session by user is not set.
   */
  decode(
    key: ByteString,
    places: readonly ChunkPlace[],
    blockAt: (id: number) => Buffer,
    logSources?: Map<ByteString, RecordSource>,
  ): HeldGroup {
    let group: HeldGroup | undefined;
    for (const place of places) {
      this.#checkpoint();
      for (const batch of this.chunk(place, blockAt(place.block))) {
        for (let i = 0; i < batch.count; i++) {
          if (this.#keys.of(batch, i) !== key) continue;
          group ??= new Group<HeldSpan>(traceIdOf(batch, i));
          if (batch.kind[i] === RECORD_SPAN) {
            group.addSpan(new HeldSpan({ batch, index: i }), compareSources);
          } else {
            const log = heldLog(batch, i);
            group.addLog(log);
            logSources?.set(log.id, { batch, index: i });
          }
        }
      }
    }
    return group ?? new Group<HeldSpan>('');
  }

  /** The records of one chunk of a block, spans before log records. */
  chunk(place: ChunkPlace, block: Buffer): RecordBatch[] {
    const { tracesLength, logsLength } = place;
    const length = tracesLength + logsLength;
    const part = block.subarray(place.offset, place.offset + length);
    // Who keeps the records of a small chunk does not keep the whole block for them.
    const chunk = length * SMALL_SHARE < block.length ? Buffer.from(part) : part;
    const batches: RecordBatch[] = [];
    if (tracesLength > 0) {
      const bytes = chunk.subarray(0, tracesLength);
      batches.push(decodeTraces(bytes, this.#normalizer, NO_LIMITS).batch);
    }
    if (logsLength > 0) {
      const bytes = chunk.subarray(tracesLength);
      batches.push(decodeLogs(bytes, this.#normalizer, NO_LIMITS).batch);
    }
    return batches;
  }
}
