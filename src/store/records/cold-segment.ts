import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import {
  COLD_FORMAT,
  COLD_HEADER_BYTES,
  ColdFrame,
  type ColdHeader,
  coldFrameLength,
  decodeColdHeader,
  isIntactFrame,
} from './cold-frame.js';
import { DamagedBlockError } from './log.js';
import type { LogFile, LogFiles, ReadableFile } from './log-files.js';
import { coldPath, placeOf, readBytes } from './log-segment.js';

/**
 * Cold segment files: frames (cold-frame.ts), followed by a table of them. The table is `SJT`, the format,
 * the number of frames (4 bytes), for each frame the number of its first block and its offset (6 bytes each),
 * the number after the last block (6), the CRC-32 of all of that, and the length of the table without these
 * last 4 bytes. If the table is damaged, the frames are found by walking from header to header.
 */

const TABLE_MAGIC = Buffer.from([...Buffer.from('SJT', 'latin1'), COLD_FORMAT]);
const TABLE_HEADER_BYTES = 8;
const NUMBER_BYTES = 6;

/** Position of a frame in its file. */
export interface FramePlace {
  /** Number of its first block. */
  readonly first: number;
  readonly at: number;
}

/** Opens a cold segment for reading. */
export function openCold(
  files: LogFiles,
  directory: string,
  first: number,
): { readonly file: LogFile; readonly cold: ColdSegment } {
  const path = coldPath(directory, first);
  const file = files.openForReading(path);
  try {
    return { file, cold: new ColdSegment(file, path, first) };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The table of a segment whose last block has the number `next - 1`. */
export function encodeTable(frames: readonly FramePlace[], next: number): Buffer {
  const numbers = [...frames.flatMap(({ first, at }) => [first, at]), next];
  const checksumAt = TABLE_HEADER_BYTES + NUMBER_BYTES * numbers.length;
  const bytes = Buffer.alloc(checksumAt + 8);
  TABLE_MAGIC.copy(bytes);
  bytes.writeUInt32LE(frames.length, 4);
  let at = TABLE_HEADER_BYTES;
  for (const number of numbers) at = bytes.writeUIntLE(number, at, NUMBER_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, checksumAt)), checksumAt);
  bytes.writeUInt32LE(checksumAt + 4, checksumAt + 4);
  return bytes;
}

/** The frames of a cold segment. */
export class ColdSegment {
  readonly #file: ReadableFile;
  readonly #path: string;
  readonly #frames: readonly FramePlace[];
  /** Offset of the table of the frames. Undefined if it is damaged: frames after a damaged one are not known then. */
  readonly tableAt: number | undefined;
  /** The number after its last block, as far as that can be read. */
  readonly next: number;

  constructor(file: ReadableFile, path: string, first: number) {
    this.#file = file;
    this.#path = path;
    const table = readTable(file);
    const { frames, next } = table ?? walk(file, first);
    this.tableAt = table?.at;
    this.#frames = frames;
    this.next = next;
  }

  /** Its frames, in their order. */
  get frames(): readonly FramePlace[] {
    return this.#frames;
  }

  /** The header of the frame at this offset, which begins with this block. @throws DamagedBlockError */
  header(at: number, first: number): ColdHeader {
    const header = decodeColdHeader(readBytes(this.#file, at, COLD_HEADER_BYTES));
    if (header?.first !== first) throw this.damage(first, at);
    return header;
  }

  /** Offset of the frame that has this block. @throws DamagedBlockError */
  offset(number: number): number {
    const frame = number < this.next ? this.#frames[placeOf(number, this.#frames)] : undefined;
    if (frame === undefined) throw this.damage(number, this.#file.size());
    return frame.at;
  }

  /**
   * Reads, verifies and decompresses the frame at this offset, which has this block. @throws
   * DamagedBlockError
   */
  frame(at: number, number: number): ColdFrame {
    const header = decodeColdHeader(readBytes(this.#file, at, COLD_HEADER_BYTES));
    if (header !== undefined && header.format > COLD_FORMAT) {
      throw new DamagedBlockError(
        `block ${number} has cold format ${header.format}, which this version does not know (${this.#path}, byte ${at})`,
      );
    }
    const bytes = header && this.#bytes(header, at);
    if (header === undefined || bytes === undefined) throw this.damage(number, at);
    return new ColdFrame(header, bytes);
  }

  /** Whether all frames are present and intact. */
  isIntact(): boolean {
    return this.#frames.every(({ first, at }) => {
      const header = decodeColdHeader(readBytes(this.#file, at, COLD_HEADER_BYTES));
      return header?.first === first && this.#bytes(header, at) !== undefined;
    });
  }

  /** The bytes of the frame at this offset; undefined if they are damaged. */
  #bytes(header: ColdHeader, at: number): Buffer | undefined {
    if (at + coldFrameLength(header) > this.#file.size()) return undefined;
    const bytes = readBytes(this.#file, at, coldFrameLength(header));
    return isIntactFrame(header, bytes) ? bytes : undefined;
  }

  /** The error for a block in the frame at this offset. */
  damage(number: number, at: number): DamagedBlockError {
    return new DamagedBlockError(
      `block ${number} is damaged: the checksum of its frame is not that of the frame's bytes (${this.#path}, byte ${at})`,
    );
  }
}

interface Frames {
  readonly frames: readonly FramePlace[];
  readonly next: number;
}

/** Undefined if the table is damaged or missing. */
function readTable(file: ReadableFile): (Frames & { readonly at: number }) | undefined {
  const size = file.size();
  if (size < 4) return undefined;
  const length = readBytes(file, size - 4, 4).readUInt32LE(0);
  if (length < TABLE_HEADER_BYTES + NUMBER_BYTES + 4 || length + 4 > size) return undefined;
  const at = size - 4 - length;
  const bytes = readBytes(file, at, length);
  const checksumAt = length - 4;
  if (TABLE_MAGIC.compare(bytes, 0, TABLE_MAGIC.length) !== 0) return undefined;
  if (bytes.readUInt32LE(checksumAt) !== crc32(bytes.subarray(0, checksumAt))) return undefined;
  const number = (i: number): number => bytes.readUIntLE(TABLE_HEADER_BYTES + NUMBER_BYTES * i, NUMBER_BYTES);
  const count = bytes.readUInt32LE(4);
  const frames = Array.from({ length: count }, (_, i) => ({ first: number(2 * i), at: number(2 * i + 1) }));
  return { frames, next: number(2 * count), at };
}

function walk(file: ReadableFile, first: number): Frames {
  const frames: FramePlace[] = [];
  let next = first;
  let at = 0;
  let header: ColdHeader | undefined;
  for (;;) {
    header = decodeColdHeader(readBytes(file, at, COLD_HEADER_BYTES));
    if (header === undefined || header.first !== next) return { frames, next };
    frames.push({ first: next, at });
    next += header.blocks;
    at += coldFrameLength(header);
  }
}
