import { MAX_VALUE_DEPTH } from './attribute-slots.js';
import { MalformedRequestError } from './decode-errors.js';
import { parseRequestJson } from './json-text.js';
import { RejectReason } from './reject-reason.js';
import { ProtoWriter } from './wire-writer.js';

/** An OTLP/JSON request in protobuf. */
export interface TranscodedRequest {
  /** The request in canonical protobuf: fields ascending, defaults left out. Owns its memory. */
  readonly bytes: Uint8Array;
  /** Number of records left out because their content is not OTLP. */
  readonly malformed: number;
  /** Place and kind of the first such error, for people. */
  readonly firstFault: string | undefined;
  /** Records left out because they are in a field that this signal does not have. */
  readonly misplaced: ReadonlyMap<RejectReason, number>;
  /** Message for people about what else was not taken as it was sent. */
  readonly notice: string | undefined;
}

/**
 * Turns an OTLP/JSON ExportTraceServiceRequest into protobuf, so that one decoder reads both encodings. The
 * rules are those of the OTLP specification, "JSON Protobuf Encoding": ids in hex, 64-bit integers as strings
 * or numbers, enums as numbers. As the protobuf JSON mapping requires of parsers, enum names and the field
 * names of the .proto files are accepted too. Unknown fields are ignored, null means missing.
 *
 * A span that is not OTLP is left out and counted. A span whose ids are text but not ids, or whose values are
 * nested too deep, is written such that the decoder rejects it for that reason.
 *
 * @throws MalformedRequestError if the text is not JSON, or something around the records is not OTLP.
 * @throws TooManyRecordsError if the text has more values than a request may have.
 */
export function tracesJsonToProtobuf(text: string | Buffer): TranscodedRequest {
  return new RequestTranscoder(TRACES, text.length).transcode(parse(text));
}

/** Turns an OTLP/JSON ExportLogsServiceRequest into protobuf; otherwise like `tracesJsonToProtobuf`. */
export function logsJsonToProtobuf(text: string | Buffer): TranscodedRequest {
  return new RequestTranscoder(LOGS, text.length).transcode(parse(text));
}

/**
 * Turns an OTLP/JSON ExportMetricsServiceRequest into protobuf; otherwise like `tracesJsonToProtobuf`. Only
 * data points of sums are written in full; all others are empty. A point that is not OTLP is written such
 * that reading it fails. No metric is left out.
 */
export function metricsJsonToProtobuf(text: string | Buffer): TranscodedRequest {
  return new RequestTranscoder(METRICS, text.length).transcode(parse(text));
}

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

type JsonObject = { readonly [key: string]: unknown };
type WriteMessage = (writer: ProtoWriter, message: JsonObject, depth: number) => void;

/** The names of a field in OTLP/JSON and in the .proto file. */
interface FieldName {
  readonly json: string;
  readonly proto: string;
}

/** Differences between the signals: names, and the message of a record. */
interface RecordSignal {
  readonly resources: FieldName;
  readonly scopes: FieldName;
  readonly records: FieldName;
  /** Names that the fields of scopes and records had before OTLP 1.0. */
  readonly retiredScopes: FieldName;
  readonly retiredRecords?: FieldName;
  readonly writeRecord: WriteMessage;
  /** An error within a record is an error of the request. */
  readonly mustBeWhole?: true;
}

const TRACES: RecordSignal = {
  resources: { json: 'resourceSpans', proto: 'resource_spans' },
  scopes: { json: 'scopeSpans', proto: 'scope_spans' },
  records: { json: 'spans', proto: 'spans' },
  retiredScopes: { json: 'instrumentationLibrarySpans', proto: 'instrumentation_library_spans' },
  writeRecord: writeSpan,
};

const LOGS: RecordSignal = {
  resources: { json: 'resourceLogs', proto: 'resource_logs' },
  scopes: { json: 'scopeLogs', proto: 'scope_logs' },
  records: { json: 'logRecords', proto: 'log_records' },
  retiredScopes: { json: 'instrumentationLibraryLogs', proto: 'instrumentation_library_logs' },
  retiredRecords: { json: 'logs', proto: 'logs' },
  writeRecord: writeLogRecord,
};

