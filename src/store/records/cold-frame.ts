import { Buffer } from 'node:buffer';
import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from 'node:zlib';
import type { BlockTimes, StoredBlock } from './log.js';

/**
 * A frame of a cold segment: consecutive blocks, compressed together. Numbers are little-endian.
 *
 * | offset | bytes | |
 * | --- | --- | --- |
 * | 0 | 3 | `SJF` |
 * | 3 | 1 | format |
 * | 4 | 6 | number of its first block |
 * | 10 | 4 | number of blocks |
 * | 14 | 4 | length of the compressed bytes |
 * | 18 | 4 | length of the content |
 * | 22 | 4 | CRC-32, as in gzip, of the bytes before it and of the compressed bytes |
 *
 * The compressed bytes follow. Their content is the headers of all blocks, then their directories, then their
 * bytes. The header of a block:
 *
 * | offset | bytes | |
 * | --- | --- | --- |
 * | 0 | 4 | project |
 * | 4 | 4 | number of records |
 * | 8 | 4 | length of its directory |
 * | 12 | 4 | length of its bytes |
 * | 16 | 8 | lower bound of its records' times, ns since 1970 |
 * | 24 | 8 | upper bound of its records' times, ns since 1970 |
 * | 32 | 4 | CRC-32 of the header before it, the directory and the bytes |
 */

/** Version of the layout of a frame. 1: as above, compressed with brotli. */
export const COLD_FORMAT = 1;

/** Maximum bytes of blocks in a frame, unless a single block is larger. */
export const FRAME_BYTES = 8 * 1024 * 1024;

export const COLD_HEADER_BYTES = 26;
const CHECKSUM_AT = 22;
const BLOCK_HEADER_BYTES = 36;
const BLOCK_CHECKSUM_AT = 32;

const MAGIC = Buffer.from('SJF', 'latin1');

/**
 * 5 is the lowest quality that finds distant repetitions. The window covers a whole frame. Measured in
 * docs/decisions/013-engine.md.
 */
const COMPRESSION = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 23 },
};

/** A block of a frame. */
export type ColdBlock = StoredBlock & BlockTimes;

/** The header of a frame. */
export interface ColdHeader {
  readonly format: number;
  /** Number of its first block. */
  readonly first: number;
  readonly blocks: number;
  readonly dataLength: number;
  readonly contentLength: number;
  readonly checksum: number;
}

/** Decodes the header at the start of these bytes, without verifying it. Undefined if there is none. */
export function decodeColdHeader(bytes: Buffer): ColdHeader | undefined {
  if (bytes.length < COLD_HEADER_BYTES || MAGIC.compare(bytes, 0, MAGIC.length) !== 0) return undefined;
  return {
    format: bytes[3]!,
    first: bytes.readUIntLE(4, 6),
    blocks: bytes.readUInt32LE(10),
    dataLength: bytes.readUInt32LE(14),
    contentLength: bytes.readUInt32LE(18),
    checksum: bytes.readUInt32LE(CHECKSUM_AT),
  };
}

/** Bytes of a frame, including its header. */
export function coldFrameLength({ dataLength }: ColdHeader): number {
  return COLD_HEADER_BYTES + dataLength;
}

/** Whether these bytes, including the header, match their checksum. */
export function isIntactFrame(header: ColdHeader, frame: Buffer): boolean {
  return (
    frame.length === coldFrameLength(header) &&
    header.checksum === checksumOf(frame, frame.subarray(COLD_HEADER_BYTES))
  );
}

/**
 * Encodes consecutive blocks as a frame.
 * @throws if decompressing it does not return what was compressed.
 */
