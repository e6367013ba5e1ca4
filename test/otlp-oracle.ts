import fc from 'fast-check';
import protobuf from 'protobufjs';

/**
 * OTLP as protobufjs reads and writes it from the definitions below, and arbitrary requests: the oracle for
 * the hand-written readers and writers.
 */

/**
 * The messages of opentelemetry-proto 1.x that OTLP consists of, in one package; for metrics those around
 * data points, and sums.
 */
const OTLP_PROTO = `
syntax = "proto3";

message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ExportTraceServiceResponse { ExportTracePartialSuccess partial_success = 1; }
message ExportTracePartialSuccess { int64 rejected_spans = 1; string error_message = 2; }

message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
message ExportLogsServiceResponse { ExportLogsPartialSuccess partial_success = 1; }
message ExportLogsPartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }

message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
message ExportMetricsServiceResponse { ExportMetricsPartialSuccess partial_success = 1; }
message ExportMetricsPartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }

message RpcStatus { int32 code = 1; string message = 2; }

message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }

message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message InstrumentationScope {
  string name = 1;
  string version = 2;
  repeated KeyValue attributes = 3;
  uint32 dropped_attributes_count = 4;
}

message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  string trace_state = 3;
  bytes parent_span_id = 4;
  string name = 5;
  int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  uint32 dropped_attributes_count = 10;
  repeated Event events = 11;
  uint32 dropped_events_count = 12;
  repeated Link links = 13;
  uint32 dropped_links_count = 14;
  Status status = 15;
  fixed32 flags = 16;

  message Event {
    fixed64 time_unix_nano = 1;
    string name = 2;
    repeated KeyValue attributes = 3;
    uint32 dropped_attributes_count = 4;
  }
  message Link {
    bytes trace_id = 1;
    bytes span_id = 2;
    string trace_state = 3;
    repeated KeyValue attributes = 4;
    uint32 dropped_attributes_count = 5;
    fixed32 flags = 6;
  }
}
message Status { string message = 2; int32 code = 3; }

message LogRecord {
  fixed64 time_unix_nano = 1;
  int32 severity_number = 2;
  string severity_text = 3;
  AnyValue body = 5;
  repeated KeyValue attributes = 6;
  uint32 dropped_attributes_count = 7;
  fixed32 flags = 8;
  bytes trace_id = 9;
  bytes span_id = 10;
  fixed64 observed_time_unix_nano = 11;
  string event_name = 12;
}

message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; }
message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; string schema_url = 3; }
message Metric {
  string name = 1;
  string description = 2;
  string unit = 3;
  oneof data {
    Gauge gauge = 5;
    Sum sum = 7;
    Histogram histogram = 9;
    ExponentialHistogram exponential_histogram = 10;
    Summary summary = 11;
  }
  repeated KeyValue metadata = 12;
}
message Gauge { repeated NumberDataPoint data_points = 1; }
message Sum {
  repeated NumberDataPoint data_points = 1;
  int32 aggregation_temporality = 2;
  bool is_monotonic = 3;
}
message Histogram { repeated OtherDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message ExponentialHistogram { repeated OtherDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message Summary { repeated OtherDataPoint data_points = 1; }
message NumberDataPoint {
  repeated KeyValue attributes = 7;
  fixed64 start_time_unix_nano = 2;
  fixed64 time_unix_nano = 3;
  oneof value {
    double as_double = 4;
    sfixed64 as_int = 6;
  }
  repeated Exemplar exemplars = 5;
  uint32 flags = 8;
}
message Exemplar { fixed64 time_unix_nano = 2; double as_double = 3; bytes span_id = 4; bytes trace_id = 5; }
message OtherDataPoint { fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5; }

message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6;
    bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
`;

const { root } = protobuf.parse(OTLP_PROTO);

/**
 * protobufjs types. Enums are int32 in them: on the wire they are the same, and OTLP does not restrict their
 * values.
 */
