import type { Static } from '@sinclair/typebox';
import { DEVICE_TYPES } from '../normalize/facts.js';
import { LONGEST_LINE } from '../normalize/title/one-line.js';
import { MOST_SCORE_NAMES } from '../sessionize/score-limits.js';
import { Type } from './schema-builder.js';
import { count, cursorParameter, dateTime, int64, oneOf, pageLinks, ref } from './schema-parts.js';
import { SessionScore } from './score.js';
import { MAX_USER_ID_LENGTH, sessionFilters } from './session-filters.js';
import { MAX_SESSION_ID_LENGTH } from './session-id.js';
import { ORDERS, SESSION_SORTS } from './session-sort.js';
import { SESSION_STATES } from './session-state.js';
import { TEXT_SCHEMAS, TextMatch, TextSearched, textFilter } from './text-filter.js';

/** Sessions as a client sees them: the list, one session, and their parameters. */

/** Maximum number of listed sessions that continue one. */
export const MOST_NEXT_SESSIONS = 20;

export const DEFAULT_SESSION_LIMIT = 100;

const MAX_SESSION_LIMIT = 1000;

export const SessionListQuery = Type.Object(
  {
    ...sessionFilters,
    ...textFilter,
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_SESSION_LIMIT,
        default: DEFAULT_SESSION_LIMIT,
        description:
          'Maximum number of sessions on a page. With several filters a page may hold fewer, even none, and still have a next one, because the search for one page is limited.',
      }),
    ),
    sort: Type.Optional(
      oneOf(
        SESSION_SORTS,
        'What the list is ordered by; default is `start`. Ties are ordered by start, then by `session.id`. Sessions without a known cost (`cost`), without model calls (`tokens`) or without a failure (`errors`: the greater of failed spans and exceptions) are not in such a list.',
      ),
    ),
    order: Type.Optional(oneOf(ORDERS, 'Default is `desc`: the newest, latest or greatest first.')),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

export const SessionPath = Type.Object({
  sessionId: Type.String({
    minLength: 1,
    description:
      'The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.',
    examples: ['0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f'],
  }),
});

/** The query parameter in place of the path parameter `sessionId` below `/by-id`. */
export const sessionIdParameter = Type.String({
  minLength: 1,
  description:
    'Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent.',
  examples: ['0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f', '../stats'],
});

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
    description:
      'The client of the session. The device and the address are each taken from one record: of those that say most about it, the earliest.',
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
  {
    $id: 'SessionGeo',
    description:
      'The place of the session, taken from one record: of those that say most about it, the earliest.',
  },
);

export const GenAiUsage = Type.Object(
  {
    request_count: count(
      'Model calls, each counted once however often it was reported. 0 if only metrics report usage: they have totals and no calls.',
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
        description: 'Cost of the calls whose cost is known, in US dollars. Left out if none is known.',
        examples: [0.0214],
      }),
    ),
    unpriced_request_count: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Model calls with tokens and an unknown cost, which is not in `estimated_cost_usd`. Left out if there are none.',
      }),
    ),
    unreported_request_count: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Model calls without reported tokens, for example aborted ones. They are in no total, and have a cost only if it is reported. Left out if there are none.',
      }),
    ),
  },
  {
    $id: 'SessionGenAiUsage',
    description:
      'Usage of generative models. Left out if the session has neither a model call nor metrics of usage.',
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
      'Pages and screens that were entered, each counted once however many instruments report it.',
      3,
    ),
    referrer: Type.Optional(
      Type.String({
        description: 'Where the visitor came from: the earliest referrer of another site.',
        examples: ['https://search.example/'],
      }),
    ),
  },
  { $id: 'SessionVisit', description: 'The pages of a visit. Left out if no page or screen is reported.' },
);

function vital(description: string) {
  return Type.Optional(
    Type.Object(
      {
        worst: Type.Number({ minimum: 0, description: 'The greatest value.' }),
        median: Type.Number({
          minimum: 0,
          description: 'The median; of an even number of values, the lower of the two in the middle.',
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
    description: 'Web vitals of the pages of a visit, to three digits. Left out if none is reported.',
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
      description: 'Id of the session; the trace id if the telemetry names no session.',
    }),
    'session.previous_id': Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Id of the session that this one continues, if its telemetry names one.',
      }),
    ),
    next_ids: Type.Optional(
      Type.Array(Type.String(), {
        description: `Ids of the sessions that name this one as the session they continue, earliest first, at most ${MOST_NEXT_SESSIONS}. Only when one session is read by its id; left out if there are none.`,
      }),
    ),
    title: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LONGEST_LINE,
        description:
          'What the session was about, on one line: the first message of a user; else its first page, route or screen; else the name of its first root span. Telemetry wrote it: show it as text.',
        examples: ['Where is my order #4711?'],
      }),
    ),
    outcome: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LONGEST_LINE,
        description:
          'Its first error, on one line: the type of an exception and the shape of its message, with `#` for numbers and ids; else the message of a failed span, or its name. Left out if there was none: then `state` is how it ended.',
        examples: ['TimeoutError: no answer after # ms'],
      }),
    ),
    times_set_aside: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'The number of times of its records (starts and ends of spans, times of log records) that are not accepted: before 2000, or more than a day ahead. They do not count in its start, end and duration.',
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
          'Exceptions, reported by events of spans, log records or attributes of spans. An exception that is reported several times counts once. Left out if there are none.',
      }),
    ),
    crash_count: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Exceptions that ended the app, or froze it. Left out if there are none.',
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
          'Version of the page or app (`app.version`, or `service.version` of a browser or an app); if none is reported, of a backend.',
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
          'Kind of the network connection: `wifi`, `cell`, `wired`, or the speed that browsers report, such as `4g`.',
        examples: ['wifi'],
      }),
    ),
    genai_usage: Type.Optional(ref(GenAiUsage)),
    scores: Type.Optional(
      Type.Array(ref(SessionScore), {
        description: `Scores by name, in order of the names; of more than ${MOST_SCORE_NAMES} names the first. Left out if there are none.`,
      }),
    ),
    matches: Type.Optional(
      Type.Array(ref(TextMatch), {
        description: 'Where the telemetry of the session meets `q`: a few places. Only in a list with `q`.',
      }),
    ),
  },
  {
    $id: 'Session',
    description: 'A session. Fields without a value are left out, never null.',
    examples: [SESSION_EXAMPLE],
  },
);

export type Session = Static<typeof Session>;

export const SessionPage = Type.Object(
  {
    items: Type.Array(ref(Session), {
      description:
        'Newest start first, ties by `session.id` descending. Here and everywhere, texts are in the order of the bytes of their UTF-8.',
    }),
    ...pageLinks,
    search: Type.Optional(ref(TextSearched)),
  },
  {
    $id: 'SessionPage',
    description: 'A page of sessions.',
    examples: [{ items: [SESSION_EXAMPLE], has_more: false }],
  },
);

export type SessionPage = Static<typeof SessionPage>;

// Traces

export const SESSION_SCHEMAS = [
  ...TEXT_SCHEMAS,
  Client,
  Geo,
  Visit,
  Vitals,
  GenAiUsage,
  Session,
  SessionPage,
];
