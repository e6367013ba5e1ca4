import { Type } from './schema-builder.js';
import {
  cursorParameter,
  nameFilter,
  oneOf,
  pageLinks,
  ref,
  SEVERITY_FORMAT,
  TRACE_ID_FORMAT,
  TRACE_ID_PATTERN,
} from './schema-parts.js';
import { attributes, droppedAttributesCount, InstrumentationScope, Resource, unixNano } from './trace.js';

/** The shapes of `GET /api/v1/sessions/{sessionId}/events`: field names are those of OTLP's LogRecord. */

export const DEFAULT_EVENT_LIMIT = 100;
const MAX_EVENT_LIMIT = 500;

export const EventQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_EVENT_LIMIT,
        default: DEFAULT_EVENT_LIMIT,
        description:
          'Maximum number of events on a page. A page with very large events may hold fewer and still have a next one.',
      }),
    ),
    cursor: cursorParameter,
    name: nameFilter('Only events of this name, matched whole.', ['browser.web_vital']),
    minSeverity: Type.Optional(
      Type.String({
        format: SEVERITY_FORMAT,
        description:
          'Only events of this severity or a greater one: a name in any case, such as `INFO`, `WARN` or `ERROR`, or a SeverityNumber from 1 to 24. Events without a severity are left out, except reports of exceptions, which count as `ERROR`: log records, and span events named `exception`.',
        examples: ['WARN'],
      }),
    ),
    spanEvents: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Whether the events of spans, such as exceptions, are among them.',
      }),
    ),
    traceId: Type.Optional(
      Type.String({
        format: TRACE_ID_FORMAT,
        pattern: TRACE_ID_PATTERN,
        description: 'Only events of this trace: 32 hexadecimal digits, in either case.',
        examples: ['0af7651916cd43dd8448eb211c80319c'],
      }),
    ),
    order: Type.Optional(
      Type.Unsafe<'asc' | 'desc'>({
        type: 'string',
        enum: ['asc', 'desc'],
        default: 'asc',
        description: '`asc` has the earliest event first, `desc` the latest.',
      }),
    ),
  },
  { additionalProperties: false },
);

const EVENT_EXAMPLE = {
  id: '6c1b1c7f0f6d2b3e9a58d4e0c7b1a2f3',
  kind: 'log',
  time_unix_nano: '1772357400123456789',
  observed_time_unix_nano: '1772357400124000000',
  event_name: 'browser.web_vital',
  severity_number: 9,
  severity_text: 'INFO',
  body: { name: 'lcp', value: 2411.5 },
  attributes: [{ key: 'session.id', value: '0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f' }],
  resource: { attributes: [{ key: 'service.name', value: 'web' }] },
};

export const Event = Type.Object(
  {
    id: Type.String({
      description:
        'Stable. Of a log record the digest of its content, 32 hexadecimal digits; of a span event its trace id, its span id and its place among the events of the span.',
    }),
    kind: oneOf(['log', 'span_event'], 'Whether it came as a log record or as an event of a span.'),
    time_unix_nano: unixNano(
      'Time of the event; of a log record without one the time of its observation, of a span event without one the start of its span,',
    ),
    observed_time_unix_nano: Type.Optional(unixNano('When it was observed')),
    event_name: Type.Optional(
      Type.String({
        description:
          'The event name of the log record, or its attribute `event.name` if it has none; the name of the span event.',
        examples: ['browser.web_vital'],
      }),
    ),
    severity_number: Type.Optional(
      Type.Integer({ description: 'SeverityNumber, 1 to 24: 9 is INFO, 13 WARN, 17 ERROR.', examples: [9] }),
    ),
    severity_text: Type.Optional(Type.String({ description: 'The severity in the words of its source.' })),
    body: Type.Optional(Type.Unknown({ description: 'Any JSON value, written like that of an attribute.' })),
    attributes,
    dropped_attributes_count: droppedAttributesCount,
    flags: Type.Optional(Type.Integer()),
    trace_id: Type.Optional(Type.String({ description: '32 hexadecimal digits.' })),
    span_id: Type.Optional(Type.String({ description: '16 hexadecimal digits.' })),
    span_name: Type.Optional(Type.String({ description: 'Of a span event: the name of its span.' })),
    resource: ref(Resource),
    instrumentation_scope: Type.Optional(ref(InstrumentationScope)),
  },
  {
    $id: 'Event',
    description: 'Something that happened: a log record, or an event of a span.',
    examples: [EVENT_EXAMPLE],
  },
);

export const EventPage = Type.Object(
  {
    items: Type.Array(ref(Event), {
      description:
        'By time, ties by id. A span event is placed within its span: at the nearer end if its time is before or after the span.',
    }),
    ...pageLinks,
  },
  {
    $id: 'EventPage',
    description: 'A page of the events of a session.',
    examples: [{ items: [EVENT_EXAMPLE], has_more: false }],
  },
);

export const EVENT_SCHEMAS = [Event, EventPage];
