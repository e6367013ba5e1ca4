import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, cursorParameter, dateTime, int64, pageLinks, ref, TRACE_ID_PATTERN } from './schema-parts.js';

/** Traces and spans as a client sees them, in the names of OpenTelemetry. */

export const DEFAULT_TRACE_LIMIT = 20;

const MAX_TRACE_LIMIT = 100;

export const TraceListQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_TRACE_LIMIT,
        default: DEFAULT_TRACE_LIMIT,
        description:
          'Most traces on a page. A page with very large traces may hold fewer and still have a next one.',
      }),
    ),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

export const TracePath = Type.Object({
  traceId: Type.String({
    pattern: TRACE_ID_PATTERN,
    description: 'The trace id: 32 hexadecimal digits, in either case.',
    examples: ['0af7651916cd43dd8448eb211c80319c'],
  }),
});

export const SpanPath = Type.Object({
  ...TracePath.properties,
  spanId: Type.String({
    pattern: '^[0-9a-fA-F]{16}$',
    description: 'The span id: 16 hexadecimal digits, in either case.',
    examples: ['b7ad6b7169203331'],
  }),
});

export const Attribute = Type.Object(
  {
    key: Type.String({ description: 'Name of the attribute.', examples: ['http.request.method'] }),
    value: Type.Unknown({
      description:
        'Any JSON value. Integers beyond 2^53 − 1 are strings of their digits, as in ProtoJSON; bytes are base64; numbers that JSON lacks are the strings `NaN`, `Infinity`, `-Infinity`.',
    }),
  },
  { $id: 'Attribute', description: 'An OpenTelemetry attribute.' },
);

export const attributes = Type.Array(ref(Attribute), {
  description: 'Attributes, in the order they were sent.',
});

const schemaUrl = Type.Optional(Type.String({ description: 'Schema that the names follow.' }));

export const droppedAttributesCount = Type.Optional(
  Type.Integer({ minimum: 0, description: 'Attributes the sender left out.' }),
);

export const unixNano = (description: string) =>
  Type.String({
    format: 'int64',
    pattern: '^[0-9]+$',
    description: `${description} in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.`,
    examples: ['1772357400123456789'],
  });

export const Resource = Type.Object(
  { attributes, dropped_attributes_count: droppedAttributesCount, schema_url: schemaUrl },
  { $id: 'Resource', description: 'What produced the telemetry.' },
);

export const InstrumentationScope = Type.Object(
  {
    name: Type.Optional(Type.String()),
    version: Type.Optional(Type.String()),
    attributes,
    dropped_attributes_count: droppedAttributesCount,
    schema_url: schemaUrl,
  },
  { $id: 'InstrumentationScope', description: 'The library that made the span.' },
);

export const SpanEvent = Type.Object(
  {
    name: Type.String(),
    time_unix_nano: unixNano('Time of the event'),
    attributes,
    dropped_attributes_count: droppedAttributesCount,
  },
  { $id: 'SpanEvent', description: 'Something that happened during a span.' },
);

export const SpanLink = Type.Object(
  {
    trace_id: Type.String({ description: 'Hexadecimal, as the sender made it.' }),
    span_id: Type.String({ description: 'Hexadecimal, as the sender made it.' }),
    trace_state: Type.Optional(Type.String()),
    attributes,
    dropped_attributes_count: droppedAttributesCount,
    flags: Type.Optional(Type.Integer()),
  },
  { $id: 'SpanLink', description: 'A span that this one has to do with.' },
);

export const SpanStatus = Type.Object(
  {
    code: Type.Integer({ minimum: 0, description: '0 unset, 1 ok, 2 error.' }),
    message: Type.Optional(Type.String()),
  },
  { $id: 'SpanStatus', description: 'How the span went.' },
);

const SPAN_EXAMPLE = {
  span_id: 'b7ad6b7169203331',
  trace_id: '0af7651916cd43dd8448eb211c80319c',
  name: 'GET /cart',
  kind: 2,
  start_time_unix_nano: '1772357400123456789',
  end_time_unix_nano: '1772357400171667882',
  attributes: [
    { key: 'session.id', value: '0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f' },
    { key: 'http.response.status_code', value: 200 },
    { key: 'cart.serial', value: '9007199254740993' },
  ],
  events: [],
  links: [],
  status: { code: 0 },
  resource: { attributes: [{ key: 'service.name', value: 'web' }] },
};

