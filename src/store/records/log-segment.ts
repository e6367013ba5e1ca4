import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import lz4 from 'lz4-napi';
import { type BlockTimes, DamagedBlockError, type StoredBlock } from './log.js';
import type { LogFile, LogFiles, ReadableFile } from './log-files.js';
import {
  decodeHeader,
  decodeStart,
  FORMAT,
  type FrameHeader,
  frameLength,
  HEADER_BYTES,
  indexOfFrame,
  isIntact,
  START_BYTES,
} from './log-frame.js';

/**
 * Segment files. A segment is written in the warm form, described here. When it is closed and has not been
 * written for some time, compaction.ts replaces it by the cold form (cold-segment.ts). If both exist, the
 * cold one counts: it gets its name only when it is complete and durable.
 *
 * A segment is named by the number of its first block and has the blocks from there up to the first block of
 * the next segment. Bytes beyond those are from a failed append and are not read. A closed warm segment has a
 * file with the offsets of its blocks beside it. If that file is missing or damaged, the offsets are found by
 * walking through the segment.
 */

const BLOCKS = '.blocks';
const INDEX = '.index';
const COLD = '.cold';
/** Digits of a segment's number in its name, so that names sort like numbers. */
const DIGITS = 12;

export function segmentPath(directory: string, first: number): string {
  return join(directory, String(first).padStart(DIGITS, '0') + BLOCKS);
}

export function coldPath(directory: string, first: number): string {
  return join(directory, String(first).padStart(DIGITS, '0') + COLD);
}

export function indexPath(directory: string, first: number): string {
  return join(directory, String(first).padStart(DIGITS, '0') + INDEX);
}

/** A segment in a directory. */
export interface ListedSegment {
  /** Number of its first block. */
  readonly first: number;
  readonly isCold: boolean;
}

/**
 * Index of the last place that begins at or before this block; -1 if all begin after it. `places` must
 * ascend.
 */
export function placeOf(number: number, places: readonly { readonly first: number }[]): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]!.first <= number) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** All segments, ordered by number. */
export function listSegments(files: LogFiles, directory: string): ListedSegment[] {
  const names = files.list(directory);
  const cold = new Set(firstsOf(names, COLD));
  return [...new Set([...firstsOf(names, BLOCKS), ...cold])]
    .sort((a, b) => a - b)
    .map((first) => ({ first, isCold: cold.has(first) }));
}

function firstsOf(names: readonly string[], end: string): number[] {
  return names
    .filter((name) => name.length === DIGITS + end.length && name.endsWith(end))
    .map((name) => Number(name.slice(0, DIGITS)))
    .filter((first) => Number.isSafeInteger(first) && first > 0);
}

/** A warm segment that is open for reading. */
export interface WarmSegment {
  readonly file: LogFile;
  readonly table: SegmentTable;
}

