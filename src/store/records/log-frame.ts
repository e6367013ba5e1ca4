import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { BlockTimes, NewBlock } from './log.js';

/**
 * A block in a segment file: a header, the lengths of its chunks, its compressed bytes. Numbers are little-endian.
 *
 * | offset | bytes | |
 * | --- | --- | --- |
 * | 0 | 3 | `SJB` |
 * | 3 | 1 | format |
 * | 4 | 8 | salt of the segment |
 * | 12 | 4 | length of the directory, bytes |
 * | 16 | 4 | length of the compressed bytes |
 * | 20 | 4 | project |
 * | 24 | 6 | number of the block |
 * | 30 | 6 | number of the first block of its append |
 * | 36 | 4 | number of records |
 * | 40 | 8 | lower bound of its records' times, ns since 1970 |
 * | 48 | 8 | upper bound of its records' times, ns since 1970 |
 * | 56 | 4 | CRC-32, as in gzip, of all other bytes, in order |
 *
 * A segment begins with 16 bytes: `SJL`, the format, its salt, and their CRC-32. The salt is random, so telemetry
 * cannot contain bytes that look like a block of its own segment.
 */

/** Version of the layout of a block. 1: as above, the bytes compressed with LZ4 after their length. */
export const FORMAT = 1;

export const HEADER_BYTES = 60;

const CHECKSUM_AT = 56;

/** Bytes before the first block of a segment. */
export const START_BYTES = 16;

const SALT_AT = 4;
const SALT_BYTES = 8;

/** The first bytes of every block of any format. */
const BLOCK_MAGIC = Buffer.from('SJB', 'latin1');
const SEGMENT_MAGIC = Buffer.from([...Buffer.from('SJL', 'latin1'), FORMAT]);

/** Encodes the start of a segment. */
export function encodeStart(salt: Buffer): Buffer {
  const start = Buffer.alloc(START_BYTES);
  SEGMENT_MAGIC.copy(start);
  salt.copy(start, SALT_AT);
  start.writeUInt32LE(crc32(start.subarray(0, START_BYTES - 4)), START_BYTES - 4);
  return start;
}

export function newSalt(): Buffer {
  return randomBytes(SALT_BYTES);
}

/** The salt of a segment, from its start. Undefined if that is missing or damaged. */
export function decodeStart(start: Buffer): Buffer | undefined {
  if (start.length < START_BYTES || SEGMENT_MAGIC.compare(start, 0, SEGMENT_MAGIC.length) !== 0)
    return undefined;
  const checksumAt = START_BYTES - 4;
  if (start.readUInt32LE(checksumAt) !== crc32(start.subarray(0, checksumAt))) return undefined;
  return start.subarray(SALT_AT, SALT_AT + SALT_BYTES);
}

/**
 * Offset where a block may begin in these bytes, at or after `from`, recognised by the salt of its segment.
 * -1 if there is none.
 */
export function indexOfFrame(bytes: Buffer, salt: Buffer, from: number): number {
  const at = bytes.indexOf(salt, from + SALT_AT);
  return at < 0 ? -1 : at - SALT_AT;
}

/** The header of a block. */
export interface FrameHeader extends BlockTimes {
  readonly format: number;
  readonly salt: Buffer;
  readonly number: number;
  /** Number of the first block of its append. */
  readonly firstOfAppend: number;
  readonly project: number;
  readonly records: number;
  readonly directoryLength: number;
  readonly dataLength: number;
  readonly checksum: number;
}

/** Bytes of a block, including its header. */
export function frameLength({ directoryLength, dataLength }: FrameHeader): number {
  return HEADER_BYTES + directoryLength + dataLength;
}

/**
 * Encodes the blocks of one append, whose first block has this number. Returns buffers to be written in
 * sequence, and the length of each block.
 */
export function encodeFrames(
  first: number,
  salt: Buffer,
  blocks: readonly NewBlock[],
): { readonly buffers: Uint8Array[]; readonly lengths: number[] } {
  const headers = Buffer.alloc(blocks.length * HEADER_BYTES);
  const buffers: Uint8Array[] = [];
  const lengths: number[] = [];
  for (const [i, block] of blocks.entries()) {
    const { directory, data } = block;
    const header = headers.subarray(i * HEADER_BYTES, (i + 1) * HEADER_BYTES);
    BLOCK_MAGIC.copy(header);
    header[3] = FORMAT;
    salt.copy(header, SALT_AT);
    header.writeUInt32LE(directory.length, 12);
    header.writeUInt32LE(data.length, 16);
    header.writeUInt32LE(block.project, 20);
    header.writeUIntLE(first + i, 24, 6);
    header.writeUIntLE(first, 30, 6);
    header.writeUInt32LE(block.records, 36);
    header.writeBigInt64LE(block.leastNs, 40);
    header.writeBigInt64LE(block.greatestNs, 48);
    const checksum = checksumOf(header, directory, data);
    header.writeUInt32LE(block.isDamaged === true ? ~checksum >>> 0 : checksum, CHECKSUM_AT);
    buffers.push(header, directory, data);
    lengths.push(HEADER_BYTES + directory.length + data.length);
  }
  return { buffers, lengths };
}

/** Decodes the header at the start of these bytes, without verifying it. Undefined if there is none. */
export function decodeHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < HEADER_BYTES || BLOCK_MAGIC.compare(bytes, 0, BLOCK_MAGIC.length) !== 0)
    return undefined;
  return {
    format: bytes[3]!,
    salt: bytes.subarray(SALT_AT, SALT_AT + SALT_BYTES),
    directoryLength: bytes.readUInt32LE(12),
    dataLength: bytes.readUInt32LE(16),
    project: bytes.readUInt32LE(20),
    number: bytes.readUIntLE(24, 6),
    firstOfAppend: bytes.readUIntLE(30, 6),
    records: bytes.readUInt32LE(36),
    leastNs: bytes.readBigInt64LE(40),
    greatestNs: bytes.readBigInt64LE(48),
    checksum: bytes.readUInt32LE(CHECKSUM_AT),
  };
}

/** Whether these bytes, including the header, match their checksum. */
export function isIntact(header: FrameHeader, frame: Buffer): boolean {
  if (frame.length !== frameLength(header)) return false;
  const directory = frame.subarray(HEADER_BYTES, HEADER_BYTES + header.directoryLength);
  return header.checksum === checksumOf(frame, directory, frame.subarray(HEADER_BYTES + directory.length));
}

function checksumOf(header: Buffer, directory: Uint8Array, data: Uint8Array): number {
  return crc32(data, crc32(directory, crc32(header.subarray(0, CHECKSUM_AT))));
}
