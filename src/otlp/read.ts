import { DATA_POINT } from '../normalize/normalizer.js';
import { severityNumberOf } from '../normalize/severity.js';
import { MAX_VALUE_DEPTH } from './attribute-slots.js';
import { ProtoReader, WireType } from './wire.js';

/**
 * The full content of stored OTLP, in OpenTelemetry's names and in snake case. Optional fields without a
 * value are left out. Views of one envelope share their resource and scope objects.
 */

/**
 * An AnyValue as plain data. Integers beyond 2^53 - 1 are bigint. NaN and the infinities are the strings
 * `NaN`, `Infinity` and `-Infinity`. Bytes are base64. Maps have no prototype, so that no key has a meaning
 * to JavaScript. No value, or one nested deeper than 16, is null.
 */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

export interface Attribute {
  readonly key: string;
  readonly value: AttributeValue;
}

export interface ResourceView {
  readonly attributes: readonly Attribute[];
  readonly dropped_attributes_count?: number;
  readonly schema_url?: string;
}

export interface ScopeView {
  readonly name?: string;
  readonly version?: string;
  readonly attributes: readonly Attribute[];
  readonly dropped_attributes_count?: number;
  readonly schema_url?: string;
}

/** The resource and scope of a record. */
interface Surroundings {
  readonly resource: ResourceView;
  /** Left out if the sender did not set it. */
  readonly instrumentation_scope?: ScopeView;
}

export interface SpanView extends Surroundings {
  /** 32 lower-case hex digits. */
  readonly trace_id: string;
  /** 16 lower-case hex digits. */
  readonly span_id: string;
  readonly parent_span_id?: string;
  readonly trace_state?: string;
  readonly name: string;
  /** SpanKind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly start_time_unix_nano: bigint;
  readonly end_time_unix_nano: bigint;
  readonly attributes: readonly Attribute[];
  readonly dropped_attributes_count?: number;
  readonly events: readonly SpanEventView[];
  readonly dropped_events_count?: number;
  readonly links: readonly SpanLinkView[];
  readonly dropped_links_count?: number;
  readonly status: SpanStatusView;
  /** Bits 0 to 7: W3C trace flags. */
  readonly flags?: number;
}

export interface SpanEventView {
  readonly name: string;
  readonly time_unix_nano: bigint;
  readonly attributes: readonly Attribute[];
  readonly dropped_attributes_count?: number;
}

export interface SpanLinkView {
  /** Lower-case hex of any length that the sender chose; empty if missing. The same goes for `span_id`. */
  readonly trace_id: string;
  readonly span_id: string;
  readonly trace_state?: string;
  readonly attributes: readonly Attribute[];
  readonly dropped_attributes_count?: number;
  readonly flags?: number;
}

export interface SpanStatusView {
  /** StatusCode: 0 unset, 1 ok, 2 error. */
  readonly code: number;
  readonly message?: string;
}

export interface LogRecordView extends Surroundings {
  readonly time_unix_nano?: bigint;
  readonly observed_time_unix_nano?: bigint;
  /** SeverityNumber: 1 (trace) to 24 (fatal). */
  readonly severity_number?: number;
  readonly severity_text?: string;
  readonly body?: AttributeValue;
  readonly attributes: readonly Attribute[];
  readonly dropped_attributes_count?: number;
  readonly flags?: number;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly event_name?: string;
}

/**
 * The spans of an OTLP ExportTraceServiceRequest, in its order.
 *
 * @throws MalformedRequestError on damaged bytes; never on a message that `decodeTraces` accepted.
 */
export function readSpans(otlp: Uint8Array): SpanView[] {
  return readRecords(otlp, readSpan);
}

/** The log records of an OTLP ExportLogsServiceRequest; otherwise like `readSpans`. */
export function readLogRecords(otlp: Uint8Array): LogRecordView[] {
  return readRecords(otlp, readLogRecord);
}

/** Name and status of a span. */
export interface SpanHead {
  readonly name: string;
  readonly kind: number;
  readonly statusCode: number;
}

/** The head of the Span message at `start` to `end` of `bytes`; otherwise like `readSpans`. */
export function readSpanHead(bytes: Uint8Array, start: number, end: number): SpanHead {
  const reader = new ProtoReader(bytes, start, end);
  const status: Mutable<SpanStatusView> = { code: 0 };
  let name = '';
  let kind = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((5 << 3) | LENGTH)) name = reader.utf8();
    else if (tag === ((6 << 3) | VARINT)) kind = int32(reader);
    else if (tag === ((15 << 3) | LENGTH)) readStatus(reader, status);
    else reader.skip(tag);
  }
  return { name, kind, statusCode: status.code };
}