export const otlpTypes = {
  ExportTraceServiceRequest: root.lookupType('ExportTraceServiceRequest'),
  ExportTraceServiceResponse: root.lookupType('ExportTraceServiceResponse'),
  ExportLogsServiceRequest: root.lookupType('ExportLogsServiceRequest'),
  ExportLogsServiceResponse: root.lookupType('ExportLogsServiceResponse'),
  ExportMetricsServiceRequest: root.lookupType('ExportMetricsServiceRequest'),
  ExportMetricsServiceResponse: root.lookupType('ExportMetricsServiceResponse'),
  RpcStatus: root.lookupType('RpcStatus'),
} as const;

/**
 * Requests as plain objects: fields in lowerCamelCase, those with a default value left out; 64-bit integers as
 * decimal strings, ids and bytes as Uint8Array.
 */
export interface TraceRequest {
  resourceSpans?: PlainResourceSpans[];
}
export interface LogsRequest {
  resourceLogs?: PlainResourceLogs[];
}
export interface MetricsRequest {
  resourceMetrics?: PlainResourceMetrics[];
}
interface PlainResourceMetrics {
  resource?: PlainResource;
  scopeMetrics?: PlainScopeMetrics[];
  schemaUrl?: string;
}
interface PlainScopeMetrics {
  scope?: PlainScope;
  metrics?: PlainMetric[];
  schemaUrl?: string;
}
export interface PlainMetric {
  name?: string;
  description?: string;
  unit?: string;
  gauge?: { dataPoints?: PlainDataPoint[] };
  sum?: PlainSum;
  histogram?: { dataPoints?: PlainOtherPoint[] };
  exponentialHistogram?: { dataPoints?: PlainOtherPoint[] };
  summary?: { dataPoints?: PlainOtherPoint[] };
}
export interface PlainSum {
  dataPoints?: PlainDataPoint[];
  /** 1 is delta, 2 cumulative. */
  aggregationTemporality?: number;
  isMonotonic?: boolean;
}
export interface PlainDataPoint {
  startTimeUnixNano?: string;
  timeUnixNano?: string;
  asDouble?: number;
  asInt?: string;
  attributes?: PlainKeyValue[];
  flags?: number;
}
interface PlainOtherPoint {
  timeUnixNano?: string;
  count?: string;
  sum?: number;
}
interface PlainResourceSpans {
  resource?: PlainResource;
  scopeSpans?: PlainScopeSpans[];
  schemaUrl?: string;
}
interface PlainScopeSpans {
  scope?: PlainScope;
  spans?: PlainSpan[];
  schemaUrl?: string;
}
interface PlainResourceLogs {
  resource?: PlainResource;
  scopeLogs?: PlainScopeLogs[];
  schemaUrl?: string;
}
interface PlainScopeLogs {
  scope?: PlainScope;
  logRecords?: PlainLogRecord[];
  schemaUrl?: string;
}
export interface PlainResource {
  attributes?: PlainKeyValue[];
  droppedAttributesCount?: number;
}
export interface PlainScope {
  name?: string;
  version?: string;
  attributes?: PlainKeyValue[];
  droppedAttributesCount?: number;
}
export interface PlainSpan {
  traceId?: Uint8Array;
  spanId?: Uint8Array;
  traceState?: string;
  parentSpanId?: Uint8Array;
  name?: string;
  kind?: number;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: PlainKeyValue[];
  droppedAttributesCount?: number;
  events?: PlainEvent[];
  droppedEventsCount?: number;
  links?: PlainLink[];
  droppedLinksCount?: number;
  status?: { message?: string; code?: number };
  flags?: number;
}
interface PlainEvent {
  timeUnixNano?: string;
  name?: string;
  attributes?: PlainKeyValue[];
  droppedAttributesCount?: number;
}
interface PlainLink {
  traceId?: Uint8Array;
  spanId?: Uint8Array;
  traceState?: string;
  attributes?: PlainKeyValue[];
  droppedAttributesCount?: number;
  flags?: number;
}
export interface PlainLogRecord {
  timeUnixNano?: string;
  severityNumber?: number;
  severityText?: string;
  body?: PlainAnyValue;
  attributes?: PlainKeyValue[];
  droppedAttributesCount?: number;
  flags?: number;
  traceId?: Uint8Array;
  spanId?: Uint8Array;
  observedTimeUnixNano?: string;
  eventName?: string;
}
export interface PlainKeyValue {
  key?: string;
  value?: PlainAnyValue;
}
export interface PlainAnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number;
  arrayValue?: { values?: PlainAnyValue[] };
  kvlistValue?: { values?: PlainKeyValue[] };
  bytesValue?: Uint8Array;
}