export function encodeColdFrame(blocks: readonly ColdBlock[]): Buffer {
  const headers = Buffer.alloc(blocks.length * BLOCK_HEADER_BYTES);
  for (const [i, block] of blocks.entries()) {
    const header = headers.subarray(i * BLOCK_HEADER_BYTES, (i + 1) * BLOCK_HEADER_BYTES);
    header.writeUInt32LE(block.project, 0);
    header.writeUInt32LE(block.records, 4);
    header.writeUInt32LE(block.directory.length, 8);
    header.writeUInt32LE(block.bytes.length, 12);
    header.writeBigInt64LE(block.leastNs, 16);
    header.writeBigInt64LE(block.greatestNs, 24);
    header.writeUInt32LE(blockChecksum(header, block.directory, block.bytes), BLOCK_CHECKSUM_AT);
  }
  const content = Buffer.concat([
    headers,
    ...blocks.map(({ directory }) => directory),
    ...blocks.map(({ bytes }) => bytes),
  ]);
  const data = brotliCompressSync(content, COMPRESSION);
  if (!decompress(data, content.length).equals(content))
    throw new Error('brotli did not give back what it had compressed');
  const frame = Buffer.alloc(COLD_HEADER_BYTES + data.length);
  MAGIC.copy(frame);
  frame[3] = COLD_FORMAT;
  frame.writeUIntLE(blocks[0]!.id, 4, 6);
  frame.writeUInt32LE(blocks.length, 10);
  frame.writeUInt32LE(data.length, 14);
  frame.writeUInt32LE(content.length, 18);
  data.copy(frame, COLD_HEADER_BYTES);
  frame.writeUInt32LE(checksumOf(frame, data), CHECKSUM_AT);
  return frame;
}

/** The decompressed content of a frame. */
export class ColdFrame {
  /** Length in the file, bytes. */
  readonly length: number;
  readonly #first: number;
  readonly #content: Buffer;
  /** Offset of the directory of each block, and of its bytes. */
  readonly #directories: number[] = [];
  readonly #bytes: number[] = [];

  /** `frame` must be intact. */
  constructor(header: ColdHeader, frame: Buffer) {
    this.length = frame.length;
    this.#first = header.first;
    this.#content = decompress(frame.subarray(COLD_HEADER_BYTES), header.contentLength);
    let at = header.blocks * BLOCK_HEADER_BYTES;
    for (let i = 0; i < header.blocks; i++) {
      this.#directories.push(at);
      at += this.#content.readUInt32LE(i * BLOCK_HEADER_BYTES + 8);
    }
    for (let i = 0; i < header.blocks; i++) {
      this.#bytes.push(at);
      at += this.#content.readUInt32LE(i * BLOCK_HEADER_BYTES + 12);
    }
  }

  /** Memory used, bytes. */
  get size(): number {
    return this.#content.length;
  }

  /**
   * Returns a copy of a block, which does not retain the memory of the frame. Undefined if the block is
   * another one or incomplete.
   */
  block(number: number): ColdBlock | undefined {
    const i = number - this.#first;
    const directoryAt = this.#directories[i];
    const bytesAt = this.#bytes[i];
    if (directoryAt === undefined || bytesAt === undefined) return undefined;
    const header = this.#content.subarray(i * BLOCK_HEADER_BYTES, (i + 1) * BLOCK_HEADER_BYTES);
    const directory = Buffer.from(this.#content.subarray(directoryAt, directoryAt + header.readUInt32LE(8)));
    const bytes = Buffer.from(this.#content.subarray(bytesAt, bytesAt + header.readUInt32LE(12)));
    if (header.readUInt32LE(BLOCK_CHECKSUM_AT) !== blockChecksum(header, directory, bytes)) return undefined;
    return {
      id: number,
      project: header.readUInt32LE(0),
      records: header.readUInt32LE(4),
      directory,
      bytes,
      leastNs: header.readBigInt64LE(16),
      greatestNs: header.readBigInt64LE(24),
    };
  }
}

function decompress(data: Buffer, length: number): Buffer {
  // One output buffer, larger than the content so that its end is recognised. Several pieces would have to be
  // copied together.
  return brotliDecompressSync(data, { chunkSize: length + 64, maxOutputLength: length });
}

function checksumOf(header: Buffer, data: Buffer): number {
  return crc32(data, crc32(header.subarray(0, CHECKSUM_AT)));
}

function blockChecksum(header: Buffer, directory: Uint8Array, bytes: Uint8Array): number {
  return crc32(bytes, crc32(directory, crc32(header.subarray(0, BLOCK_CHECKSUM_AT))));
}
