import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, cursorParameter, dateTime, ref } from './schema-parts.js';
import { RecordReference } from './usage.js';

/** The shapes of `GET /api/v1/sessions/{sessionId}/exceptions`. */

export const DEFAULT_EXCEPTION_LIMIT = 50;
const MAX_EXCEPTION_LIMIT = 200;

export const ExceptionQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_EXCEPTION_LIMIT,
        default: DEFAULT_EXCEPTION_LIMIT,
        description:
          'Maximum number of exceptions on a page. In a session with very many traces a page may hold fewer, even none, and still have a next one.',
      }),
    ),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

const EXCEPTION_EXAMPLE = {
  type: 'TypeError',
  message: 'cart is undefined',
  stacktrace: 'TypeError: cart is undefined\n    at pay (https://shop.example/shop.js:32:17)',
  service: 'web',
  count: 2,
  channels: ['span_event', 'log'],
  first_time: '2026-03-01T09:30:00.123456789Z',
  last_time: '2026-03-01T09:30:04.000000001Z',
  name: 'click',
  page: 'https://shop.example/checkout',
  record: { trace_id: '5b8efff798038103d269b633813fc60c', span_id: 'eee19b7ec3c1b174' },
  span: { trace_id: '5b8efff798038103d269b633813fc60c', span_id: 'eee19b7ec3c1b174' },
};

export const SessionException = Type.Object(
  {
    type: Type.Optional(Type.String({ examples: ['TypeError'] })),
    message: Type.Optional(Type.String({ examples: ['cart is undefined'] })),
    stacktrace: Type.Optional(
      Type.String({ description: 'As it was sent, at most 32,768 characters of it.' }),
    ),
    service: Type.Optional(Type.String({ description: '`service.name` of what threw it.' })),
    count: count('How often it was thrown. An exception that several channels report counts once.', 2),
    crash_count: Type.Optional(
      Type.Integer({ minimum: 1, description: 'How often it ended the app, or froze it.' }),
    ),
    channels: Type.Array(
      Type.Union([Type.Literal('span_event'), Type.Literal('log'), Type.Literal('span')]),
      { description: 'The channels that report it: events of spans, log records, attributes of spans.' },
    ),
    first_time: dateTime('Time of the first report.', '2026-03-01T09:30:00.123456789Z'),
    last_time: dateTime('Time of the last report.', '2026-03-01T09:30:04.000000001Z'),
    name: Type.Optional(
      Type.String({
        description: 'Name of the log event or span that reports it.',
        examples: ['device.crash'],
      }),
    ),
    page: Type.Optional(
      Type.String({
        description:
          'URL of the page, without query and fragment unless the operator keeps them, or name of the screen. Left out if the record names none.',
        examples: ['https://shop.example/checkout'],
      }),
    ),
    record: ref(RecordReference),
    span: Type.Optional(ref(RecordReference)),
  },
  {
    $id: 'SessionException',
    description:
      'An exception of a service, with all of its reports. `record` is the first record that reports it, `span` a span that it is reported on.',
  },
);
export type SessionException = Static<typeof SessionException>;

export const ExceptionPage = Type.Object(
  {
    items: Type.Array(ref(SessionException)),
    has_more: Type.Boolean({ description: 'Whether there is a next page.' }),
    next_cursor: Type.Optional(
      Type.String({ description: 'Cursor of the next page. Left out where there is none.' }),
    ),
  },
  {
    $id: 'ExceptionPage',
    description: 'A page of the exceptions of a session, earliest first.',
    examples: [{ items: [EXCEPTION_EXAMPLE], has_more: false }],
  },
);
export type ExceptionPage = Static<typeof ExceptionPage>;

export const EXCEPTION_SCHEMAS = [SessionException, ExceptionPage];
