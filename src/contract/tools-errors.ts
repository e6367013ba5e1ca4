import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, oneOf, ref } from './schema-parts.js';
import { sessionFilters } from './session-filters.js';
import { textFilter } from './text-filter.js';

/** The shapes of `GET /api/v1/tools` and `GET /api/v1/errors`. */

export const TOOL_SORTS = ['calls', 'failures', 'retries', 'sessions', 'p95'] as const;
export const ERROR_SORTS = ['sessions', 'count', 'last_seen', 'first_seen'] as const;
export const DEFAULT_TABLE_LIMIT = 100;
export const MOST_TABLE_ROWS = 1000;

const limit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: MOST_TABLE_ROWS,
    default: DEFAULT_TABLE_LIMIT,
    description: 'Most items.',
  }),
);

export const ToolQuery = Type.Object(
  {
    sort: Type.Optional(
      oneOf(TOOL_SORTS, 'The tools with the most of this come first, ties by name. `calls` where left out.'),
    ),
    limit,
    ...sessionFilters,
    ...textFilter,
  },
  { additionalProperties: false },
);

export const ErrorQuery = Type.Object(
  {
    sort: Type.Optional(
      oneOf(
        ERROR_SORTS,
        'The errors with the most of this, or the latest of these times, come first, ties by `error`. `sessions` where left out.',
      ),
    ),
    limit,
    ...sessionFilters,
    ...textFilter,
  },
  { additionalProperties: false },
);

const milliseconds = (description: string, example: number) =>
  Type.Number({ minimum: 0, description, examples: [example] });

export const ToolDurations = Type.Object(
  {
    p50: milliseconds('Half of the calls took so long or less.', 412),
    p90: milliseconds('Nine of ten.', 1900),
    p95: milliseconds('19 of 20.', 3120),
    p99: milliseconds('99 of 100.', 8010),
    max: milliseconds('The longest call.', 30000),
  },
  {
    $id: 'ToolDurations',
    description:
      'Percentiles of the durations of calls by nearest rank, in milliseconds. Each is the duration of a call, rounded to three digits, or to two where a session has more than 256 different ones of the tool.',
  },
);

const TOOL_EXAMPLE = {
  tool: 'search',
  call_count: 120,
  failure_count: 6,
  retry_count: 4,
  session_count: 40,
  sessions_with_failures: 5,
  duration_ms: { p50: 412, p90: 1900, p95: 3120, p99: 8010, max: 30000 },
};

export const ToolStatistic = Type.Object(
  {
    tool: Type.String({ description: 'The name, as the filter `tool` takes it.', examples: ['search'] }),
    call_count: count('Calls. What several records report counts once.', TOOL_EXAMPLE.call_count),
    failure_count: count('Calls that failed.', TOOL_EXAMPLE.failure_count),
    retry_count: count(
      'Calls that are the first of this tool to begin after a failed one has ended, in the same trace, or, of log records without a trace, in the same session and minute. What they were called with is not compared.',
      TOOL_EXAMPLE.retry_count,
    ),
    session_count: count('Sessions with such a call.', TOOL_EXAMPLE.session_count),
    sessions_with_failures: count(
      'Sessions in which one failed: those that the filter `failedTool` finds.',
      TOOL_EXAMPLE.sessions_with_failures,
    ),
    duration_ms: Type.Optional(ref(ToolDurations)),
  },
  {
    $id: 'ToolStatistic',
    description: 'The calls of a tool. `duration_ms` is left out where no duration is known.',
  },
);
export type ToolStatistic = Static<typeof ToolStatistic>;

export const ToolStatistics = Type.Object(
  {
    items: Type.Array(ref(ToolStatistic)),
    tool_count: count('Different tools, listed or not.', 1),
    incomplete_sessions: count(
      'Sessions with more than 200 tools. Of each of them, only the first 200 in order of their names count.',
      0,
    ),
  },
  {
    $id: 'ToolStatistics',
    description: 'Calls of tools, by tool.',
    examples: [{ items: [TOOL_EXAMPLE], tool_count: 1, incomplete_sessions: 0 }],
  },
);
export type ToolStatistics = Static<typeof ToolStatistics>;

const instant = (description: string, example: string) =>
  Type.String({ format: 'date-time', description, examples: [example] });

const ERROR_EXAMPLE = {
  error: 'TimeoutError: no answer after # ms',
  error_count: 31,
  session_count: 12,
  first_seen: '2026-03-01T08:12:00.5Z',
  last_seen: '2026-03-04T17:40:12.25Z',
};

export const ErrorStatistic = Type.Object(
  {
    error: Type.String({
      description:
        'The last part of the type and the shape of the message, as the filter `error` takes it: `#` stands for numbers, ids, quoted texts, paths and e-mail addresses.',
      examples: [ERROR_EXAMPLE.error],
    }),
    error_count: count('Errors. What several records report counts once.', ERROR_EXAMPLE.error_count),
    session_count: count('Sessions with such an error.', ERROR_EXAMPLE.session_count),
    first_seen: instant('The time of the first one, within its session.', ERROR_EXAMPLE.first_seen),
    last_seen: instant('The time of the last one, within its session.', ERROR_EXAMPLE.last_seen),
  },
  { $id: 'ErrorStatistic', description: 'The errors of a shape.' },
);
export type ErrorStatistic = Static<typeof ErrorStatistic>;

export const ErrorStatistics = Type.Object(
  {
    items: Type.Array(ref(ErrorStatistic)),
    shape_count: count('Different errors, listed or not.', 1),
    incomplete_sessions: count(
      'Sessions with more than 100 different errors. Of each of them, only the first 100 in order of their characters count.',
      0,
    ),
  },
  {
    $id: 'ErrorStatistics',
    description: 'Errors by type and shape of the message.',
    examples: [{ items: [ERROR_EXAMPLE], shape_count: 1, incomplete_sessions: 0 }],
  },
);
export type ErrorStatistics = Static<typeof ErrorStatistics>;

export const TOOLS_ERRORS_SCHEMAS = [
  ToolDurations,
  ToolStatistic,
  ToolStatistics,
  ErrorStatistic,
  ErrorStatistics,
];
