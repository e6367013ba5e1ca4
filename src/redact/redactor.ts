import { withoutJsonQuotes } from '../normalize/bounded-text.js';
import { isMessageEvent, isMessageKey } from '../normalize/dialects/content-keys.js';
import { DATA_POINT } from '../normalize/normalizer.js';
import { MAX_VALUE_DEPTH, PieceCounter } from '../otlp/attribute-slots.js';
import { MalformedRequestError, NestingError, TooManyPiecesError } from '../otlp/decode-errors.js';
import type { RedactedRequest, RedactedSignal, Redactor } from '../otlp/redaction.js';
import { RejectReason } from '../otlp/reject-reason.js';
import { StepMeter, type Steps } from '../otlp/steps.js';
import { ProtoReader, utf8Slice, WireType } from '../otlp/wire.js';
import { ProtoWriter } from '../otlp/wire-writer.js';
import type { KeyPath } from './key-paths.js';
import { REDACTED_BY } from './marks.js';
import { KIND, LOG_RECORD, type Message, RESOURCE_FIELDS, SCOPE_FIELDS, SPAN } from './messages.js';
import type { KeyFacts, Plan, PlannedRule, WholeAction } from './plan.js';
import { CONTENT_RULE, type Place, UNKNOWN_FIELD_RULE } from './policy.js';
import { Scanner } from './scan.js';
import { maskOf } from './text.js';
import { applyAtPath, applyToText } from './value-text.js';

/** A change, for people: `sojourn redact --try` shows them. */
export interface Change {
  readonly rule: string;
  readonly place: Place;
  /** The key, with those of maps around it; empty for a text without one. */
  readonly path: string;
  readonly before: string;
  /** Undefined if it was removed. */
  readonly after: string | undefined;
  /** Whether the rule could not be applied, so that the whole value was masked. */
  readonly isFailure: boolean;
}

export type OnChange = (change: Change) => void;

export function createRedactor(plan: Plan, onChange?: OnChange): Redactor {
  return {
    steps: (signal, bytes) => new RequestRedactor(plan, signal, bytes, onChange).steps(),
  };
}

/** Applies the rules for texts without a key. */
export function redactText(plan: Plan, text: string, onChange?: OnChange): string {
  return new RequestRedactor(plan, 'logs', new Uint8Array(), onChange).text(text);
}

const LENGTH_1 = (1 << 3) | WireType.length;
const LENGTH_2 = (2 << 3) | WireType.length;
const INT_3 = (3 << 3) | WireType.varint;
const DOUBLE_4 = (4 << 3) | WireType.fixed64;
const BOOL_2 = (2 << 3) | WireType.varint;
const LENGTH_5 = (5 << 3) | WireType.length;
const LENGTH_6 = (6 << 3) | WireType.length;
const LENGTH_7 = (7 << 3) | WireType.length;

/** A whole value is removed. */
const DROP = Symbol('drop');
/** Most names that are kept from a record that was redacted before. */
const MOST_NAMES = 200;
const DONE = /^(?:\[redacted:[a-z0-9-]{1,40}\]|hmac:[0-9a-f]{32})$/;
/** Bytes of the least number with 13 digits as a varint. */
const LONG_INT_BYTES = 6;
/** The highest byte of doubles from 2^33 on. */
const GREAT_EXPONENT = 0x42;
/** A number of fewer digits is no card number. */
const FEWEST_NUMBER_DIGITS = 13;

/** The state of following the paths of JSON rules into a value. */
interface Followed {
  readonly rule: PlannedRule;
  readonly positions: number;
}
const NOTHING_FOLLOWED: readonly Followed[] = [];