/**
 * The attributes of the Span or LogRecord message at `start` to `end` of `bytes`, and the fields of a log
 * record's body if that is a map. Only those encoded in at most `maxBytes` are returned, which leaves out
 * messages. Otherwise like `readSpans`.
 */
export function readShortAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  isLog: boolean,
  maxBytes: number,
): Attribute[] {
  const reader = new ProtoReader(bytes, start, end);
  const attributes: Attribute[] = [];
  const attributesTag = ((isLog ? 6 : 9) << 3) | LENGTH;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === attributesTag) {
      const { pos } = reader;
      const length = reader.lengthEnd() - reader.pos;
      reader.pos = pos;
      if (length <= maxBytes) attributes.push(readKeyValue(reader, 0));
      else reader.skip(tag);
    } else if (isLog && tag === ((5 << 3) | LENGTH)) {
      const body = readAnyValue(reader, 0);
      if (typeof body !== 'object' || body === null || Array.isArray(body)) continue;
      for (const [key, value] of Object.entries(body)) attributes.push({ key, value });
    } else {
      reader.skip(tag);
    }
  }
  return attributes;
}

/** The fields that log records are filtered by. */
export interface LogRecordHead {
  /** The `event_name` field, else the attribute `event.name`; empty if neither is set. */
  readonly eventName: string;
  /** SeverityNumber, or the number for the severity text; 0 if neither is set. */
  readonly severityNumber: number;
  /**
   * Whether it is an event: not a data point that became a log record, nor a part of a recording of the
   * screen.
   */
  readonly isEvent: boolean;
}

/** The head of the LogRecord message at `start` to `end` of `bytes`; otherwise like `readSpans`. */
export function readLogRecordHead(bytes: Uint8Array, start: number, end: number): LogRecordHead {
  const reader = new ProtoReader(bytes, start, end);
  let fieldName = '';
  let attributeName = '';
  let severityNumber = 0;
  let severityText = '';
  let isEvent = true;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((2 << 3) | VARINT)) severityNumber = int32(reader);
    else if (tag === ((3 << 3) | LENGTH)) severityText = reader.utf8();
    else if (tag === ((12 << 3) | LENGTH)) fieldName = reader.utf8();
    else if (tag === ((6 << 3) | LENGTH)) {
      const { pos } = reader;
      const key = readKey(reader);
      if (key === DATA_POINT.value || key === RECORDING) isEvent = false;
      if (key !== EVENT_NAME) continue;
      reader.pos = pos;
      const { value } = readKeyValue(reader, 0);
      if (typeof value === 'string') attributeName = value;
    } else reader.skip(tag);
  }
  return {
    eventName: fieldName || attributeName,
    severityNumber: severityNumber || (severityNumberOf(severityText) ?? 0),
    isEvent,
  };
}

/** The attribute with the event's name, if the record has no field for it. */
export const EVENT_NAME = 'event.name';

/**
 * HyperDX and Splunk send recordings of the screen as log records with this attribute, up to hundreds a
 * second.
 */
export const RECORDING = 'rr-web.event';

/** The key of the current KeyValue, which is skipped. */
function readKey(reader: ProtoReader): string {
  const outerEnd = enter(reader);
  let key = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | LENGTH)) key = reader.utf8();
    else reader.skip(tag);
  }
  reader.end = outerEnd;
  return key;
}

/** The fields that span events are found by. */
export interface SpanEventHead {
  readonly name: string;
  /** 0 if it has no time. */
  readonly timeNs: bigint;
  /** Length of its encoded message, bytes. */
  readonly size: number;
}

/**
 * The heads of the events of the Span message at `start` to `end` of `bytes`, in its order; otherwise like
 * `readSpans`.
 */
export function readSpanEventHeads(bytes: Uint8Array, start: number, end: number): SpanEventHead[] {
  const reader = new ProtoReader(bytes, start, end);
  const heads: SpanEventHead[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== ((11 << 3) | LENGTH)) {
      reader.skip(tag);
      continue;
    }
    const outerEnd = enter(reader);
    const size = reader.end - reader.pos;
    let name = '';
    let timeNs = 0n;
    for (let inner = reader.tag(); inner !== 0; inner = reader.tag()) {
      if (inner === ((1 << 3) | FIXED64)) timeNs = reader.fixed64();
      else if (inner === ((2 << 3) | LENGTH)) name = reader.utf8();
      else reader.skip(inner);
    }
    reader.end = outerEnd;
    heads.push({ name, timeNs, size });
  }
  return heads;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const VARINT = WireType.varint;
