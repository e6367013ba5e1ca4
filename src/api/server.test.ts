import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { LIMITS, type RunningApi, startApi } from '../../test/support/api-server.js';
import { assertConforms } from '../../test/support/contract-check.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import { storedTrace } from '../../test/support/stored-traces.js';
import { AccessError } from '../access/access-error.js';
import { AccessUnavailableError } from '../access/guard.js';
import type { Identity } from '../access/identity.js';
import { encodeCursor, filterDigest } from '../contract/cursor.js';
import { API_ERRORS, ApiError, type ErrorCode } from '../contract/errors.js';
import { Facets } from '../contract/facets.js';
import { Outline } from '../contract/outline.js';
import { NotFoundProblem, Problem, ProblemDefinition, QueryProblem } from '../contract/problem.js';
import { Readiness } from '../contract/server.js';
import { Session, SessionPage } from '../contract/session.js';
import { SessionStatistics } from '../contract/statistics.js';
import { Timeline } from '../contract/timeline.js';
import { SessionTop } from '../contract/top.js';
import { TopCalls } from '../contract/top-calls.js';
import { Span, Trace } from '../contract/trace.js';
import { Visits } from '../contract/visits.js';
import type { Caller } from '../query/query-service.js';
import { filterTexts } from '../query/session-filter.js';
import { SessionQueries } from '../query/session-queries.js';
import type { SessionReader } from '../store/contract/reader.js';
import type { StoredSession } from '../store/contract/session.js';
import { createTelemetry } from '../telemetry.js';

const SESSIONS = '/api/v1/sessions';
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ODD_IDS = [
  'stats',
  '__proto__',
  '</script><script>alert(1)</script>',
  'a/b?c#d%25 +&=;',
  '..',
  '雪'.repeat(128),
  '😀'.repeat(64),
  `"\n${TRACE_ID}`,
];
/** Ids that are names of routes, or that clients treat as path segments. */
const PATH_LIKE_IDS = [
  'stream',
  'top',
  'top-calls',
  'groups',
  'facets',
  'visits',
  'timeline',
  'by-id',
  '.',
  '/',
  '//evil.example/a',
  '%2e%2e',
  'a/invalidate',
];
const LONG_ID = `${'a/b '.repeat(100)}ü`;
const LONG_ID_KEPT = `sha256:${createHash('sha256').update(LONG_ID).digest('hex')}`;

function someSessions(): StoredSession[] {
  return [
    storedSession({
      id: 'open',
      startNs: at(3000),
      lastNs: at(3500),
      userId: 'ann',
      errorCount: 1,
      services: ['cart'],
    }),
    storedSession({
      id: 'idle',
      startNs: at(2000),
      lastNs: at(2000) + 123_456_789n,
      client: { device_type: 'mobile', os: 'iOS' },
      geo: { country_code: 'AT', country_name: 'Austria' },
      spanCount: 3,
      release: '4.2',
      crashCount: 1,
      visit: { entry_url: 'https://shop.example/', exit_page: 'Cart', page_views: 3 },
      vitals: { lcp: { worst: 2600, median: 90 } },
      places: ['/ https://shop.example', 'Cart'],
    }),
    storedSession({
      id: 'closed',
      startNs: at(1000),
      userId: 'bob',
      genai: {
        requestCount: 1,
        inputTokens: 2n ** 53n + 1n,
        outputTokens: 1n,
        models: ['m'],
        providers: ['p'],
        costNanoUsd: 5n,
        unpricedCount: 2,
        unreportedCount: 1,
      },
    }),
    ...[...ODD_IDS, ...PATH_LIKE_IDS, LONG_ID_KEPT].map((id) => storedSession({ id, startNs: at(0) })),
  ];
}

const trace = storedTrace(TRACE_ID, [
  {
    spanId: 'aaaaaaaaaaaaaaaa',
    startNs: at(3000) + 1n,
    endNs: at(3001) + 2n,
    error: true,
    more: {
      kind: 2,
      traceState: 'a=b',
      attributes: [{ key: 'big', value: { intValue: '9007199254740993' } }],
      events: [{ name: 'e', timeUnixNano: (at(3000) + 7n).toString() }],
      links: [{ traceId: 'b'.repeat(32), spanId: 'b'.repeat(16) }],
    },
  },
]);

async function problemOf(response: Response, code: ErrorCode): Promise<Record<string, unknown>> {
  const problem = (await response.json()) as Record<string, unknown>;
  assert.match(response.headers.get('content-type')!, /^application\/problem\+json/);
  assert.equal(response.status, API_ERRORS[code].status);
  assert.equal(problem.type, `/problems/${code}`);
  assert.equal(problem.status, response.status);
  assert.equal(problem.title, API_ERRORS[code].title);
  assert.equal(problem.instance, new URL(response.url).pathname);
  return problem;
}

