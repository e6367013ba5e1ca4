import { deflateRawSync, constants as zlib } from 'node:zlib';

/** Protobuf and gzip written by hand, as no correct library would write them. */

/** A length-delimited field. */
export function field(number: number, ...content: readonly (Uint8Array | string)[]): Buffer {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

export function fixed64(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Buffer.concat([varint(number * 8 + 1), bytes]);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/**
 * A message whose field is the same message again, `levels` deep; built from the inside in one piece of
 * memory.
 */
export function nested(tags: readonly number[], levels: number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  for (let level = 0; level < levels; level++) {
    for (const tag of tags) {
      const head = Buffer.concat([varint(tag * 8 + 2), varint(length)]);
      pieces.push(head);
      length += head.length;
    }
  }
  return Buffer.concat(pieces.reverse());
}

const BOMB_UNIT = 1 << 20;

/**
 * One gzip member of this many MiB of the same byte, a thousandth of that in size. Its checksum is wrong,
 * because nobody reads that far.
 */
export function gzipBomb(mebibytes: number, byte = 0): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  // After a full flush a block is independent, and may be repeated.
  const block = deflateRawSync(Buffer.alloc(BOMB_UNIT, byte), {
    finishFlush: zlib.Z_FULL_FLUSH,
  });
  const end = deflateRawSync(Buffer.alloc(0));
  return Buffer.concat([header, ...Array<Buffer>(mebibytes).fill(block), end, Buffer.alloc(8)]);
}
