import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { DEVICE_TYPES } from '../normalize/facts.js';
import { MAX_PLACE } from '../sessionize/page-places.js';
import { MOST_USERS } from '../sessionize/user-counts.js';
import { MAX_CURSOR_LENGTH } from './cursor.js';
import { INT64_FORM, type Int64 } from './int64.js';
import type { SessionFilters } from '../query/query-service.js';
import { SESSION_STATES } from '../query/state.js';

/**
 * The Sessions API's shapes (DESIGN 3): every query string, path parameter and answer. One source for validation
 * (`api/query-validation.ts`), for serialisation (`serialize.ts`) and for the OpenAPI document.
 */

/** Length limits in characters (Unicode code points). */
export const MAX_SESSION_ID_LENGTH = 128;
const MAX_USER_ID_LENGTH = 256;
const MAX_NAME_LENGTH = 256;
const MAX_URL_LENGTH = 1024;
/** Most sessions told of that continue one. */
export const MOST_NEXT_SESSIONS = 20;
/** Most values of a filter in a request. */
export const MAX_FILTER_VALUES = 50;

export const DEFAULT_SESSION_LIMIT = 100;
const MAX_SESSION_LIMIT = 1000;
export const DEFAULT_TRACE_LIMIT = 20;
const MAX_TRACE_LIMIT = 100;

/** Formats of our own, that the validation of queries gives a meaning to. */
export const CURSOR_FORMAT = 'cursor';
export const COUNTRY_FORMAT = 'country-code';
export const TRACE_ID_FORMAT = 'trace-id';
export const TRACE_ID_PATTERN = '^[0-9a-fA-F]{32}$';
export const SEVERITY_FORMAT = 'severity';

/** A schema that stands under its name in `components/schemas`, typed as what it describes. */
export function ref<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Static<Schema>>(Type.Ref(schema.$id!));
}

/** An integer of up to 64 bits, as `int64Of` writes it. */
export function int64(options: { description: string; minimum?: number; examples?: unknown[] }) {
  const { description, ...rest } = options;
  return Type.Unsafe<Int64>({
    type: ['integer', 'string'],
    format: 'int64',
    pattern: '^-?[0-9]+$',
    ...rest,
    description: `${description} ${INT64_FORM}`,
  });
}

export function count(description: string, example: number) {
  return Type.Integer({ minimum: 0, description, examples: [example] });
}

export function dateTime(description: string, example: string) {
  return Type.String({
    format: 'date-time',
    description: `${description} RFC 3339 in UTC, always with nine digits of fraction.`,
    examples: [example],
  });
}

export function oneOf<const Value extends string>(values: readonly Value[], description: string) {
  return Type.Unsafe<Value>({ type: 'string', enum: values, description });
}

// Queries

const DATE_TIME_FORM =
  'RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.';

function instant(description: string, example: string) {
  return Type.Optional(
    Type.String({
      format: 'date-time',
      description: `${description} ${DATE_TIME_FORM}`,
      examples: [example],
    }),
  );
}

/** Ranges of time that lists, statistics and charts are of. */
const range = {
  startTime: instant(
    'Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it.',
    '2026-03-01T00:00:00Z',
  ),
  endTime: instant(
    'Only sessions that started at this instant or earlier.',
    '2026-03-31T23:59:59.999999999+01:00',
  ),
  activeFrom: instant(
    'Only sessions with activity at this instant or later: whose last activity is not before it.',
    '2026-03-01T09:15:00Z',
  ),
  activeTo: instant(
    'Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started.',
    '2026-03-01T09:30:00Z',
  ),
};

export const cursorParameter = Type.Optional(
  Type.String({
    format: CURSOR_FORMAT,
    maxLength: MAX_CURSOR_LENGTH,
    description:
      'Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty one is none: the first page.',
  }),
);

/** A filter that takes several values, of which a session has to have any. */
function anyOf<Item extends TSchema>(description: string, items: Item, examples?: unknown[]) {
  return Type.Optional(
    Type.Array(items, {
      minItems: 1,
      maxItems: MAX_FILTER_VALUES,
      description: `${description} Given several times it takes any of the values.`,
      ...(examples !== undefined && { examples: [examples] }),
    }),
  );
}

/** Names that are matched whole. */
export function nameFilter(description: string, examples: string[]) {
  return anyOf(description, Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH }), examples);
}

const MAX_MIN_SPANS = 2 ** 31 - 1;