describe('the API', () => {
  let sut: RunningApi;
  const sessions = someSessions();
  before(async () => {
    sut = await startApi({ sessions, traces: [{ sessionId: 'open', trace }] });
  });
  after(() => sut.close());

  test('lists sessions in the form of the contract', async () => {
    const response = await sut.get(`${SESSIONS}?limit=3`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    const text = await response.text();
    assert.match(text, /"total_input_tokens":"9007199254740993",/);
    const page = JSON.parse(text);
    assertConforms(SessionPage, page);
    assert.deepEqual(
      page.items.map((item: Record<string, unknown>) => [item['session.id'], item.state, item.duration_ms]),
      [
        ['open', 'active', 500_000],
        ['idle', 'idle', 123.456789],
        ['closed', 'timed_out', 0],
      ],
    );
    assert.equal(page.has_more, true);
  });

  test('filters can be combined', async () => {
    const query =
      'userId=ann&isActive=true&startTime=2026-03-01T01:50:00%2B01:00&endTime=2026-03-01T00:50:00Z';
    const page = (await (await sut.get(`${SESSIONS}?${query}`)).json()) as { items: unknown[] };
    assert.equal(page.items.length, 1);
    const none = (await (await sut.get(`${SESSIONS}?${query.replace('ann', 'bob')}`)).json()) as object;
    assert.deepEqual(none, { items: [], has_more: false });
  });

  test('every filter applies to the list, and to its cursors', async () => {
    const filters: [string, string[]][] = [
      ['service=cart', ['open']],
      ['model=m', ['closed']],
      ['provider=p', ['closed']],
      ['state=idle', ['idle']],
      ['deviceType=mobile', ['idle']],
      ['country=at', ['idle']],
      ['country=AT', ['idle']],
      ['hasErrors=true', ['open']],
      ['minDurationMs=123.456789', ['open', 'idle']],
      ['minDurationMs=123.4567891', ['open']],
      ['minCostUsd=5e-9', ['closed']],
      ['minCostUsd=5.1e-9', []],
      ['service=cart&hasErrors=false', []],
      ['service=cart&service=none', ['open']],
      ['state=idle&state=timed_out&minDurationMs=0.001', ['idle']],
      ['model=m&model=x&country=AT', []],
      ['country=at&country=CH', ['idle']],
      ['startTime=1700-01-01T00:00:00Z&service=cart', ['open']],
      ['endTime=9999-12-31T23:59:59Z&service=cart', ['open']],
      ['endTime=1969-12-31T23:59:59Z', []],
      ['activeTo=0001-01-01T00:00:00Z', []],
      ['activeFrom=2026-03-01T00:55:00Z', ['open']],
    ];
    for (const [query, expected] of filters) {
      const page = (await (await sut.get(`${SESSIONS}?${query}`)).json()) as {
        items: { 'session.id': string }[];
      };
      assertConforms(SessionPage, page);
      assert.deepEqual(
        page.items.map((item) => item['session.id']),
        expected,
        query,
      );
    }
    const { next_cursor: cursor } = (await (await sut.get(`${SESSIONS}?minDurationMs=1&limit=1`)).json()) as {
      next_cursor: string;
    };
    assert.equal((await sut.get(`${SESSIONS}?minDurationMs=1&cursor=${cursor}`)).status, 200);
    for (const other of ['', 'minDurationMs=2&', 'minDurationMs=1&service=web&']) {
      await problemOf(await sut.get(`${SESSIONS}?${other}cursor=${cursor}`), 'cursor.invalid');
    }
  });

  test('a plus in an offset may be given without percent-encoding', async () => {
    const [plain, encoded] = await Promise.all(
      ['+', '%2B'].map(async (plus) =>
        (await sut.get(`${SESSIONS}?startTime=2026-03-01T01:50:00${plus}01:00`)).json(),
      ),
    );
    assert.deepEqual(plain, encoded);
    assert.equal((plain as { items: unknown[] }).items.length, 1);
  });

  test('refuses a query and reports all its errors', async () => {
    const response = await sut.get(`${SESSIONS}?isActive=maybe&limit=5000&limit=1&cursor=x&sorted=up`);
    const problem = await problemOf(response, 'query.invalid');
    assertConforms(QueryProblem, problem);
    const errors = problem.errors as { field: string; code: string; rejected_value: unknown }[];
    assert.deepEqual(
      errors.map(({ field, code, rejected_value }) => [field, code, rejected_value]),
      [
        ['isActive', 'query.invalid_boolean', 'maybe'],
        ['limit', 'query.repeated_parameter', ['5000', '1']],
        ['cursor', 'cursor.invalid', 'x'],
        ['sorted', 'query.unknown_parameter', 'up'],
      ],
    );
  });

  test('every route below /api/v1 refuses unknown parameters', async () => {
    for (const path of [
      SESSIONS,
      `${SESSIONS}/stats`,
      `${SESSIONS}/open`,
      `${SESSIONS}/open/traces`,
      `/api/v1/traces/${TRACE_ID}`,
    ]) {
      await problemOf(await sut.get(`${path}?nonsense=1`), 'query.unknown_parameter');
      await problemOf(await sut.get(`${path}?__proto__=1`), 'query.unknown_parameter');
    }
    const post = await sut.get(`${SESSIONS}/open/invalidate?x=1`, { method: 'POST' });
    await problemOf(post, 'query.unknown_parameter');
  });

  test('follows cursors, and refuses damaged ones and those of other filters', async () => {
    const first = (await (await sut.get(`${SESSIONS}?limit=2`)).json()) as { next_cursor: string };
    const second = (await (await sut.get(`${SESSIONS}?limit=2&cursor=${first.next_cursor}`)).json()) as {
      prev_cursor: string;
    };
    const back = await (await sut.get(`${SESSIONS}?limit=2&cursor=${second.prev_cursor}`)).json();
    assert.deepEqual(back, first);

    await problemOf(await sut.get(`${SESSIONS}?cursor=${first.next_cursor}&isActive=true`), 'cursor.invalid');
    const cursor = first.next_cursor;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(cursor.length - 1),
        fc.constantFrom('A', 'z', '0', '-', '_'),
        async (index, other) => {
          fc.pre(cursor[index] !== other);
          const damaged = cursor.slice(0, index) + other + cursor.slice(index + 1);
          await problemOf(await sut.get(`${SESSIONS}?cursor=${damaged}`), 'cursor.invalid');
        },
      ),
    );
  });

  test('returns one session in the same form as the list', async () => {
    const page = (await (await sut.get(`${SESSIONS}?limit=1`)).json()) as { items: unknown[] };
    const session = await (await sut.get(`${SESSIONS}/open`)).json();
    assertConforms(Session, session);
    assert.deepEqual(session, page.items[0]);
  });

  for (const id of ODD_IDS) {
    test(`finds the session ${JSON.stringify(id).slice(0, 40)} by its percent-encoded id`, async () => {
      // Every byte encoded, so that clients and routers do not treat parts of the id as path segments.
      const encoded = [...Buffer.from(id)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      const response = await sut.raw('GET', `${SESSIONS}/${encoded}`);
      assert.equal(response.status, 200);
      assert.equal(JSON.parse(response.body)['session.id'], id);
      assert.equal((await sut.raw('GET', `${SESSIONS}/${encoded}/traces`)).status, 200);
    });
  }

  test('answers 404 for a missing session, also if no stored id can look like it', async () => {
    for (const id of ['nobody', 'x'.repeat(128), 'STATS']) {
      for (const rest of ['', '/traces']) {
        const problem = await problemOf(await sut.get(`${SESSIONS}/${id}${rest}`), 'session.not_found');
        assertConforms(NotFoundProblem, problem);
        assert.equal(problem.resource_type, 'session');
        assert.equal(problem.resource_id, decodeURIComponent(id));
      }
    }
  });

  for (const id of [...ODD_IDS, ...PATH_LIKE_IDS]) {
    test(`finds the session ${JSON.stringify(id).slice(0, 40)}, and what is below it, by a parameter`, async () => {
      const query = `?id=${encodeURIComponent(id)}`;
      const session = (await (await sut.get(`${SESSIONS}/by-id${query}`)).json()) as Record<string, unknown>;
      assertConforms(Session, session);
      assert.equal(session['session.id'], id);
      for (const part of ['traces', 'outline', 'conversation', 'pages']) {
        assert.equal((await sut.get(`${SESSIONS}/by-id/${part}${query}`)).status, 200, part);
      }
    });
  }

  test('a session by parameter is the same as by path, page by page', async () => {
    for (const part of ['', '/traces', '/outline', '/conversation', '/pages']) {
      const byPath = await (await sut.get(`${SESSIONS}/open${part}`)).text();
      assert.equal(await (await sut.get(`${SESSIONS}/by-id${part}?id=open`)).text(), byPath, part);
    }
    assert.equal((await sut.get(`${SESSIONS}/by-id/traces?id=open&limit=1`)).status, 200);
    await problemOf(await sut.get(`${SESSIONS}/by-id/traces?id=open&limit=0`), 'limit.out_of_range');
    await problemOf(await sut.get(`${SESSIONS}/by-id?id=open&nonsense=1`), 'query.unknown_parameter');
    await problemOf(await sut.get(`${SESSIONS}/by-id?id=a&id=b`), 'query.repeated_parameter');
    const missing = await problemOf(await sut.get(`${SESSIONS}/by-id`), 'query.missing_parameter');
    assertConforms(QueryProblem, missing);
    for (const part of ['', '/traces', '/outline', '/usage', '/events', '/conversation', '/pages']) {
      const problem = await problemOf(
        await sut.get(`${SESSIONS}/by-id${part}?id=no%2Fbody`),
        'session.not_found',
      );
      assert.equal(problem.resource_id, 'no/body');
    }
    const head = await sut.raw('HEAD', `${SESSIONS}/by-id?id=open`);
    assert.equal(head.status, 200);
  });

  test('a session is found by its id as it was sent: untrimmed, or longer than stored ids', async () => {
    const idOf = async (path: string) =>
      ((await (await sut.get(path)).json()) as Record<string, unknown>)['session.id'];
    assert.equal(await idOf(`${SESSIONS}/%20open%09`), 'open');
    assert.equal(await idOf(`${SESSIONS}/by-id?id=+open%0A`), 'open');
    for (const given of [LONG_ID, ` ${LONG_ID}\n`, LONG_ID_KEPT]) {
      assert.equal(await idOf(`${SESSIONS}/${encodeURIComponent(given)}`), LONG_ID_KEPT);
      assert.equal(await idOf(`${SESSIONS}/by-id?id=${encodeURIComponent(given)}`), LONG_ID_KEPT);
      assert.equal((await sut.get(`${SESSIONS}/${encodeURIComponent(given)}/traces`)).status, 200);
    }
    // The digest covers the whole id, without truncation.
    const other = encodeURIComponent(`${LONG_ID}x`);
    await problemOf(await sut.get(`${SESSIONS}/${other}`), 'session.not_found');
    await problemOf(await sut.get(`${SESSIONS}/%20`), 'session.not_found');
  });

  test('every list refuses a cursor with a negative time', async () => {
    const lists: [path: string, kind: string, filters: (string | undefined)[]][] = [
      [`${SESSIONS}?`, 'sessions', ['default', ...filterTexts({})]],
      [`${SESSIONS}/open/traces?`, 'traces', ['default', 'open']],
      [`${SESSIONS}/open/conversation?`, 'conversation', ['default', 'open']],
      [`${SESSIONS}/open/pages?`, 'pages', ['default', 'open']],
    ];
    for (const [path, kind, filters] of lists) {
      for (const direction of ['next', 'prev'] as const) {
        for (const startNs of [-(2n ** 63n), -2n]) {
          const cursor = encodeCursor(
            { direction, position: { startNs, id: '' } },
            filterDigest(kind, filters),
          );
          await problemOf(await sut.get(`${path}cursor=${cursor}`), 'cursor.invalid');
        }
        for (const startNs of [-1n, 0n, 2n ** 63n - 1n]) {
          const cursor = encodeCursor(
            { direction, position: { startNs, id: '' } },
            filterDigest(kind, filters),
          );
          assert.equal(
            (await sut.get(`${path}cursor=${cursor}`)).status,
            200,
            `${path} ${direction} ${startNs}`,
          );
        }
      }
    }
    assert.deepEqual(sut.failures, []);
  });

  test('an empty cursor means the first page', async () => {
    for (const path of [
      SESSIONS,
      ...['traces', 'conversation', 'pages'].map((part) => `${SESSIONS}/open/${part}`),
    ]) {
      const first = await (await sut.get(path)).text();
      assert.equal(await (await sut.get(`${path}?cursor=`)).text(), first);
    }
  });

  test('returns the traces of a session and one trace, exact to the nanosecond', async () => {
    const page = await (await sut.get(`${SESSIONS}/open/traces`)).text();
    const one = await (await sut.get(`/api/v1/traces/${TRACE_ID}`)).text();
    assert.equal(page, `{"items":[${one}],"has_more":false}`);
    assert.match(
      one,
      /"start_time_unix_nano":"1772326200000000001","end_time_unix_nano":"1772326201000000002",/,
    );
    assert.match(one, /"duration_ns":1000000001,/);
    assert.match(one, /"value":"9007199254740993"\}/);
    const parsed = JSON.parse(one);
    assertConforms(Trace, parsed);
    assert.equal(parsed.start_time, '2026-03-01T00:50:00.000000001Z');
    assert.equal(parsed.root_span.span_id, 'aaaaaaaaaaaaaaaa');
    assert.equal(parsed.has_error, true);
  });

  test('accepts trace ids in upper and lower case only', async () => {
    assert.equal((await sut.get(`/api/v1/traces/${TRACE_ID.toUpperCase()}`)).status, 200);
    for (const id of ['f'.repeat(32), 'x'.repeat(32), TRACE_ID.slice(1), `${TRACE_ID}0`, '__proto__']) {
      const problem = await problemOf(await sut.get(`/api/v1/traces/${id}`), 'trace.not_found');
      assert.deepEqual([problem.resource_type, problem.resource_id], ['trace', id]);
    }
  });

  test('returns one span in the same form as its trace', async () => {
    const path = `/api/v1/traces/${TRACE_ID}/spans`;
    const { spans } = (await (await sut.get(`/api/v1/traces/${TRACE_ID}`)).json()) as { spans: unknown[] };
    const response = await sut.get(`${path}/${'A'.repeat(16)}`);
    const text = await response.text();
    assert.match(text, /"value":"9007199254740993"/);
    assertConforms(Span, JSON.parse(text));
    assert.deepEqual(JSON.parse(text), spans[0]);
    for (const id of ['b'.repeat(16), 'a'.repeat(15), 'x'.repeat(16)]) {
      const problem = await problemOf(await sut.get(`${path}/${id}`), 'span.not_found');
      assertConforms(NotFoundProblem, problem);
      assert.deepEqual([problem.resource_type, problem.resource_id], ['span', id]);
    }
    await problemOf(
      await sut.get(`/api/v1/traces/${'1'.repeat(32)}/spans/${'a'.repeat(16)}`),
      'span.not_found',
    );
  });

  test('returns the outline of a session', async () => {
    const outline = await (await sut.get(`${SESSIONS}/open/outline`)).json();
    assertConforms(Outline, outline);
    assert.equal((outline as Outline).traces[0]!.spans[0]!.status_code, 2);
    await problemOf(await sut.get(`${SESSIONS}/nobody/outline`), 'session.not_found');
  });

  test('returns sessions over time, with every interval of the range', async () => {
    const timeline = (await (
      await sut.get(
        `${SESSIONS}/timeline?startTime=2026-03-01T00:16:00Z&endTime=2026-03-01T01:00:00Z&intervalMs=1000000`,
      )
    ).json()) as Timeline;
    assertConforms(Timeline, timeline);
    assert.equal(timeline.interval_ms, 30 * 60_000);
    assert.deepEqual(
      timeline.points.map((point) => [
        point.start_time.slice(11, 16),
        point.session_count,
        point.sessions_with_errors,
      ]),
      [
        ['00:00', 1, 0],
        ['00:30', 2, 1],
        ['01:00', 0, 0],
      ],
    );
    assert.equal(timeline.points[0]!.request_count, 1);
    const whole = (await (await sut.get(`${SESSIONS}/timeline`)).json()) as Timeline;
    assertConforms(Timeline, whole);
    assert.equal(whole.start_time, whole.points[0]!.start_time);
    assert.equal(whole.interval_ms, 60_000);
    const empty = await sut.get(
      `${SESSIONS}/timeline?startTime=2026-03-02T00:00:00Z&endTime=2026-03-01T00:00:00Z`,
    );
    assert.deepEqual(((await empty.json()) as Timeline).points, []);
    for (const wrong of ['0', '-1', '62899200001']) {
      await problemOf(await sut.get(`${SESSIONS}/timeline?intervalMs=${wrong}`), 'query.out_of_range');
    }
  });

  test('returns the longest and the most expensive sessions, greatest first', async () => {
    for (const by of ['cost', 'duration']) {
      const top = (await (await sut.get(`${SESSIONS}/top?by=${by}&limit=2`)).json()) as SessionTop;
      assertConforms(SessionTop, top);
      const { items } = top;
      assert.ok(items.length > 0 && items.length <= 2);
      const amounts = items.map((item) =>
        by === 'cost' ? item.genai_usage!.estimated_cost_usd! : item.duration_ms!,
      );
      assert.deepEqual(
        amounts,
        amounts.toSorted((a, b) => b - a),
      );
    }
    await problemOf(await sut.get(`${SESSIONS}/top?by=tokens`), 'query.invalid_enum');
    await problemOf(await sut.get(`${SESSIONS}/top?limit=101`), 'limit.out_of_range');
  });

  test('returns the dearest and the longest model calls, each with its session', async () => {
    for (const by of ['cost', 'duration']) {
      const top = (await (await sut.get(`${SESSIONS}/top-calls?by=${by}&limit=3`)).json()) as TopCalls;
      assertConforms(TopCalls, top);
      assert.ok(top.items.length <= 3);
      for (const { call } of top.items) assert.equal(call.counted, true);
    }
    await problemOf(await sut.get(`${SESSIONS}/top-calls?by=tokens`), 'query.invalid_enum');
    await problemOf(await sut.get(`${SESSIONS}/top-calls?limit=101`), 'limit.out_of_range');
  });

  test('returns the values of filters', async () => {
    const found = (await (await sut.get(`${SESSIONS}/facets`)).json()) as Facets;
    assertConforms(Facets, found);
    assert.deepEqual(found.countries, [{ value: 'AT', count: 1 }]);
    assert.deepEqual(found.device_types[1], { value: 'mobile', count: 1 });
    const some = (await (await sut.get(`${SESSIONS}/facets?country=AT&bots=false`)).json()) as Facets;
    assertConforms(Facets, some);
    assert.deepEqual(some.countries, found.countries);
    assert.deepEqual(some.device_types, [{ value: 'mobile', count: 1 }]);
    await problemOf(await sut.get(`${SESSIONS}/facets?bots=few`), 'query.invalid_boolean');
  });

  test('returns statistics of a range', async () => {
    const all = (await (await sut.get(`${SESSIONS}/stats`)).json()) as Record<string, unknown>;
    assertConforms(SessionStatistics, all);
    assert.equal(all.total_sessions, sessions.length);
    assert.equal(all.active_sessions, 2);
    const range = 'startTime=2026-03-01T00:10:00Z&endTime=2026-03-01T00:40:00Z';
    const some = (await (await sut.get(`${SESSIONS}/stats?${range}`)).json()) as Record<string, unknown>;
    assert.equal(some.total_sessions, 2);
    assert.equal(some.unique_users, 1);
    const active = await sut.get(`${SESSIONS}/stats?activeFrom=2026-03-01T00:55:00Z`);
    assert.equal(((await active.json()) as Record<string, unknown>).total_sessions, 1);
    const none = await sut.get(
      `${SESSIONS}/stats?startTime=2026-03-02T00:00:00Z&endTime=2026-03-01T00:00:00Z`,
    );
    assert.equal(((await none.json()) as Record<string, unknown>).total_sessions, 0);
  });

  test('aggregates visits', async () => {
    const response = await sut.get(`${SESSIONS}/visits`);
    const visits = (await response.json()) as Visits;
    assertConforms(Visits, visits);
    assert.deepEqual(visits, {
      visits: 1,
      page_views: 3,
      releases: [{ release: '4.2', sessions: 1, sessions_with_errors: 0, sessions_with_crashes: 1 }],
      entries: [{ page: 'https://shop.example/', sessions: 1 }],
      exits: [{ page: 'Cart', sessions: 1 }],
      vitals: { lcp: { sessions: 1, p50: 2600, p75: 2600, p95: 2600 } },
    });
    for (const query of [
      'deviceType=desktop',
      'startTime=2026-03-02T00:00:00Z&endTime=2026-03-01T00:00:00Z',
    ]) {
      const none = await (await sut.get(`${SESSIONS}/visits?${query}`)).json();
      const lists = { releases: [], entries: [], exits: [] };
      assert.deepEqual(none, { visits: 0, page_views: 0, ...lists, vitals: {} });
    }
    await problemOf(await sut.get(`${SESSIONS}/visits?limit=3`), 'query.unknown_parameter');
  });

  test('statistics, timelines, greatest sessions and visits accept every filter of the list', async () => {
    for (const query of [
      'release=4.2',
      'url=Cart',
      'hasCrash=true',
      'hasErrors=false&deviceType=mobile&country=at',
      'state=idle&isActive=true&minDurationMs=100',
    ]) {
      const stats = (await (await sut.get(`${SESSIONS}/stats?${query}`)).json()) as Record<string, unknown>;
      assert.equal(stats.total_sessions, 1, query);
      const timeline = (await (await sut.get(`${SESSIONS}/timeline?${query}`)).json()) as Timeline;
      assert.equal(
        timeline.points.reduce((sum, { session_count }) => sum + session_count, 0),
        1,
        query,
      );
      const top = (await (await sut.get(`${SESSIONS}/top?by=duration&${query}`)).json()) as SessionTop;
      assert.deepEqual(
        top.items.map((item) => item['session.id']),
        ['idle'],
        query,
      );
      const visits = (await (await sut.get(`${SESSIONS}/visits?${query}`)).json()) as Visits;
      assert.equal(visits.visits, 1, query);
    }
    for (const query of ['userId=bob&service=none', 'model=m&provider=p&minCostUsd=1', 'release=4']) {
      const stats = (await (await sut.get(`${SESSIONS}/stats?${query}`)).json()) as Record<string, unknown>;
      assert.equal(stats.total_sessions, 0, query);
    }
    await problemOf(await sut.get(`${SESSIONS}/stats?state=gone`), 'query.invalid_enum');
  });

  test('every answer has its headers, including errors', async () => {
    for (const [method, path] of [
      ['GET', SESSIONS],
      ['GET', `${SESSIONS}?limit=0`],
      ['GET', `${SESSIONS}/nobody`],
      ['HEAD', SESSIONS],
      ['DELETE', SESSIONS],
      ['OPTIONS', SESSIONS],
      ['GET', '/api/v1/nothing'],
      ['GET', '/api/v1/sessions/%zz'],
      ['GET', '/nothing'],
      ['GET', '/%zz'],
      ['GET', '/healthz'],
      ['GET', '/metrics'],
      ['GET', '/openapi.json'],
    ] as const) {
      const headers = { origin: 'http://evil.example', 'x-request-id': 'mine-1' };
      const response = await sut.raw(method, path, headers);
      const name = `${method} ${path}`;
      assert.equal(response.headers['x-request-id'], 'mine-1', name);
      assert.equal(response.headers['x-content-type-options'], 'nosniff', name);
      if (path.startsWith('/api/v1'))
        assert.equal(response.headers['cache-control'], 'private, no-store', name);
      const cors = Object.keys(response.headers).filter((header) => header.startsWith('access-control'));
      assert.deepEqual(cors, [], name);
    }
  });

  test('a request without a usable id gets a new one', async () => {
    const ids = await Promise.all(
      [undefined, 'x'.repeat(129), 'a b', 'a"b'].map(async (id) => {
        const response = await sut.raw('GET', '/healthz', id === undefined ? {} : { 'x-request-id': id });
        return response.headers['x-request-id'] as string;
      }),
    );
    for (const id of ids) assert.match(id, UUID);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('HEAD answers like GET, without the body', async () => {
    for (const path of [SESSIONS, `${SESSIONS}/open`, `${SESSIONS}/nobody`, '/healthz', '/openapi.json']) {
      const [head, get] = [await sut.raw('HEAD', path), await sut.raw('GET', path)];
      assert.equal(head.body, '');
      assert.equal(head.status, get.status);
      assert.equal(head.headers['content-length'], get.headers['content-length']);
      assert.equal(head.headers['content-type'], get.headers['content-type']);
    }
  });

  test('an unknown path is a 404', async () => {
    for (const path of ['/', '/api', '/api/v1', '/api/v1/sessions/a/b', '/api/v2/sessions', '/__proto__']) {
      const problem = await problemOf(await sut.get(path), 'route.not_found');
      assertConforms(NotFoundProblem, problem);
      assert.equal(problem.resource_id, path);
    }
    for (const path of [`${SESSIONS}/`, `${SESSIONS}/a/`, `${SESSIONS}/stats/`, '/healthz/']) {
      const problem = await problemOf(await sut.get(path), 'route.not_found');
      assert.match(
        String(problem.detail),
        new RegExp(`Leave out the slash at its end: ${path.slice(0, -1)}$`),
      );
    }
    const init = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
    const lost = await problemOf(await sut.get('/otlp/v1/traces', init), 'route.not_found');
    assert.match(String(lost.detail), /Telemetry is sent to \/v1\/traces, \/v1\/logs and \/v1\/metrics\.$/);
    const response = await sut.raw('GET', '/api/v1/%E0%A4%A');
    assert.equal(JSON.parse(response.body).type, '/problems/url.invalid');
  });

  test('an unsupported method is a 405 that lists the supported ones', async () => {
    for (const [method, path, allow] of [
      ['PATCH', SESSIONS, 'DELETE, GET, HEAD'],
      ['OPTIONS', `${SESSIONS}/a`, 'DELETE, GET, HEAD'],
      ['PROPFIND', '/healthz', 'GET, HEAD'],
      ['QUERY', `${SESSIONS}/a`, 'DELETE, GET, HEAD'],
      ['GET', `${SESSIONS}/a/invalidate`, 'POST'],
    ] as const) {
      const response = await sut.get(path, { method });
      const problem = await problemOf(response, 'method.not_allowed');
      assertConforms(Problem, problem);
      assert.equal(response.headers.get('allow'), allow);
    }
  });

  test('an operator invalidates a session, once or repeatedly', async () => {
    for (let round = 0; round < 2; round++) {
      const response = await sut.get(`${SESSIONS}/closed/invalidate`, { method: 'POST' });
      assert.equal(response.status, 204);
      const session = (await (await sut.get(`${SESSIONS}/closed`)).json()) as { state: string };
      assert.equal(session.state, 'invalidated');
    }
    const missing = await sut.get(`${SESSIONS}/nobody/invalidate`, { method: 'POST' });
    assert.equal((await problemOf(missing, 'session.not_found')).resource_id, 'nobody');
  });

  test('a page of another origin invalidates nothing', async () => {
    const path = `${SESSIONS}/open/invalidate`;
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: sut.base },
    ]) {
      const response = await sut.raw('POST', path, headers);
      assert.equal(response.status, 403);
      assert.equal(JSON.parse(response.body).type, '/problems/origin.forbidden');
    }
    const session = (await (await sut.get(`${SESSIONS}/open`)).json()) as { state: string };
    assert.equal(session.state, 'active');
    const own = await sut.raw('POST', `${SESSIONS}/idle/invalidate`, { origin: sut.base });
    assert.equal(own.status, 204);
  });

  test('an unexpected body is discarded', async () => {
    const path = `${SESSIONS}/closed/invalidate`;
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      assert.equal((await sut.raw('POST', path, { 'content-type': type }, '{"broken')).status, 204);
    }
    const response = await sut.raw('POST', path, { 'content-type': 'nonsense' }, 'x');
    assert.equal(JSON.parse(response.body).type, '/problems/request.invalid');
  });

  test('the problem type of every error links to its meaning', async () => {
    for (const [code, definition] of Object.entries(API_ERRORS)) {
      const meaning = await (await sut.get(`/problems/${code}`)).json();
      assert.deepEqual(meaning, { code, ...definition });
      assertConforms(ProblemDefinition, meaning);
    }
    await problemOf(await sut.get('/problems/toString'), 'error.not_found');
  });

  test('reports the state of the server', async () => {
    const health = await (await sut.get('/healthz')).json();
    assert.deepEqual(health, { status: 'ok', version: '1.2.3' });
    assert.deepEqual(await (await sut.get('/readyz')).json(), { status: 'ready' });
    const metrics = await sut.get('/metrics');
    assert.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(await metrics.text(), 'up 1\n');
  });

  test('measures requests by route, not by path', async () => {
    sut.measured.length = 0;
    await sut.raw('GET', `${SESSIONS}/nobody`);
    await sut.raw('GET', '/secret/path');
    assert.deepEqual(
      sut.measured.map(({ labels }) => labels),
      [
        { route: '/api/v1/sessions/:sessionId', status: '404' },
        { route: 'none', status: '404' },
      ],
    );
    for (const { seconds } of sut.measured) assert.ok(seconds >= 0 && seconds < 60);
  });
});

