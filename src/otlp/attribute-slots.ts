import { type AttributeKey, type AttributeView, declaredKeys } from '../normalize/attributes.js';
import type { Signature } from '../normalize/signature-memo.js';
import { NestingError, TooManyPiecesError } from './decode-errors.js';
import { type ProtoReader, utf8Slice, WireType } from './wire.js';

/** Deepest nesting of arrays and maps in one value. */
export const MAX_VALUE_DEPTH = 16;

/**
 * Most events, links and elements of arrays and maps of one record. Two bytes each suffice on the wire, and many times that
 * in every answer that has the record.
 */
export const MAX_PIECES = 65_536;

/** Most protobuf fields within one record, unknown ones among them: two bytes each suffice for these too. */
const MAX_FIELDS = 524_288;

/** Counts what a record consists of besides its attributes. */
export class PieceCounter {
  #count = 0;
  #fields = 0;

  reset(): void {
    this.#count = 0;
    this.#fields = 0;
  }

  /** @throws TooManyPiecesError */
  addField(): void {
    if (++this.#fields > MAX_FIELDS) throw new TooManyPiecesError(`more than ${MAX_FIELDS} fields`);
  }

  /** @throws TooManyPiecesError */
  add(): void {
    if (++this.#count > MAX_PIECES) throw new TooManyPiecesError(`more than ${MAX_PIECES} pieces`);
  }
}

/** Fields of opentelemetry.proto.common.v1.AnyValue. */
const STRING_VALUE = 1;
const BOOL_VALUE = 2;
const INT_VALUE = 3;
const DOUBLE_VALUE = 4;
const ARRAY_VALUE = 5;
const KVLIST_VALUE = 6;
const BYTES_VALUE = 7;

const TAG_KEY = (1 << 3) | WireType.length;
const TAG_VALUE = (2 << 3) | WireType.length;

/** Open-addressing table from the bytes of a declared key to its number. */
class KeyTable {
  readonly size: number;
  readonly groups: Uint16Array;
  readonly #mask: number;
  readonly #hashes: Int32Array;
  readonly #keys: Int32Array;
  readonly #names: Buffer[];

  constructor() {
    const keys = declaredKeys();
    this.size = keys.length;
    this.groups = Uint16Array.from(keys, (key) => key.groups);
    this.#names = keys.map((key) => Buffer.from(key.name));
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, keys.length * 4)));
    this.#mask = capacity - 1;
    this.#hashes = new Int32Array(capacity);
    this.#keys = new Int32Array(capacity).fill(-1);
    for (const [number, name] of this.#names.entries()) {
      const hash = hashKey(name, 0, name.length);
      let slot = hash & this.#mask;
      while (this.#keys[slot]! >= 0) slot = (slot + 1) & this.#mask;
      this.#hashes[slot] = hash;
      this.#keys[slot] = number;
    }
  }

  /** Number of the key whose name stands at these bytes, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashKey(bytes, start, end);
    let slot = hash & this.#mask;
    for (;;) {
      const number = this.#keys[slot]!;
      if (number < 0) return -1;
      if (this.#hashes[slot] === hash && sameBytes(this.#names[number]!, bytes, start, end)) return number;
      slot = (slot + 1) & this.#mask;
    }
  }
}

function hashKey(bytes: Uint8Array, start: number, end: number): number {
  // Long keys are told apart well enough by their ends; what differs in the middle is caught by the comparison.
  let hash = end - start;
  const stop = end - start > 48 ? start + 48 : end;
  for (let i = start; i < stop; i++) hash = Math.imul(hash ^ bytes[i]!, 16777619);
  return hash ^ (hash >>> 15);
}

function sameBytes(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}

let table: KeyTable | undefined;

/** Texts longer than this many bytes are not decoded again for each of several questions about them. */
const LONG_TEXT = 256;

/** Longest signature, bytes. A value too long to be one of many is not worth remembering. */
const MAX_SIGNATURE = 4096;
/** Where signatures are made; one is used up before the next. */
const scratch = makeScratch();

function makeScratch(): Pick<Signature, 'bytes' | 'words'> {
  const words = new Int32Array(MAX_SIGNATURE / 4 + 1);
  return { words, bytes: Buffer.from(words.buffer) };
}

/**
 * Where the values of the declared keys stand in one record: offsets into the request, no object per attribute.
 * Reading an attribute also checks all of its value, so that what is accepted can be read back later.
 */
export class AttributeSlots implements AttributeView {
  groups = 0;
  /** Attributes seen since `reset`, declared or not. */
  count = 0;
  readonly #table: KeyTable;
  readonly #reader: ProtoReader;
  readonly #pieces: PieceCounter;
  readonly #type: Uint8Array;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #touched: Int32Array;
  #touchedCount = 0;
  // The scalar found by the last #anyValue at depth 0.
  #foundType = 0;
  #foundStart = 0;
  #foundEnd = 0;
  // The latest long text that was asked for, and where it begins; -1 where none was since `reset`.
  #longStart = -1;
  #longText = '';

