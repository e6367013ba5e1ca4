import { Buffer } from 'node:buffer';
import type { Normalizer } from '../../normalize/normalizer.js';
import { decodeLogs, decodeTraces } from '../../otlp/decode.js';
import { RECORD_LOG, RECORD_SPAN, type RecordBatch } from '../../otlp/record-batch.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import type { ChunkPlace, RecordSource } from './block.js';
import { GroupKeys } from './group-keys.js';
import { compareSources, type HeldGroup, HeldSpan, heldLog, traceIdOf } from './held-records.js';

const NO_LIMITS = {
  maxRecords: Number.POSITIVE_INFINITY,
  maxAttributesPerRecord: Number.POSITIVE_INFINITY,
  isStored: true,
};

/** A chunk is small if its block is more than this many times as long. */
const SMALL_SHARE = 4;

/** Records of neighbouring chunks of a block, all spans or all log records, in their order. */
export interface DecodedRun {
  readonly batch: RecordBatch;
  /** Where the bytes of the batch begin in the decompressed block. */
  readonly offset: number;
}

/** Bytes of a block with records of one kind, RECORD_SPAN or RECORD_LOG. */
export interface Run {
  readonly kind: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The records of these chunks of a block by kind. Messages of one kind that follow each other are one message, so
 * they can be decoded together: most chunks have a few records, and each decoding has fixed costs.
 */
export function runsOf(places: readonly ChunkPlace[]): Run[] {
  const runs: { kind: number; from: number; to: number }[] = [];
  const add = (kind: number, from: number, to: number): void => {
    if (from === to) return;
    const last = runs.at(-1);
    if (last?.kind === kind) last.to = to;
    else runs.push({ kind, from, to });
  };
  for (const { offset, tracesLength, logsLength } of places) {
    const logs = offset + tracesLength;
    add(RECORD_SPAN, offset, logs);
    add(RECORD_LOG, logs, logs + logsLength);
  }
  return runs;
}

/** Decodes records from the bytes of blocks. */
export class GroupDecoder {
  readonly #normalizer: Normalizer;
  readonly #keys = new GroupKeys();

  constructor(normalizer: Normalizer) {
    this.#normalizer = normalizer;
  }

  /** The records of one chunk of a decompressed block, spans before log records. */
  chunk(place: ChunkPlace, block: Buffer): RecordBatch[] {
    const { tracesLength, logsLength } = place;
    const length = tracesLength + logsLength;
    const part = block.subarray(place.offset, place.offset + length);
    // Copied, so that records of a small chunk do not retain the whole block.
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

  /** All records of a decompressed block with these chunks. */
  runs(places: readonly ChunkPlace[], block: Buffer): DecodedRun[] {
    return runsOf(places).map((run) => ({ batch: this.run(run, block), offset: run.from }));
  }

  /** The records of a run of a decompressed block. */
  run({ kind, from, to }: Run, block: Buffer): RecordBatch {
    const decode = kind === RECORD_SPAN ? decodeTraces : decodeLogs;
    return decode(block.subarray(from, to), this.#normalizer, NO_LIMITS).batch;
  }

  /**
   * Adds the records of a chunk with this key to a group, which is created if it does not exist. Its spans
   * have a source. Sources of log records are added to `logSources`, by id; all records are counted in `seen`.
   */
  add(
    group: HeldGroup | undefined,
    key: ByteString,
    place: ChunkPlace,
    block: Buffer,
    logSources?: Map<ByteString, RecordSource>,
    seen?: { records: number },
  ): HeldGroup | undefined {
    let made = group;
    for (const batch of this.chunk(place, block)) {
      for (let i = 0; i < batch.count; i++) {
        if (this.#keys.of(batch, i) !== key) continue;
        made ??= new Group<HeldSpan>(traceIdOf(batch, i));
        if (seen !== undefined) seen.records++;
        if (batch.kind[i] === RECORD_SPAN) {
          made.addSpan(new HeldSpan({ batch, index: i }), compareSources);
        } else {
          const log = heldLog(batch, i);
          made.addLog(log);
          logSources?.set(log.id, { batch, index: i });
        }
      }
    }
    return made;
  }
}