/** A part of the request that is replaced: `[start, end)` by bytes of the writer. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

class RequestRedactor {
  readonly #plan: Plan;
  readonly #signal: RedactedSignal;
  readonly #reader: ProtoReader;
  /** Finds what the sets may match. */
  readonly #sets: Scanner;
  /** Finds what may be a person in the id of a user. */
  readonly #users: Scanner;
  readonly #onChange: OnChange | undefined;
  readonly #meter = new StepMeter();
  readonly #pieces = new PieceCounter();
  /** The new fields, one after the other. */
  readonly #writer = new ProtoWriter(4096);
  readonly #replacements: Replacement[] = [];
  readonly #fired = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #rejected = new Map<RejectReason, number>();

  readonly #parts: Parts = { keyStart: 0, keyEnd: 0, valueStart: 0, valueEnd: 0, isRepeated: false };

  // The current record, resource or scope.
  #isChanged = false;
  readonly #names = new Set<string>();
  /** Whether the current event or log record is a message of a model call. */
  #isMessage = false;

  constructor(plan: Plan, signal: RedactedSignal, bytes: Uint8Array, onChange: OnChange | undefined) {
    this.#plan = plan;
    this.#signal = signal;
    this.#reader = new ProtoReader(bytes);
    this.#sets = new Scanner(plan.scan);
    this.#users = new Scanner(plan.userScan);
    this.#sets.begin(this.#reader.buffer);
    this.#users.begin(this.#reader.buffer);
    this.#onChange = onChange;
  }

  *steps(): Steps<RedactedRequest> {
    const { bytes } = this.#reader;
    yield* this.#envelopes(RESOURCE_FIELDS, 0, undefined);
    return {
      bytes:
        this.#replacements.length === 0
          ? bytes
          : yield* new Assembly(
              bytes,
              this.#replacements.sort((a, b) => a.start - b.start),
              this.#writer.finish(),
            ).steps(),
      fired: this.#fired,
      failed: this.#failed,
      rejected: this.#rejected,
    };
  }

  text(text: string): string {
    const result = this.#text(text, this.#plan.texts.body, 'body', this.#plan.keys.root, NOTHING_FOLLOWED);
    return result === DROP ? '' : result;
  }

  /**
   * Reads the messages of one level: the request with its resources (0), or a resource with its scopes (1),
   * or a scope with its records (2). `outer` is the reason to leave out all records.
   */
  *#envelopes(fields: Message, level: number, outer: RejectReason | undefined): Steps<void> {
    const reader = this.#reader;
    const start = reader.pos;
    let fault = outer;
    // The fields around the next level come first, because they decide about its records.
    if (level > 0) {
      for (let at = start, tag = reader.tag(); tag !== 0; at = reader.pos, tag = reader.tag()) {
        reader.skip(tag);
        if (tag === LENGTH_2) {
          if (this.#meter.field()) yield;
          continue;
        }
        fault = this.#aroundRecords(fields, at, reader.pos) ?? fault;
        if (this.#meter.record(reader.pos - at)) yield;
      }
    }
    reader.pos = start;
    const inner = level === 0 ? LENGTH_1 : LENGTH_2;
    for (let at = start, tag = reader.tag(); tag !== 0; at = reader.pos, tag = reader.tag()) {
      if (tag !== inner) {
        reader.skip(tag);
        if (this.#meter.field()) yield;
        continue;
      }
      const { end } = reader;
      const innerEnd = reader.lengthEnd();
      if (level === 2) {
        this.#record(at, reader.pos, innerEnd, fault);
        reader.pos = innerEnd;
        if (this.#meter.record(innerEnd - at)) yield;
        continue;
      }
      reader.end = innerEnd;
      yield* this.#envelopes(level === 0 ? RESOURCE_FIELDS : SCOPE_FIELDS, level + 1, fault);
      reader.pos = innerEnd;
      reader.end = end;
      if (this.#meter.field()) yield;
    }
  }

  /** A field around records: the resource, the scope, an address of a schema. */
  #aroundRecords(fields: Message, start: number, end: number): RejectReason | undefined {
    const from = this.#begin();
    try {
      if (!this.#isSuspect(fields, start, end)) return undefined;
      this.#within(start, end, () => this.#fields(fields, 0));
    } catch (error) {
      if (!(error instanceof NestingError || error instanceof TooManyPiecesError)) throw error;
      this.#writer.rewind(from);
      this.#replacements.push({ start, end, from, to: from });
      return error instanceof NestingError ? RejectReason.nesting : RejectReason.tooManyPieces;
    }
    this.#keep(start, end, from);
    return undefined;
  }

  #record(tagStart: number, start: number, end: number, fault: RejectReason | undefined): void {
    const message = this.#signal === 'traces' ? SPAN : LOG_RECORD;
    const from = this.#begin();
    try {
      if (fault !== undefined) {
        this.#leaveOut(tagStart, end, from, fault);
        return;
      }
      if (!this.#isSuspect(message, start, end)) return;
      const writer = this.#writer;
      const record = writer.begin(2);
      this.#within(start, end, () => {
        this.#isMessage = this.#isMessageRecord(message);
        this.#fields(message, 0);
        this.#writeNames(message);
      });
      writer.end(record);
      this.#keep(tagStart, end, from);
    } catch (error) {
      this.#leaveOut(tagStart, end, from, reasonOf(error));
    }
  }

  #begin(): number {
    this.#isChanged = false;
    this.#isMessage = false;
    this.#names.clear();
    this.#pieces.reset();
    return this.#writer.position;
  }

  /** Replaces a part by what was written since `from`, if that is different. */
  #keep(start: number, end: number, from: number): void {
    if (this.#isChanged) this.#replacements.push({ start, end, from, to: this.#writer.position });
    else this.#writer.rewind(from);
  }

  #leaveOut(start: number, end: number, from: number, reason: RejectReason): void {
    this.#writer.rewind(from);
    this.#replacements.push({ start, end, from, to: from });
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  #within<T>(start: number, end: number, read: () => T): T {
    const reader = this.#reader;
    const { pos, end: outerEnd } = reader;
    reader.pos = start;
    reader.end = end;
    try {
      return read();
    } finally {
      reader.pos = pos;
      reader.end = outerEnd;
    }
  }

  /** Whether any rule may apply to a message. Most need no second look. */
  #isSuspect(message: Message, start: number, end: number): boolean {
    const { readsTexts, readsKeys, readsNumbers } = this.#plan;
    if (readsTexts) return true;
    const mayMatch = this.#sets.mayMatch(start, end);
    if (!mayMatch && !readsKeys && !readsNumbers && !this.#users.mayMatch(start, end)) return false;
    // Called for every record, so without a function of its own.
    const reader = this.#reader;
    const { pos, end: outerEnd } = reader;
    reader.pos = start;
    reader.end = end;
    const isSuspect = this.#hasSuspect(message, mayMatch);
    reader.pos = pos;
    reader.end = outerEnd;
    return isSuspect;
  }

  /** The same by its keys, and, if a set may match somewhere in it, by its texts and values. */
  #hasSuspect(message: Message, mayMatch: boolean): boolean {
    const reader = this.#reader;
    const sets = this.#sets;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      this.#pieces.addField();
      const field = message.fields[tag];
      const kind = field === undefined ? KIND.unknown : field.kind;
      if (kind === KIND.plain || (kind === KIND.unknown && (tag & 7) !== WireType.length)) {
        reader.skip(tag);
        continue;
      }
      const end = reader.lengthEnd();
      const start = reader.pos;
      if (kind === KIND.attribute) {
        if (this.#isSuspectAttribute(this.#plan.keys.root, start, end, 0, mayMatch)) return true;
      } else if (kind === KIND.message) {
        const outerEnd = reader.end;
        reader.end = end;
        if (this.#hasSuspect(field!.message!, mayMatch)) return true;
        reader.end = outerEnd;
      } else {
        if (mayMatch && sets.mayMatch(start, end, kind === KIND.text)) return true;
        if (kind === KIND.value && this.#hasSuspectKey(this.#plan.keys.root, start, end, 0)) return true;
      }
      reader.pos = end;
    }
    return false;
  }

  /** Whether any rule may apply to a KeyValue: to its key, or, with `mayMatch`, to its value. */
  #isSuspectAttribute(
    parent: KeyPath<KeyFacts>,
    start: number,
    end: number,
    depth: number,
    mayMatch: boolean,
  ): boolean {
    const { data, buffer } = this.#reader;
    const parts = this.#partsOf(start, end);
    const { keyStart, keyEnd, valueStart, valueEnd } = parts;
    // Only what counts of it is looked at, so only that may stay.
    if (parts.isRepeated) return true;
    const key = this.#plan.keys.child(parent, data, buffer, keyStart, keyEnd);
    const { isSpecial, isUserId } = key.value;
    if (isSpecial) return true;
    if (isUserId && this.#users.mayMatch(valueStart, valueEnd)) return true;
    if (mayMatch && this.#sets.mayMatch(valueStart, valueEnd, buffer[valueStart] === LENGTH_1)) return true;
    const kind = buffer[valueStart];
    if (kind === LENGTH_1 || kind === BOOL_2 || valueEnd === valueStart) return false;
    if (kind === INT_3) return this.#isLongNumber(valueStart + 1, valueEnd);
    return this.#hasSuspectKey(key, valueStart, valueEnd, depth);
  }

  /** Whether a number on the wire may have as many digits as a card number. */
  #isLongNumber(start: number, end: number): boolean {
    return this.#plan.readsNumbers && end - start >= LONG_INT_BYTES;
  }

  /** The same by the highest byte of a double. */
  #isGreatDouble(at: number): boolean {
    return this.#plan.readsNumbers && (this.#reader.bytes[at + 7]! & 0x7f) >= GREAT_EXPONENT;
  }

  /** Whether an AnyValue has a key, or a number, that a rule may apply to. */
  #hasSuspectKey(key: KeyPath<KeyFacts>, start: number, end: number, depth: number): boolean {
    if (depth > MAX_VALUE_DEPTH) throw new NestingError(`values nested deeper than ${MAX_VALUE_DEPTH}`);
    const reader = this.#reader;
    return this.#within(start, end, () => {
      for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
        this.#pieces.addField();
        if (tag !== LENGTH_5 && tag !== LENGTH_6) {
          const at = reader.pos;
          reader.skip(tag);
          if (tag === DOUBLE_4 && this.#isGreatDouble(at)) return true;
          if (tag === INT_3 && this.#isLongNumber(at, reader.pos)) return true;
          continue;
        }
        const listEnd = reader.lengthEnd();
        const outerEnd = reader.end;
        reader.end = listEnd;
        for (let item = reader.tag(); item !== 0; item = reader.tag()) {
          this.#pieces.addField();
          if (item !== LENGTH_1) {
            reader.skip(item);
            continue;
          }
          const itemEnd = reader.lengthEnd();
          const isSuspect =
            tag === LENGTH_5
              ? this.#hasSuspectKey(key, reader.pos, itemEnd, depth + 1)
              : this.#isSuspectAttribute(key, reader.pos, itemEnd, depth + 1, false);
          if (isSuspect) return true;
          reader.pos = itemEnd;
        }
        reader.end = outerEnd;
      }
      return false;
    });
  }

  /** Where the key and the value of a KeyValue are. The last of several counts. */
  #partsOf(start: number, end: number): Parts {
    const reader = this.#reader;
    const { bytes } = reader;
    const parts = this.#parts;
    // Nearly all have a key of fewer than 128 bytes, then a value, and nothing else.
    const keyLength = bytes[start + 1]!;
    const valueTag = start + 2 + keyLength;
    if (bytes[start] === LENGTH_1 && keyLength < 0x80 && valueTag + 1 < end && bytes[valueTag] === LENGTH_2) {
      const valueLength = bytes[valueTag + 1]!;
      if (valueLength < 0x80 && valueTag + 2 + valueLength === end) {
        this.#pieces.addTwoFields();
        parts.keyStart = start + 2;
        parts.keyEnd = valueTag;
        parts.valueStart = valueTag + 2;
        parts.valueEnd = end;
        parts.isRepeated = false;
        return parts;
      }
    }
    const { key, value, isRepeated } = this.#within(start, end, () => this.#keyValueParts());
    parts.isRepeated = isRepeated;
    parts.keyStart = key?.start ?? start;
    parts.keyEnd = key?.end ?? start;
    parts.valueStart = value?.start ?? start;
    parts.valueEnd = value?.end ?? start;
    return parts;
  }

  /** Writes a message's fields up to the reader's end. */
  #fields(message: Message, depth: number): void {
    const [reader, writer] = [this.#reader, this.#writer];
    for (let at = reader.pos, tag = reader.tag(); tag !== 0; at = reader.pos, tag = reader.tag()) {
      this.#pieces.addField();
      const field = message.fields[tag];
      if (field === undefined || field.kind === KIND.plain) {
        reader.skip(tag);
        this.#plain(at, field === undefined);
        continue;
      }
      const end = reader.lengthEnd();
      const outerEnd = reader.end;
      reader.end = end;
      const number = tag >>> 3;
      switch (field.kind) {
        case KIND.text: {
          const { place } = field;
          this.#writeText(number, this.#plan.texts[place], place, this.#plan.keys.root);
          break;
        }
        case KIND.attribute:
          this.#attribute(number, field.place, this.#plan.keys.root, depth, NOTHING_FOLLOWED);
          break;
        case KIND.value:
          this.#body(number, field.place);
          break;
        case KIND.message: {
          const inner = writer.begin(number);
          const { name } = field.message!;
          const outerMessage = this.#isMessage;
          if (name === 'event') this.#isMessage = this.#isMessageRecord(field.message!);
          this.#fields(field.message!, depth);
          if (name === 'resource' || name === 'scope') this.#writeNames(field.message!);
          this.#isMessage = outerMessage;
          writer.end(inner);
          break;
        }
      }
      reader.pos = end;
      reader.end = outerEnd;
    }
  }

  /** Copies a field that holds no text; one that OTLP does not define may hold anything. */
  #plain(start: number, isUnknown: boolean): void {
    const reader = this.#reader;
    const end = reader.pos;
    const isText = (reader.bytes[start]! & 7) === WireType.length || reader.bytes[start]! >= 0x80;
    if (isUnknown && isText && (this.#plan.readsTexts || this.#sets.mayMatch(start, end))) {
      this.#note(UNKNOWN_FIELD_RULE);
      return;
    }
    this.#writer.raw(reader.bytes.subarray(start, end));
  }

  /** Whether the event or log record up to the reader's end is a message whose content is not stored. */
  #isMessageRecord(message: Message): boolean {
    if (this.#plan.storesContent || message.nameTag === undefined) return false;
    const reader = this.#reader;
    return this.#within(reader.pos, reader.end, () => {
      let isMessage = false;
      for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
        if (tag === message.nameTag) {
          isMessage ||= isMessageEvent(reader.utf8());
        } else if (message === LOG_RECORD && tag === LENGTH_6) {
          const end = reader.lengthEnd();
          isMessage ||= this.#within(reader.pos, end, () => this.#isMessageNameAttribute());
          reader.pos = end;
        } else {
          reader.skip(tag);
        }
      }
      return isMessage;
    });
  }

  /** `event.name`, which names a log record before OTLP 1.5. */
  #isMessageNameAttribute(): boolean {
    const { key, value } = this.#keyValueParts();
    const reader = this.#reader;
    if (key === undefined || value === undefined) return false;
    if (utf8Slice(reader.buffer, key.start, key.end) !== 'event.name') return false;
    return this.#within(
      value.start,
      value.end,
      () => reader.tag() === LENGTH_1 && isMessageEvent(reader.utf8()),
    );
  }

  #writeText(number: number, rules: readonly PlannedRule[], place: Place, key: KeyPath<KeyFacts>): void {
    const reader = this.#reader;
    const { pos: start, end } = reader;
    const isUnscanned = rules.some(({ isScanned }) => isScanned !== true);
    if (rules.length === 0 || !(isUnscanned || this.#sets.mayMatch(start, end))) {
      this.#writer.bytes(number, reader.bytes.subarray(start, end));
      return;
    }
    const text = utf8Slice(reader.buffer, start, end);
    const result = this.#text(text, rules, place, key, NOTHING_FOLLOWED);
    if (result === text) this.#writer.bytes(number, reader.bytes.subarray(start, end));
    else if (result !== DROP) this.#writer.string(number, result);
  }

  #body(number: number, place: Place): void {
    const { keys, texts } = this.#plan;
    if (this.#isMessage) {
      this.#note(CONTENT_RULE);
      this.#report(CONTENT_RULE, place, keys.root, '(the body of a message)', undefined);
      return;
    }
    const writer = this.#writer;
    const before = writer.position;
    const value = writer.begin(number);
    if (this.#value(texts[place], place, keys.root, 0, NOTHING_FOLLOWED)) writer.end(value);
    else writer.rewind(before);
  }

  /**
   * The key and value of a KeyValue that ends at the reader's end, and whether either stands there several times. Then
   * the last key counts, and the last value that is not empty, as for those who read it (otlp/read.ts). `isWhole`: it
   * has nothing else.
   */
  #keyValueParts(): {
    key: Range | undefined;
    value: Range | undefined;
    isRepeated: boolean;
    isWhole: boolean;
  } {
    const reader = this.#reader;
    let key: Range | undefined;
    let value: Range | undefined;
    let isRepeated = false;
    let isWhole = true;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      this.#pieces.addField();
      if (tag !== LENGTH_1 && tag !== LENGTH_2) {
        isWhole = false;
        reader.skip(tag);
        continue;
      }
      const end = reader.lengthEnd();
      const range = { start: reader.pos, end };
      isRepeated ||= (tag === LENGTH_1 ? key : value) !== undefined;
      if (tag === LENGTH_1) key = range;
      else if (value === undefined || this.#within(range.start, end, () => this.#hasValue())) value = range;
      reader.pos = end;
    }
    return { key, value, isRepeated, isWhole: isWhole && !isRepeated };
  }

  /** Whether the AnyValue that ends at the reader's end has a value. */
  #hasValue(): boolean {
    const reader = this.#reader;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      this.#pieces.addField();
      if (VALUE_TAGS.has(tag)) return true;
      reader.skip(tag);
    }
    return false;
  }

  /** Writes the KeyValue that ends at the reader's end, as a field of this number. */
  #attribute(
    number: number,
    place: Place,
    parent: KeyPath<KeyFacts>,
    depth: number,
    followed: readonly Followed[],
  ): void {
    const [reader, writer] = [this.#reader, this.#writer];
    const { key: name = { start: reader.pos, end: reader.pos }, value, isWhole } = this.#keyValueParts();
    const key = this.#plan.keys.child(parent, reader.data, reader.buffer, name.start, name.end);
    if (depth === 0 && key.path === REDACTED_BY) {
      if (value !== undefined) this.#within(value.start, value.end, () => this.#readNames());
      return;
    }
    if (this.#isMessage && isMessageKey(key.path)) {
      this.#note(CONTENT_RULE);
      this.#report(CONTENT_RULE, place, key, '(content of a message)', undefined);
      return;
    }
    // The digest of a series is made of the attributes before it: without a key they could be guessed from it.
    const isSeries = this.#signal === 'data points' && this.#isChanged && key.path === DATA_POINT.series;
    if (isSeries && value !== undefined) {
      const { hash } = this.#plan;
      this.#writePair(number, key.path, hash(utf8Slice(reader.buffer, value.start, value.end)));
      return;
    }
    // What is not copied must not stay in the original either.
    if (!isWhole) this.#isChanged = true;
    const before = writer.position;
    const attribute = writer.begin(number);
    const { stored, rules } = key.value;
    if (stored === undefined) {
      writer.bytes(1, reader.bytes.subarray(name.start, name.end));
    } else {
      for (const { name: rule } of rules[place].filter(({ text }) => text !== undefined))
        this.#names.add(rule);
      this.#isChanged = true;
      writer.string(1, stored);
    }
    if (value !== undefined) {
      const into = writer.begin(2);
      const isKept = this.#within(value.start, value.end, () =>
        this.#value(rules[place], place, key, depth, followed),
      );
      if (!isKept) {
        writer.rewind(before);
        return;
      }
      writer.end(into);
    }
    writer.end(attribute);
  }

  #writePair(number: number, key: string, text: string): void {
    const writer = this.#writer;
    const attribute = writer.begin(number);
    writer.string(1, key);
    const value = writer.begin(2);
    writer.string(1, text);
    writer.end(value);
    writer.end(attribute);
  }

  /** Writes the AnyValue up to the reader's end. Returns false if the value is removed. */
  #value(
    rules: readonly PlannedRule[],
    place: Place,
    key: KeyPath<KeyFacts>,
    depth: number,
    outer: readonly Followed[],
  ): boolean {
    if (depth > MAX_VALUE_DEPTH) throw new NestingError(`values nested deeper than ${MAX_VALUE_DEPTH}`);
    const [reader, writer] = [this.#reader, this.#writer];
    const start = reader.pos;
    let tag = 0;
    let contentStart = start;
    let contentEnd = start;
    let fields = 0;
    // The last of several kinds of value counts.
    for (let next = reader.tag(); next !== 0; next = reader.tag()) {
      this.#pieces.addField();
      if (!VALUE_TAGS.has(next)) {
        reader.skip(next);
        this.#isChanged = true;
        continue;
      }
      fields++;
      // Only the last one is copied, so the others must not stay in the original either.
      if (fields > 1) this.#isChanged = true;
      tag = next;
      contentStart = reader.pos;
      reader.skip(next);
      contentEnd = reader.pos;
    }
    if (fields === 0) return true;
    const followed = followedInto(rules, outer);
    if (tag === LENGTH_5 || tag === LENGTH_6) {
      return this.#within(contentStart, contentEnd, () => {
        reader.end = reader.lengthEnd();
        return this.#structured(tag, rules, place, key, depth, followed);
      });
    }
    const isUnscanned = rules.some(({ isScanned }) => isScanned !== true);
    const isNumber = tag === INT_3 || tag === DOUBLE_4;
    if (rules.length === 0 || !(isUnscanned || isNumber || this.#sets.mayMatch(start, contentEnd))) {
      this.#copyValue(tag, contentStart, contentEnd);
      return true;
    }
    return this.#within(contentStart, contentEnd, () => {
      const isText = tag === LENGTH_1 || tag === LENGTH_7;
      const text = this.#scalarText(tag);
      const applicable = isText ? rules : rules.filter((rule) => appliesToNumber(rule, tag, text));
      const result = this.#text(text, applicable, place, key, followed);
      if (result === DROP) return false;
      if (result === text) this.#copyValue(tag, contentStart, contentEnd);
      else if (tag === LENGTH_7 && !DONE.test(result)) writer.bytes(7, Buffer.from(result, 'latin1'));
      else writer.string(1, result);
      return true;
    });
  }

  #copyValue(tag: number, start: number, end: number): void {
    const [reader, writer] = [this.#reader, this.#writer];
    writer.raw(TAG_BYTES.subarray(tag, tag + 1));
    writer.raw(reader.bytes.subarray(start, end));
  }

  /** A scalar as text: bytes as Latin 1. */
  #scalarText(tag: number): string {
    const reader = this.#reader;
    switch (tag) {
      case LENGTH_1:
        return reader.utf8();
      case LENGTH_7: {
        const end = reader.lengthEnd();
        return reader.buffer.toString('latin1', reader.pos, end);
      }
      case INT_3:
        return String(reader.int64());
      case DOUBLE_4:
        return String(reader.double());
      default:
        return reader.varint() === 0 ? 'false' : 'true';
    }
  }

  /** Writes the ArrayValue or KeyValueList that ends at the reader's end. */
  #structured(
    tag: number,
    rules: readonly PlannedRule[],
    place: Place,
    key: KeyPath<KeyFacts>,
    depth: number,
    followed: readonly Followed[],
  ): boolean {
    const [reader, writer] = [this.#reader, this.#writer];
    for (const rule of rules) {
      const whole = rule.whole ?? (this.#isAtEnd(rule, followed) ? rule.json!.whole : undefined);
      if (whole === undefined || whole.action === 'truncate' || whole.action === 'user-id') continue;
      this.#note(rule.name);
      const { pos, end } = reader;
      const after =
        whole.action === 'drop'
          ? undefined
          : whole.action === 'mask'
            ? maskOf(rule.name)
            : this.#plan.hash(reader.buffer.toString('latin1', pos, end));
      this.#report(rule.name, place, key, '(a structured value)', after);
      if (after === undefined) return false;
      writer.string(1, after);
      return true;
    }
    const list = writer.begin(tag >>> 3);
    let index = 0;
    for (let item = reader.tag(); item !== 0; item = reader.tag()) {
      this.#pieces.addField();
      if (item !== LENGTH_1) {
        reader.skip(item);
        continue;
      }
      const end = reader.lengthEnd();
      const outerEnd = reader.end;
      reader.end = end;
      if (tag === LENGTH_6) {
        this.#entry(place, key, depth + 1, followed);
      } else {
        const before = writer.position;
        const element = writer.begin(1);
        if (this.#value(rules, place, key, depth + 1, step(followed, index++))) writer.end(element);
        else writer.rewind(before);
      }
      reader.pos = end;
      reader.end = outerEnd;
    }
    writer.end(list);
    return true;
  }

  #entry(place: Place, parent: KeyPath<KeyFacts>, depth: number, followed: readonly Followed[]): void {
    if (followed.length === 0) {
      this.#attribute(1, place, parent, depth, followed);
      return;
    }
    const reader = this.#reader;
    const { pos, end } = reader;
    const { key } = this.#keyValueParts();
    reader.pos = pos;
    reader.end = end;
    const name = key === undefined ? '' : utf8Slice(reader.buffer, key.start, key.end);
    this.#attribute(1, place, parent, depth, step(followed, name));
  }

  #isAtEnd(rule: PlannedRule, followed: readonly Followed[]): boolean {
    return (
      rule.json !== undefined &&
      followed.some((each) => each.rule === rule && rule.json!.path.isEnd(each.positions))
    );
  }

  /** Applies rules to a text in their order. */
  #text(
    original: string,
    rules: readonly PlannedRule[],
    place: Place,
    key: KeyPath<KeyFacts>,
    followed: readonly Followed[],
  ): string | typeof DROP {
    let text = original;
    for (const rule of rules) {
      let result: string | typeof DROP;
      let isFailure = false;
      try {
        result = this.#applied(rule, text, key, followed);
      } catch {
        // Whatever the reason is: what could not be looked at is not stored.
        result = maskOf(rule.name);
        isFailure = true;
        this.#failed.set(rule.name, (this.#failed.get(rule.name) ?? 0) + 1);
      }
      if (result === text) continue;
      this.#note(rule.name);
      this.#report(rule.name, place, key, text, result === DROP ? undefined : result, isFailure);
      if (result === DROP) return DROP;
      text = result;
    }
    return text;
  }

  #applied(
    rule: PlannedRule,
    text: string,
    key: KeyPath<KeyFacts>,
    followed: readonly Followed[],
  ): string | typeof DROP {
    if (rule.text !== undefined) return applyToText(rule.text, text, key.value.isId);
    if (rule.whole !== undefined) return this.#wholeText(rule.whole, rule.name, text);
    const { path, whole } = rule.json!;
    const here = followed.filter((each) => each.rule === rule);
    if (here.some(({ positions }) => path.isEnd(positions))) return this.#wholeText(whole, rule.name, text);
    // JSON in a text begins a path; a text within a structured value ends those that lead there.
    if (here.length > 0 && here.every(({ positions }) => positions !== path.start)) return text;
    return applyAtPath(path, text, (value) => {
      const before = typeof value === 'string' ? value : JSON.stringify(value);
      const result = this.#wholeText(whole, rule.name, before);
      return result === before ? value : result === DROP ? undefined : result;
    });
  }

  #wholeText({ action, length }: WholeAction, rule: string, text: string): string | typeof DROP {
    switch (action) {
      case 'drop':
        return DROP;
      case 'mask':
        return DONE.test(text) ? text : maskOf(rule);
      case 'hash':
        return DONE.test(text) || text.trim() === '' ? text : this.#plan.hash(text);
      case 'truncate':
        return shortened(text, length);
      case 'user-id': {
        const id = this.#plan.userId(withoutJsonQuotes(text));
        return id?.startsWith('hmac:') ? id : text;
      }
    }
  }

  #note(rule: string): void {
    this.#isChanged = true;
    this.#names.add(rule);
    this.#fired.set(rule, (this.#fired.get(rule) ?? 0) + 1);
  }

  #report(
    rule: string,
    place: Place,
    { path }: KeyPath<KeyFacts>,
    before: string,
    after: string | undefined,
    isFailure = false,
  ): void {
    this.#onChange?.({ rule, place, path, before, after, isFailure });
  }

  /** The names that an earlier redaction left, of an AnyValue that ends at the reader's end. */
  #readNames(): void {
    const reader = this.#reader;
    const read = (): void => {
      for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
        if ((tag & 7) !== WireType.length) {
          reader.skip(tag);
          continue;
        }
        const end = reader.lengthEnd();
        if (tag === LENGTH_5 || (tag === LENGTH_1 && reader.bytes[reader.pos] === LENGTH_1)) {
          this.#within(reader.pos, end, read);
        } else if (tag === LENGTH_1 && this.#names.size < MOST_NAMES) {
          const name = utf8Slice(reader.buffer, reader.pos, end);
          if (this.#plan.names.has(name)) this.#names.add(name);
        }
        reader.pos = end;
      }
    };
    read();
  }

  /** Writes the attribute with the names of the rules, in the order of their characters. */
  #writeNames(message: Message): void {
    if (this.#names.size === 0) return;
    const writer = this.#writer;
    const attribute = writer.begin(message.attributes!);
    writer.string(1, REDACTED_BY);
    const value = writer.begin(2);
    const list = writer.begin(5);
    for (const name of [...this.#names].sort()) {
      const element = writer.begin(1);
      writer.string(1, name);
      writer.end(element);
    }
    writer.end(list);
    writer.end(value);
    writer.end(attribute);
  }
}