const METRICS: RecordSignal = {
  resources: { json: 'resourceMetrics', proto: 'resource_metrics' },
  scopes: { json: 'scopeMetrics', proto: 'scope_metrics' },
  records: { json: 'metrics', proto: 'metrics' },
  retiredScopes: { json: 'instrumentationLibraryMetrics', proto: 'instrumentation_library_metrics' },
  writeRecord: writeMetric,
  mustBeWhole: true,
};

const SIGNALS: readonly RecordSignal[] = [TRACES, LOGS, METRICS];

/** A value is not OTLP. `path` leads to it from the current message, and grows while the error propagates. */
class Fault extends Error {
  path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }

  within(parent: string): this {
    this.path = this.path === '' ? parent : `${parent}.${this.path}`;
    return this;
  }
}

function parse(text: string | Buffer): unknown {
  return parseRequestJson(typeof text === 'string' ? Buffer.from(text) : text);
}

class RequestTranscoder {
  readonly #signal: RecordSignal;
  readonly #writer: ProtoWriter;
  #malformed = 0;
  #firstFault: string | undefined;
  readonly #misplaced = new Map<RejectReason, number>();
  #notice: string | undefined;
  /** Current position in the request, for messages; -1 means above that level. */
  #resourceIndex = -1;
  #scopeIndex = -1;

  constructor(signal: RecordSignal, jsonLength: number) {
    this.#signal = signal;
    // Protobuf is about half as long as the JSON of the same telemetry.
    this.#writer = new ProtoWriter(1024 + Math.ceil(jsonLength / 2));
  }

  transcode(request: unknown): TranscodedRequest {
    try {
      // Within a message null means a missing one; a request is never missing.
      if (request === null) throw new Fault('', 'expected an object');
      this.#request(object(request));
    } catch (error) {
      throw error instanceof Fault ? new MalformedRequestError(this.#describe(error)) : error;
    }
    return {
      bytes: this.#writer.finish(),
      malformed: this.#malformed,
      firstFault: this.#firstFault,
      misplaced: this.#misplaced,
      // A count of misplaced records says more than a notice.
      notice: this.#misplaced.size === 0 ? this.#notice : undefined,
    };
  }

  #request(request: JsonObject): void {
    const writer = this.#writer;
    const resources = list(request, this.#signal.resources);
    for (const other of SIGNALS) {
      if (other !== this.#signal) this.#misplace(RejectReason.otherSignal, otherRecords(request, other));
    }
    if (resources.length === 0) this.#noteStrangers('the request', this.#signal.resources, request, NO_NAMES);
    for (const [i, element] of resources.entries()) {
      this.#resourceIndex = i;
      const start = writer.begin(1);
      this.#resourceRecords(object(element));
      writer.end(start);
    }
  }

  /** ResourceSpans or ResourceLogs */
  #resourceRecords(message: JsonObject): void {
    const writer = this.#writer;
    writeMessage(writer, 1, message.resource, 'resource', writeResource);
    const scopes = list(message, this.#signal.scopes);
    this.#misplace(RejectReason.retiredForm, retiredRecords(message, this.#signal));
    if (scopes.length === 0) {
      this.#noteStrangers(this.#signal.resources.json, this.#signal.scopes, message, RESOURCE_NAMES);
    }
    for (const [i, element] of scopes.entries()) {
      this.#scopeIndex = i;
      const start = writer.begin(2);
      this.#scopeRecords(object(element));
      writer.end(start);
    }
    this.#scopeIndex = -1;
    writeText(writer, 3, message.schemaUrl ?? message.schema_url, 'schemaUrl');
  }

  /** ScopeSpans or ScopeLogs */
  #scopeRecords(message: JsonObject): void {
    const writer = this.#writer;
    const { records, writeRecord, mustBeWhole } = this.#signal;
    writeMessage(writer, 1, message.scope, 'scope', writeScope);
    const elements = list(message, records);
    if (elements.length === 0) {
      this.#noteStrangers(this.#signal.scopes.json, records, message, SCOPE_NAMES);
    }
    for (const [i, element] of elements.entries()) {
      const before = writer.position;
      try {
        const start = writer.begin(2);
        writeRecord(writer, object(element), 0);
        writer.end(start);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        if (mustBeWhole) throw error.within(`${records.json}[${i}]`);
        writer.rewind(before);
        this.#malformed++;
        this.#firstFault ??= this.#describe(error.within(`${records.json}[${i}]`));
      }
    }
    writeText(writer, 3, message.schemaUrl ?? message.schema_url, 'schemaUrl');
  }

  #misplace(reason: RejectReason, count: number): void {
    if (count > 0) this.#misplaced.set(reason, (this.#misplaced.get(reason) ?? 0) + count);
  }