function leastSpans(description: string) {
  return Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_MIN_SPANS, description, examples: [2] }));
}

/** Filters of lists, sums, charts and the stream of sessions. Several together mean *and*. */
export const sessionFilters = {
  userId: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_USER_ID_LENGTH,
      description: `Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than ${MOST_USERS} user ids only the first ${MOST_USERS} in order of their characters find it, and the one that it shows.`,
      examples: ['user-4711'],
    }),
  ),
  isActive: Type.Optional(
    Type.Boolean({
      description:
        'true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).',
      examples: [true],
    }),
  ),
  ...range,
  service: nameFilter('Only sessions with this name among their `services`, matched whole.', [
    'checkout',
    'web',
  ]),
  model: nameFilter('Only sessions with this name among their `models_used`, matched whole.', ['gpt-5']),
  provider: nameFilter('Only sessions with this name among their `providers_used`, matched whole.', [
    'openai',
  ]),
  state: anyOf('Only sessions in this state at the time of the request.', oneOf(SESSION_STATES, 'A state.'), [
    'active',
    'idle',
  ]),
  deviceType: anyOf(
    'Only sessions held with this kind of device. `unknown` also has those that do not say, as in the statistics.',
    oneOf(DEVICE_TYPES, 'A kind of device.'),
    ['mobile', 'tablet'],
  ),
  country: anyOf(
    'Only sessions held in this country: ISO 3166-1 alpha-2, in either case.',
    Type.String({ format: COUNTRY_FORMAT, pattern: '^[A-Za-z]{2}$' }),
    ['AT', 'CH'],
  ),
  release: nameFilter('Only sessions of this `release`, matched whole.', ['4.2.0']),
  url: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_URL_LENGTH,
      description: `Only sessions with a page whose address begins so: a whole address (\`https://shop.example/cart\`), a path or a route (\`/cart\`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first ${MAX_PLACE} characters are compared. Of a session with more than ${MOST_USERS} different pages only the first ${MOST_USERS} in order of their characters find it.`,
      examples: ['/cart'],
    }),
  ),
  hasErrors: Type.Optional(
    Type.Boolean({
      description:
        'true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either.',
    }),
  ),
  hasCrash: Type.Optional(
    Type.Boolean({
      description:
        'true: only sessions with a crash, or an app that stood still; false: only those without one.',
    }),
  ),
  implicit: Type.Optional(
    Type.Boolean({
      description:
        'true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user.',
    }),
  ),
  minSpans: leastSpans('Only sessions whose `span_count` is this or more.'),
  minTraceSpans: leastSpans(
    'Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.',
  ),
  bots: Type.Optional(
    Type.Boolean({
      description: 'true: only sessions whose kind of device is `bot`; false: all others.',
    }),
  ),
  minDurationMs: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'Only sessions whose `duration_ms` is this or more.',
      examples: [60000],
    }),
  ),
  minCostUsd: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'Only sessions whose `estimated_cost_usd` is known, and this or more.',
      examples: [0.5],
    }),
  ),
} satisfies Record<keyof SessionFilters, TSchema>;

export const SessionListQuery = Type.Object(
  {
    ...sessionFilters,
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_SESSION_LIMIT,
        default: DEFAULT_SESSION_LIMIT,
        description:
          'Most sessions on a page. With several filters at once a page may hold fewer, even none, and still have a next one: it ends where the search for it has taken its share.',
      }),
    ),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

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

export const StatisticsQuery = Type.Object(sessionFilters, { additionalProperties: false });

export const NoQuery = Type.Object({}, { additionalProperties: false });

export const SessionPath = Type.Object({
  sessionId: Type.String({
    minLength: 1,
    description:
      'The `session.id`, percent-encoded. White space around it does not count, and one longer than 128 characters may be given as it was sent. Ids that a path cannot have, such as `..` or `stats`, are read below `/api/v1/sessions/by-id`.',
    examples: ['0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f'],
  }),
});

/** The query parameter that stands for the path parameter `sessionId` below `/by-id`. */
export const sessionIdParameter = Type.String({
  minLength: 1,
  description:
    'The `session.id`, whatever it is. White space around it does not count, and one longer than 128 characters may be given as it was sent.',
  examples: ['0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f', '../stats'],
});

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

export const ProblemPath = Type.Object({
  code: Type.String({ description: 'An error code.', examples: ['cursor.invalid'] }),
});

// Sessions

