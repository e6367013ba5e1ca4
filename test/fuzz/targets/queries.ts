import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { parse } from 'node:querystring';
import { compileQueryValidator, type QuerySchema, type RawQuery } from '../../../src/api/query-validation.js';
import { AuditQuery } from '../../../src/contract/access.js';
import { ConversationQuery } from '../../../src/contract/conversation.js';
import { encodeCursor, filterDigest } from '../../../src/contract/cursor.js';
import { ErasureQuery } from '../../../src/contract/erasure.js';
import { API_ERRORS, ApiError } from '../../../src/contract/errors.js';
import { EventQuery } from '../../../src/contract/event.js';
import { ExceptionQuery } from '../../../src/contract/exception.js';
import { SessionExportQuery, SessionsExportQuery } from '../../../src/contract/export.js';
import { FacetQuery } from '../../../src/contract/facets.js';
import { GroupQuery } from '../../../src/contract/groups.js';
import { RetentionQuery } from '../../../src/contract/retention.js';
import { NoQuery } from '../../../src/contract/schema-parts.js';
import { ScoreStatisticsQuery } from '../../../src/contract/score-statistics.js';
import { SessionListQuery } from '../../../src/contract/session.js';
import type { SessionFilters } from '../../../src/contract/session-filters.js';
import { StatisticsQuery } from '../../../src/contract/statistics.js';
import { SessionStreamQuery } from '../../../src/contract/stream.js';
import { TimelineQuery } from '../../../src/contract/timeline.js';
import { formatRfc3339 } from '../../../src/contract/timestamp.js';
import { TopQuery } from '../../../src/contract/top.js';
import { TopCallsQuery } from '../../../src/contract/top-calls.js';
import { TraceListQuery } from '../../../src/contract/trace.js';
import { UsageQuery } from '../../../src/contract/usage.js';
import { PagesQuery } from '../../../src/contract/visit.js';
import { VisitsQuery } from '../../../src/contract/visits.js';
import { filterTexts, sessionFilter } from '../../../src/query/session-filter.js';
import { textMutator } from '../mutate-text.js';
import { assertSame } from '../same.js';
import type { FuzzTarget } from '../target.js';

/** The query strings of every route that takes one. */
const SCHEMAS: readonly QuerySchema[] = [
  ...[SessionListQuery, StatisticsQuery, TimelineQuery, TopQuery, VisitsQuery, TraceListQuery, UsageQuery],
  ...[
    TopCallsQuery,
    ExceptionQuery,
    EventQuery,
    ConversationQuery,
    PagesQuery,
    SessionStreamQuery,
    AuditQuery,
    ErasureQuery,
    NoQuery,
  ],
  ...[GroupQuery, FacetQuery, ScoreStatisticsQuery, RetentionQuery, SessionsExportQuery, SessionExportQuery],
];
const NAMES = [...new Set(SCHEMAS.flatMap(({ properties }) => Object.keys(properties)))];
const CURSOR = encodeCursor(
  { direction: 'next', position: { startNs: 5n, id: 's' } },
  filterDigest('sessions', []),
);

const VALUES = [
  ...[
    'true',
    'false',
    '0',
    '1',
    '100',
    '1000',
    '-1',
    '1.5',
    '1e3',
    '1e-7',
    '1e308',
    '2147483647',
    '2147483648',
    'AT',
    'at',
  ],
  ...[
    '2026-03-01T09:30:00Z',
    '2026-03-01T09:30:00.123456789+02:00',
    '2026-03-01T09:30:00 02:00',
    '1969-12-31T23:59:59Z',
  ],
  ...[
    '2262-04-11T23:47:16.854775807Z',
    '9999-12-31T23:59:60Z',
    'active',
    'timed_out',
    'desktop',
    'ERROR',
    '17',
    CURSOR,
  ],
  ...['0af7651916cd43dd8448eb211c80319c', 'https://shop.example/a?b', '%F0%9F%98%80', 'x'.repeat(257)],
];
const OPTIONS = { activeMs: 300_000, timeoutMs: 1_800_000, userIdCandidates: (id: string) => [id] };
const NOW_NS = 1_790_000_000_000_000_000n;

/**
 * A query string, for every route: its values are within their schema, mean the same when they are written
 * canonically, and make a filter; or every fault is named by a code of the contract.
 */
export async function openQueries(): Promise<FuzzTarget> {
  const routes = SCHEMAS.map((schema) => ({ schema, validate: compileQueryValidator(schema) }));
  return {
    seeds: NAMES.flatMap((name) => VALUES.map((value) => `${name}=${encodeURIComponent(value)}`))
      .concat(
        SCHEMAS.map(({ properties }) =>
          Object.keys(properties)
            .map((name) => `${name}=1`)
            .join('&'),
        ),
      )
      .map((text) => Uint8Array.from(Buffer.from(text))),
    mutate: textMutator([...NAMES.map((name) => `&${name}=`), ...VALUES.map(encodeURIComponent), '&', '=']),
    run: (input) => {
      // A part of the routes each time: they share the rules of their parameters.
      const query = parse(Buffer.from(input).toString('latin1')) as RawQuery;
      for (let i = input.length % 5; i < routes.length; i += 5) check(routes[i]!, query);
    },
  };
}

interface Route {
  readonly schema: QuerySchema;
  readonly validate: ReturnType<typeof compileQueryValidator>;
}

function check({ schema, validate }: Route, query: RawQuery): void {
  const result = validate(query);
  assertSame(validate(query), result, 'the same query, read again');
  if ('error' in result) {
    assert.ok(result.error instanceof ApiError);
    assert.ok((result.error.fields ?? []).length > 0, 'a fault is named');
    for (const { code, message, field } of result.error.fields!) {
      assert.ok(code in API_ERRORS && message.length > 0, `${field}: ${code}`);
    }
    return;
  }
  const { value } = result;
  for (const name of Object.keys(value)) assert.ok(Object.hasOwn(schema.properties, name), name);
  assertSame(validate(canonical(value)), { value }, 'the same values, written canonically');
  const filters = value as SessionFilters;
  filterDigest('fuzz', filterTexts(filters));
  sessionFilter(filters, NOW_NS, OPTIONS);
}

function canonical(value: Record<string, unknown>): RawQuery {
  const text = (each: unknown): string => (typeof each === 'bigint' ? formatRfc3339(each) : String(each));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, Array.isArray(each) ? each.map(text) : text(each)]),
  );
}