  /**
   * Remembers the first message without any field that leads to records, but with other members than `known`.
   * Its sender probably meant something by them.
   */
  #noteStrangers(where: string, wanted: FieldName, message: JsonObject, known: ReadonlySet<string>): void {
    if (this.#notice !== undefined || message[wanted.json] != null || message[wanted.proto] != null) return;
    const strangers = Object.keys(message).filter((name) => !known.has(name) && message[name] != null);
    if (strangers.length === 0) return;
    const names = strangers.slice(0, MOST_NAMED).map(quoted).join(', ');
    this.#notice = `${where} has no ${wanted.json}, but ${names}, which is not read`;
  }

  #describe(fault: Fault): string {
    const { resources, scopes } = this.#signal;
    if (this.#scopeIndex >= 0) fault.within(`${scopes.json}[${this.#scopeIndex}]`);
    if (this.#resourceIndex >= 0) fault.within(`${resources.json}[${this.#resourceIndex}]`);
    return fault.path === '' ? fault.message : `${fault.path}: ${fault.message}`;
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
const RESOURCE_NAMES: ReadonlySet<string> = new Set(['resource', 'schemaUrl', 'schema_url']);
const SCOPE_NAMES: ReadonlySet<string> = new Set(['scope', 'schemaUrl', 'schema_url']);
const MOST_NAMED = 3;
const LONGEST_NAME = 40;

/** A name of unknown origin, for a message: on one line and shortened. */
function quoted(name: string): string {
  const short = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return JSON.stringify(short.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' '));
}

/** Number of records of another signal in a request. */
function otherRecords(request: JsonObject, other: RecordSignal): number {
  let count = 0;
  for (const resource of elements(request, other.resources)) {
    for (const scope of elements(resource, other.scopes)) count += recordsIn(scope, other, other.records);
    count += retiredRecords(resource, other);
  }
  return count;
}

/** Number of records of a resource in the form from before OTLP 1.0. */
function retiredRecords(resource: unknown, signal: RecordSignal): number {
  let count = 0;
  for (const scope of elements(resource, signal.retiredScopes)) {
    count += recordsIn(scope, signal, signal.records);
    if (signal.retiredRecords !== undefined) count += recordsIn(scope, signal, signal.retiredRecords);
  }
  return count;
}

/** Number of spans, log records, or data points. */
function recordsIn(scope: unknown, signal: RecordSignal, name: FieldName): number {
  const records = elements(scope, name);
  if (signal !== METRICS) return records.length;
  let points = 0;
  for (const metric of records) {
    if (typeof metric !== 'object' || metric === null) continue;
    for (const data of Object.values(metric)) points += elements(data, DATA_POINTS).length;
  }
  return points;
}

/** The elements of a list in a value that is not a message of this request, and so may have any form. */
function elements(message: unknown, name: FieldName): readonly unknown[] {
  if (typeof message !== 'object' || message === null) return [];
  const value = (message as JsonObject)[name.json] ?? (message as JsonObject)[name.proto];
  return Array.isArray(value) ? value : [];
}

/** opentelemetry.proto.resource.v1.Resource */
function writeResource(writer: ProtoWriter, resource: JsonObject): void {
  writeMessages(writer, 1, resource.attributes, 'attributes', writeKeyValue);
  writeUint32(
    writer,
    2,
    resource.droppedAttributesCount ?? resource.dropped_attributes_count,
    'droppedAttributesCount',
  );
}

/** opentelemetry.proto.common.v1.InstrumentationScope */
function writeScope(writer: ProtoWriter, scope: JsonObject): void {
  writeText(writer, 1, scope.name, 'name');
  writeText(writer, 2, scope.version, 'version');
  writeMessages(writer, 3, scope.attributes, 'attributes', writeKeyValue);
  writeUint32(
    writer,
    4,
    scope.droppedAttributesCount ?? scope.dropped_attributes_count,
    'droppedAttributesCount',
  );
}

/** opentelemetry.proto.trace.v1.Span */
function writeSpan(writer: ProtoWriter, span: JsonObject): void {
  writeRecordId(writer, 1, span.traceId ?? span.trace_id, 'traceId', TRACE_ID_BYTES);
  writeRecordId(writer, 2, span.spanId ?? span.span_id, 'spanId', SPAN_ID_BYTES);
  writeText(writer, 3, span.traceState ?? span.trace_state, 'traceState');
  writeRecordId(writer, 4, span.parentSpanId ?? span.parent_span_id, 'parentSpanId', SPAN_ID_BYTES);
  writeText(writer, 5, span.name, 'name');
  writeEnum(writer, 6, span.kind, 'kind', SPAN_KINDS);
  writeTime(writer, 7, span.startTimeUnixNano ?? span.start_time_unix_nano, 'startTimeUnixNano');
  writeTime(writer, 8, span.endTimeUnixNano ?? span.end_time_unix_nano, 'endTimeUnixNano');
  writeMessages(writer, 9, span.attributes, 'attributes', writeKeyValue);
  writeUint32(
    writer,
    10,
    span.droppedAttributesCount ?? span.dropped_attributes_count,
    'droppedAttributesCount',
  );
  writeMessages(writer, 11, span.events, 'events', writeEvent);
  writeUint32(writer, 12, span.droppedEventsCount ?? span.dropped_events_count, 'droppedEventsCount');
  writeMessages(writer, 13, span.links, 'links', writeLink);
  writeUint32(writer, 14, span.droppedLinksCount ?? span.dropped_links_count, 'droppedLinksCount');
  writeMessage(writer, 15, span.status, 'status', writeStatus);
  writeFlags(writer, 16, span.flags);
}

/** opentelemetry.proto.trace.v1.Span.Event */
function writeEvent(writer: ProtoWriter, event: JsonObject): void {
  writeTime(writer, 1, event.timeUnixNano ?? event.time_unix_nano, 'timeUnixNano');
  writeText(writer, 2, event.name, 'name');
  writeMessages(writer, 3, event.attributes, 'attributes', writeKeyValue);
  writeUint32(
    writer,
    4,
    event.droppedAttributesCount ?? event.dropped_attributes_count,
    'droppedAttributesCount',
  );
}

/** opentelemetry.proto.trace.v1.Span.Link */
function writeLink(writer: ProtoWriter, link: JsonObject): void {
  writeLinkId(writer, 1, link.traceId ?? link.trace_id, 'traceId', TRACE_ID_BYTES);
  writeLinkId(writer, 2, link.spanId ?? link.span_id, 'spanId', SPAN_ID_BYTES);
  writeText(writer, 3, link.traceState ?? link.trace_state, 'traceState');
  writeMessages(writer, 4, link.attributes, 'attributes', writeKeyValue);
  writeUint32(
    writer,
    5,
    link.droppedAttributesCount ?? link.dropped_attributes_count,
    'droppedAttributesCount',
  );
  writeFlags(writer, 6, link.flags);
}

/** opentelemetry.proto.trace.v1.Status */
function writeStatus(writer: ProtoWriter, status: JsonObject): void {
  writeText(writer, 2, status.message, 'message');
  writeEnum(writer, 3, status.code, 'code', STATUS_CODES);
}

/** opentelemetry.proto.logs.v1.LogRecord */
function writeLogRecord(writer: ProtoWriter, record: JsonObject): void {
  writeTime(writer, 1, record.timeUnixNano ?? record.time_unix_nano, 'timeUnixNano');
  writeEnum(writer, 2, record.severityNumber ?? record.severity_number, 'severityNumber', SEVERITY_NUMBERS);
  writeText(writer, 3, record.severityText ?? record.severity_text, 'severityText');
  writeMessage(writer, 5, record.body, 'body', writeAnyValue);
  writeMessages(writer, 6, record.attributes, 'attributes', writeKeyValue);
  writeUint32(
    writer,
    7,
    record.droppedAttributesCount ?? record.dropped_attributes_count,
    'droppedAttributesCount',
  );
  writeFlags(writer, 8, record.flags);
  writeRecordId(writer, 9, record.traceId ?? record.trace_id, 'traceId', TRACE_ID_BYTES);
  writeRecordId(writer, 10, record.spanId ?? record.span_id, 'spanId', SPAN_ID_BYTES);
  writeTime(
    writer,
    11,
    record.observedTimeUnixNano ?? record.observed_time_unix_nano,
    'observedTimeUnixNano',
  );
  writeText(writer, 12, record.eventName ?? record.event_name, 'eventName');
}

/** opentelemetry.proto.metrics.v1.Metric: the fields that lead to its data points. */
function writeMetric(writer: ProtoWriter, metric: JsonObject): void {
  writeText(writer, 1, metric.name, 'name');
  writeMessage(writer, 5, metric.gauge, 'gauge', writeEmptyPoints);
  writeMessage(writer, 7, metric.sum, 'sum', writeSum);
  writeMessage(writer, 9, metric.histogram, 'histogram', writeEmptyPoints);
  const exponential = metric.exponentialHistogram ?? metric.exponential_histogram;
  writeMessage(writer, 10, exponential, 'exponentialHistogram', writeEmptyPoints);
  writeMessage(writer, 11, metric.summary, 'summary', writeEmptyPoints);
}

const DATA_POINTS: FieldName = { json: 'dataPoints', proto: 'data_points' };

/** Writes as many empty data points as there are data points. */
function writeEmptyPoints(writer: ProtoWriter, data: JsonObject): void {
  for (const _ of list(data, DATA_POINTS)) writer.end(writer.begin(1));
}

/** opentelemetry.proto.metrics.v1.Sum */
function writeSum(writer: ProtoWriter, sum: JsonObject): void {
  for (const point of list(sum, DATA_POINTS)) {
    const before = writer.position;
    try {
      const start = writer.begin(1);
      writeDataPoint(writer, object(point));
      writer.end(start);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      writer.rewind(before);
      writer.bytes(1, NO_MESSAGE);
    }
  }
  const temporality = sum.aggregationTemporality ?? sum.aggregation_temporality;
  writeEnum(writer, 2, temporality, 'aggregationTemporality', TEMPORALITIES);
  const isMonotonic = sum.isMonotonic ?? sum.is_monotonic;
  if (isMonotonic != null && boolean(isMonotonic, 'isMonotonic')) writer.uint32(3, 1);
}

/** Represents a value that is not a message: it has a field of number 0. */
const NO_MESSAGE = Uint8Array.of(0);

/** opentelemetry.proto.metrics.v1.NumberDataPoint. If both values are given, the double counts. */
function writeDataPoint(writer: ProtoWriter, point: JsonObject): void {
  writeTime(writer, 2, point.startTimeUnixNano ?? point.start_time_unix_nano, 'startTimeUnixNano');
  writeTime(writer, 3, point.timeUnixNano ?? point.time_unix_nano, 'timeUnixNano');
  const double = point.asDouble ?? point.as_double;
  const int = point.asInt ?? point.as_int;
  if (double != null) writer.double(4, float(double, 'asDouble'));
  else if (int != null) writer.fixed64(6, BigInt.asUintN(64, BigInt(int64(int, 'asInt'))));
  writeMessages(writer, 7, point.attributes, 'attributes', writeKeyValue);
  writeUint32(writer, 8, point.flags, 'flags');
}

/** opentelemetry.proto.common.v1.KeyValue */
function writeKeyValue(writer: ProtoWriter, keyValue: JsonObject, depth: number): void {
  writeText(writer, 1, keyValue.key, 'key');
  writeMessage(writer, 2, keyValue.value, 'value', writeAnyValue, depth);
}

/**
 * opentelemetry.proto.common.v1.AnyValue. If several values are given, the one with the lowest field number
 * counts.
 */
function writeAnyValue(writer: ProtoWriter, value: JsonObject, depth: number): void {
  // Left empty: the decoder rejects a record with a value this deep, whatever the value is.
  if (depth > MAX_VALUE_DEPTH) return;
  const string = value.stringValue ?? value.string_value;
  if (string != null) {
    writer.string(1, text(string, 'stringValue'));
    return;
  }
  const bool = value.boolValue ?? value.bool_value;
  if (bool != null) {
    writer.uint32(2, boolean(bool, 'boolValue') ? 1 : 0);
    return;
  }
  const int = value.intValue ?? value.int_value;
  if (int != null) {
    writer.int64(3, int64(int, 'intValue'));
    return;
  }
  const double = value.doubleValue ?? value.double_value;
  if (double != null) {
    writer.double(4, float(double, 'doubleValue'));
    return;
  }
  const array = value.arrayValue ?? value.array_value;
  if (array != null) {
    writeMessage(writer, 5, array, 'arrayValue', writeArrayValue, depth + 1);
    return;
  }
  const map = value.kvlistValue ?? value.kvlist_value;
  if (map != null) {
    writeMessage(writer, 6, map, 'kvlistValue', writeKeyValueList, depth + 1);
    return;
  }
  const bytes = value.bytesValue ?? value.bytes_value;
  if (bytes != null) writer.bytes(7, base64(bytes, 'bytesValue'));
}

/** opentelemetry.proto.common.v1.ArrayValue; `depth` is that of its elements. */
function writeArrayValue(writer: ProtoWriter, array: JsonObject, depth: number): void {
  writeMessages(writer, 1, array.values, 'values', writeAnyValue, depth);
}

/** opentelemetry.proto.common.v1.KeyValueList; `depth` is that of its values. */
function writeKeyValueList(writer: ProtoWriter, map: JsonObject, depth: number): void {
  writeMessages(writer, 1, map.values, 'values', writeKeyValue, depth);
}

function writeMessage(
  writer: ProtoWriter,
  field: number,
  value: unknown,
  name: string,
  write: WriteMessage,
  depth = 0,
): void {
  if (value == null) return;
  try {
    const start = writer.begin(field);
    write(writer, object(value), depth);
    writer.end(start);
  } catch (error) {
    throw error instanceof Fault ? error.within(name) : error;
  }
}

function writeMessages(
  writer: ProtoWriter,
  field: number,
  value: unknown,
  name: string,
  write: WriteMessage,
  depth = 0,
): void {
  if (value == null) return;
  if (!Array.isArray(value)) throw new Fault(name, 'expected an array');
  let i = 0;
  try {
    for (; i < value.length; i++) {
      const start = writer.begin(field);
      write(writer, object(value[i]), depth);
      writer.end(start);
    }
  } catch (error) {
    throw error instanceof Fault ? error.within(`${name}[${i}]`) : error;
  }
}

function writeText(writer: ProtoWriter, field: number, value: unknown, name: string): void {
  if (value != null && value !== '') writer.string(field, text(value, name));
}

function writeUint32(writer: ProtoWriter, field: number, value: unknown, name: string): void {
  if (value != null && value !== 0) writer.uint32(field, uint32(value, name));
}

function writeFlags(writer: ProtoWriter, field: number, value: unknown): void {
  if (value != null && value !== 0) writer.fixed32(field, uint32(value, 'flags'));
}

function writeTime(writer: ProtoWriter, field: number, value: unknown, name: string): void {
  if (value == null) return;
  const time = uint64(value, name);
  if (time !== 0n) writer.fixed64(field, time);
}

function writeEnum(
  writer: ProtoWriter,
  field: number,
  value: unknown,
  name: string,
  names: ReadonlyMap<unknown, number>,
): void {
  if (value == null) return;
  const number = typeof value === 'number' ? value : names.get(value);
  if (number === undefined || (number | 0) !== number) {
    throw new Fault(name, 'expected a number or name of the enumeration');
  }
  if (number !== 0) writer.int64(field, number);
}

/**
 * Represents text that is not an id: its length is invalid, so that the decoder rejects the record for its
 * id.
 */
const NO_ID = Uint8Array.of(0);

/** Writes an id that the decoder checks. */
function writeRecordId(
  writer: ProtoWriter,
  field: number,
  value: unknown,
  name: string,
  length: number,
): void {
  if (value != null && value !== '') writer.bytes(field, hex(text(value, name), length) ?? NO_ID);
}

/** Writes an id that the decoder does not check. */
function writeLinkId(writer: ProtoWriter, field: number, value: unknown, name: string, length: number): void {
  if (value == null || value === '') return;
  const id = hex(text(value, name), length);
  if (id === undefined) throw new Fault(name, `expected ${2 * length} hex digits`);
  writer.bytes(field, id);
}

/** A list of messages; empty if missing. */
function list(message: JsonObject, name: FieldName): readonly unknown[] {
  const value = message[name.json] ?? message[name.proto] ?? [];
  if (!Array.isArray(value)) throw new Fault(name.json, 'expected an array');
  return value;
}

const NO_FIELDS: JsonObject = Object.freeze({});

/** A message; null means one without fields. */
function object(value: unknown): JsonObject {
  if (value == null) return NO_FIELDS;
  if (typeof value !== 'object' || Array.isArray(value)) throw new Fault('', 'expected an object');
  return value as JsonObject;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Fault(name, 'expected a string');
  return value;
}

function boolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new Fault(name, 'expected true or false');
  return value;
}

const UINT32_MAX = 2 ** 32 - 1;
const UINT64_MAX = 2n ** 64n - 1n;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

function uint32(value: unknown, name: string): number {
  const number = Number(integer(value, name));
  if (number < 0 || number > UINT32_MAX) throw new Fault(name, `expected 0 to ${UINT32_MAX}`);
  return number;
}

function uint64(value: unknown, name: string): bigint {
  const number = BigInt(integer(value, name));
  if (number < 0n || number > UINT64_MAX) throw new Fault(name, `expected 0 to ${UINT64_MAX}`);
  return number;
}

function int64(value: unknown, name: string): number | bigint {
  const number = integer(value, name);
  if (number < INT64_MIN || number > INT64_MAX) {
    throw new Fault(name, `expected ${INT64_MIN} to ${INT64_MAX}`);
  }
  return number;
}

/** An integer of any size: a number if it is a safe integer, else a bigint. */
function integer(value: unknown, name: string): number | bigint {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) {
    return value.length < 16 ? Number(value) : BigInt(value);
  }
  if (!Number.isInteger(value)) throw new Fault(name, 'expected an integer');
  return Number.isSafeInteger(value) ? (value as number) : BigInt(value as number);
}