/** By how many model calls a sum of many sessions may be too low. */
export const usageGaps = {
  unpriced_request_count: count(
    'Model calls with tokens whose cost is not known: no cost has them in it, so that the true one is greater.',
    0,
  ),
  unreported_request_count: count(
    'Model calls of which the sender did not tell how many tokens they had: no number of tokens has them in it, and no cost that is not reported.',
    0,
  ),
};

export const Client = Type.Object(
  {
    ip: Type.Optional(Type.String({ description: 'IP address of the client.', examples: ['203.0.113.7'] })),
    user_agent: Type.Optional(Type.String({ description: 'User agent as sent.' })),
    device_type: Type.Optional(oneOf(DEVICE_TYPES, 'Kind of device.')),
    os: Type.Optional(Type.String({ description: 'Operating system.', examples: ['macOS'] })),
    browser: Type.Optional(Type.String({ description: 'Name of the browser.', examples: ['Firefox'] })),
    browser_version: Type.Optional(
      Type.String({ description: 'Version of the browser.', examples: ['147.0'] }),
    ),
  },
  {
    $id: 'SessionClient',
    description: 'With what the session was held, from its earliest record that says so.',
  },
);

export const Geo = Type.Object(
  {
    country_code: Type.Optional(Type.String({ description: 'ISO 3166-1 alpha-2.', examples: ['AT'] })),
    country_name: Type.Optional(Type.String({ description: 'Name of the country.', examples: ['Austria'] })),
    region: Type.Optional(Type.String({ description: 'Region or state.' })),
    city: Type.Optional(Type.String({ description: 'City.' })),
    postal_code: Type.Optional(Type.String({ description: 'Postal code.' })),
    timezone: Type.Optional(Type.String({ description: 'IANA time zone.', examples: ['Europe/Vienna'] })),
  },
  { $id: 'SessionGeo', description: 'Where the session was held, from its earliest record that says so.' },
);

export const GenAiUsage = Type.Object(
  {
    request_count: count(
      'Model calls, each counted once however often it was reported. 0 where only metrics tell of usage: those have sums and no calls.',
      3,
    ),
    total_input_tokens: int64({
      minimum: 0,
      description: 'Input tokens, cached ones included.',
      examples: [5120],
    }),
    total_output_tokens: int64({
      minimum: 0,
      description: 'Output tokens, reasoning included.',
      examples: [640],
    }),
    models_used: Type.Array(Type.String(), { description: 'Distinct models, sorted.' }),
    providers_used: Type.Array(Type.String(), { description: 'Distinct providers, sorted.' }),
    estimated_cost_usd: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'Cost of the calls whose cost is known, in US dollars. Left out where none is known.',
        examples: [0.0214],
      }),
    ),
    unpriced_request_count: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Model calls with tokens whose cost is not known and therefore not in `estimated_cost_usd`. Left out where there is none.',
      }),
    ),
    unreported_request_count: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Model calls of which the sender did not tell how many tokens they had, as where one was aborted: they are in no total, and have a cost only where it is reported. Left out where there is none.',
      }),
    ),
  },
  {
    $id: 'SessionGenAiUsage',
    description:
      'Use of generative models. Left out where the session has neither a model call nor metrics of usage.',
  },
);
export type GenAiUsage = Static<typeof GenAiUsage>;

export const Visit = Type.Object(
  {
    entry_url: Type.Optional(
      Type.String({
        description:
          'Address of the first page, without query and fragment unless --page-urls=full. A screen of an app has none.',
        examples: ['https://shop.example/products'],
      }),
    ),
    exit_url: Type.Optional(
      Type.String({ description: 'Address of the last page.', examples: ['https://shop.example/thanks'] }),
    ),
    entry_page: Type.Optional(
      Type.String({ description: 'Route, screen or title of the first page.', examples: ['Products'] }),
    ),
    exit_page: Type.Optional(Type.String({ description: 'Route, screen or title of the last page.' })),
    page_views: count(
      'Pages and screens that were entered, each once, however many instruments tell of it.',
      3,
    ),
    referrer: Type.Optional(
      Type.String({
        description: 'Where the visitor came from: the earliest referrer of another site.',
        examples: ['https://search.example/'],
      }),
    ),
  },
  { $id: 'SessionVisit', description: 'The pages of a visit. Left out where no page or screen is told.' },
);

function vital(description: string) {
  return Type.Optional(
    Type.Object(
      {
        worst: Type.Number({ minimum: 0, description: 'The greatest value.' }),
        median: Type.Number({
          minimum: 0,
          description: 'The value in the middle; of an even number of values the lower of the two there.',
        }),
      },
      { description },
    ),
  );
}