/** Opens a warm segment that ends where `next` begins. If `next` is omitted, it is the last segment. */
export function openWarm(files: LogFiles, directory: string, first: number, next?: number): WarmSegment {
  const file = files.openForReading(segmentPath(directory, first));
  try {
    const salt = saltOf(file);
    const index = next === undefined ? undefined : readIndex(files, directory, first, salt, next - first);
    return { file, table: index ?? new SegmentTable(first, salt) };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A run of bytes that is not a block, with blocks after it. */
export interface Gap {
  /** Its offset. */
  readonly at: number;
  /** Number of the block expected there. */
  readonly number: number;
}

/** Bytes read at a time in the search for the next block after a damaged one. */
const SEARCH_BYTES = 1024 * 1024;

/** Offsets of the blocks of one segment, as far as it has been walked. */
export class SegmentTable {
  readonly first: number;
  /** The salt of the segment. Undefined if its start is damaged; then no blocks are searched. */
  readonly salt: Buffer | undefined;
  /**
   * Offset of each block, indexed by its number minus `first`. For a damaged block, the offset of the bytes
   * in its place.
   */
  readonly offsets: number[];
  /** Offset of the end of the last block. */
  end: number;
  /** Number of the first block of the last block's append. */
  lastAppend: number;
  readonly gaps: Gap[] = [];

  constructor(first: number, salt: Buffer | undefined, offsets: number[] = [], end = START_BYTES) {
    this.first = first;
    this.salt = salt;
    this.offsets = offsets;
    this.end = end;
    this.lastAppend = first;
  }

  /** The number after the last block. */
  get next(): number {
    return this.first + this.offsets.length;
  }

  offset(number: number): number | undefined {
    return this.offsets[number - this.first];
  }

  /**
   * Continues until block `last` is known or the file ends. With `verify`, reads each block and checks its
   * checksum.
   */
  extend(file: ReadableFile, last: number, verify: boolean): void {
    const { salt } = this;
    if (salt === undefined) return;
    const size = file.size();
    while (this.next <= last) {
      const header = frameAt(file, salt, this.end, size, verify);
      if (header?.number === this.next) {
        this.#add(header, this.end);
        continue;
      }
      if (!verify) this.#doubtLast(file, salt, size);
      const found = findFrame(file, salt, this.end + 1, size, this.next, last);
      if (found === undefined) return;
      if (found.header.number > this.next) this.gaps.push({ at: this.end, number: this.next });
      while (this.next < found.header.number) this.offsets.push(this.end);
      this.#add(found.header, found.at);
    }
  }

  /**
   * Removes the last block from the table if it is damaged. The length in its header may be wrong and hide
   * the next block.
   */
  #doubtLast(file: ReadableFile, salt: Buffer, size: number): void {
    const at = this.offsets.at(-1);
    if (at === undefined || frameAt(file, salt, at, size, true) !== undefined) return;
    this.offsets.pop();
    this.end = at;
  }

  #add(header: FrameHeader, at: number): void {
    this.offsets.push(at);
    this.end = at + frameLength(header);
    this.lastAppend = header.firstOfAppend;
  }
}

/**
 * The salt of a segment, from its start or, if that is damaged, from its first block. Undefined if both are.
 */
export function saltOf(file: ReadableFile): Buffer | undefined {
  const start = readBytes(file, 0, START_BYTES + HEADER_BYTES);
  const salt = decodeStart(start);
  if (salt !== undefined) return salt;
  const header = decodeHeader(start.subarray(START_BYTES));
  if (header === undefined) return undefined;
  return frameAt(file, header.salt, START_BYTES, file.size(), true)?.salt;
}

/**
 * The header of the block at this offset. Undefined if there is no complete block or, with `verify`, if it is
 * damaged.
 */
function frameAt(
  file: ReadableFile,
  salt: Buffer,
  at: number,
  size: number,
  verify: boolean,
): FrameHeader | undefined {
  const header = decodeHeader(readBytes(file, at, HEADER_BYTES));
  if (header === undefined || !header.salt.equals(salt) || at + frameLength(header) > size) return undefined;
  if (verify && !isIntact(header, readBytes(file, at, frameLength(header)))) return undefined;
  return header;
}

/** The first undamaged block at or after this offset with a number in this range. */
function findFrame(
  file: ReadableFile,
  salt: Buffer,
  from: number,
  size: number,
  least: number,
  greatest: number,
): { readonly header: FrameHeader; readonly at: number } | undefined {
  for (let start = from; start + HEADER_BYTES <= size; start += SEARCH_BYTES) {
    // A header may cross the end of these bytes.
    const bytes = readBytes(file, start, SEARCH_BYTES + HEADER_BYTES);
    for (let i = indexOfFrame(bytes, salt, 0); i >= 0; i = indexOfFrame(bytes, salt, i + 1)) {
      const header = frameAt(file, salt, start + i, size, true);
      if (header === undefined || header.number < least || header.number > greatest) continue;
      return { header, at: start + i };
    }
  }
  return undefined;
}