/** A request with replaced parts. */
class Assembly {
  readonly #reader: ProtoReader;
  readonly #replacements: readonly Replacement[];
  readonly #fresh: Uint8Array;
  readonly #writer: ProtoWriter;
  readonly #meter = new StepMeter();
  #next = 0;

  /** `replacements` are in order; `fresh` are the bytes that they are replaced by. */
  constructor(bytes: Uint8Array, replacements: readonly Replacement[], fresh: Uint8Array) {
    this.#reader = new ProtoReader(bytes);
    this.#replacements = replacements;
    this.#fresh = fresh;
    this.#writer = new ProtoWriter(bytes.length + fresh.length + 64);
  }

  *steps(): Steps<Uint8Array> {
    yield* this.#fields();
    return this.#writer.finish();
  }

  /** Copies the fields up to the reader's end. Messages with a replaced part get a new length. */
  *#fields(): Steps<void> {
    const [reader, writer] = [this.#reader, this.#writer];
    let copyFrom = reader.pos;
    for (let at = reader.pos, tag = reader.tag(); tag !== 0; at = reader.pos, tag = reader.tag()) {
      const contentAt = reader.pos;
      reader.skip(tag);
      const end = reader.pos;
      const next = this.#replacements[this.#next];
      if (next === undefined || next.start >= end) {
        if (this.#meter.field()) yield;
        continue;
      }
      writer.raw(reader.bytes.subarray(copyFrom, at));
      if (next.start === at) {
        writer.raw(this.#fresh.subarray(next.from, next.to));
        this.#next++;
      } else {
        const { end: outerEnd } = reader;
        reader.pos = contentAt;
        reader.end = reader.lengthEnd();
        const message = writer.begin(tag >>> 3);
        yield* this.#fields();
        writer.end(message);
        reader.pos = end;
        reader.end = outerEnd;
      }
      copyFrom = end;
      if (this.#meter.record(end - at)) yield;
    }
    writer.raw(reader.bytes.subarray(copyFrom, reader.pos));
  }
}

/** Where the key and the value of a KeyValue are. */
interface Parts {
  keyStart: number;
  keyEnd: number;
  valueStart: number;
  valueEnd: number;
  /** Whether the key, or the value, stands there several times. */
  isRepeated: boolean;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const VALUE_TAGS: ReadonlySet<number> = new Set([
  LENGTH_1,
  BOOL_2,
  INT_3,
  DOUBLE_4,
  LENGTH_5,
  LENGTH_6,
  LENGTH_7,
]);

/** Each byte by itself, to be written as a tag. */
const TAG_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** Paths that begin at a value, beside those that lead to it. */
function followedInto(rules: readonly PlannedRule[], outer: readonly Followed[]): readonly Followed[] {
  const begun = rules.filter((rule) => rule.json !== undefined && !outer.some((each) => each.rule === rule));
  if (begun.length === 0) return outer;
  return [...outer, ...begun.map((rule) => ({ rule, positions: rule.json!.path.start }))];
}

function step(followed: readonly Followed[], at: string | number): readonly Followed[] {
  return followed.map(({ rule, positions }) => ({ rule, positions: rule.json!.path.step(positions, at) }));
}

/** Whether a rule is applied to a number or switch, written as text. */
function appliesToNumber(rule: PlannedRule, tag: number, text: string): boolean {
  if (rule.sparesNumbers === true || rule.whole?.action === 'truncate') return false;
  if (rule.isScanned === true) return tag !== BOOL_2 && text.length >= FEWEST_NUMBER_DIGITS;
  return true;
}

/** The beginning of a text, without half of a character. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

function reasonOf(error: unknown): RejectReason {
  if (error instanceof NestingError) return RejectReason.nesting;
  if (error instanceof TooManyPiecesError) return RejectReason.tooManyPieces;
  if (error instanceof MalformedRequestError) return RejectReason.malformed;
  // A bug of the program: the record must not be stored as it is.
  return RejectReason.redaction;
}