export const Vitals = Type.Object(
  {
    lcp: vital('Largest contentful paint, ms.'),
    inp: vital('Interaction to next paint, ms.'),
    cls: vital('Cumulative layout shift, a score.'),
    ttfb: vital('Time to the first byte, ms.'),
  },
  {
    $id: 'SessionVitals',
    description: 'Web vitals of the pages of a visit, to three digits. Left out where none is told.',
  },
);

export const SESSION_EXAMPLE = {
  'session.id': '0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f',
  'user.id': 'user-4711',
  start_time: '2026-03-01T09:30:00.123456789Z',
  end_time: '2026-03-01T09:41:07.000000001Z',
  duration_ms: 666876.543212,
  trace_count: 4,
  span_count: 61,
  error_count: 1,
  services: ['api', 'web'],
  state: 'timed_out',
  client: { ip: '203.0.113.7', device_type: 'desktop', os: 'macOS', browser: 'Firefox' },
  geo: { country_code: 'AT', country_name: 'Austria' },
  genai_usage: {
    request_count: 3,
    total_input_tokens: 5120,
    total_output_tokens: 640,
    models_used: ['gpt-5'],
    providers_used: ['openai'],
    estimated_cost_usd: 0.0214,
  },
};

export const Session = Type.Object(
  {
    'session.id': Type.String({
      minLength: 1,
      maxLength: MAX_SESSION_ID_LENGTH,
      description: 'Id of the session; the trace id where the telemetry names none.',
    }),
    'session.previous_id': Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Id of the session that this one continues, where its telemetry names one.',
      }),
    ),
    next_ids: Type.Optional(
      Type.Array(Type.String(), {
        description: `Ids of sessions that say that they continue this one, earliest first, at most ${MOST_NEXT_SESSIONS}. Only where one session is read by its id; left out where there is none.`,
      }),
    ),
    times_set_aside: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'How many times of its records (starts and ends of spans, times of log records) are not believed: before 2000, or more than a day ahead. They do not count in its start, end and duration.',
      }),
    ),
    'user.id': Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_USER_ID_LENGTH,
        description: 'Id of the user, as it was kept.',
      }),
    ),
    start_time: dateTime(
      'Earliest start of a span, or time of a log record.',
      '2026-03-01T09:30:00.123456789Z',
    ),
    end_time: Type.Optional(
      dateTime(
        'Last activity of a session that is closed. Left out while it is open (`active`, `idle`).',
        '2026-03-01T09:41:07.000000001Z',
      ),
    ),
    duration_ms: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          'Last activity minus start, in milliseconds, with up to six decimals; exact to the nanosecond up to 11 days.',
        examples: [666876.543212],
      }),
    ),
    trace_count: count('Distinct traces with at least one span in the session.', 4),
    span_count: count('Distinct spans.', 61),
    error_count: count('Spans whose status is ERROR.', 1),
    exception_count: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Exceptions, by whatever tells of them: an event of a span, a log record, attributes of a span. One that is told several times is one. Left out where there is none.',
      }),
    ),
    crash_count: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Those of the exceptions that ended the app, or made it stand still. Left out where there is none.',
      }),
    ),
    services: Type.Array(Type.String(), {
      description: 'Distinct `service.name`, sorted.',
      examples: [['api', 'web']],
    }),
    state: oneOf(
      SESSION_STATES,
      'State at the time of the request. `active` and `idle` are open, the others closed.',
    ),
    client: Type.Optional(ref(Client)),
    geo: Type.Optional(ref(Geo)),
    visit: Type.Optional(ref(Visit)),
    vitals: Type.Optional(ref(Vitals)),
    release: Type.Optional(
      Type.String({
        description:
          'Version of the page or app (`app.version`, or `service.version` of a browser or an app); where none is told, of a backend.',
        examples: ['4.2.0'],
      }),
    ),
    device_model: Type.Optional(Type.String({ description: 'Model of the device.', examples: ['Pixel 8'] })),
    os_version: Type.Optional(
      Type.String({ description: "Version of the client's operating system.", examples: ['14'] }),
    ),
    connection: Type.Optional(
      Type.String({
        description:
          'Kind of the connection to the network: `wifi`, `cell`, `wired`, or as browsers tell how fast it is, `4g`.',
        examples: ['wifi'],
      }),
    ),
    genai_usage: Type.Optional(ref(GenAiUsage)),
  },
  {
    $id: 'Session',
    description: 'A session. Fields without a value are left out, never null.',
    examples: [SESSION_EXAMPLE],
  },
);
export type Session = Static<typeof Session>;

