import { Buffer } from 'node:buffer';
import { encodeOriginals, ORIGINALS_TAG } from '../../otlp/originals.js';
import {
  haveSameEnvelope,
  RECORD_LOG,
  RECORD_SPAN,
  type RecordBatch,
  resourceOf,
  scopeOf,
} from '../../otlp/record-batch.js';
import { ProtoReader } from '../../otlp/wire.js';

/**
 * Blocks: how records are stored on disk (docs/decisions/001-blocks.md).
 *
 * A chunk holds records of one group as two consecutive OTLP messages: an ExportTraceServiceRequest with its
 * spans and an ExportLogsServiceRequest with its log records, each possibly empty. A block is a run of
 * chunks, compressed together. Records are stored as received: re-framed, not re-encoded.
 */

/** The place of a chunk: block id, then position in the decompressed block, bytes. */
export interface ChunkPlace {
  readonly block: number;
  readonly offset: number;
  readonly tracesLength: number;
  readonly logsLength: number;
}

/** A record's place in a batch. */
export interface RecordSource {
  readonly batch: RecordBatch;
  readonly index: number;
}

const TAG_1 = 0x0a;
const TAG_2 = 0x12;

/**
 * Initial size of the buffer for the blocks of a commit, and the most that is kept for the next commit,
 * bytes.
 */
const FIRST_ROOM = 1024 * 1024;
const MOST_ROOM = 16 * FIRST_ROOM;

/** The same for records that are only encoded to be read, often one, bytes. */
const RECORD_ROOM = 16 * 1024;

/**
 * Collects chunks until there are enough for a block. The blocks of a commit follow each other in memory that
 * the next commit reuses. So one can be compressed elsewhere while the next is made, without a copy.
 */
export class BlockBuilder {
  #buffer: Buffer;
  /** Offset of the current block. */
  #start = 0;
  #length = 0;
  #directory: number[] = [];

  /** `room`: initial size of the buffer, bytes. */
  constructor(room = FIRST_ROOM) {
    this.#buffer = Buffer.allocUnsafeSlow(room);
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Appends a chunk with these records, which must belong to one group. Returns its place within the block.
   */
  add(records: readonly RecordSource[]): Omit<ChunkPlace, 'block'> {
    const offset = this.#length;
    this.#part(records, RECORD_SPAN);
    const tracesLength = this.#length - offset;
    this.#part(records, RECORD_LOG);
    const logsLength = this.#length - offset - tracesLength;
    this.#directory.push(tracesLength, logsLength);
    return { offset, tracesLength, logsLength };
  }

  /**
   * Returns the bytes of the block (valid until the next `reuse`) and the lengths of its chunks. Begins a new
   * block.
   */
  take(): { bytes: Buffer; directory: Buffer } {
    const bytes = this.#buffer.subarray(this.#start, this.#start + this.#length);
    const directory = encodeVarints(this.#directory);
    this.#begin(this.#start + this.#length);
    return { bytes, directory };
  }

  /** Begins a new commit in the memory of the last one, whose blocks must not be read any more. */
  reuse(): void {
    if (this.#buffer.length > MOST_ROOM) this.abandon();
    else this.#begin(0);
  }

  /** Begins a new commit in new memory, because the blocks of the last one may still be read. */
  abandon(): void {
    this.#buffer = Buffer.allocUnsafeSlow(FIRST_ROOM);
    this.#begin(0);
  }

  #begin(start: number): void {
    this.#start = start;
    this.#length = 0;
    this.#directory = [];
  }

  /**
   * Encodes the records of one kind, with one ResourceSpans or ResourceLogs for each run with the same
   * envelope.
   */
  #part(records: readonly RecordSource[], kind: number): void {
    let runStart = -1;
    for (let i = 0; i <= records.length; i++) {
      const record = records[i];
      const inRun =
        record !== undefined && record.batch.kind[record.index] === kind && runStart >= 0
          ? sameEnvelope(records[runStart]!, record)
          : false;
      if (inRun) continue;
      if (runStart >= 0) this.#run(records, runStart, i);
      runStart = record !== undefined && record.batch.kind[record.index] === kind ? i : -1;
    }
  }

  #run(records: readonly RecordSource[], start: number, end: number): void {
    const { batch, index } = records[start]!;
    const resource = resourceOf(batch, index);
    const scope = scopeOf(batch, index);
    let scopeLength = scope.length;
    for (let i = start; i < end; i++) {
      const length = records[i]!.batch.length[records[i]!.index]!;
      scopeLength += 1 + varintLength(length) + length;
    }
    const resourceLength = resource.length + 1 + varintLength(scopeLength) + scopeLength;
    const originals = originalsOf(records, start, end);
    this.#reserve(resourceLength + 16 + originals.length + 8);
    if (originals.length > 0) {
      this.#tag(ORIGINALS_TAG, originals.length);
      this.#copy(originals, 0, originals.length);
    }
    this.#tag(TAG_1, resourceLength);
    this.#copy(resource, 0, resource.length);
    this.#tag(TAG_2, scopeLength);
    this.#copy(scope, 0, scope.length);
    for (let i = start; i < end; ) {
      const { index } = records[i]!;
      const offset = batch.offset[index]!;
      const length = batch.length[index]!;
      let last = offset + length;
      // Adjacent records are copied together. Between them are only the tag and length of the next one, as
      // they are written here.
      for (i++; i < end; i++) {
        const next = records[i]!.index;
        const nextLength = batch.length[next]!;
        if (batch.offset[next] !== last + 1 + varintLength(nextLength)) break;
        last = batch.offset[next]! + nextLength;
      }
      this.#tag(TAG_2, length);
      this.#copy(batch.bytes, offset, last - offset);
    }
  }

