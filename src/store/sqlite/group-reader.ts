import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { ExceptionFacts, Usage, VisitFacts, Who } from '../../normalize/facts.js';
import type { Normalizer } from '../../normalize/normalizer.js';
import { decodeLogs, decodeTraces } from '../../otlp/decode.js';
import {
  NONE,
  RECORD_SPAN,
  type RecordBatch,
  resourceOf,
  scopeOf,
  serviceOf,
} from '../../otlp/record-batch.js';
import { type ByteString, Group, type LogFacts, type SpanFacts } from '../../sessionize/records.js';
import type { ChunkPlace, RecordSource } from './block.js';
import type { Database, Statement } from './database.js';
import { StoredBlocks } from './stored-block.js';

/** A span in memory; `source` is where its bytes are, as long as they are at hand. */
export class HeldSpan implements SpanFacts {
  readonly id: ByteString;
  readonly parentId: ByteString;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly size: number;
  readonly error: boolean;
  readonly quiet: boolean;
  readonly hasEvents: boolean;
  readonly session: string | undefined;
  readonly service: string | undefined;
  readonly who: Who | undefined;
  readonly usage: Usage | undefined;
  readonly visit: VisitFacts | undefined;
  readonly exceptions: readonly ExceptionFacts[] | undefined;
  source: RecordSource | undefined;

  constructor(source: RecordSource) {
    const { batch, index } = source;
    const parentId = batch.parentId[index]!;
    this.id = spanIdOf(batch, index);
    this.parentId = parentId === NONE ? '' : byteString(batch, parentId, 8);
    this.startNs = batch.start[index]!;
    this.endNs = batch.end[index]!;
    this.size = batch.length[index]!;
    this.error = batch.error[index] === 1;
    this.quiet = batch.quiet[index] === 1;
    this.hasEvents = batch.events[index] === 1;
    this.session = entry(batch.strings, batch.session[index]!);
    this.service = serviceOf(batch, index);
    this.who = entry(batch.whos, batch.who[index]!);
    this.usage = entry(batch.usages, batch.usage[index]!);
    this.visit = entry(batch.visits, batch.visit[index]!);
    this.exceptions = entry(batch.exceptionSets, batch.exceptions[index]!);
    this.source = source;
  }
}

export type HeldGroup = Group<HeldSpan>;

export function heldLog(batch: RecordBatch, index: number): LogFacts {
  const { digest } = batch;
  return {
    id: Buffer.from(digest.buffer, digest.byteOffset + index * 16, 16).toString('latin1'),
    spanId: spanIdOf(batch, index),
    timeNs: batch.start[index]!,
    session: entry(batch.strings, batch.session[index]!),
    service: serviceOf(batch, index),
    who: entry(batch.whos, batch.who[index]!),
    usage: entry(batch.usages, batch.usage[index]!),
    mark: entry(batch.marks, batch.mark[index]!),
    visit: entry(batch.visits, batch.visit[index]!),
    exceptions: entry(batch.exceptionSets, batch.exceptions[index]!),
  };
}

function entry<T>(table: readonly T[], index: number): T | undefined {
  return index === NONE ? undefined : table[index];
}

/** Node's own slicing, which toString('latin1') checks its arguments for; the type declarations leave it out. */
type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): string };

const buffers = new WeakMap<RecordBatch, Buffer>();

/** Bytes of a batch as a string of one character a byte. */
function byteString(batch: RecordBatch, start: number, length: number): ByteString {
  let buffer = buffers.get(batch);
  if (buffer === undefined) {
    const { bytes } = batch;
    buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    buffers.set(batch, buffer);
  }
  return (buffer as Latin1Buffer).latin1Slice(start, start + length);
}

/** Trace id of a record, empty where it has none. */
export function traceIdOf(batch: RecordBatch, index: number): ByteString {
  const at = batch.traceId[index]!;
  return at === NONE ? '' : byteString(batch, at, 16);
}

export function spanIdOf(batch: RecordBatch, index: number): ByteString {
  const at = batch.spanId[index]!;
  return at === NONE ? '' : byteString(batch, at, 8);
}

const MINUTE_NS = 60_000_000_000n;

/** Before the digest, so that no trace id can be the key of other records. */
const LOGS_KEY = 'L';

/** Names the group of a record (S1): the 16 bytes of its trace id, or a byte and 16 of a digest of its session and minute. */
export class GroupKeys {
  // Consecutive log records mostly share their session and minute.
  #session = '';
  #minute = -1n;
  #key: ByteString = '';

  of(batch: RecordBatch, index: number): ByteString {
    if (batch.traceId[index] !== NONE) return traceIdOf(batch, index);
    const session = batch.strings[batch.session[index]!]!;
    const minute = batch.start[index]! / MINUTE_NS;
    if (session !== this.#session || minute !== this.#minute) {
      this.#session = session;
      this.#minute = minute;
      const digest = createHash('sha256').update(`${minute} ${session}`).digest();
      this.#key = LOGS_KEY + digest.toString('latin1', 0, 16);
    }
    return this.#key;
  }
}

/** Order of two versions of a span by their bytes (S2). Both must have their source at hand. */
export function compareSources(a: HeldSpan, b: HeldSpan): number {
  const [first, second] = [a.source!, b.source!];
  return (
    Buffer.compare(recordBytes(first), recordBytes(second)) ||
    Buffer.compare(resourceOf(first.batch, first.index), resourceOf(second.batch, second.index)) ||
    Buffer.compare(scopeOf(first.batch, first.index), scopeOf(second.batch, second.index))
  );
}

function recordBytes({ batch, index }: RecordSource): Uint8Array {
  const offset = batch.offset[index]!;
  return batch.bytes.subarray(offset, offset + batch.length[index]!);
}

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
  readonly #stored: StoredBlocks;
  readonly #places: Statement;
  /** Decompressed blocks lately read, oldest first. */
  readonly #blocks = new Map<number, Buffer>();
  readonly #keptBlocks: number;

  /**
   * `checkpoint` is called before each chunk that is decoded; what it throws ends the reading. `sessionByUser` is left out where traces are not grouped by user.
   */
  constructor(
    db: Database,
    normalizer: Normalizer,
    keptBlocks: number,
    sessionByUser: SessionByUser | undefined,
    checkpoint: () => void = () => {},
  ) {
    this.#checkpoint = checkpoint;
    this.#sessionByUser = sessionByUser;
    this.#normalizer = normalizer;
    this.#keptBlocks = keptBlocks;
    this.#stored = new StoredBlocks(db);
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
    const block = this.#stored.read(id);
    if (block === undefined) throw new Error(`block ${id} is missing from the data directory`);
    const { bytes } = block;
    this.#blocks.set(id, bytes);
    if (this.#blocks.size > this.#keptBlocks) this.#blocks.delete(this.#blocks.keys().next().value!);
    return bytes;
  }
}