describe('the API of a server in trouble', () => {
  const broken = (error: Error): SessionQueries => {
    const reader = {
      session: () => Promise.reject(error),
      sessions: () => Promise.reject(error),
    } as unknown as SessionReader;
    return new SessionQueries({
      reader,
      project: 'default',
      ...LIMITS,
      userIdCandidates: () => [],
      now: () => 0n,
    });
  };

  test('a full disk is a 503 that says so, with the time to try again, and not a failure of the server', async () => {
    for (const message of ['database or disk is full', 'ENOSPC: no space left on device, write']) {
      const reason = new Error(message);
      const invalidate = (): Promise<boolean> => Promise.reject(reason);
      const sut = await startApi({ sessions: [] }, { writer: { invalidate } });
      const response = await sut.get(`${SESSIONS}/s/invalidate`, { method: 'POST' });
      assert.equal(response.headers.get('retry-after'), '1');
      const { detail } = await problemOf(response, 'store.unavailable');
      assert.match(String(detail), /disk of the server is full/);
      assert.deepEqual(
        sut.failures.map(({ error }) => error),
        [reason],
      );
      await sut.close();
    }
  });

  test('a failure is a 500 with the request id for the client and the reason in the log', async () => {
    const reason = new Error('secret detail');
    const sut = await startApi({ sessions: [] }, { queries: { for: () => broken(reason) } });
    const response = await sut.get(SESSIONS, { headers: { 'x-request-id': 'r-1' } });
    const problem = await problemOf(response, 'internal.error');
    assert.match(String(problem.detail), /r-1/);
    assert.doesNotMatch(JSON.stringify(problem), /secret/);
    assert.deepEqual(sut.failures, [{ error: reason, requestId: 'r-1' }]);
    await sut.close();
  });

  test('a query that is temporarily unavailable is answered with a time to retry', async () => {
    const sut = await startApi(
      { sessions: [] },
      { queries: { for: () => broken(new ApiError('query.unavailable', 'later')) } },
    );
    const response = await sut.get(`${SESSIONS}/a`);
    await problemOf(response, 'query.unavailable');
    assert.equal(response.headers.get('retry-after'), '1');
    assert.deepEqual(sut.failures, []);
    await sut.close();
  });

  test('a read that took too long has a later time to retry', async () => {
    const sut = await startApi(
      { sessions: [] },
      { queries: { for: () => broken(new ApiError('query.timeout', 'too long')) } },
    );
    const response = await sut.get(`${SESSIONS}/a`);
    await problemOf(response, 'query.timeout');
    assert.equal(response.headers.get('retry-after'), '30');
    await sut.close();
  });

  test('a client that disconnects is not waited for, and is not a failure', async () => {
    const asked = new AbortController();
    let caller: Caller | undefined;
    let queries: SessionQueries;
    const left = new Promise<void>((resolve) => {
      const get = (): Promise<never> => {
        asked.abort();
        return new Promise((_resolve, reject) => {
          caller!.gone!.addEventListener('abort', () => {
            resolve();
            reject(new ApiError('query.unavailable', 'gone'));
          });
        });
      };
      queries = Object.assign(broken(new Error('not asked')), { get });
    });
    const sut = await startApi(
      { sessions: [] },
      {
        queries: {
          for: (who) => {
            caller = who;
            return queries;
          },
        },
      },
    );
    await assert.rejects(sut.get(`${SESSIONS}/a`, { signal: asked.signal }), { name: 'AbortError' });
    await left;
    assert.match(caller!.address, /127\.0\.0\.1$/);
    // The same thread answers this after it.
    assert.equal((await sut.get('/healthz')).status, 200);
    assert.deepEqual(
      sut.measured.filter(({ labels }) => labels.status !== '200'),
      [],
    );
    assert.deepEqual(sut.failures, []);
    await sut.close();
  });

  test('a project whose name is not valid is refused like any other parameter', async () => {
    const sut = await startApi({ sessions: [] });
    for (const [path, headers, field] of [
      [`${SESSIONS}?project=No%20Name`, {}, 'project'],
      ['/api/v1/audit?project=No%20Name', {}, 'project'],
      [SESSIONS, { 'x-sojourn-project': 'No Name' }, 'x-sojourn-project'],
    ] as const) {
      const response = await sut.get(path, { headers });
      assert.equal(response.status, 400, path);
      const problem = (await response.json()) as { type: string; errors: { field: string }[] };
      assertConforms(QueryProblem, problem);
      assert.equal(problem.type, '/problems/project.invalid');
      assert.deepEqual(
        problem.errors.map((error) => ({ ...error, message: '' })),
        [{ field, message: '', code: 'project.invalid', rejected_value: 'No Name' }],
      );
    }
    await sut.close();
  });

  test('a server that is not ready reports the reason', async () => {
    const sut = await startApi({ sessions: [] }, { ready: () => ({ ready: false, reason: 'recovering' }) });
    const response = await sut.get('/readyz');
    assert.equal(response.status, 503);
    const readiness = await response.json();
    assert.deepEqual(readiness, { status: 'unavailable', reason: 'recovering' });
    assertConforms(Readiness, readiness);
    assert.equal((await sut.get('/healthz')).status, 200);
    await sut.close();
  });

  test('the reason and the size of the store are told to readers of the whole server only', async () => {
    const store = { size_bytes: 5, free_bytes: 7 };
    const callers = new Map<string, Partial<Identity>>([
      ['reader', { scopes: ['read'] }],
      ['admin', { scopes: ['admin'] }],
      ['sender', { scopes: ['ingest'] }],
      ['of a project', { scopes: ['read'], project: 'shop' }],
    ]);
    let isReachable = true;
    const sut = await startApi(
      { sessions: [] },
      {
        ready: () => ({ ready: true, reason: 'the disk is nearly full', store }),
        access: {
          identify: async ({ headers }) => {
            if (!isReachable) throw new AccessUnavailableError('API keys cannot be checked at the moment');
            const caller = callers.get(String(headers['x-api-key']));
            if (caller === undefined) throw new AccessError('missing', 'this needs an API key');
            return { actor: 'key:k', via: 'key', scopes: [], project: undefined, ...caller };
          },
          onRefusal: () => {},
          audit: async () => {},
        },
      },
    );
    const told = async (key: string): Promise<unknown> => {
      const response = await sut.get('/readyz', { headers: { 'x-api-key': key } });
      assert.equal(response.status, 200);
      return response.json();
    };
    const all = { status: 'ready', reason: 'the disk is nearly full', store };
    for (const key of ['reader', 'admin']) assert.deepEqual(await told(key), all, key);
    for (const key of ['sender', 'of a project', 'nobody']) {
      assert.deepEqual(await told(key), { status: 'ready' }, key);
    }
    isReachable = false;
    assert.deepEqual(await told('reader'), { status: 'ready' });
    await sut.close();
  });
});