  #tag(tag: number, length: number): void {
    const buffer = this.#buffer;
    const start = this.#start + this.#length;
    let at = start;
    buffer[at++] = tag;
    let rest = length;
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    this.#length += at - start;
  }

  #copy(source: Uint8Array, start: number, length: number): void {
    this.#buffer.set(source.subarray(start, start + length), this.#start + this.#length);
    this.#length += length;
  }

  #reserve(bytes: number): void {
    const end = this.#start + this.#length;
    if (end + bytes <= this.#buffer.length) return;
    // Earlier blocks stay in the old buffer for those that read them.
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(grown, 0, this.#start, end);
    this.#buffer = grown;
    this.#start = 0;
  }
}

/** Encodes the spans as one ExportTraceServiceRequest and the log records as one ExportLogsServiceRequest. */
export function encodeRecords(records: readonly RecordSource[]): { spans: Uint8Array; logs: Uint8Array } {
  const builder = new BlockBuilder(RECORD_ROOM);
  const { tracesLength, logsLength } = builder.add(records);
  const { bytes } = builder.take();
  const copy = (from: number, to: number): Uint8Array => Uint8Array.prototype.slice.call(bytes, from, to);
  return { spans: copy(0, tracesLength), logs: copy(tracesLength, tracesLength + logsLength) };
}

/** The chunks of a block from its directory, in order. */
export function chunksOf(block: number, directory: Uint8Array): ChunkPlace[] {
  const lengths = decodeVarints(directory);
  const places: ChunkPlace[] = [];
  let offset = 0;
  for (let i = 0; i < lengths.length; i += 2) {
    const tracesLength = lengths[i]!;
    const logsLength = lengths[i + 1]!;
    places.push({ block, offset, tracesLength, logsLength });
    offset += tracesLength + logsLength;
  }
  return places;
}

/** Number of records in a block. */
export function recordsIn(directory: Uint8Array, bytes: Uint8Array): number {
  let records = 0;
  for (const { offset, tracesLength, logsLength } of chunksOf(0, directory)) {
    const end = offset + tracesLength + logsLength;
    records += countAt(new ProtoReader(bytes, offset, end), RECORDS_DEPTH);
  }
  return records;
}

/** Depth of records: below resources and scopes. */
const RECORDS_DEPTH = 3;

/**
 * Counts the messages at this depth. They are field 1 of the request, and field 2 of a resource and of a
 * scope.
 */
function countAt(reader: ProtoReader, depth: number): number {
  const field = depth === RECORDS_DEPTH ? TAG_1 : TAG_2;
  let count = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== field) {
      reader.skip(tag);
      continue;
    }
    const message = reader.view();
    count += depth === 1 ? 1 : countAt(new ProtoReader(message), depth - 1);
  }
  return count;
}

/**
 * Encodes chunk places, which must be in block order, in few bytes. `isEntangled`: whether it takes the records to
 * remove the group, because several sessions or other groups depend on them.
 */
export function encodePlaces(places: readonly ChunkPlace[], isEntangled = false): Buffer {
  const numbers: number[] = [];
  let lastBlock = 0;
  for (const { block, offset, tracesLength, logsLength } of places) {
    numbers.push(block - lastBlock, offset, tracesLength, logsLength);
    lastBlock = block;
  }
  if (isEntangled) numbers.push(ENTANGLED);
  return encodeVarints(numbers);
}

/** Follows the places, each of which has four numbers. */
const ENTANGLED = 1;
const NUMBERS_OF_PLACE = 4;

/** Whether a group was encoded as entangled. */
export function areEntangled(places: Uint8Array): boolean {
  let numbers = 0;
  for (const byte of places) if (byte < 0x80) numbers++;
  return numbers % NUMBERS_OF_PLACE !== 0;
}

export function decodePlaces(bytes: Uint8Array): ChunkPlace[] {
  const numbers = decodeVarints(bytes);
  const places: ChunkPlace[] = [];
  let block = 0;
  for (let i = 0; i + NUMBERS_OF_PLACE <= numbers.length; i += NUMBERS_OF_PLACE) {
    block += numbers[i]!;
    places.push({
      block,
      offset: numbers[i + 1]!,
      tracesLength: numbers[i + 2]!,
      logsLength: numbers[i + 3]!,
    });
  }
  return places;
}

/** What these records were before their content went, encoded; empty if they have it. */
function originalsOf(records: readonly RecordSource[], start: number, end: number): Uint8Array {
  if (records[start]!.batch.originals === undefined) return NOTHING;
  const some = records.slice(start, end).map(({ batch, index }) => batch.originals?.get(index));
  return some.every((each) => each === undefined) ? NOTHING : encodeOriginals(some);
}

const NOTHING = new Uint8Array();

function sameEnvelope(a: RecordSource, b: RecordSource): boolean {
  return a.batch === b.batch && haveSameEnvelope(a.batch, a.index, b.index);
}

function varintLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
}

/** Encodes whole numbers from 0 to 2^53. */
function encodeVarints(values: readonly number[]): Buffer {
  const buffer = Buffer.allocUnsafe(values.length * 8);
  let at = 0;
  for (const value of values) {
    let rest = value;
    while (rest >= 0x80) {
      buffer[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    buffer[at++] = rest;
  }
  return buffer.subarray(0, at);
}

function decodeVarints(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      values.push(value);
      value = 0;
      scale = 1;
    } else {
      scale *= 128;
    }
  }
  return values;
}
