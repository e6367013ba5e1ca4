import { MalformedRequestError } from './decode-errors.js';

/**
 * The protobuf wire format, read in place (encoding rules: protobuf.dev, "Encoding").
 *
 * Limits it enforces: every length is checked against the end of the enclosing message; a varint has at most
 * 10 bytes; groups and field number 0 are refused. It never copies, and allocates only in `view` and `utf8`.
 * Any violation throws MalformedRequestError and leaves the reader's position undefined.
 */

export const WireType = { varint: 0, fixed64: 1, length: 2, fixed32: 5 } as const;

export class ProtoReader {
  readonly bytes: Uint8Array;
  /** The same memory as a Buffer, for its native slicing. */
  readonly buffer: Buffer;
  /** The same memory, for numbers of several bytes. */
  readonly data: DataView;
  pos: number;
  /** End of the message being read; fields must end at or before it. */
  end: number;

  constructor(bytes: Uint8Array, pos = 0, end = bytes.length) {
    this.bytes = bytes;
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.data = dataOf(bytes);
    this.pos = pos;
    this.end = end;
  }

  /** The next field's tag (field number * 8 + wire type), or 0 at the end of the message. */
  tag(): number {
    if (this.pos >= this.end) return 0;
    const first = this.bytes[this.pos]!;
    if (first < 0x80) {
      this.pos++;
      if (first < 8) throw new MalformedRequestError('field number 0');
      return first;
    }
    const tag = this.varint();
    if (tag < 8 || tag > 0xffffffff) throw new MalformedRequestError('field number out of range');
    return tag;
  }

  /** A varint as a number; exact to 2^53, beyond that the nearest double of its unsigned value. */
  varint(): number {
    const { bytes, end } = this;
    let { pos } = this;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (pos >= end) throw new MalformedRequestError('truncated varint');
      const byte = bytes[pos++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.pos = pos;
        return value;
      }
      scale *= 128;
    }
    throw new MalformedRequestError('varint longer than 10 bytes');
  }

  /** A varint as an unsigned 64-bit integer; bits beyond 64 are dropped, like in other protobuf parsers. */
  varint64(): bigint {
    const { bytes, end } = this;
    let { pos } = this;
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (pos >= end) throw new MalformedRequestError('truncated varint');
      const byte = bytes[pos++]!;
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i < 8) middle |= bits << (7 * (i - 4));
      else high |= bits << (7 * (i - 8));
      if (byte < 0x80) {
        this.pos = pos;
        return BigInt.asUintN(
          64,
          BigInt(low >>> 0) | (BigInt(middle >>> 0) << 28n) | (BigInt(high >>> 0) << 56n),
        );
      }
    }
    throw new MalformedRequestError('varint longer than 10 bytes');
  }

  /** A varint as a signed 64-bit integer (protobuf int64). */
  int64(): bigint {
    return BigInt.asIntN(64, this.varint64());
  }

  /** The same as the nearest number. Most are small and need no bigint. */
  int64AsNumber(): number {
    const { bytes, end } = this;
    let { pos } = this;
    let value = 0;
    let scale = 1;
    // Seven bytes hold 49 bits.
    for (const stop = Math.min(end, pos + 7); pos < stop; scale *= 128) {
      const byte = bytes[pos++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.pos = pos;
        return value;
      }
    }
    return Number(this.int64());
  }

  fixed32(): number {
    const at = this.#advance(4);
    return this.data.getUint32(at, true);
  }

  fixed64(): bigint {
    const at = this.#advance(8);
    return this.data.getBigUint64(at, true);
  }

  /** Skips a fixed64 and returns its offset. */
  fixed64At(): number {
    return this.#advance(8);
  }

  double(): number {
    const at = this.#advance(8);
    return this.data.getFloat64(at, true);
  }

  /** Reads a length and returns the end of the field's content; the position is then at its start. */
  lengthEnd(): number {
    const first = this.pos < this.end ? this.bytes[this.pos]! : 0x80;
    let length = first;
    if (first < 0x80) this.pos++;
    else length = this.varint();
    const end = this.pos + length;
    if (end > this.end) throw new MalformedRequestError('a field is longer than the message around it');
    return end;
  }

  /** A length-delimited field as a view of the same memory. */
  view(): Uint8Array {
    const end = this.lengthEnd();
    const view = this.bytes.subarray(this.pos, end);
    this.pos = end;
    return view;
  }

  /** A length-delimited field as text; invalid UTF-8 becomes U+FFFD. */
  utf8(): string {
    const end = this.lengthEnd();
    const text = utf8Slice(this.buffer, this.pos, end);
    this.pos = end;
    return text;
  }

  /** Steps over the value of a field with this tag. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WireType.varint:
        this.varint();
        return;
      case WireType.fixed64:
        this.#advance(8);
        return;
      case WireType.length:
        this.pos = this.lengthEnd();
        return;
      case WireType.fixed32:
        this.#advance(4);
        return;
      default:
        throw new MalformedRequestError(`wire type ${tag & 7} is not supported`);
    }
  }

  #advance(count: number): number {
    const at = this.pos;
    if (at + count > this.end) throw new MalformedRequestError('truncated field');
    this.pos = at + count;
    return at;
  }
}

/** The same memory, for numbers of several bytes. */
export function dataOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Text between two offsets; invalid UTF-8 becomes U+FFFD. */
export function utf8Slice(buffer: Buffer, start: number, end: number): string {
  return buffer.toString('utf8', start, end);
}