export const pageLinks = {
  has_more: Type.Boolean({ description: 'Whether there is a next page.' }),
  next_cursor: Type.Optional(
    Type.String({ description: 'Cursor of the next page. Left out where there is none.' }),
  ),
  prev_cursor: Type.Optional(
    Type.String({ description: 'Cursor of the page before. Left out where there is none.' }),
  ),
};

export const SessionPage = Type.Object(
  {
    items: Type.Array(ref(Session), { description: 'Newest start first, ties by `session.id` descending.' }),
    ...pageLinks,
  },
  {
    $id: 'SessionPage',
    description: 'A page of sessions.',
    examples: [{ items: [SESSION_EXAMPLE], has_more: false }],
  },
);
export type SessionPage = Static<typeof SessionPage>;

// Traces

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

const SpanLink = Type.Object(
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

const SpanStatus = Type.Object(
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
        'By start and then by span id. In the list of a session the spans of the trace that are in that session, else all of them. All that the trace says besides is about these.',
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

const percentage = Type.Number({
  minimum: 0,
  maximum: 100,
  description: 'Of all sessions in the range, 0 to 100.',
});

const DeviceStatistics = Type.Object(
  {
    device_type: oneOf(DEVICE_TYPES, 'Kind of device; `unknown` also counts the sessions that do not say.'),
    count: count('Sessions.', 40),
    percentage,
  },
  { $id: 'SessionDeviceStats', description: 'Sessions of a kind of device.' },
);

const CountryStatistics = Type.Object(
  {
    country_code: Type.String({ description: 'ISO 3166-1 alpha-2.', examples: ['AT'] }),
    country_name: Type.String({ description: 'Name of the country; its code where no name is known.' }),
    count: count('Sessions.', 12),
    percentage,
  },
  { $id: 'SessionCountryStats', description: 'Sessions of a country.' },
);

export const SessionStatistics = Type.Object(
  {
    active_sessions: count('Open sessions: `active` or `idle`.', 7),
    total_sessions: count('Sessions of the range.', 160),
    unique_users: count('Distinct `user.id`.', 58),
    avg_duration_ms: Type.Number({
      minimum: 0,
      description: 'Mean of `duration_ms`; 0 where there is no session.',
    }),
    sessions_with_errors: count(
      'Sessions in which a span failed (status ERROR) or an exception was thrown.',
      9,
    ),
    sessions_with_genai: count('Sessions with `genai_usage`.', 31),
    ...usageGaps,
    bounce_rate: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Share of sessions with at most one span, 0 to 1; 0 where there is no session.',
    }),
    by_device_type: Type.Array(ref(DeviceStatistics), {
      description: 'Adds up to all sessions. Most sessions first, ties by name.',
    }),
    by_country: Type.Array(ref(CountryStatistics), {
      description: 'Sessions whose country is known. Most sessions first, ties by code.',
    }),
  },
  {
    $id: 'SessionStats',
    description: 'Statistics of the sessions of a range.',
    examples: [
      {
        active_sessions: 7,
        total_sessions: 160,
        unique_users: 58,
        avg_duration_ms: 92_150.25,
        sessions_with_errors: 9,
        sessions_with_genai: 31,
        bounce_rate: 0.125,
        unpriced_request_count: 2,
        unreported_request_count: 1,
        by_device_type: [
          { device_type: 'desktop', count: 120, percentage: 75 },
          { device_type: 'mobile', count: 40, percentage: 25 },
        ],
        by_country: [{ country_code: 'AT', country_name: 'Austria', count: 12, percentage: 7.5 }],
      },
    ],
  },
);
export type SessionStatistics = Static<typeof SessionStatistics>;

// Errors

const problemFields = {
  type: Type.String({
    format: 'uri-reference',
    description: '`/problems/` and the error code.',
    examples: ['/problems/query.unavailable'],
  }),
  title: Type.String({ description: 'The same for every error of this type.' }),
  status: Type.Integer({ description: 'The HTTP status.' }),
  detail: Type.String({ description: 'What went wrong this time.' }),
  instance: Type.String({ format: 'uri-reference', description: 'Path of the request.' }),
};

export const Problem = Type.Object(problemFields, { $id: 'Problem', description: 'An error (RFC 9457).' });