const FIXED64 = WireType.fixed64;
const LENGTH = WireType.length;
const FIXED32 = WireType.fixed32;

function readRecords<T>(
  otlp: Uint8Array,
  readRecord: (reader: ProtoReader, surroundings: Surroundings) => T,
): T[] {
  const reader = new ProtoReader(otlp);
  const records: T[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== ((1 << 3) | LENGTH)) {
      reader.skip(tag);
      continue;
    }
    const outerEnd = enter(reader);
    const resource = readResourceFields(reader);
    for (let inner = reader.tag(); inner !== 0; inner = reader.tag()) {
      if (inner === ((2 << 3) | LENGTH)) readScopeRecords(reader, resource, readRecord, records);
      else reader.skip(inner);
    }
    reader.end = outerEnd;
  }
  return records;
}

/** ScopeSpans or ScopeLogs */
function readScopeRecords<T>(
  reader: ProtoReader,
  resource: ResourceView,
  readRecord: (reader: ProtoReader, surroundings: Surroundings) => T,
  records: T[],
): void {
  const outerEnd = enter(reader);
  const scope = readScopeFields(reader);
  const surroundings = scope === undefined ? { resource } : { resource, instrumentation_scope: scope };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((2 << 3) | LENGTH)) records.push(readRecord(reader, surroundings));
    else reader.skip(tag);
  }
  reader.end = outerEnd;
}

/** Bounds the reader to the current message. Returns the end to restore after it. */
function enter(reader: ProtoReader): number {
  const outerEnd = reader.end;
  reader.end = reader.lengthEnd();
  return outerEnd;
}

/** The resource within ResourceSpans or ResourceLogs, at any position. Resets the reader to the start. */
function readResourceFields(reader: ProtoReader): ResourceView {
  const start = reader.pos;
  const attributes: Attribute[] = [];
  const resource: Mutable<ResourceView> = { attributes };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | LENGTH)) readResource(reader, resource, attributes);
    else if (tag === ((3 << 3) | LENGTH)) set(resource, 'schema_url', reader.utf8());
    else reader.skip(tag);
  }
  reader.pos = start;
  return resource;
}

/** opentelemetry.proto.resource.v1.Resource */
function readResource(reader: ProtoReader, resource: Mutable<ResourceView>, attributes: Attribute[]): void {
  const outerEnd = enter(reader);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | LENGTH)) attributes.push(readKeyValue(reader, 0));
    else if (tag === ((2 << 3) | VARINT)) set(resource, 'dropped_attributes_count', uint32(reader));
    else reader.skip(tag);
  }
  reader.end = outerEnd;
}

/** The scope within ScopeSpans or ScopeLogs, at any position. Resets the reader to the start. */
function readScopeFields(reader: ProtoReader): ScopeView | undefined {
  const start = reader.pos;
  const attributes: Attribute[] = [];
  const scope: Mutable<ScopeView> = { attributes };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | LENGTH)) readScope(reader, scope, attributes);
    else if (tag === ((3 << 3) | LENGTH)) set(scope, 'schema_url', reader.utf8());
    else reader.skip(tag);
  }
  reader.pos = start;
  return attributes.length === 0 && Object.keys(scope).length === 1 ? undefined : scope;
}

/** opentelemetry.proto.common.v1.InstrumentationScope */
function readScope(reader: ProtoReader, scope: Mutable<ScopeView>, attributes: Attribute[]): void {
  const outerEnd = enter(reader);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | LENGTH)) set(scope, 'name', reader.utf8());
    else if (tag === ((2 << 3) | LENGTH)) set(scope, 'version', reader.utf8());
    else if (tag === ((3 << 3) | LENGTH)) attributes.push(readKeyValue(reader, 0));
    else if (tag === ((4 << 3) | VARINT)) set(scope, 'dropped_attributes_count', uint32(reader));
    else reader.skip(tag);
  }
  reader.end = outerEnd;
}

