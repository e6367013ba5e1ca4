/**
 * Protobuf messages with holes. A template is encoded once; every record is then a copy of its bytes with the
 * holes overwritten. Holes have a fixed width, so no length in the message ever changes.
 */

export interface Hole {
  readonly name: string;
  /** Bytes. */
  readonly length: number;
}

/** Encoded bytes and the positions of their holes. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly holes: readonly (Hole & { readonly at: number })[];
}

export function hole(name: string, length: number): Hole {
  return { name, length };
}

export function join(...parts: readonly Part[]): Part {
  const holes: (Hole & { at: number })[] = [];
  let length = 0;
  for (const part of parts) {
    for (const each of part.holes) holes.push({ ...each, at: each.at + length });
    length += part.bytes.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part.bytes, at);
    at += part.bytes.length;
  }
  return { bytes, holes };
}

/** A `message`, `string` or `bytes` field made of literal text, holes and encoded parts. */
export function field(number: number, ...pieces: readonly (string | Hole | Part)[]): Part {
  const body = join(...pieces.map(asPart));
  return join(varint(number * 8 + 2), varint(body.bytes.length), body);
}

/** An integer, enum or boolean field; 0 to 2^53. */
export function intField(number: number, value: number): Part {
  return join(varint(number * 8), varint(value));
}

/** An integer field whose value is written later, with `writeVarint` and the same width. */
export function intHole(number: number, name: string, width: number): Part {
  return join(varint(number * 8), asPart(hole(name, width)));
}

/** A `fixed32` field. */
export function fixed32Field(number: number, value: number): Part {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return join(varint(number * 8 + 5), { bytes, holes: [] });
}

/** A `fixed64` field whose value is written later. */
export function fixed64Hole(number: number, name: string): Part {
  return join(varint(number * 8 + 1), asPart(hole(name, 8)));
}

/** A `KeyValue` as field `number` of the enclosing message. A part is an encoded `AnyValue`. */
export function attribute(number: number, key: string, value: string | number | boolean | Hole | Part): Part {
  return field(number, field(1, key), field(2, anyValue(value)));
}

function anyValue(value: string | number | boolean | Hole | Part): Part {
  if (typeof value === 'boolean') return intField(2, value ? 1 : 0);
  if (typeof value === 'number') return intField(3, value);
  if (typeof value === 'object' && 'bytes' in value) return value;
  return field(1, value);
}

/** Offset of a hole that occurs once in the part; −1 if it has none of that name. */
export function holeAt(part: Part, name: string): number {
  return part.holes.find((each) => each.name === name)?.at ?? -1;
}

/** Offsets of all holes of that name. */
export function holesAt(part: Part, name: string): number[] {
  return part.holes.filter((each) => each.name === name).map((each) => each.at);
}

function asPart(piece: string | Hole | Part): Part {
  if (typeof piece === 'string') return { bytes: new TextEncoder().encode(piece), holes: [] };
  if ('bytes' in piece) return piece;
  return { bytes: new Uint8Array(piece.length), holes: [{ ...piece, at: 0 }] };
}

function varint(value: number): Part {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return { bytes: Uint8Array.from(bytes), holes: [] };
}

/** Encoded length of `value` as a varint, bytes; 0 to 2^32. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes a varint and returns the offset after it; 0 to 2^32. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let next = at;
  while (rest > 127) {
    target[next++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  target[next++] = rest;
  return next;
}
