import { Buffer } from 'node:buffer';
import type { Normalizer } from '../../normalize/normalizer.js';
import { decodeLogs, decodeTraces } from '../../otlp/decode.js';
import { RECORD_SPAN, type RecordBatch } from '../../otlp/record-batch.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import type { Database, Statement } from '../sqlite/database.js';
import type { ChunkPlace, RecordSource } from './block.js';
import { GroupKeys } from './group-keys.js';
import { compareSources, type HeldGroup, HeldSpan, heldLog, traceIdOf } from './held-records.js';
import type { BlockSource } from './log.js';

const NO_LIMITS = { maxRecords: Number.POSITIVE_INFINITY, maxAttributesPerRecord: Number.POSITIVE_INFINITY };

/** The session by user of a group (S40); undefined where it has none. */
export type SessionByUser = (project: number, key: ByteString) => string | undefined;

/** A chunk is small where its block is more than so many times as long. */
const SMALL_SHARE = 4;

/** Reads groups back from their blocks. */
export class GroupReader {
  readonly #normalizer: Normalizer;
  readonly #checkpoint: () => void;
  readonly #sessionByUser: SessionByUser | undefined;
  readonly #keys = new GroupKeys();
  readonly #log: BlockSource;
  readonly #places: Statement;
  /** Decompressed blocks lately read, oldest first. */
  readonly #blocks = new Map<number, Buffer>();
  readonly #keptBlocks: number;

  /**
   * `checkpoint` is called before each chunk that is decoded; what it throws ends the reading. `sessionByUser` is left out where traces are not grouped by user.
   */
  constructor(
    db: Database,
    log: BlockSource,
    normalizer: Normalizer,
    keptBlocks: number,
    sessionByUser: SessionByUser | undefined,
    checkpoint: () => void = () => {},
  ) {
    this.#checkpoint = checkpoint;
    this.#sessionByUser = sessionByUser;
    this.#normalizer = normalizer;
    this.#keptBlocks = keptBlocks;
    this.#log = log;
    this.#places = db.prepare('SELECT places FROM record_group WHERE project = ? AND key = ?');
  }

  /** The session by user of a group of a trace (S40); undefined where it has none. */
  sessionByUser(project: number, key: ByteString): string | undefined {
    return this.#sessionByUser?.(project, key);
  }

  /** The encoded chunk places of a group; undefined where there is no such group. */
  places(project: number, key: Uint8Array): Uint8Array | undefined {
    return this.#places.get(project, key)?.places as Uint8Array | undefined;
  }

  /**
   * The group with this key, whose records lie in these chunks; all its spans have their source at hand, and its session by user is set. Sources of log records are
   * put into `logSources`, by id.
   */
  read(
    project: number,
    key: ByteString,
    places: readonly ChunkPlace[],
    logSources?: Map<ByteString, RecordSource>,
  ): HeldGroup {
    let group: HeldGroup | undefined;
    for (const place of places) {
      this.#checkpoint();
      for (const batch of this.chunk(place, this.#bytes(place.block))) {
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
    if (group === undefined) return new Group<HeldSpan>('');
    if (group.traceId !== '') group.sessionByUser = this.sessionByUser(project, key);
    return group;
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

  /** Forgets what was read: for when the numbers of blocks may mean others than before. */
  forget(): void {
    this.#blocks.clear();
  }

  #bytes(id: number): Buffer {
    const known = this.#blocks.get(id);
    if (known !== undefined) return known;
    const block = this.#log.read(id);
    if (block === undefined) throw new Error(`block ${id} is missing from the data directory`);
    const { bytes } = block;
    this.#blocks.set(id, bytes);
    if (this.#blocks.size > this.#keptBlocks) this.#blocks.delete(this.#blocks.keys().next().value!);
    return bytes;
  }
}