const FieldProblem = Type.Object(
  {
    field: Type.String({ description: 'Name of the parameter.' }),
    message: Type.String({ description: 'What to do about it.' }),
    code: Type.String({ description: 'Error code.', examples: ['limit.out_of_range'] }),
    rejected_value: Type.Optional(
      Type.Unknown({
        description:
          'The value as it was given; a list where the parameter was given several times. Left out where it was not given.',
      }),
    ),
  },
  { $id: 'FieldProblem', description: 'A refused query parameter.' },
);

export const QueryProblem = Type.Object(
  {
    ...problemFields,
    errors: Type.Array(ref(FieldProblem), { description: 'Every refused parameter of the request.' }),
  },
  {
    $id: 'QueryProblem',
    description:
      'The query was refused. `type` is the code of the errors where all have the same, else `/problems/query.invalid`.',
    examples: [
      {
        type: '/problems/limit.out_of_range',
        title: 'Limit out of range',
        status: 400,
        detail: 'Use a number from 1 to 1000.',
        instance: '/api/v1/sessions',
        errors: [
          {
            field: 'limit',
            message: 'Use a number from 1 to 1000.',
            code: 'limit.out_of_range',
            rejected_value: '5000',
          },
        ],
      },
    ],
  },
);

export const NotFoundProblem = Type.Object(
  {
    ...problemFields,
    resource_type: Type.String({
      description: 'Kind of the thing that was asked for.',
      examples: ['session'],
    }),
    resource_id: Type.String({ description: 'Its id.' }),
  },
  {
    $id: 'NotFoundProblem',
    description: 'The thing that was asked for does not exist.',
    examples: [
      {
        type: '/problems/session.not_found',
        title: 'Session not found',
        status: 404,
        detail: 'There is no session with this id.',
        instance: '/api/v1/sessions/no-such-session',
        resource_type: 'session',
        resource_id: 'no-such-session',
      },
    ],
  },
);

export const ProblemDefinition = Type.Object(
  {
    code: Type.String({ description: 'Error code.' }),
    status: Type.Integer({ description: 'HTTP status.' }),
    title: Type.String(),
    retryable: Type.Boolean({
      description: 'Whether the same request may succeed later without being changed.',
    }),
    description: Type.String(),
  },
  {
    $id: 'ProblemDefinition',
    description: 'What an error code means.',
    examples: [
      {
        code: 'limit.out_of_range',
        status: 400,
        title: 'Limit out of range',
        retryable: false,
        description: 'The number of items asked for is below 1 or above the most the route gives at once.',
      },
    ],
  },
);

// The server itself

export const Health = Type.Object(
  { status: Type.Literal('ok'), version: Type.String({ description: 'Version of the server.' }) },
  { $id: 'Health', description: 'The process answers.', examples: [{ status: 'ok', version: '0.1.0' }] },
);

const StoreSize = Type.Object(
  {
    size_bytes: count('Bytes of the data directory.', 412_345_678),
    free_bytes: count('Bytes that can still be written on its disk.', 98_765_432_100),
    seconds_until_full: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          'Until the disk is full, if the store goes on to grow as it did lately (a day at most). Left out where it does not grow, or is not known long enough.',
        examples: [2_592_000],
      }),
    ),
  },
  { $id: 'StoreSize', description: 'How much room the store takes, and has.' },
);

export const Readiness = Type.Object(
  {
    status: oneOf(['ready', 'unavailable'], 'Whether the server takes telemetry and answers queries.'),
    reason: Type.Optional(
      Type.String({ description: 'What it is waiting for, or what is wrong all the same.' }),
    ),
    store: Type.Optional(ref(StoreSize)),
  },
  { $id: 'Readiness', description: 'Whether the server is ready.', examples: [{ status: 'ready' }] },
);

/** Every named schema, each before those that refer to it. */
export const NAMED_SCHEMAS: readonly TSchema[] = [
  Client,
  Geo,
  Visit,
  Vitals,
  GenAiUsage,
  Session,
  SessionPage,
  Attribute,
  Resource,
  InstrumentationScope,
  SpanEvent,
  SpanLink,
  SpanStatus,
  Span,
  Trace,
  TracePage,
  DeviceStatistics,
  CountryStatistics,
  SessionStatistics,
  Problem,
  FieldProblem,
  QueryProblem,
  NotFoundProblem,
  ProblemDefinition,
  Health,
  StoreSize,
  Readiness,
];