const DECIMAL = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function float(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (typeof value === 'string' && DECIMAL.test(value)) return Number(value);
  throw new Fault(name, 'expected a number');
}

/** Standard or URL-safe alphabet, padded or not. */
function base64(value: unknown, name: string): Uint8Array {
  const digits = text(value, name);
  if (!/^[\w+/-]*={0,2}$/.test(digits)) throw new Fault(name, 'expected base64');
  return Buffer.from(digits, 'base64');
}

/** The bytes of exactly twice as many hex digits in either case; undefined for any other text. */
function hex(digits: string, length: number): Uint8Array | undefined {
  if (digits.length !== 2 * length) return undefined;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const high = hexDigit(digits.charCodeAt(2 * i));
    const low = hexDigit(digits.charCodeAt(2 * i + 1));
    if ((high | low) < 0) return undefined;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

const SPAN_KINDS: ReadonlyMap<unknown, number> = enumNames('SPAN_KIND_', [
  'UNSPECIFIED',
  'INTERNAL',
  'SERVER',
  'CLIENT',
  'PRODUCER',
  'CONSUMER',
]);

const STATUS_CODES: ReadonlyMap<unknown, number> = enumNames('STATUS_CODE_', ['UNSET', 'OK', 'ERROR']);

const SEVERITY_NUMBERS: ReadonlyMap<unknown, number> = enumNames('SEVERITY_NUMBER_', [
  'UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
    ['', '2', '3', '4'].map((step) => level + step),
  ),
]);

const TEMPORALITIES: ReadonlyMap<unknown, number> = enumNames('AGGREGATION_TEMPORALITY_', [
  'UNSPECIFIED',
  'DELTA',
  'CUMULATIVE',
]);

/** Numbers of an enumeration's values, from 0. */
function enumNames(prefix: string, names: readonly string[]): Map<unknown, number> {
  return new Map(names.map((name, number) => [prefix + name, number]));
}