/** opentelemetry.proto.trace.v1.Span */
function readSpan(reader: ProtoReader, surroundings: Surroundings): SpanView {
  const outerEnd = enter(reader);
  const attributes: Attribute[] = [];
  const events: SpanEventView[] = [];
  const links: SpanLinkView[] = [];
  const status: Mutable<SpanStatusView> = { code: 0 };
  const span: Mutable<SpanView> = {
    trace_id: '',
    span_id: '',
    name: '',
    kind: 0,
    start_time_unix_nano: 0n,
    end_time_unix_nano: 0n,
    attributes,
    events,
    links,
    status,
    ...surroundings,
  };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case (1 << 3) | LENGTH:
        span.trace_id = readId(reader);
        break;
      case (2 << 3) | LENGTH:
        span.span_id = readId(reader);
        break;
      case (3 << 3) | LENGTH:
        set(span, 'trace_state', reader.utf8());
        break;
      case (4 << 3) | LENGTH:
        set(span, 'parent_span_id', readId(reader));
        break;
      case (5 << 3) | LENGTH:
        span.name = reader.utf8();
        break;
      case (6 << 3) | VARINT:
        span.kind = int32(reader);
        break;
      case (7 << 3) | FIXED64:
        span.start_time_unix_nano = reader.fixed64();
        break;
      case (8 << 3) | FIXED64:
        span.end_time_unix_nano = reader.fixed64();
        break;
      case (9 << 3) | LENGTH:
        attributes.push(readKeyValue(reader, 0));
        break;
      case (10 << 3) | VARINT:
        set(span, 'dropped_attributes_count', uint32(reader));
        break;
      case (11 << 3) | LENGTH:
        events.push(readEvent(reader));
        break;
      case (12 << 3) | VARINT:
        set(span, 'dropped_events_count', uint32(reader));
        break;
      case (13 << 3) | LENGTH:
        links.push(readLink(reader));
        break;
      case (14 << 3) | VARINT:
        set(span, 'dropped_links_count', uint32(reader));
        break;
      case (15 << 3) | LENGTH:
        readStatus(reader, status);
        break;
      case (16 << 3) | FIXED32:
        set(span, 'flags', reader.fixed32());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.end = outerEnd;
  return span;
}

/** opentelemetry.proto.trace.v1.Span.Event */
function readEvent(reader: ProtoReader): SpanEventView {
  const outerEnd = enter(reader);
  const attributes: Attribute[] = [];
  const event: Mutable<SpanEventView> = { name: '', time_unix_nano: 0n, attributes };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | FIXED64)) event.time_unix_nano = reader.fixed64();
    else if (tag === ((2 << 3) | LENGTH)) event.name = reader.utf8();
    else if (tag === ((3 << 3) | LENGTH)) attributes.push(readKeyValue(reader, 0));
    else if (tag === ((4 << 3) | VARINT)) set(event, 'dropped_attributes_count', uint32(reader));
    else reader.skip(tag);
  }
  reader.end = outerEnd;
  return event;
}

/** opentelemetry.proto.trace.v1.Span.Link */
function readLink(reader: ProtoReader): SpanLinkView {
  const outerEnd = enter(reader);
  const attributes: Attribute[] = [];
  const link: Mutable<SpanLinkView> = { trace_id: '', span_id: '', attributes };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | LENGTH)) link.trace_id = readId(reader);
    else if (tag === ((2 << 3) | LENGTH)) link.span_id = readId(reader);
    else if (tag === ((3 << 3) | LENGTH)) set(link, 'trace_state', reader.utf8());
    else if (tag === ((4 << 3) | LENGTH)) attributes.push(readKeyValue(reader, 0));
    else if (tag === ((5 << 3) | VARINT)) set(link, 'dropped_attributes_count', uint32(reader));
    else if (tag === ((6 << 3) | FIXED32)) set(link, 'flags', reader.fixed32());
    else reader.skip(tag);
  }
  reader.end = outerEnd;
  return link;
}

/** opentelemetry.proto.trace.v1.Status */
function readStatus(reader: ProtoReader, status: Mutable<SpanStatusView>): void {
  const outerEnd = enter(reader);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((2 << 3) | LENGTH)) set(status, 'message', reader.utf8());
    else if (tag === ((3 << 3) | VARINT)) status.code = int32(reader);
    else reader.skip(tag);
  }
  reader.end = outerEnd;
}

