import { ProtoReader, WireType } from './wire.js';

/** Stored OTLP as OTLP/JSON (OTLP specification, "JSON Protobuf Encoding"). */

export interface OtlpJson {
  /** One ExportTraceServiceRequest or ExportLogsServiceRequest on one line. */
  readonly text: string;
  /**
   * Number of records that reading the JSON gives with other bytes: fields that are not OTLP, out of order, or
   * with their default. Ids of log records follow from their bytes.
   */
  readonly inexact: number;
}

/** `request` is an ExportTraceServiceRequest that was accepted. */
export function tracesToJson(request: Uint8Array): OtlpJson {
  return toJson(request, TRACES);
}

/** `request` is an ExportLogsServiceRequest that was accepted. */
export function logsToJson(request: Uint8Array): OtlpJson {
  return toJson(request, LOGS);
}

/** A request of a signal, and the names of its lists. */
interface RequestForm {
  readonly message: Message;
  readonly resources: string;
  readonly scopes: string;
  readonly records: string;
}

function toJson(request: Uint8Array, { message, resources, scopes, records }: RequestForm): OtlpJson {
  const state: State = { isExact: true, inexact: 0 };
  const value = readMessage(new ProtoReader(request), request.length, message, state);
  const envelopes = merged(listOf(value, resources), scopes);
  for (const envelope of envelopes) envelope[scopes] = merged(listOf(envelope, scopes), records);
  return { text: JSON.stringify({ [resources]: envelopes }), inexact: state.inexact };
}

type JsonMessage = { [name: string]: JsonValue };

function listOf(message: JsonMessage, name: string): JsonMessage[] {
  return (message[name] ?? []) as JsonMessage[];
}

/** One message for those that differ in this list alone, which then has the elements of all. */
function merged(messages: readonly JsonMessage[], name: string): JsonMessage[] {
  const known = new Map<string, JsonMessage>();
  for (const { [name]: elements = [], ...rest } of messages) {
    const key = JSON.stringify(rest);
    const same = known.get(key);
    if (same === undefined) known.set(key, { ...rest, [name]: elements });
    else for (const element of elements as JsonMessage[]) listOf(same, name).push(element);
  }
  return [...known.values()];
}

/** What is known while a request is read. */
interface State {
  /** Whether the resource, scope and record that are being read can be made again from JSON. */
  isExact: boolean;
  inexact: number;
}

type JsonValue = string | number | boolean | readonly JsonValue[] | JsonMessage;

/** The value of a field. Undefined if JSON cannot carry it. */
type ReadValue = (reader: ProtoReader, state: State) => JsonValue | undefined;

interface Field {
  readonly name: string;
  readonly wire: (typeof WireType)[keyof typeof WireType];
  readonly read: ReadValue;
  readonly isList?: true;
  /** The value that senders leave out. Values of a oneof have none. */
  readonly unset?: JsonValue;
}

interface Message {
  /** By field number. */
  readonly fields: ReadonlyMap<number, Field>;
  /** Only the last of its fields counts. */
  readonly isOneof?: true;
  /** A resource or record has one order of its fields, an envelope has several. */
  readonly isEnvelope?: true;
}

function readMessage(
  reader: ProtoReader,
  end: number,
  { fields, isOneof, isEnvelope }: Message,
  state: State,
): JsonMessage {
  const outer = reader.end;
  reader.end = end;
  let value: JsonMessage = {};
  let latest = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const number = Math.floor(tag / 8);
    const field = fields.get(number);
    if (field === undefined || field.wire !== (tag & 7)) {
      reader.skip(tag);
      state.isExact = false;
      continue;
    }
    const isOrdered = number > latest || (number === latest && field.isList);
    if (!isOrdered && !isEnvelope) state.isExact = false;
    latest = number;
    const read = field.read(reader, state);
    if (read === undefined || read === field.unset) state.isExact = false;
    if (isOneof) value = {};
    if (read === undefined) continue;
    if (!field.isList) value[field.name] = read;
    else if (value[field.name] === undefined) value[field.name] = [read];
    else (value[field.name] as JsonValue[]).push(read);
  }
  reader.end = outer;
  return value;
}

function text(name: string): Field {
  return { name, wire: WireType.length, read: (reader) => reader.utf8(), unset: '' };
}

function uint32(name: string): Field {
  return { name, wire: WireType.varint, read: (reader) => reader.varint() >>> 0, unset: 0 };
}

function enumeration(name: string): Field {
  return {
    name,
    wire: WireType.varint,
    read: (reader) => Number(BigInt.asIntN(32, reader.int64())),
    unset: 0,
  };
}

function flags(name: string): Field {
  return { name, wire: WireType.fixed32, read: (reader) => reader.fixed32(), unset: 0 };
}

function time(name: string): Field {
  return { name, wire: WireType.fixed64, read: (reader) => String(reader.fixed64()), unset: '0' };
}

/** An id of another length than this is no id: OTLP/JSON has no form of it. */
function id(name: string, bytes: number): Field {
  return {
    name,
    wire: WireType.length,
    read: (reader) => {
      const value = reader.view();
      return value.length === bytes ? Buffer.from(value).toString('hex') : undefined;
    },
  };
}

