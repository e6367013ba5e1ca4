import {
  type AttributeKey,
  type AttributeView,
  declaredKeys,
  keysVersion,
  type Utf8Text,
} from '../normalize/attributes.js';
import { mixWord, type Signature } from '../normalize/signature-memo.js';
import { NestingError, TooManyPiecesError } from './decode-errors.js';
import { dataOf, type ProtoReader, utf8Slice, WireType } from './wire.js';

/** Deepest nesting of arrays and maps in one value. */
export const MAX_VALUE_DEPTH = 16;

/**
 * Limit on events, links and elements of arrays and maps of one record. On the wire two bytes each suffice;
 * in every answer with the record they take many times that.
 */
export const MAX_PIECES = 65_536;

/** Limit on protobuf fields within one record, including unknown ones. Two bytes each suffice for these too. */
const MAX_FIELDS = 524_288;

/** Counts the parts of a record other than its attributes. */
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

  /** Counts two fields. @throws TooManyPiecesError */
  addTwoFields(): void {
    this.#fields += 2;
    if (this.#fields > MAX_FIELDS) throw new TooManyPiecesError(`more than ${MAX_FIELDS} fields`);
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

/** Maximum length of a varint, bytes. */
const MAX_VARINT = 10;

const TAG_KEY = (1 << 3) | WireType.length;
const TAG_VALUE = (2 << 3) | WireType.length;

/**
 * Open-addressing table from the bytes of a declared key to its number. At most a quarter of it is filled, so
 * that a search ends soon.
 */
class KeyTable {
  readonly size: number;
  readonly version = keysVersion();
  readonly groups: Uint16Array;
  readonly #mask: number;
  readonly #hashes: Int32Array;
  readonly #keys: Int32Array;
  /** All names concatenated, and the offset of each; the last offset is the end of the last name. */
  readonly #names: DataView;
  readonly #starts: Int32Array;
  readonly #longest: number;

  constructor() {
    const keys = declaredKeys();
    this.size = keys.length;
    this.groups = Uint16Array.from(keys, (key) => key.groups);
    const names = keys.map((key) => Buffer.from(key.name));
    this.#longest = Math.max(...names.map((name) => name.length));
    this.#starts = new Int32Array(names.length + 1);
    for (const [number, name] of names.entries()) {
      this.#starts[number + 1] = this.#starts[number]! + name.length;
    }
    this.#names = dataOf(Buffer.concat(names));
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, keys.length * 4)));
    this.#mask = capacity - 1;
    this.#hashes = new Int32Array(capacity);
    this.#keys = new Int32Array(capacity).fill(-1);
    for (let number = 0; number < names.length; number++) {
      const hash = hashKey(this.#names, this.#starts[number]!, this.#starts[number + 1]!);
      let slot = hash & this.#mask;
      while (this.#keys[slot]! >= 0) slot = (slot + 1) & this.#mask;
      this.#hashes[slot] = hash;
      this.#keys[slot] = number;
    }
  }

  /** Number of the key with these bytes as its name, or -1. */
  find(data: DataView, start: number, end: number): number {
    if (end - start > this.#longest) return -1;
    const hash = hashKey(data, start, end);
    let slot = hash & this.#mask;
    for (;;) {
      const number = this.#keys[slot]!;
      if (number < 0) return -1;
      if (this.#hashes[slot] === hash && this.#isName(number, data, start, end)) return number;
      slot = (slot + 1) & this.#mask;
    }
  }

  #isName(number: number, data: DataView, start: number, end: number): boolean {
    const names = this.#names;
    const from = this.#starts[number]!;
    const length = end - start;
    if (this.#starts[number + 1]! - from !== length) return false;
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      if (names.getInt32(from + i, true) !== data.getInt32(start + i, true)) return false;
    }
    for (; i < length; i++) if (names.getUint8(from + i) !== data.getUint8(start + i)) return false;
    return true;
  }
}

/** Reads four bytes at a time; the last read may overlap the one before. */
function hashKey(data: DataView, start: number, end: number): number {
  let hash = end - start;
  if (hash >= 4) {
    for (let at = start; at < end - 4; at += 4) hash = mixWord(hash, data.getInt32(at, true));
    return mixWord(hash, data.getInt32(end - 4, true));
  }
  for (let at = start; at < end; at++) hash = mixWord(hash, data.getUint8(at));
  return hash;
}

let table: KeyTable | undefined;

/**
 * Maximum length in bytes of a text that is cached by its key. Names of models, methods and systems are
 * shorter.
 */
const SHORT_TEXT = 64;
// The latest short text of each key, as bytes and as text.
let latestBytes = new DataView(new ArrayBuffer(0));
let latestLengths = new Uint8Array(0);
let latestTexts: (string | undefined)[] = [];

/** A text longer than this many bytes is decoded once, even if it is read several times. */
const LONG_TEXT = 256;

/**
 * The positions of declared keys' values in one record: offsets into the request, without an object per
 * attribute. Reading an attribute also validates all of its value, so that every accepted record can be read
 * back later.
 */
export class AttributeSlots implements AttributeView {
  groups = 0;
  /** Number of attributes since `reset`, declared or not. */
  count = 0;
  readonly #table: KeyTable;
  #reader: ProtoReader;
  #pieces: PieceCounter;
  readonly #type: Uint8Array;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #touched: Int32Array;
  #touchedCount = 0;
  // The scalar found by the last #anyValue at depth 0.
  #foundType = 0;
  #foundStart = 0;
  #foundEnd = 0;
  // The latest long text and its offset; -1 if there was none since `reset`.
  #longStart = -1;
  #longText = '';

  /** Whether it knows all keys that are declared by now. */
  get isCurrent(): boolean {
    return this.#table.version === keysVersion();
  }

  constructor(reader: ProtoReader, pieces: PieceCounter) {
    if (table?.version !== keysVersion()) {
      table = new KeyTable();
      latestBytes = new DataView(new ArrayBuffer(table.size * SHORT_TEXT));
      latestLengths = new Uint8Array(table.size);
      latestTexts = new Array<string | undefined>(table.size).fill(undefined);
    }
    this.#table = table;
    this.#reader = reader;
    this.#pieces = pieces;
    this.#type = new Uint8Array(table.size);
    this.#start = new Int32Array(table.size);
    this.#end = new Int32Array(table.size);
    this.#touched = new Int32Array(table.size);
  }

  /** Starts another request. */
  begin(reader: ProtoReader, pieces: PieceCounter): void {
    this.#reader = reader;
    this.#pieces = pieces;
    this.reset();
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
    this.count++;
    if (!this.#readPlainKeyValue()) this.#readAnyKeyValue();
  }

  /**
   * Reads the usual form that SDKs write: a key, then a single text, whole number, boolean or double, each
   * minimally encoded. Returns false for any other or malformed form, without having read anything.
   */
  #readPlainKeyValue(): boolean {
    const reader = this.#reader;
    const { buffer, end: outerEnd } = reader;
    let pos = reader.pos;
    // Reads may pass the end of the message or of the buffer. Beyond the buffer they give undefined, with
    // which comparisons are false.
    let length = buffer[pos++]!;
    if (length >= 0x80) {
      length = (length & 0x7f) | (buffer[pos++]! << 7);
      if (length >= 0x4000) return false;
    }
    const end = pos + length;
    if (!(end <= outerEnd) || length < 6 || buffer[pos] !== TAG_KEY) return false;
    const keyLength = buffer[pos + 1]!;
    const keyStart = pos + 2;
    const keyEnd = keyStart + keyLength;
    if (keyLength >= 0x80 || keyEnd + 3 > end || buffer[keyEnd] !== TAG_VALUE) return false;
    pos = keyEnd + 1;
    length = buffer[pos++]!;
    if (length >= 0x80) {
      length = (length & 0x7f) | (buffer[pos++]! << 7);
      if (length >= 0x4000) return false;
    }
    if (pos + length !== end || length < 2) return false;
    const tag = buffer[pos++]!;
    const type = tag >>> 3;
    switch (tag) {
      case (STRING_VALUE << 3) | WireType.length:
        length = buffer[pos++]!;
        if (length >= 0x80) {
          if (pos === end) return false;
          length = (length & 0x7f) | (buffer[pos++]! << 7);
          if (length >= 0x4000) return false;
        }
        if (pos + length !== end) return false;
        break;
      case (BOOL_VALUE << 3) | WireType.varint:
      case (INT_VALUE << 3) | WireType.varint: {
        if (end - pos > MAX_VARINT || buffer[end - 1]! >= 0x80) return false;
        for (let at = pos; at < end - 1; at++) if (buffer[at]! < 0x80) return false;
        break;
      }
      case (DOUBLE_VALUE << 3) | WireType.fixed64:
        if (end - pos !== 8) return false;
        break;
      default:
        return false;
    }
    this.#pieces.addTwoFields();
    reader.pos = end;
    const key = this.#table.find(reader.data, keyStart, keyEnd);
    if (key >= 0) this.#put(key, type, pos, end);
    return true;
  }

  #put(key: number, type: number, start: number, end: number): void {
    if (this.#type[key] === 0) this.#touched[this.#touchedCount++] = key;
    this.#type[key] = type;
    this.#start[key] = start;
    this.#end[key] = end;
    this.groups |= this.#table.groups[key]!;
  }

  #readAnyKeyValue(): void {
    const reader = this.#reader;
    const outerEnd = reader.end;
    const end = reader.lengthEnd();
    reader.end = end;
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
    const key = this.#table.find(reader.data, keyStart, keyEnd);
    if (key >= 0) this.#put(key, this.#foundType, this.#foundStart, this.#foundEnd);
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

  sign(to: Signature, valued: number, present: number): boolean {
    const { data } = this.#reader;
    for (let i = 0; i < this.#touchedCount; i++) {
      const key = this.#touched[i]!;
      const groups = this.#table.groups[key]!;
      if ((groups & (valued | present)) === 0) continue;
      const start = this.#start[key]!;
      const end = (groups & valued) === 0 ? start : this.#end[key]!;
      // The lengths separate neighbouring values, whatever bytes they contain.
      if (!to.add(key | (this.#type[key]! << 12) | ((end - start) << 16), data, start, end)) return false;
    }
    return true;
  }

  text(key: AttributeKey): string | undefined {
    const start = this.#start[key]!;
    switch (this.#type[key]) {
      case STRING_VALUE:
        return start === this.#end[key]! ? undefined : this.#shortText(key, start, this.#end[key]!);
      case INT_VALUE:
        return this.#int(key).toString();
      case BOOL_VALUE:
        return this.#int(key) === 0n ? 'false' : 'true';
      default:
        return undefined;
    }
  }

  utf8(key: AttributeKey): Utf8Text | undefined {
    if (this.#type[key] !== STRING_VALUE || this.#start[key] === this.#end[key]) return undefined;
    return { buffer: this.#reader.buffer, start: this.#start[key]!, end: this.#end[key]! };
  }

  /** The text under a key. It is usually that of the same key in the previous record. */
  #shortText(key: AttributeKey, start: number, end: number): string {
    const length = end - start;
    if (length > SHORT_TEXT) return this.#string(start, end);
    const { data } = this.#reader;
    const known = latestBytes;
    const from = key * SHORT_TEXT;
    if (latestLengths[key] === length) {
      let i = 0;
      for (; i + 4 <= length; i += 4) {
        if (known.getInt32(from + i, true) !== data.getInt32(start + i, true)) break;
      }
      if (i + 4 > length) {
        while (i < length && known.getUint8(from + i) === data.getUint8(start + i)) i++;
        if (i === length) return latestTexts[key]!;
      }
    }
    let i = 0;
    for (; i + 4 <= length; i += 4) known.setInt32(from + i, data.getInt32(start + i, true), true);
    for (; i < length; i++) known.setUint8(from + i, data.getUint8(start + i));
    const text = utf8Slice(this.#reader.buffer, start, end);
    latestLengths[key] = length;
    latestTexts[key] = text;
    return text;
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

  /** Reads a KeyValue. Returns its text if it has this key and a text value. */
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
