import type { Static } from '@sinclair/typebox';
import { PAGE_KINDS } from '../normalize/facts.js';
import {
  ACTION_KINDS,
  MAX_ACTIONS,
  MAX_EXCEPTIONS,
  MAX_MESSAGE,
  MAX_REQUESTS,
  MAX_STACK,
} from '../visit/page-visit.js';
import { SessionException } from './exception.js';
import { Type } from './schema-builder.js';
import { count, cursorParameter, dateTime, oneOf, pageLinks, ref } from './schema-parts.js';

/** The shapes of `GET /api/v1/sessions/{sessionId}/pages`. */

export const DEFAULT_PAGES_LIMIT = 50;
const MAX_PAGES_LIMIT = 100;

export const PagesQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_PAGES_LIMIT,
        default: DEFAULT_PAGES_LIMIT,
        description:
          'Maximum number of pages of the visit on a page of the list. If very much happened, it may hold fewer and still have a next one.',
      }),
    ),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

const optionalText = (description: string) => Type.Optional(Type.String({ description }));
const duration = (description: string, example: number) =>
  Type.Number({ minimum: 0, description, examples: [example] });

const recordIds = {
  trace_id: optionalText('Trace of the record that reports it. Left out for a log record without one.'),
  span_id: optionalText('The span: 16 hexadecimal digits.'),
  log_id: optionalText('Or the log record: 32 hexadecimal digits, a digest of its content.'),
};

const VisitVitals = Type.Object(
  {
    lcp: Type.Optional(duration('Largest Contentful Paint, ms.', 1_840)),
    inp: Type.Optional(duration('Interaction to Next Paint, ms.', 96)),
    cls: Type.Optional(duration('Cumulative Layout Shift, without a unit.', 0.02)),
    ttfb: Type.Optional(duration('Time to First Byte, ms.', 210)),
  },
  { $id: 'VisitVitals', description: 'Web vitals of a page; of several values of one the worst.' },
);

const VisitAction = Type.Object(
  {
    kind: oneOf(ACTION_KINDS, 'What was done.'),
    time: dateTime('When.', '2026-03-01T09:30:04.000000000Z'),
    target: optionalText('What it was done to: a label, a selector, a path.'),
    element: optionalText('The kind of element.'),
    ...recordIds,
  },
  { $id: 'VisitAction', description: 'Something that the visitor did on a page.' },
);

const VisitServer = Type.Object(
  {
    name: Type.String({ description: 'Name of the span.', examples: ['POST /api/orders'] }),
    service: optionalText('The service.'),
    duration_ms: duration('How long the server took.', 35.2),
    trace_id: optionalText('The trace.'),
    span_id: optionalText('The span.'),
  },
  { $id: 'VisitServer', description: 'The span of the server that answered a request.' },
);

const VisitRequest = Type.Object(
  {
    time: dateTime('When it was sent.', '2026-03-01T09:30:04.120000000Z'),
    duration_ms: duration('Until the answer was there.', 48.5),
    method: optionalText('The method.'),
    url: optionalText('The address, without query and fragment unless the operator keeps those of pages.'),
    status_code: Type.Optional(Type.Integer({ description: 'The status of the answer.', examples: [500] })),
    failed: Type.Optional(
      Type.Literal(true, { description: 'Its status is 400 or more, or its span reports an error.' }),
    ),
    error: optionalText('Why it failed, if that is reported.'),
    server: Type.Optional(ref(VisitServer)),
    ...recordIds,
  },
  { $id: 'VisitRequest', description: 'A request that the page made.' },
);

const VisitAgent = Type.Object(
  {
    call_count: count('Model calls that count.', 3),
    time: dateTime('Start of the first.', '2026-03-01T09:30:06.000000000Z'),
    ...recordIds,
  },
  { $id: 'VisitAgent', description: 'The model calls that a page led to, and the first of them.' },
);

export const VisitPageItem = Type.Object(
  {
    kind: oneOf(
      PAGE_KINDS,
      'How it came: a document was loaded, the route changed within one, or an app showed a screen.',
    ),
    url: optionalText('Its address, without query and fragment unless the operator keeps them.'),
    name: optionalText('Its route, screen or title.'),
    referrer: optionalText('Where the visitor came from, as the page says.'),
    entered_at: dateTime('When it was entered.', '2026-03-01T09:30:00.000000000Z'),
    left_at: dateTime(
      'When the next page was entered; of the last page, and where nothing happened for half an hour before the next one, its last activity.',
      '2026-03-01T09:30:24.000000000Z',
    ),
    duration_ms: duration('From the one to the other.', 24_000),
    entry: Type.Optional(Type.Literal(true, { description: 'The first page of the visit.' })),
    exit: Type.Optional(Type.Literal(true, { description: 'The last page of the visit, so far.' })),
    vitals: Type.Optional(ref(VisitVitals)),
    click_count: count('Clicks and taps.', 2),
    action_count: count('All that the visitor did, clicks among it.', 3),
    actions: Type.Array(ref(VisitAction), { description: `The first ${MAX_ACTIONS}, in order of time.` }),
    request_count: count('Requests that the page made.', 4),
    failed_request_count: count('Those of them that failed.', 1),
    requests: Type.Array(ref(VisitRequest), {
      description: `The first ${MAX_REQUESTS}: those that failed before the others, slow ones before fast ones.`,
    }),
    exception_count: count('Exceptions that came on it, in the browser or app and behind its requests.', 1),
    exceptions: Type.Array(ref(SessionException), {
      description: `The first ${MAX_EXCEPTIONS} kinds, in order of time, as reported on this page. Messages have at most ${MAX_MESSAGE} characters, stack traces ${MAX_STACK}.`,
    }),
    agent: Type.Optional(ref(VisitAgent)),
    truncated: Type.Optional(
      Type.Literal(true, { description: 'More happened than was looked at; counts are too low.' }),
    ),
    ...recordIds,
  },
  {
    $id: 'VisitPage',
    description: 'A page or screen of a visit. Fields without a value are left out, never null.',
    examples: [
      {
        kind: 'load',
        url: 'https://shop.example/checkout',
        name: 'Checkout',
        entered_at: '2026-03-01T09:30:00.000000000Z',
        left_at: '2026-03-01T09:30:24.000000000Z',
        duration_ms: 24_000,
        entry: true,
        vitals: { lcp: 1_840, cls: 0.02 },
        click_count: 1,
        action_count: 1,
        actions: [{ kind: 'click', time: '2026-03-01T09:30:04.000000000Z', target: '#buy' }],
        request_count: 1,
        failed_request_count: 1,
        requests: [
          {
            time: '2026-03-01T09:30:04.120000000Z',
            duration_ms: 48.5,
            method: 'POST',
            url: 'https://shop.example/api/orders',
            status_code: 500,
            failed: true,
          },
        ],
        exception_count: 0,
        exceptions: [],
        trace_id: '0af7651916cd43dd8448eb211c80319c',
        span_id: 'b7ad6b7169203331',
      },
    ],
  },
);
export type VisitPageItem = Static<typeof VisitPageItem>;

export const VisitPages = Type.Object(
  { items: Type.Array(ref(VisitPageItem), { description: 'In order of time.' }), ...pageLinks },
  {
    $id: 'VisitPages',
    description: 'A page of the pages of a visit.',
    examples: [{ items: VisitPageItem.examples, has_more: false }],
  },
);

export const VISIT_SCHEMAS = [
  VisitVitals,
  VisitAction,
  VisitServer,
  VisitRequest,
  VisitAgent,
  VisitPageItem,
  VisitPages,
];