/** A request in canonical protobuf, written by protobufjs. */
export function encodeTraceRequest(request: TraceRequest): Uint8Array {
  return encode(otlpTypes.ExportTraceServiceRequest, request);
}

export function encodeLogsRequest(request: LogsRequest): Uint8Array {
  return encode(otlpTypes.ExportLogsServiceRequest, request);
}

export function encodeMetricsRequest(request: MetricsRequest): Uint8Array {
  return encode(otlpTypes.ExportMetricsServiceRequest, request);
}

/** A message in canonical protobuf, as a plain Uint8Array of its own memory. */
function encode(type: protobuf.Type, message: object): Uint8Array {
  return Uint8Array.from(type.encode(type.fromObject(message)).finish());
}

/** Decodes to a plain object as above, but with all fields, defaults included. */
export function decodePlain(type: protobuf.Type, bytes: Uint8Array): unknown {
  return type.toObject(type.decode(bytes), { longs: String, defaults: true, arrays: true });
}

/**
 * The same message as another sender might have written it: fields in another order (except within a repeated
 * field), and at every level unknown fields of every wire type between them. `random` gives whole numbers.
 */
export function rewriteMessage(type: protobuf.Type, bytes: Uint8Array, random: () => number): Uint8Array {
  const reader = protobuf.Reader.create(bytes);
  const runs = new Map<number, Uint8Array[]>();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const field = type.fieldsById[tag >>> 3]?.resolve();
    let raw: Uint8Array;
    if (field?.resolvedType instanceof protobuf.Type) {
      const content = rewriteMessage(field.resolvedType, reader.bytes(), random);
      raw = protobuf.Writer.create().uint32(tag).bytes(content).finish();
    } else {
      reader.skipType(tag & 7);
      raw = bytes.subarray(start, reader.pos);
    }
    runs.set(tag >>> 3, [...(runs.get(tag >>> 3) ?? []), raw]);
  }
  const pieces = [...runs.values()]
    .map((run) => ({ run, rank: random() % 64 }))
    .sort((a, b) => a.rank - b.rank)
    .flatMap(({ run }) => run);
  return Uint8Array.from(Buffer.concat(pieces.flatMap((piece) => [...unknownFields(random), piece])));
}

function unknownFields(random: () => number): Uint8Array[] {
  const field = 1000 + (random() % 500_000_000);
  const writer = protobuf.Writer.create();
  switch (random() % 8) {
    case 0:
      return [
        writer
          .uint32((field << 3) >>> 0)
          .uint64(2 ** 60)
          .finish(),
      ];
    case 1:
      return [
        writer
          .uint32(((field << 3) | 1) >>> 0)
          .double(random())
          .finish(),
      ];
    case 2:
      return [
        writer
          .uint32(((field << 3) | 2) >>> 0)
          .string('unknown')
          .finish(),
      ];
    case 3:
      return [
        writer
          .uint32(((field << 3) | 5) >>> 0)
          .fixed32(random())
          .finish(),
      ];
    default:
      return [];
  }
}