  constructor(reader: ProtoReader, pieces: PieceCounter) {
    table ??= new KeyTable();
    this.#table = table;
    this.#reader = reader;
    this.#pieces = pieces;
    this.#type = new Uint8Array(table.size);
    this.#start = new Int32Array(table.size);
    this.#end = new Int32Array(table.size);
    this.#touched = new Int32Array(table.size);
  }

  reset(): void {
    for (let i = 0; i < this.#touchedCount; i++) this.#type[this.#touched[i]!] = 0;
    this.#touchedCount = 0;
    this.groups = 0;
    this.count = 0;
    this.#longStart = -1;
    this.#longText = '';
  }

  /** Reads a KeyValue message; the reader stands at its length. A repeated key's last value counts. */
  readKeyValue(): void {
    const reader = this.#reader;
    const outerEnd = reader.end;
    const end = reader.lengthEnd();
    reader.end = end;
    this.count++;
    let keyStart = 0;
    let keyEnd = 0;
    this.#foundType = 0;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === TAG_KEY) {
        keyEnd = reader.lengthEnd();
        keyStart = reader.pos;
        reader.pos = keyEnd;
      } else if (tag === TAG_VALUE) {
        this.#pieces.addField();
        this.#anyValue(0);
      } else {
        this.#pieces.addField();
        reader.skip(tag);
      }
    }
    reader.end = outerEnd;
    if (this.#foundType === 0) return;
    const key = this.#table.find(reader.bytes, keyStart, keyEnd);
    if (key < 0) return;
    if (this.#type[key] === 0) this.#touched[this.#touchedCount++] = key;
    this.#type[key] = this.#foundType;
    this.#start[key] = this.#foundStart;
    this.#end[key] = this.#foundEnd;
    this.groups |= this.#table.groups[key]!;
  }

  /** Reads an AnyValue and, where it is a map, its entries as if they were attributes. */
  readBody(): void {
    this.#foundType = 0;
    this.#anyValue(0);
    if (this.#foundType !== KVLIST_VALUE) return;
    const reader = this.#reader;
    const { pos, end } = reader;
    reader.pos = this.#foundStart;
    reader.end = this.#foundEnd;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === TAG_KEY) {
        this.readKeyValue();
      } else {
        this.#pieces.addField();
        reader.skip(tag);
      }
    }
    reader.pos = pos;
    reader.end = end;
  }

