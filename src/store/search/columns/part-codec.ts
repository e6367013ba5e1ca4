import { Buffer } from 'node:buffer';

/**
 * Encoding of a part of a chunk: arrays of numbers and lists of texts, read in the order in which they were
 * written. An array states the width of its numbers in bytes, and begins at a multiple of 8, so that it can
 * be read in place. Numbers are little-endian, as on all machines that Node.js runs on.
 */

/** Whole numbers in the narrowest type that holds them. */
export type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const ALIGN = 8;
const HEADER_BYTES = 8;
const MAX_U8 = 0xff;
const MAX_U16 = 0xffff;
const MAX_U32 = 0xffff_ffff;

export class PartWriter {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** Whole numbers from 0 to 2^53. */
  numbers(values: readonly number[]): this {
    const most = values.reduce((greatest, value) => Math.max(greatest, value), 0);
    return this.#array(
      most <= MAX_U8
        ? Uint8Array.from(values)
        : most <= MAX_U16
          ? Uint16Array.from(values)
          : most <= MAX_U32
            ? Uint32Array.from(values)
            : Float64Array.from(values),
    );
  }

  /** Any doubles. */
  doubles(values: readonly number[]): this {
    return this.#array(Float64Array.from(values));
  }

  /** Well-formed texts, in order. */
  texts(values: readonly string[]): this {
    return this.#array(new Uint8Array(Buffer.from(JSON.stringify(values))));
  }

  finish(): Buffer {
    return Buffer.concat(this.#pieces, this.#length);
  }

  #array(array: Numbers): this {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(array.length, 0);
    header.writeUInt8(array.BYTES_PER_ELEMENT, 4);
    this.#add(header);
    this.#add(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    const rest = this.#length % ALIGN;
    if (rest > 0) this.#add(new Uint8Array(ALIGN - rest));
    return this;
  }

  #add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }
}

export class PartReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes.byteOffset % ALIGN === 0 ? bytes : new Uint8Array(bytes);
  }

  numbers(): Numbers {
    const { buffer } = this.#bytes;
    const view = new DataView(buffer, this.#bytes.byteOffset + this.#at, HEADER_BYTES);
    const length = view.getUint32(0, true);
    const width = view.getUint8(4);
    const start = this.#bytes.byteOffset + this.#at + HEADER_BYTES;
    this.#at += HEADER_BYTES + Math.ceil((length * width) / ALIGN) * ALIGN;
    switch (width) {
      case 1:
        return new Uint8Array(buffer, start, length);
      case 2:
        return new Uint16Array(buffer, start, length);
      case 4:
        return new Uint32Array(buffer, start, length);
      default:
        return new Float64Array(buffer, start, length);
    }
  }

  texts(): string[] {
    const bytes = this.numbers();
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) as string[];
  }
}