/** Short and long, ASCII and not, but never a lone surrogate, which UTF-8 cannot represent. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('x', 'ä', '€', '😀'),
        fc.constantFrom(43, 47, 48, 127, 128, 5_461, 16_383, 16_385),
      )
      .map(([unit, length]) => unit.repeat(length)),
  },
);

const attributeKey = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('session.id', 'service.name', 'user.id', 'gen_ai.request.model'),
  },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', '', '0') },
  { weight: 2, arbitrary: text },
);

const int64 = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -1000n, max: 1000n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n),
    fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, 1n - 2n ** 53n, -(2n ** 53n), 2n ** 32n, -(2n ** 31n)),
  )
  .map(String);

const time = fc
  .oneof(
    {
      weight: 5,
      arbitrary: fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_900_000_000_000_000_000n }),
    },
    { weight: 1, arbitrary: fc.constantFrom(1n, 2n ** 53n + 1n, 2n ** 63n - 1n) },
  )
  .map(String);

const uint32 = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));

/** An id that is not all zero. */
const id = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length }).filter((bytes) => bytes.some((byte) => byte !== 0));
const traceId = id(16);
const spanId = id(8);

type Fields<T> = { [K in keyof T]-?: fc.Arbitrary<NonNullable<T[K]>> };

/** A message of which any field may be missing except the `required`; defaults are missing, as on the wire. */
function message<T extends object>(
  fields: Fields<T>,
  required: readonly (keyof T & string)[] = [],
): fc.Arbitrary<T> {
  const optional = Object.keys(fields).filter((name) => !required.includes(name as keyof T & string));
  return fc
    .tuple(fc.record(fields as Record<string, fc.Arbitrary<unknown>>), fc.subarray(optional))
    .map(([record, left]) => {
      const kept = Object.entries(record).filter(
        ([name, value]) => !left.includes(name) && !isDefault(value),
      );
      return Object.fromEntries(kept) as T;
    });
}

function isDefault(value: unknown): boolean {
  return value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
}

const { anyValue, keyValue } = fc.letrec<{ anyValue: PlainAnyValue; keyValue: PlainKeyValue }>((tie) => ({
  anyValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 8, arbitrary: text.map((stringValue) => ({ stringValue })) },
    { weight: 3, arbitrary: int64.map((intValue) => ({ intValue })) },
    { weight: 2, arbitrary: fc.double().map((doubleValue) => ({ doubleValue })) },
    { weight: 2, arbitrary: fc.boolean().map((boolValue) => ({ boolValue })) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytesValue) => ({ bytesValue })) },
    { weight: 1, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: message<{ values?: PlainAnyValue[] }>({
        values: fc.array(tie('anyValue'), { maxLength: 4 }),
      }).map((arrayValue) => ({ arrayValue })),
    },
    {
      weight: 1,
      arbitrary: message<{ values?: PlainKeyValue[] }>({
        values: fc.array(tie('keyValue'), { maxLength: 4 }),
      }).map((kvlistValue) => ({ kvlistValue })),
    },
  ),
  keyValue: message<PlainKeyValue>({ key: attributeKey, value: tie('anyValue') }),
}));

const attributes = fc.array(keyValue, { maxLength: 6 });
const schemaUrl = fc.constantFrom('https://opentelemetry.io/schemas/1.37.0', '');

const resource = message<PlainResource>({ attributes, droppedAttributesCount: uint32 });
const scope = message<PlainScope>({ name: text, version: text, attributes, droppedAttributesCount: uint32 });

const event = message<PlainEvent>({
  timeUnixNano: time,
  name: text,
  attributes,
  droppedAttributesCount: uint32,
});

const link = message<PlainLink>({
  traceId,
  spanId,
  traceState: text,
  attributes,
  droppedAttributesCount: uint32,
  flags: uint32,
});

const status = message<NonNullable<PlainSpan['status']>>({
  message: text,
  code: fc.integer({ min: 0, max: 2 }),
});

