import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, GROUP_BY_FORMAT, int64, oneOf, ref, usageGaps } from './schema-parts.js';
import { sessionFilters } from './session-filters.js';
import { textFilter } from './text-filter.js';

/** The shapes of `GET /api/v1/sessions/groups`. */

/** What sessions are grouped by, besides `attr.KEY`. */
export const GROUP_BY = [
  'user',
  'service',
  'model',
  'provider',
  'country',
  'device',
  'release',
  'operation',
  'tool',
  'errorType',
  'route',
  'status',
] as const;
export const ATTRIBUTE_PREFIX = 'attr.';
export const GROUP_SORTS = ['sessions', 'errors', 'tokens', 'cost'] as const;
export const DEFAULT_GROUP_LIMIT = 20;
export const MOST_GROUPS = 1000;

export const GroupQuery = Type.Object(
  {
    by: Type.String({
      format: GROUP_BY_FORMAT,
      description: `What sessions are grouped by: ${GROUP_BY.join(', ')}, or attr.KEY for an attribute of --index-attributes.`,
      examples: ['model'],
    }),
    sort: Type.Optional(
      oneOf(
        GROUP_SORTS,
        'The groups with the most of this come first, ties by value. `sessions` where left out.',
      ),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MOST_GROUPS,
        default: DEFAULT_GROUP_LIMIT,
        description: 'Most groups.',
      }),
    ),
    ...sessionFilters,
    ...textFilter,
  },
  { additionalProperties: false },
);

const milliseconds = (description: string) => Type.Number({ minimum: 0, description, examples: [1200] });

export const DurationPercentiles = Type.Object(
  {
    p50: milliseconds('Half of the sessions took so long or less.'),
    p90: milliseconds('Nine of ten.'),
    p95: milliseconds('19 of 20.'),
    p99: milliseconds('99 of 100.'),
  },
  {
    $id: 'DurationPercentiles',
    description: 'Exact percentiles of `duration_ms`, by nearest rank: each is the duration of a session.',
  },
);

const sums = {
  session_count: count('Sessions.', 40),
  sessions_with_errors: count('Sessions in which a span failed or an exception was thrown.', 3),
  request_count: count('Model calls.', 120),
  total_input_tokens: int64({
    description: 'Input tokens of the model calls.',
    minimum: 0,
    examples: [90000],
  }),
  total_output_tokens: int64({
    description: 'Output tokens of the model calls.',
    minimum: 0,
    examples: [12000],
  }),
  estimated_cost_usd: Type.Optional(
    Type.Number({ minimum: 0, description: 'Left out where no call has a known cost.', examples: [1.25] }),
  ),
  ...usageGaps,
};

const durations = {
  duration_ms: Type.Optional(ref(DurationPercentiles)),
};

export const SessionGroup = Type.Object(
  {
    value: Type.String({ description: 'The value, as its filter takes it.', examples: ['gpt-5'] }),
    ...sums,
    ...durations,
  },
  { $id: 'SessionGroup', description: 'The sessions with a value.' },
);

export const GroupTotal = Type.Object(
  { ...sums, ...durations },
  { $id: 'SessionGroupTotal', description: 'All sessions that match, each once.' },
);

export const GroupRest = Type.Object(sums, {
  $id: 'SessionsWithoutGroup',
  description: 'The sessions that match and have no value.',
});

const EXAMPLE = {
  session_count: 40,
  sessions_with_errors: 3,
  request_count: 120,
  total_input_tokens: 90000,
  total_output_tokens: 12000,
  estimated_cost_usd: 1.25,
  unpriced_request_count: 0,
  unreported_request_count: 0,
};
const DURATIONS = { p50: 1200, p90: 9100, p95: 15000, p99: 61000 };
const { estimated_cost_usd: _, ...NOTHING } = EXAMPLE;

export const SessionGroups = Type.Object(
  {
    groups: Type.Array(ref(SessionGroup), {
      description:
        'The largest groups. A session with several values is in the group of each, with all of its tokens and cost; by model a group has those of its model only.',
    }),
    group_count: count('Different values, listed or not.', 3),
    total: ref(GroupTotal),
    without: ref(GroupRest),
  },
  {
    $id: 'SessionGroups',
    description:
      'Sums of sessions by a value. All are exact. What is not listed is counted by `group_count`; where a session has one value at most (user, country, device, release), the sums of the groups that are not listed are `total` less `without` and the listed ones.',
    examples: [
      {
        groups: [{ value: 'gpt-5', ...EXAMPLE, duration_ms: DURATIONS }],
        group_count: 1,
        total: { ...EXAMPLE, duration_ms: DURATIONS },
        without: {
          ...NOTHING,
          session_count: 2,
          sessions_with_errors: 0,
          request_count: 0,
          total_input_tokens: 0,
          total_output_tokens: 0,
        },
      },
    ],
  },
);
export type SessionGroups = Static<typeof SessionGroups>;

export const GROUPS_SCHEMAS = [DurationPercentiles, SessionGroup, GroupTotal, GroupRest, SessionGroups];