function one(name: string, message: () => Message): Field {
  return {
    name,
    wire: WireType.length,
    read: (reader, state) => readMessage(reader, reader.lengthEnd(), message(), state),
  };
}

function many(name: string, message: () => Message): Field {
  return { ...one(name, message), isList: true };
}

/** Records of a scope. Each is exact or not, with its resource and scope. */
function records(name: string, message: Message): Field {
  return {
    name,
    wire: WireType.length,
    isList: true,
    read: (reader, state) => {
      const isEnvelopeExact = state.isExact;
      const value = readMessage(reader, reader.lengthEnd(), message, state);
      if (!state.isExact) state.inexact++;
      state.isExact = isEnvelopeExact;
      return value;
    },
  };
}

/** What a resource or a scope has is said of its own records only. */
function envelopes(name: string, message: Message): Field {
  return {
    name,
    wire: WireType.length,
    isList: true,
    read: (reader, state) => {
      const isOuterExact = state.isExact;
      const value = readMessage(reader, reader.lengthEnd(), message, state);
      state.isExact = isOuterExact;
      return value;
    },
  };
}

function message(fields: { readonly [number: number]: Field }, rest: Omit<Message, 'fields'> = {}): Message {
  return {
    fields: new Map(Object.entries(fields).map(([number, field]) => [Number(number), field])),
    ...rest,
  };
}

const KEY_VALUE: Message = message({ 1: text('key'), 2: one('value', () => ANY_VALUE) });

const VALUES = (element: () => Message): Message => message({ 1: many('values', element) });
const ARRAY_VALUE = VALUES(() => ANY_VALUE);
const KEY_VALUE_LIST = VALUES(() => KEY_VALUE);

const ANY_VALUE: Message = message(
  {
    1: { name: 'stringValue', wire: WireType.length, read: (reader) => reader.utf8() },
    2: { name: 'boolValue', wire: WireType.varint, read: (reader) => reader.varint() !== 0 },
    3: { name: 'intValue', wire: WireType.varint, read: (reader) => String(reader.int64()) },
    4: { name: 'doubleValue', wire: WireType.fixed64, read: (reader) => doubleValue(reader.double()) },
    5: one('arrayValue', () => ARRAY_VALUE),
    6: one('kvlistValue', () => KEY_VALUE_LIST),
    7: {
      name: 'bytesValue',
      wire: WireType.length,
      read: (reader) => Buffer.from(reader.view()).toString('base64'),
    },
  },
  { isOneof: true },
);

const attributes = (name = 'attributes'): Field => many(name, () => KEY_VALUE);
const droppedAttributes = uint32('droppedAttributesCount');

const RESOURCE = message({ 1: attributes(), 2: droppedAttributes });
const SCOPE = message({ 1: text('name'), 2: text('version'), 3: attributes(), 4: droppedAttributes });

const EVENT = message({ 1: time('timeUnixNano'), 2: text('name'), 3: attributes(), 4: droppedAttributes });
const LINK = message({
  1: id('traceId', 16),
  2: id('spanId', 8),
  3: text('traceState'),
  4: attributes(),
  5: droppedAttributes,
  6: flags('flags'),
});
const STATUS = message({ 2: text('message'), 3: enumeration('code') });

const SPAN = message({
  1: id('traceId', 16),
  2: id('spanId', 8),
  3: text('traceState'),
  4: id('parentSpanId', 8),
  5: text('name'),
  6: enumeration('kind'),
  7: time('startTimeUnixNano'),
  8: time('endTimeUnixNano'),
  9: attributes(),
  10: droppedAttributes,
  11: many('events', () => EVENT),
  12: uint32('droppedEventsCount'),
  13: many('links', () => LINK),
  14: uint32('droppedLinksCount'),
  15: one('status', () => STATUS),
  16: flags('flags'),
});

const LOG_RECORD = message({
  1: time('timeUnixNano'),
  2: enumeration('severityNumber'),
  3: text('severityText'),
  5: one('body', () => ANY_VALUE),
  6: attributes(),
  7: droppedAttributes,
  8: flags('flags'),
  9: id('traceId', 16),
  10: id('spanId', 8),
  11: time('observedTimeUnixNano'),
  12: text('eventName'),
});

const ENVELOPE = { isEnvelope: true } as const;

function request(resources: string, scopes: string, name: string, record: Message): RequestForm {
  const scope = message(
    { 1: one('scope', () => SCOPE), 2: records(name, record), 3: text('schemaUrl') },
    ENVELOPE,
  );
  const resource = message(
    { 1: one('resource', () => RESOURCE), 2: envelopes(scopes, scope), 3: text('schemaUrl') },
    ENVELOPE,
  );
  return {
    message: message({ 1: envelopes(resources, resource) }, ENVELOPE),
    resources,
    scopes,
    records: name,
  };
}

const TRACES = request('resourceSpans', 'scopeSpans', 'spans', SPAN);
const LOGS = request('resourceLogs', 'scopeLogs', 'logRecords', LOG_RECORD);

/** JSON has no NaN, no infinity and no negative zero. */
function doubleValue(value: number): JsonValue {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? '-0'
      : String(value);
}