test('requests are in the metrics that the API serves', async () => {
  const sut = await startApi({ sessions: [] }, { telemetry: createTelemetry() });
  await sut.raw('GET', `${SESSIONS}/nobody`);
  const metrics = await (await sut.get('/metrics')).text();
  assert.match(
    metrics,
    /^sojourn_http_request_seconds_count\{route="\/api\/v1\/sessions\/:sessionId",status="404"\} 1$/m,
  );
  await sut.close();
});

test('all pages over HTTP together have every session once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 25 }),
      fc.integer({ min: 1, max: 9 }),
      async (count, limit) => {
        const sessions = Array.from({ length: count }, (_, index) =>
          storedSession({ id: `s${String(index).padStart(2, '0')}`, startNs: at(index >> 2) }),
        );
        const sut = await startApi({ sessions });
        const walked: string[] = [];
        let path: string | undefined = `${SESSIONS}?limit=${limit}`;
        while (path !== undefined) {
          const page = (await (await sut.get(path)).json()) as {
            items: Record<string, string>[];
            next_cursor?: string;
          };
          walked.push(...page.items.map((item) => item['session.id']!));
          path = page.next_cursor && `${SESSIONS}?limit=${limit}&cursor=${page.next_cursor}`;
        }
        await sut.close();
        assert.deepEqual(walked, sessions.map(({ id }) => id).reverse());
      },
    ),
    { numRuns: 20 },
  );
});
