import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import lz4 from 'lz4-napi';
import { type BlockTimes, DamagedBlockError, type StoredBlock } from './log.js';
import type { LogFile, LogFiles } from './log-files.js';
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
 * Segment files. A segment has one of two forms. It is written in the warm form, described here; when it is closed and has not been written for some time, the cold form
 * (cold-segment.ts) takes its place (compaction.ts). Where both are there, the cold one counts: it has its name only when it is whole and on the disk.
 *
 * A segment is named by the number of its first block, and has the blocks from there up to the first of the next segment; what it has beyond
 * those is of an append that failed, and is not read. A closed warm segment has a file with the offsets of its blocks beside it. That file may be missing
 * or damaged: the offsets are found by walking through the segment then.
 */

const BLOCKS = '.blocks';
const INDEX = '.index';
const COLD = '.cold';
/** Digits of a segment's number: names sort as numbers do. */
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

/** The index of the last of these places, which ascend, that begins with this block or before it; -1 if all begin after it. */
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

/** All segments, in the order of their numbers. */
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

/** Opens a warm segment, which ends where `next` begins, or is the last one where that is left out. */
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

/** A run of bytes that are no block, with blocks behind it. */
export interface Gap {
  /** Where it begins. */
  readonly at: number;
  /** The number of the block that was to begin there. */
  readonly number: number;
}

/** Bytes read at a time while the next block behind a damaged one is looked for. */
const SEARCH_BYTES = 1024 * 1024;

/** Where the blocks of one segment begin, as far as it was walked through. */
export class SegmentTable {
  readonly first: number;
  /** The salt of the segment; undefined where its start is damaged: no block is looked for then. */
  readonly salt: Buffer | undefined;
  /** Offset of each block, by its number less `first`. A damaged one has that of the bytes in its place. */
  readonly offsets: number[];
  /** Where the block behind the last one begins. */
  end: number;
  /** Number of the first block of the append that the last block belongs to. */
  lastAppend: number;
  readonly gaps: Gap[] = [];

  constructor(first: number, salt: Buffer | undefined, offsets: number[] = [], end = START_BYTES) {
    this.first = first;
    this.salt = salt;
    this.offsets = offsets;
    this.end = end;
    this.lastAppend = first;
  }

  /** The number of the block behind the last one. */
  get next(): number {
    return this.first + this.offsets.length;
  }

  offset(number: number): number | undefined {
    return this.offsets[number - this.first];
  }

  /** Walks on until the block `last` is known or the file ends. With `verify`, each block is read and its checksum compared. */
  extend(file: LogFile, last: number, verify: boolean): void {
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

  /** Takes the last block back where it is damaged: the length in its header may be wrong, and hide the block behind it. */
  #doubtLast(file: LogFile, salt: Buffer, size: number): void {
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

/** The salt of a segment, by its start or, where that is damaged, by its first block; undefined where both are. */
export function saltOf(file: LogFile): Buffer | undefined {
  const start = readBytes(file, 0, START_BYTES + HEADER_BYTES);
  const salt = decodeStart(start);
  if (salt !== undefined) return salt;
  const header = decodeHeader(start.subarray(START_BYTES));
  if (header === undefined) return undefined;
  return frameAt(file, header.salt, START_BYTES, file.size(), true)?.salt;
}

/** The header of the block at this offset; undefined where none lies there in whole, or, with `verify`, it is damaged. */
function frameAt(
  file: LogFile,
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

/** The first undamaged block from this offset on whose number is one of these. */
function findFrame(
  file: LogFile,
  salt: Buffer,
  from: number,
  size: number,
  least: number,
  greatest: number,
): { readonly header: FrameHeader; readonly at: number } | undefined {
  for (let start = from; start + HEADER_BYTES <= size; start += SEARCH_BYTES) {
    // A block may begin at the end of these bytes: its header may reach beyond them.
    const bytes = readBytes(file, start, SEARCH_BYTES + HEADER_BYTES);
    for (let i = indexOfFrame(bytes, salt, 0); i >= 0; i = indexOfFrame(bytes, salt, i + 1)) {
      const header = frameAt(file, salt, start + i, size, true);
      if (header === undefined || header.number < least || header.number > greatest) continue;
      return { header, at: start + i };
    }
  }
  return undefined;
}

/** Reads and verifies a block. @throws DamagedBlockError */
export function readFrame(file: LogFile, path: string, number: number, at: number): StoredBlock & BlockTimes {
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
    bytes: lz4.uncompressSync(frame.subarray(bodyAt)),
    leastNs: header.leastNs,
    greatestNs: header.greatestNs,
  };
}

/** As many of these bytes as the file has. */
export function readBytes(file: LogFile, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, file.read(bytes, at));
}

const INDEX_MAGIC = Buffer.from('SJI\x01', 'latin1');
const INDEX_HEADER_BYTES = 8;

/** Writes the offsets of a closed segment. What becomes of the file does not matter: it can be made again. */
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

/** The offsets of a closed segment with so many blocks, from the file beside it; undefined where that is missing, damaged or of other blocks. */
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