/** A verified block of a segment, still compressed. */
export type CompressedBlock = Omit<StoredBlock, 'bytes'> & BlockTimes & { readonly data: Buffer };

/** Reads and verifies a block. @throws DamagedBlockError */
export function readFrame(file: LogFile, path: string, number: number, at: number): StoredBlock & BlockTimes {
  return uncompressed(readCompressed(file, path, number, at));
}

export function uncompressed({ data, ...block }: CompressedBlock): StoredBlock & BlockTimes {
  return { ...block, bytes: lz4.uncompressSync(data) };
}

/** The same, without its records. @throws DamagedBlockError */
export function readCompressed(file: LogFile, path: string, number: number, at: number): CompressedBlock {
  const start = readBytes(file, at, HEADER_BYTES);
  const header = decodeHeader(start);
  if (header !== undefined && header.format > FORMAT) {
    throw new DamagedBlockError(
      `block ${number} has format ${header.format}, which this version does not know (${path}, byte ${at})`,
    );
  }
  const size = file.size();
  const frame =
    header?.number === number && at + frameLength(header) <= size
      ? readBytes(file, at, frameLength(header))
      : undefined;
  if (header === undefined || frame === undefined || !isIntact(header, frame)) {
    throw new DamagedBlockError(
      `block ${number} is damaged: its checksum is not that of its bytes (${path}, byte ${at})`,
    );
  }
  const bodyAt = HEADER_BYTES + header.directoryLength;
  return {
    id: number,
    project: header.project,
    records: header.records,
    directory: frame.subarray(HEADER_BYTES, bodyAt),
    data: frame.subarray(bodyAt),
    leastNs: header.leastNs,
    greatestNs: header.greatestNs,
  };
}

/** Reads these bytes, or fewer if the file ends before. */
export function readBytes(file: ReadableFile, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, file.read(bytes, at));
}

const INDEX_MAGIC = Buffer.from('SJI\x01', 'latin1');
const INDEX_HEADER_BYTES = 8;

/** Writes the offsets of a closed segment. The file may be lost: it can be rebuilt. */
export function writeIndex(files: LogFiles, directory: string, table: SegmentTable): void {
  const { offsets, end } = table;
  const bytes = Buffer.alloc(INDEX_HEADER_BYTES + 4 * (offsets.length + 2));
  INDEX_MAGIC.copy(bytes);
  bytes.writeUInt32LE(offsets.length, 4);
  let at = INDEX_HEADER_BYTES;
  for (const offset of [...offsets, end]) at = bytes.writeUInt32LE(offset, at);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, at)), at);
  const path = indexPath(directory, table.first);
  files.remove(path);
  const file = files.openForWriting(path, { create: true });
  try {
    file.write([bytes], 0);
  } finally {
    file.close();
  }
}

/**
 * Reads the offsets of a closed segment with this many blocks from the file beside it. Undefined if that is
 * missing, damaged or about other blocks.
 */
function readIndex(
  files: LogFiles,
  directory: string,
  first: number,
  salt: Buffer | undefined,
  blocks: number,
): SegmentTable | undefined {
  let bytes: Buffer;
  try {
    const file = files.openForReading(indexPath(directory, first));
    try {
      bytes = readBytes(file, 0, file.size());
    } finally {
      file.close();
    }
  } catch {
    return undefined;
  }
  const checksumAt = INDEX_HEADER_BYTES + 4 * (blocks + 1);
  if (bytes.length !== checksumAt + 4 || INDEX_MAGIC.compare(bytes, 0, 4) !== 0) return undefined;
  if (bytes.readUInt32LE(checksumAt) !== crc32(bytes.subarray(0, checksumAt))) return undefined;
  const offsets = Array.from({ length: blocks }, (_, i) => bytes.readUInt32LE(INDEX_HEADER_BYTES + 4 * i));
  return new SegmentTable(first, salt, offsets, bytes.readUInt32LE(checksumAt - 4));
}
