import { WireType } from './wire.js';

/**
 * Longer texts, in UTF-16 code units, are measured before they are written; reserving the worst case would
 * take too much memory.
 */
const MEASURED_ABOVE = 16_384;
/** Shorter ASCII texts, in code units, are copied in JavaScript, because a native call would cost more. */
const NATIVE_FROM = 48;

const TWO_32 = 2 ** 32;

/**
 * Writes the protobuf wire format into one growing buffer. Every field is written, even if it is a default.
 * The order of calls is the order on the wire.
 */
export class ProtoWriter {
  #buffer: Buffer;
  #data: DataView;
  #pos = 0;

  /** `capacity` is an estimate, in bytes; the buffer grows as needed. */
  constructor(capacity = 256) {
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
    this.#data = dataView(this.#buffer);
  }

  /** Bytes written so far. */
  get position(): number {
    return this.#pos;
  }

  /** Drops everything written after `position`. */
  rewind(position: number): void {
    this.#pos = position;
  }

  /** The written bytes: a view of the writer's own memory. The writer must not be used afterwards. */
  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#pos);
  }

  /** Starts an embedded message, whose content is written until `end`. Messages nest. */
  begin(field: number): number {
    this.#tag(field, WireType.length);
    this.#reserve(1);
    return ++this.#pos;
  }

  /** Ends the message for which `begin` returned `start`. */
  end(start: number): void {
    const length = this.#pos - start;
    if (length < 0x80) {
      this.#buffer[start - 1] = length;
      return;
    }
    // One byte was reserved for the length. Most messages need no more; moving the others is cheaper than
    // measuring all.
    const extra = varintSize(length) - 1;
    this.#reserve(extra);
    this.#buffer.copyWithin(start + extra, start, this.#pos);
    this.#putVarint(start - 1, length);
    this.#pos += extra;
  }

  /** A varint field of 0 to 2^32 - 1: uint32, bool, enum. */
  uint32(field: number, value: number): void {
    this.#tag(field, WireType.varint);
    this.#varint(value);
  }

  /** An int64 or int32 field. A number must be a safe integer. */
  int64(field: number, value: number | bigint): void {
    this.#tag(field, WireType.varint);
    if (typeof value === 'number' && value >= 0 && value < TWO_32) {
      this.#varint(value);
      return;
    }
    const bits = BigInt.asUintN(64, BigInt(value));
    let low = Number(bits & 0xffffffffn);
    let high = Number(bits >> 32n);
    this.#reserve(10);
    const buffer = this.#buffer;
    while (high > 0) {
      buffer[this.#pos++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#varint(low);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, WireType.fixed32);
    this.#reserve(4);
    this.#data.setUint32(this.#pos, value, true);
    this.#pos += 4;
  }

  fixed64(field: number, value: bigint): void {
    this.#tag(field, WireType.fixed64);
    this.#reserve(8);
    this.#data.setBigUint64(this.#pos, value, true);
    this.#pos += 8;
  }

  double(field: number, value: number): void {
    this.#tag(field, WireType.fixed64);
    this.#reserve(8);
    this.#data.setFloat64(this.#pos, value, true);
    this.#pos += 8;
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, WireType.length);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#buffer.set(value, this.#pos);
    this.#pos += value.length;
  }

  /** Writes complete encoded fields. */
  raw(fields: Uint8Array): void {
    this.#reserve(fields.length);
    this.#buffer.set(fields, this.#pos);
    this.#pos += fields.length;
  }

  /** Text as UTF-8; a lone surrogate becomes U+FFFD. */
  string(field: number, value: string): void {
    this.#tag(field, WireType.length);
    if (value.length < NATIVE_FROM && this.#shortAscii(value)) return;
    if (value.length > MEASURED_ABOVE) {
      const length = Buffer.byteLength(value);
      this.#varint(length);
      this.#reserve(length);
      this.#pos += this.#buffer.write(value, this.#pos);
      return;
    }
    // Reserves the worst case, with the length placed as if the text were ASCII. Other texts are moved
    // afterwards.
    const guess = varintSize(value.length);
    this.#reserve(5 + 3 * value.length);
    const start = this.#pos + guess;
    const length = this.#buffer.write(value, start);
    const size = varintSize(length);
    if (size !== guess) this.#buffer.copyWithin(this.#pos + size, start, start + length);
    this.#putVarint(this.#pos, length);
    this.#pos += size + length;
  }

  /**
   * Writes length and text of fewer than 128 ASCII characters. Returns false for any other text, without
   * writing.
   */
  #shortAscii(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const buffer = this.#buffer;
    let pos = this.#pos;
    buffer[pos++] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      buffer[pos++] = code;
    }
    this.#pos = pos;
    return true;
  }

  #tag(field: number, type: number): void {
    this.#varint((field << 3) | type);
  }

  #varint(value: number): void {
    this.#reserve(5);
    this.#pos = this.#putVarint(this.#pos, value);
  }

  /** Writes a varint of up to 32 bits at `at` and returns where it ends. */
  #putVarint(at: number, value: number): number {
    const buffer = this.#buffer;
    let rest = value;
    let pos = at;
    while (rest > 0x7f) {
      buffer[pos++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[pos++] = rest;
    return pos;
  }

  #reserve(count: number): void {
    const needed = this.#pos + count;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(grown, 0, 0, this.#pos);
    this.#buffer = grown;
    this.#data = dataView(grown);
  }
}

function dataView(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Number of bytes of a 32-bit varint. */
function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}