/** A span that OTLP accepts: it always has ids. */
const span = message<PlainSpan>(
  {
    traceId,
    spanId,
    traceState: text,
    parentSpanId: spanId,
    name: text,
    kind: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 5 }) },
      fc.constantFrom(-1, 2 ** 31 - 1),
    ),
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
    droppedAttributesCount: uint32,
    events: fc.array(event, { maxLength: 3 }),
    droppedEventsCount: uint32,
    links: fc.array(link, { maxLength: 3 }),
    droppedLinksCount: uint32,
    status,
    flags: uint32,
  },
  ['traceId', 'spanId'],
);

/** A log record that has a time. */
const logRecord = message<PlainLogRecord>(
  {
    timeUnixNano: time,
    severityNumber: fc.integer({ min: 0, max: 24 }),
    severityText: text,
    body: anyValue,
    attributes,
    droppedAttributesCount: uint32,
    flags: uint32,
    traceId,
    spanId,
    observedTimeUnixNano: time,
    eventName: text,
  },
  ['timeUnixNano'],
);

const scopeSpans = message<PlainScopeSpans>({ scope, spans: fc.array(span, { maxLength: 4 }), schemaUrl }, [
  'spans',
]);
const resourceSpans = message<PlainResourceSpans>(
  { resource, scopeSpans: fc.array(scopeSpans, { maxLength: 3 }), schemaUrl },
  ['scopeSpans'],
);
export const traceRequest: fc.Arbitrary<TraceRequest> = message<TraceRequest>(
  { resourceSpans: fc.array(resourceSpans, { maxLength: 3 }) },
  ['resourceSpans'],
);

const scopeLogs = message<PlainScopeLogs>(
  { scope, logRecords: fc.array(logRecord, { maxLength: 4 }), schemaUrl },
  ['logRecords'],
);
const resourceLogs = message<PlainResourceLogs>(
  { resource, scopeLogs: fc.array(scopeLogs, { maxLength: 3 }), schemaUrl },
  ['scopeLogs'],
);
export const logsRequest: fc.Arbitrary<LogsRequest> = message<LogsRequest>(
  { resourceLogs: fc.array(resourceLogs, { maxLength: 3 }) },
  ['resourceLogs'],
);

/** Each kind of metric; every second one is named `USED_METRIC`. */
export const USED_METRIC = 'agent.token.usage';
const numberPoint = fc
  .tuple(
    message<Omit<PlainDataPoint, 'asDouble' | 'asInt'>>({
      startTimeUnixNano: time,
      timeUnixNano: time,
      attributes,
      flags: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constantFrom(1, 2, 3, 2 ** 32 - 1)),
    }),
    fc.oneof(
      { weight: 4, arbitrary: int64.map((asInt) => ({ asInt })) },
      { weight: 2, arbitrary: fc.double().map((asDouble) => ({ asDouble })) },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
  )
  .map(([point, value]): PlainDataPoint => ({ ...point, ...value }));
const dataPoints = fc.array(numberPoint, { maxLength: 3 });
const otherPoints = fc.array(
  message<PlainOtherPoint>({ timeUnixNano: time, count: fc.constantFrom('3'), sum: fc.constantFrom(1.5) }),
  { maxLength: 3 },
);
const metric: fc.Arbitrary<PlainMetric> = fc
  .tuple(
    message<Pick<PlainMetric, 'name' | 'description' | 'unit'>>(
      { name: fc.oneof(fc.constant(USED_METRIC), text), description: text, unit: text },
      ['name'],
    ),
    fc.oneof(
      {
        weight: 5,
        arbitrary: message<PlainSum>({
          dataPoints,
          aggregationTemporality: fc.constantFrom(1, 1, 2, 2, 7),
          isMonotonic: fc.constant(true),
        }).map((sum): PlainMetric => ({ sum })),
      },
      dataPoints.map((points): PlainMetric => ({ gauge: { dataPoints: points } })),
      otherPoints.map((points): PlainMetric => ({ histogram: { dataPoints: points } })),
      otherPoints.map((points): PlainMetric => ({ exponentialHistogram: { dataPoints: points } })),
      otherPoints.map((points): PlainMetric => ({ summary: { dataPoints: points } })),
      fc.constant<PlainMetric>({}),
    ),
  )
  .map(([named, data]) => ({ ...named, ...data }));