  #anyValue(depth: number): void {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    if (depth > MAX_VALUE_DEPTH) throw new NestingError(`values nested deeper than ${MAX_VALUE_DEPTH}`);
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      const field = tag >>> 3;
      let start = reader.pos;
      this.#pieces.addField();
      switch (tag & 7) {
        case WireType.varint:
          reader.varint();
          if (field !== BOOL_VALUE && field !== INT_VALUE) continue;
          break;
        case WireType.length: {
          const end = reader.lengthEnd();
          start = reader.pos;
          if (field === ARRAY_VALUE || field === KVLIST_VALUE) {
            this.#values(field, end, depth);
          } else {
            reader.pos = end;
            if (field !== STRING_VALUE && field !== BYTES_VALUE) continue;
          }
          break;
        }
        default:
          reader.skip(tag);
          if (tag !== ((DOUBLE_VALUE << 3) | WireType.fixed64)) continue;
          break;
      }
      if (depth === 0) {
        this.#foundType = field;
        this.#foundStart = start;
        this.#foundEnd = reader.pos;
      }
    }
    reader.end = outerEnd;
  }

  /** Checks an ArrayValue or KeyValueList that ends at `end`. */
  #values(field: number, end: number, depth: number): void {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = end;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag !== TAG_KEY) {
        this.#pieces.addField();
        reader.skip(tag);
        continue;
      }
      this.#pieces.add();
      if (field === ARRAY_VALUE) this.#anyValue(depth + 1);
      else this.#entry(depth + 1);
    }
    reader.end = outerEnd;
  }

  #entry(depth: number): void {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      this.#pieces.addField();
      if (tag === TAG_VALUE) this.#anyValue(depth);
      else reader.skip(tag);
    }
    reader.end = outerEnd;
  }

  has(key: AttributeKey): boolean {
    return this.#type[key] !== 0;
  }

  signature(valued: number, present: number): Signature | undefined {
    const { bytes, words } = scratch;
    const { buffer } = this.#reader;
    let length = 0;
    for (let i = 0; i < this.#touchedCount; i++) {
      const key = this.#touched[i]!;
      const groups = this.#table.groups[key]!;
      if ((groups & (valued | present)) === 0) continue;
      const isValued = (groups & valued) !== 0;
      // Lengths keep neighbouring values apart whatever bytes they hold.
      const valueLength = isValued ? this.#end[key]! - this.#start[key]! : 0;
      if (length + 4 + valueLength > MAX_SIGNATURE) return undefined;
      bytes[length++] = key;
      bytes[length++] = (key >>> 8) | (this.#type[key]! << 4);
      bytes[length++] = valueLength;
      bytes[length++] = valueLength >>> 8;
      if (!isValued) continue;
      buffer.copy(bytes, length, this.#start[key]!, this.#end[key]!);
      length += valueLength;
    }
    bytes.fill(0, length, length + 3);
    return { bytes, words, length };
  }

  text(key: AttributeKey): string | undefined {
    const start = this.#start[key]!;
    switch (this.#type[key]) {
      case STRING_VALUE:
        return start === this.#end[key]! ? undefined : this.#string(start, this.#end[key]!);
      case INT_VALUE:
        return this.#int(key).toString();
      case BOOL_VALUE:
        return this.#int(key) === 0n ? 'false' : 'true';
      default:
        return undefined;
    }
  }

  #string(start: number, end: number): string {
    if (end - start <= LONG_TEXT) return utf8Slice(this.#reader.buffer, start, end);
    if (start !== this.#longStart) {
      this.#longText = utf8Slice(this.#reader.buffer, start, end);
      this.#longStart = start;
    }
    return this.#longText;
  }

  number(key: AttributeKey): number | undefined {
    switch (this.#type[key]) {
      case INT_VALUE:
        return this.#at(key, readIntAsNumber);
      case DOUBLE_VALUE: {
        const value = this.#at(key, readDouble);
        return Number.isFinite(value) ? value : undefined;
      }
      case STRING_VALUE: {
        const text = this.#end[key]! - this.#start[key]! > 32 ? undefined : this.text(key)?.trim();
        if (text === undefined || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
        const value = Number(text);
        return Number.isFinite(value) ? value : undefined;
      }
      default:
        return undefined;
    }
  }

  boolean(key: AttributeKey): boolean | undefined {
    return this.#type[key] === BOOL_VALUE ? this.#int(key) !== 0n : undefined;
  }

  strings(key: AttributeKey): string[] | undefined {
    if (this.#type[key] !== ARRAY_VALUE) return undefined;
    const found: string[] = [];
    const reader = this.#reader;
    const { pos, end } = reader;
    reader.pos = this.#start[key]!;
    reader.end = this.#end[key]!;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag !== TAG_KEY) {
        reader.skip(tag);
        continue;
      }
      const arrayEnd = reader.end;
      const valueEnd = reader.lengthEnd();
      reader.end = valueEnd;
      for (;;) {
        const inner = reader.tag();
        if (inner === 0) break;
        if (inner === ((STRING_VALUE << 3) | WireType.length)) found.push(reader.utf8());
        else reader.skip(inner);
      }
      reader.end = arrayEnd;
    }
    reader.pos = pos;
    reader.end = end;
    return found;
  }

  entryText(key: AttributeKey, entry: string): string | undefined {
    if (this.#type[key] !== KVLIST_VALUE) return undefined;
    const reader = this.#reader;
    const { pos, end } = reader;
    reader.pos = this.#start[key]!;
    reader.end = this.#end[key]!;
    let found: string | undefined;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === TAG_KEY) found = this.#textOfEntry(entry) ?? found;
      else reader.skip(tag);
    }
    reader.pos = pos;
    reader.end = end;
    return found;
  }

  /** Reads a KeyValue: its text where it has this key and is one. */
  #textOfEntry(entry: string): string | undefined {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    let name = '';
    this.#foundType = 0;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === TAG_KEY) name = reader.utf8();
      else if (tag === TAG_VALUE) this.#anyValue(0);
      else reader.skip(tag);
    }
    reader.end = outerEnd;
    if (name !== entry || this.#foundType !== STRING_VALUE || this.#foundStart === this.#foundEnd)
      return undefined;
    return this.#string(this.#foundStart, this.#foundEnd);
  }

  #int(key: AttributeKey): bigint {
    return this.#at(key, readInt);
  }

  #at<T>(key: AttributeKey, read: (reader: ProtoReader) => T): T {
    const reader = this.#reader;
    const { pos, end } = reader;
    reader.pos = this.#start[key]!;
    reader.end = this.#end[key]!;
    const value = read(reader);
    reader.pos = pos;
    reader.end = end;
    return value;
  }
}

function readInt(reader: ProtoReader): bigint {
  return reader.int64();
}

function readIntAsNumber(reader: ProtoReader): number {
  return reader.int64AsNumber();
}

function readDouble(reader: ProtoReader): number {
  return reader.double();
}
