import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, dateTime, int64, ref, usageGaps } from './schema-parts.js';
import { sessionFilters } from './session-filters.js';
import { textFilter } from './text-filter.js';

/** The shapes of `GET /api/v1/sessions/timeline`. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The possible lengths of a point, ms: each a whole number of minutes, hours or days. */
export const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28, 91, 364, 728].map((days) => days * DAY_MS),
];

export const LONGEST_STEP_MS = STEPS_MS.at(-1)!;

export const TimelineQuery = Type.Object(
  {
    ...sessionFilters,
    ...textFilter,
    intervalMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: LONGEST_STEP_MS,
        description:
          'Length of a point, at least, in milliseconds. The server takes the next longer one of its own (1, 2, 5, 10, 15, 30 minutes, 1, 2, 3, 6, 12 hours, 1, 2, 7, 14, 28, 91, 364, 728 days) that gives at most 1,000 points; without a wish, at most 200.',
        examples: [3_600_000],
      }),
    ),
  },
  { additionalProperties: false },
);

const usage = {
  request_count: count('Model calls of these sessions, each counted once.', 3),
  input_tokens: int64({
    minimum: 0,
    description: 'Their input tokens, cached ones included.',
    examples: [5120],
  }),
  output_tokens: int64({
    minimum: 0,
    description: 'Their output tokens, reasoning included.',
    examples: [640],
  }),
  ...usageGaps,
};

const numbers = {
  session_count: count('The sessions.', 40),
  sessions_with_errors: count('Those in which a span failed (status ERROR) or an exception was thrown.', 2),
  ...usage,
  cost_usd: Type.Number({
    minimum: 0,
    description: 'Cost of their calls as far as it is known, in US dollars.',
    examples: [0.0214],
  }),
};

export const TimelinePoint = Type.Object(
  {
    start_time: dateTime(
      'Start of the interval, a multiple of its length since 1970.',
      '2026-03-01T09:00:00.000000000Z',
    ),
    ...numbers,
  },
  {
    $id: 'TimelinePoint',
    description:
      'The sessions that started in an interval, whole: what a session did later counts here too. At the ends of the range only those in the range.',
  },
);

export const TimelineEarlier = Type.Object(numbers, {
  $id: 'TimelineEarlier',
  description:
    'The sessions of the range that started before the first point and had activity in it, whole. They are in no point.',
});

export const TimelineModel = Type.Object(
  {
    model: Type.String({ description: 'Name of the model.', examples: ['gpt-5'] }),
    ...usage,
    cost_usd: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'Cost of its calls as far as it is known, in US dollars. Left out where none is known.',
      }),
    ),
  },
  { $id: 'TimelineModel', description: 'What the sessions of the range used of a model.' },
);

const TIMELINE_EXAMPLE = {
  start_time: '2026-03-01T09:00:00.000000000Z',
  end_time: '2026-03-01T09:59:59.999999999Z',
  interval_ms: 3_600_000,
  points: [
    {
      start_time: '2026-03-01T09:00:00.000000000Z',
      session_count: 40,
      sessions_with_errors: 2,
      request_count: 3,
      input_tokens: 5120,
      output_tokens: 640,
      cost_usd: 0.0214,
      unpriced_request_count: 0,
      unreported_request_count: 0,
    },
  ],
  earlier: {
    session_count: 5,
    sessions_with_errors: 0,
    request_count: 0,
    input_tokens: 0,
    output_tokens: 0,
    cost_usd: 0,
    unpriced_request_count: 0,
    unreported_request_count: 0,
  },
  models: [
    {
      model: 'gpt-5',
      request_count: 3,
      input_tokens: 5120,
      output_tokens: 640,
      cost_usd: 0.0214,
      unpriced_request_count: 0,
      unreported_request_count: 0,
    },
  ],
};

export const Timeline = Type.Object(
  {
    start_time: dateTime(
      'Where the points begin: the later of `startTime` and `activeFrom`, else the start of the interval of the first session.',
      '2026-03-01T09:00:00.000000000Z',
    ),
    end_time: dateTime(
      'End of the range: the earlier of `endTime` and `activeTo`, else the end of the running minute.',
      '2026-03-01T12:00:00.000000000Z',
    ),
    interval_ms: count('Length of a point in milliseconds.', 3_600_000),
    points: Type.Array(ref(TimelinePoint), {
      description: 'Every interval of the range in order, also those without a session.',
    }),
    earlier: Type.Optional(ref(TimelineEarlier)),
    models: Type.Array(ref(TimelineModel), {
      description:
        'Models by their calls, most first, ties by name, at most 200. Calls that name no model are in the points alone.',
    }),
  },
  {
    $id: 'SessionTimeline',
    description:
      'Sessions and their usage by the time of their own start. Adjacent ranges of `startTime` and `endTime` share no session. The points and `earlier` together are all sessions of the range.',
    examples: [TIMELINE_EXAMPLE],
  },
);
export type Timeline = Static<typeof Timeline>;

export const TIMELINE_SCHEMAS = [TimelinePoint, TimelineEarlier, TimelineModel, Timeline];