/** opentelemetry.proto.logs.v1.LogRecord */
function readLogRecord(reader: ProtoReader, surroundings: Surroundings): LogRecordView {
  const outerEnd = enter(reader);
  const attributes: Attribute[] = [];
  const record: Mutable<LogRecordView> = { attributes, ...surroundings };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case (1 << 3) | FIXED64:
        set(record, 'time_unix_nano', reader.fixed64());
        break;
      case (2 << 3) | VARINT:
        set(record, 'severity_number', int32(reader));
        break;
      case (3 << 3) | LENGTH:
        set(record, 'severity_text', reader.utf8());
        break;
      case (5 << 3) | LENGTH: {
        const body = readAnyValue(reader, 0);
        if (body !== undefined) record.body = body;
        break;
      }
      case (6 << 3) | LENGTH:
        attributes.push(readKeyValue(reader, 0));
        break;
      case (7 << 3) | VARINT:
        set(record, 'dropped_attributes_count', uint32(reader));
        break;
      case (8 << 3) | FIXED32:
        set(record, 'flags', reader.fixed32());
        break;
      case (9 << 3) | LENGTH:
        set(record, 'trace_id', readId(reader));
        break;
      case (10 << 3) | LENGTH:
        set(record, 'span_id', readId(reader));
        break;
      case (11 << 3) | FIXED64:
        set(record, 'observed_time_unix_nano', reader.fixed64());
        break;
      case (12 << 3) | LENGTH:
        set(record, 'event_name', reader.utf8());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.end = outerEnd;
  return record;
}

/** opentelemetry.proto.common.v1.KeyValue */
function readKeyValue(reader: ProtoReader, depth: number): Attribute {
  const outerEnd = enter(reader);
  let key = '';
  let value: AttributeValue = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | LENGTH)) key = reader.utf8();
    else if (tag === ((2 << 3) | LENGTH)) value = readAnyValue(reader, depth) ?? value;
    else reader.skip(tag);
  }
  reader.end = outerEnd;
  return { key, value };
}

/** opentelemetry.proto.common.v1.AnyValue; undefined if it has no value. */
function readAnyValue(reader: ProtoReader, depth: number): AttributeValue | undefined {
  const outerEnd = enter(reader);
  let value: AttributeValue | undefined;
  if (depth > MAX_VALUE_DEPTH) reader.pos = reader.end;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case (1 << 3) | LENGTH:
        value = reader.utf8();
        break;
      case (2 << 3) | VARINT:
        value = reader.varint() !== 0;
        break;
      case (3 << 3) | VARINT:
        value = int64(reader);
        break;
      case (4 << 3) | FIXED64:
        value = jsonNumber(reader.double());
        break;
      case (5 << 3) | LENGTH:
        value = readArray(reader, depth + 1);
        break;
      case (6 << 3) | LENGTH:
        value = readMap(reader, depth + 1);
        break;
      case (7 << 3) | LENGTH:
        value = slice(reader, 'base64');
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.end = outerEnd;
  return value;
}

/** opentelemetry.proto.common.v1.ArrayValue; `depth` is that of its elements. */
function readArray(reader: ProtoReader, depth: number): AttributeValue[] {
  const outerEnd = enter(reader);
  const values: AttributeValue[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | LENGTH)) values.push(readAnyValue(reader, depth) ?? null);
    else reader.skip(tag);
  }
  reader.end = outerEnd;
  return values;
}

/** opentelemetry.proto.common.v1.KeyValueList; the last of equal keys counts. `depth` is that of its values. */
function readMap(reader: ProtoReader, depth: number): { [key: string]: AttributeValue } {
  const outerEnd = enter(reader);
  const map: { [key: string]: AttributeValue } = Object.create(null);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | LENGTH)) {
      const { key, value } = readKeyValue(reader, depth);
      map[key] = value;
    } else {
      reader.skip(tag);
    }
  }
  reader.end = outerEnd;
  return map;
}

/** An id in hex. All zero means "no id" in OTLP, and reads as empty. */
function readId(reader: ProtoReader): string {
  const id = slice(reader, 'hex');
  return /^0*$/.test(id) ? '' : id;
}

function slice(reader: ProtoReader, encoding: 'hex' | 'base64'): string {
  const end = reader.lengthEnd();
  const text = reader.buffer.toString(encoding, reader.pos, end);
  reader.pos = end;
  return text;
}

/** An int64, as a number if that is exact. */
function int64(reader: ProtoReader): number | bigint {
  const { pos } = reader;
  const unsigned = reader.varint();
  if (unsigned <= Number.MAX_SAFE_INTEGER) return unsigned;
  reader.pos = pos;
  const value = reader.int64();
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** An int32 or enum: the low 32 bits, like other protobuf parsers. */
function int32(reader: ProtoReader): number {
  const value = int64(reader);
  return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value));
}

function uint32(reader: ProtoReader): number {
  return int32(reader) >>> 0;
}

/** JSON has no numbers for the special values, so they have their names of the protobuf JSON mapping. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Sets an optional field, except to its default, which proto3 does not distinguish from no value. */
function set<T, K extends keyof T>(view: T, key: K, value: T[K]): void {
  if (value) view[key] = value;
}