const scopeMetrics = message<PlainScopeMetrics>(
  { scope, metrics: fc.array(metric, { maxLength: 4 }), schemaUrl },
  ['metrics'],
);
const resourceMetrics = message<PlainResourceMetrics>(
  { resource, scopeMetrics: fc.array(scopeMetrics, { maxLength: 3 }), schemaUrl },
  ['scopeMetrics'],
);
export const metricsRequest: fc.Arbitrary<MetricsRequest> = message<MetricsRequest>(
  { resourceMetrics: fc.array(resourceMetrics, { maxLength: 3 }) },
  ['resourceMetrics'],
);

/** Members that change no message's meaning: unknown ones, and known ones with their default. */
const IDLE_MEMBERS: readonly (readonly [string, unknown])[] = [
  ['links', null],
  ['attributes', []],
  ['droppedAttributesCount', 0],
  ['traceState', ''],
  ['parentSpanId', null],
  ['startTimeUnixNano', '0'],
  ['observedTimeUnixNano', 0],
  ['kind', 0],
  ['name', ''],
  ['notInOtlp', { spans: [null, 1, 'x', {}] }],
  ['__proto__', { name: 'polluted', stringValue: 'polluted', spans: [] }],
];

const ENUM_NAMES: Readonly<Record<string, readonly string[]>> = {
  kind: ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
    (name) => `SPAN_KIND_${name}`,
  ),
  aggregationTemporality: ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'].map(
    (name) => `AGGREGATION_TEMPORALITY_${name}`,
  ),
  code: ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'],
};

/**
 * The request in one of its many equivalent OTLP/JSON texts: names in either spelling and any order, integers
 * as text or number, enums by number or name, hex in either case, and meaningless members. `variant` picks
 * it.
 */
export function toOtlpJson(request: TraceRequest | LogsRequest | MetricsRequest, variant: number): string {
  let state = variant;
  const one = (of: number): boolean => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 16) % of === 0;
  };

  const toJson = (value: unknown, name: string): unknown => {
    if (value instanceof Uint8Array) {
      const bytes = Buffer.from(value);
      if (name === 'bytesValue') return bytes.toString(one(2) ? 'base64' : 'base64url');
      return one(2) ? bytes.toString('hex') : bytes.toString('hex').toUpperCase();
    }
    if (Array.isArray(value)) return value.map((element) => toJson(element, name));
    if (typeof value === 'object' && value !== null) return members(value);
    if (
      (name === 'doubleValue' || name === 'asDouble') &&
      (!Number.isFinite(value) || Object.is(value, -0))
    ) {
      return Object.is(value, -0) ? '-0' : String(value);
    }
    const isInteger = name === 'intValue' || name === 'asInt' || name.endsWith('UnixNano');
    if (isInteger && Number.isSafeInteger(Number(value)) && one(2)) {
      return Number(value);
    }
    if (typeof value === 'number') {
      const enumName = ENUM_NAMES[name]?.[value];
      if (enumName !== undefined && one(2)) return enumName;
      if (name.endsWith('Count') && one(4)) return String(value);
    }
    return value;
  };

  const members = (message: object): object => {
    const written: [string, unknown][] = Object.entries(message).map(([name, value]) => [
      one(4) ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name,
      toJson(value, name),
    ]);
    if (one(3)) written.reverse();
    for (const [name, value] of IDLE_MEMBERS) {
      if (!(name in message) && one(20)) written.splice(one(2) ? 0 : written.length, 0, [name, value]);
    }
    const object: Record<string, unknown> = Object.create(null);
    for (const [name, value] of written) object[name] ??= value;
    return object;
  };

  return JSON.stringify(members(request));
}