const TRACE_EXAMPLE = {
  trace_id: '0af7651916cd43dd8448eb211c80319c',
  root_span: SPAN_EXAMPLE,
  spans: [SPAN_EXAMPLE],
  span_count: 1,
  duration_ns: 48_211_093,
  start_time: '2026-03-01T09:30:00.123456789Z',
  end_time: '2026-03-01T09:30:00.171667882Z',
  services: ['web'],
  has_error: false,
};

export const Span = Type.Object(
  {
    span_id: Type.String({ description: '16 hexadecimal digits.', examples: ['b7ad6b7169203331'] }),
    trace_id: Type.String({ description: '32 hexadecimal digits.' }),
    parent_span_id: Type.Optional(Type.String({ description: 'Left out on a root span.' })),
    trace_state: Type.Optional(Type.String({ description: 'W3C `tracestate`.' })),
    name: Type.String({ description: 'Name of the operation.' }),
    kind: Type.Integer({
      minimum: 0,
      description: '0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer.',
    }),
    start_time_unix_nano: unixNano('Start'),
    end_time_unix_nano: unixNano('End'),
    attributes,
    dropped_attributes_count: droppedAttributesCount,
    events: Type.Array(ref(SpanEvent)),
    dropped_events_count: Type.Optional(Type.Integer({ minimum: 0 })),
    links: Type.Array(ref(SpanLink)),
    dropped_links_count: Type.Optional(Type.Integer({ minimum: 0 })),
    status: ref(SpanStatus),
    flags: Type.Optional(Type.Integer()),
    resource: ref(Resource),
    instrumentation_scope: Type.Optional(ref(InstrumentationScope)),
  },
  { $id: 'Span', description: 'An OpenTelemetry span.', examples: [SPAN_EXAMPLE] },
);

export const Trace = Type.Object(
  {
    trace_id: Type.String({
      description: '32 hexadecimal digits.',
      examples: ['0af7651916cd43dd8448eb211c80319c'],
    }),
    root_span: Type.Optional(ref(Span)),
    spans: Type.Array(ref(Span), {
      description:
        'By start, then by span id. In the list of a session, the spans of the trace that are in that session; otherwise all of them. The other fields of the trace are about these spans.',
    }),
    span_count: count('Number of spans.', 12),
    duration_ns: int64({
      minimum: 0,
      description:
        'Latest end minus earliest start, in nanoseconds. A span that ends before it starts counts as a point.',
      examples: [48211093],
    }),
    start_time: dateTime('Earliest start.', '2026-03-01T09:30:00.123456789Z'),
    end_time: dateTime('Latest end.', '2026-03-01T09:30:00.171667882Z'),
    services: Type.Array(Type.String(), { description: 'Distinct `service.name`, sorted.' }),
    has_error: Type.Boolean({ description: 'Whether the status of any span is ERROR.' }),
  },
  {
    $id: 'Trace',
    description:
      'A trace with its spans. `root_span` is the earliest span without a parent, else the earliest whose parent is not in the trace.',
    examples: [TRACE_EXAMPLE],
  },
);

export const TracePage = Type.Object(
  {
    items: Type.Array(ref(Trace), {
      description: 'Earliest start within the session first, ties by trace id.',
    }),
    ...pageLinks,
  },
  {
    $id: 'TracePage',
    description: 'A page of traces.',
    examples: [{ items: [TRACE_EXAMPLE], has_more: false }],
  },
);

// Statistics

export const TraceSessions = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        'session.id': Type.String(),
        span_count: Type.Integer({ minimum: 1, description: 'How many spans of the trace are in it.' }),
      }),
    ),
  },
  {
    $id: 'TraceSessions',
    description: 'The sessions that a trace has spans in.',
    examples: [{ items: [{ 'session.id': 'visit-1', span_count: 12 }] }],
  },
);
export type TraceSessions = Static<typeof TraceSessions>;

export const TRACE_SCHEMAS = [
  TraceSessions,
  Attribute,
  Resource,
  InstrumentationScope,
  SpanEvent,
  SpanLink,
  SpanStatus,
  Span,
  Trace,
  TracePage,
];
