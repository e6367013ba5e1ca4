import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { ScoreStatistics } from '../src/contract/score-statistics.js';
import type { Session } from '../src/contract/session.js';
import type { SessionFilters } from '../src/contract/session-filters.js';
import { ORDERS, type Order, SESSION_SORTS, type SessionSort } from '../src/contract/session-sort.js';
import type { SessionStatistics } from '../src/contract/statistics.js';
import type { Timeline } from '../src/contract/timeline.js';
import { parseRfc3339 } from '../src/contract/timestamp.js';
import type { ErrorStatistics, ToolStatistics } from '../src/contract/tools-errors.js';
import type { SessionTop } from '../src/contract/top.js';
import type { Visits } from '../src/contract/visits.js';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import type { SessionListRequest } from '../src/query/query-service.js';
import { FILTER_NAMES, type FilterName } from '../src/query/session-filter.js';
import { SessionQueries } from '../src/query/session-queries.js';
import { SqliteReader } from '../src/store/sqlite/reader.js';
import { openEngine, packSessions } from './support/engine.js';
import { logBatch, type SpanSpec, spanBatch, traceId } from './support/telemetry.js';

/**
 * The filters of a list match its items: the pages of a filtered list, in both directions, are the matching
 * items of the unfiltered list, whether a search is given up early or not.
 */

const NOW_NS = 2_000_000_000_000_000_000n;
const SECOND = 1_000_000_000n;
const TIMEOUT_MS = 1_800_000;
const ACTIVE_MS = 300_000;
const root = mkdtempSync(join(tmpdir(), 'sojourn-filters-'));
after(() => rmSync(root, { recursive: true, force: true }));

const DEVICES = {
  desktop: 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
  bot: 'Googlebot/2.1 (+http://www.google.com/bot.html)',
};
/** Seconds before the request at which sessions start: some open, some idle, most timed out. */
const AGES = [10n, 200n, 290n, 310n, 900n, 1700n, 1801n, 5000n, 90_000n];
const LENGTHS = [0n, 1n, 499_999n, 1_000_000n, 1_000_001n, 3n * SECOND, 120n * SECOND];
const PAGES = [
  'https://shop.example/',
  'https://shop.example/cart/1',
  'https://shop.example/cart/2',
  'https://a.example/cart',
];
const COSTS = [0, 0.1, 0.2, 0.30000000000000004, 12];

/** Attributes of the resources of services. */
const RESOURCE: Readonly<Record<string, Record<string, string>>> = {
  api: { env: 'prod' },
  cart: { env: 'test' },
};

type FilterValue<Name extends FilterName> = NonNullable<SessionFilters[Name]>;

interface Drawn {
  /** Undefined: no session id, so that it is named by its trace. */
  readonly session: number | undefined;
  readonly age: bigint;
  readonly length: bigint;
  readonly error: boolean;
  readonly service: string;
  readonly attributes: Record<string, string | number>;
  readonly ended: boolean;
  /** The report of an exception in it, besides the status of its span. */
  readonly thrown: 'event' | 'crash' | undefined;
  /** Address of the page that the span loads. */
  readonly url: string | undefined;
  /** A score of its session. */
  readonly score: Record<string, string | number> | undefined;
  /** Attributes that it is found by. */
  readonly tags: Record<string, string>;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  session: fc.option(fc.integer({ min: 1, max: 18 }), { nil: undefined }),
  age: fc.constantFrom(...AGES),
  length: fc.constantFrom(...LENGTHS),
  error: fc.boolean(),
  service: fc.constantFrom('web', 'api', 'cart'),
  attributes: fc
    .tuple(
      fc.record(
        {
          'user.id': fc.constantFrom('ann', 'bob'),
          'geo.country.iso_code': fc.constantFrom('CH', 'NO'),
          'app.version': fc.constantFrom('1.0', '1.1'),
          'user_agent.original': fc.constantFrom(...Object.values(DEVICES)),
        },
        { requiredKeys: [] },
      ),
      fc.option(
        fc.record(
          {
            'gen_ai.operation.name': fc.constant('chat'),
            'gen_ai.request.model': fc.constantFrom('m1', 'm2'),
            'gen_ai.provider.name': fc.constantFrom('openai', 'anthropic'),
            'gen_ai.usage.input_tokens': fc.constant(7),
            'gen_ai.usage.cost': fc.constantFrom(...COSTS),
          },
          { requiredKeys: ['gen_ai.operation.name', 'gen_ai.usage.input_tokens'] },
        ),
        { nil: {} },
      ),
    )
    .map(([identity, call]) => ({ ...identity, ...call }) as Record<string, string | number>),
  ended: fc.boolean(),
  thrown: fc.constantFrom(undefined, undefined, 'event', 'crash'),
  url: fc.option(fc.constantFrom(...PAGES), { nil: undefined }),
  score: fc.option(
    fc.record(
      {
        'gen_ai.evaluation.name': fc.constantFrom('helpful', 'safe "x"'),
        'gen_ai.evaluation.score.value': fc.constantFrom(0, 0.1, 0.2, 1, -3.5),
        'gen_ai.evaluation.score.label': fc.constantFrom('pass', 'fail'),
      },
      { requiredKeys: ['gen_ai.evaluation.name'], noNullPrototype: true },
    ),
    { nil: undefined },
  ),
  tags: fc.record(
    {
      'gen_ai.tool.name': fc.constantFrom('search', 'book'),
      'error.type': fc.constantFrom('Timeout', '500'),
      'http.route': fc.constantFrom('/a', '/b'),
      'http.response.status_code': fc.constantFrom('200', '404', '500'),
      team: fc.constantFrom('red', 'blue'),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
});

const durations = fc.oneof(
  fc.constantFrom(0, 0.5, 1, 1.0000005, 120_000),
  fc.double({ min: 0, max: 200_000, noNaN: true }),
);
const averages = fc.record(
  {
    helpful: fc.constantFrom(0, 0.1, 0.15, 0.3, 1, -10),
    'safe "x"': fc.constantFrom(0, 0.2),
    none: fc.constant(0),
  },
  { requiredKeys: ['helpful'], noNullPrototype: true },
);
const costs = fc.oneof(fc.constantFrom(...COSTS, 1e300), fc.double({ min: 0, max: 13, noNaN: true }));

const attributes = fc.record(
  {
    team: fc.subarray(['red', 'blue', 'none'], { minLength: 1 }),
    env: fc.constant(['prod']),
  },
  { requiredKeys: ['team'], noNullPrototype: true },
);

/** Values of each filter: leaving one out does not compile. */
const VALUES: { readonly [Name in FilterName]: fc.Arbitrary<FilterValue<Name>> } = {
  sessionIdPrefix: fc.constantFrom('s', 's1', 's10', '0', 'none'),
  userId: fc.constantFrom('ann', 'none'),
  userIdPrefix: fc.constantFrom('a', 'an', 'ann', 'b', 'none'),
  isActive: fc.boolean(),
  startTime: fc.constantFrom(...AGES).map((age) => NOW_NS - age * SECOND),
  endTime: fc.constantFrom(...AGES).map((age) => NOW_NS - age * SECOND),
  activeFrom: fc.constantFrom(...AGES).map((age) => NOW_NS - age * SECOND),
  activeTo: fc.constantFrom(...AGES).map((age) => NOW_NS - age * SECOND),
  service: fc.subarray(['web', 'api', 'none'], { minLength: 1 }),
  model: fc.subarray(['m1', 'm2'], { minLength: 1 }),
  provider: fc.subarray(['openai', 'anthropic'], { minLength: 1 }),
  state: fc.subarray(['active', 'idle', 'ended', 'timed_out', 'invalidated'], { minLength: 1 }),
  deviceType: fc.subarray(['desktop', 'bot', 'unknown'], { minLength: 1 }),
  country: fc.subarray(['CH', 'AT'], { minLength: 1 }),
  release: fc.subarray(['1.0', '1.1', 'none'], { minLength: 1 }),
  url: fc.constantFrom('/', '/cart', '/cart/1', 'https://shop.example/cart', 'https://a', '/none'),
  hasErrors: fc.boolean(),
  hasCrash: fc.boolean(),
  implicit: fc.boolean(),
  minSpans: fc.constantFrom(0, 1, 2, 3, 5),
  maxSpans: fc.constantFrom(0, 1, 2, 3, 5),
  minTraceSpans: fc.constantFrom(0, 1, 2, 3, 5),
  minErrors: fc.constantFrom(0, 1, 2, 3),
  maxErrors: fc.constantFrom(0, 1, 2, 3),
  minTraces: fc.constantFrom(0, 1, 2, 3),
  maxTraces: fc.constantFrom(0, 1, 2, 3),
  bots: fc.boolean(),
  minDurationMs: durations,
  maxDurationMs: durations,
  minCostUsd: costs,
  maxCostUsd: costs,
  minTokens: fc.constantFrom(0, 7, 8, 14, 21, 2 ** 53 - 1),
  maxTokens: fc.constantFrom(0, 7, 8, 14, 21, 2 ** 53 - 1),
  operation: fc.subarray(['chat', 'execute_tool', 'none'], { minLength: 1 }),
  tool: fc.subarray(['search', 'book'], { minLength: 1 }),
  errorType: fc.subarray(['Timeout', '500', 'none'], { minLength: 1 }),
  error: fc.subarray(['Timeout', '500', 'exception', 'none'], { minLength: 1 }),
  failedTool: fc.subarray(['search', 'book'], { minLength: 1 }),
  route: fc.subarray(['/a', '/b'], { minLength: 1 }),
  status: fc.subarray([404, 500], { minLength: 1 }),
  score: fc.subarray(['helpful', 'safe "x"', 'none'], { minLength: 1 }),
  scoreLabel: fc.record(
    { helpful: fc.subarray(['pass', 'fail', 'none'], { minLength: 1 }), 'safe "x"': fc.constant(['pass']) },
    { requiredKeys: ['helpful'], noNullPrototype: true },
  ),
  minScore: averages,
  maxScore: averages,
  attr: attributes,
  attrExists: fc.subarray(['team', 'env', 'none'], { minLength: 1 }),
  'not.operation': fc.subarray(['chat', 'none'], { minLength: 1 }),
  'not.tool': fc.subarray(['search', 'book'], { minLength: 1 }),
  'not.errorType': fc.subarray(['Timeout', '500'], { minLength: 1 }),
  'not.error': fc.subarray(['Timeout', 'exception'], { minLength: 1 }),
  'not.failedTool': fc.subarray(['search', 'book'], { minLength: 1 }),
  'not.route': fc.subarray(['/a', '/b'], { minLength: 1 }),
  'not.status': fc.subarray([404, 500], { minLength: 1 }),
  'not.attr': attributes,
  'not.attrExists': fc.subarray(['team', 'env', 'none'], { minLength: 1 }),
  'not.userId': fc.subarray(['ann', 'none'], { minLength: 1 }),
  'not.service': fc.subarray(['web', 'api', 'none'], { minLength: 1 }),
  'not.model': fc.subarray(['m1', 'm2'], { minLength: 1 }),
  'not.provider': fc.subarray(['openai', 'anthropic'], { minLength: 1 }),
  'not.state': fc.subarray(['active', 'idle', 'ended', 'timed_out', 'invalidated'], { minLength: 1 }),
  'not.deviceType': fc.subarray(['desktop', 'bot', 'unknown'], { minLength: 1 }),
  'not.country': fc.subarray(['CH', 'AT'], { minLength: 1 }),
  'not.release': fc.subarray(['1.0', '1.1', 'none'], { minLength: 1 }),
  'not.url': fc.subarray(['/cart', 'https://a', '/none'], { minLength: 1 }),
};

const filters: fc.Arbitrary<SessionFilters> = fc.record(VALUES, { requiredKeys: [], noNullPrototype: true });

/** Few conditions, so that many sessions match. */
const someFilters = filters.chain((all) =>
  fc
    .subarray(Object.entries(all), { maxLength: Math.min(3, Object.keys(all).length) })
    .map((entries) => Object.fromEntries(entries) as SessionFilters),
);

/** An item of a list, with properties that it does not show. */
interface Shown {
  readonly item: Session;
  readonly userIds: readonly string[];
  /** Addresses of its pages. */
  readonly pages: readonly string[];
  /** Values of attributes of its records. */
  readonly has: (key: string) => readonly string[];
}

const startOf = ({ item }: Shown): bigint => parseRfc3339(item.start_time)!;
const lastOf = (shown: Shown): bigint => startOf(shown) + BigInt(Math.round(shown.item.duration_ms! * 1e6));
const meets = (wanted: readonly string[], has: readonly (string | undefined)[] = []): boolean =>
  has.some((value) => value !== undefined && wanted.includes(value));

/** What `has` is asked for besides attributes: shapes of errors, tools of which a call failed. */
const ERROR = 'shape of an error';
const FAILED_TOOL = 'failed tool';

function errorsOf({ error, thrown, tags, url }: Drawn): string[] {
  const crash = thrown === 'crash' ? ['device.crash'] : [];
  if (thrown === 'event') return ['exception'];
  return error ? [tags['error.type'] ?? (url === undefined ? 'work' : 'documentLoad'), ...crash] : crash;
}

function failedToolsOf({ error, tags }: Drawn): string[] {
  const tool = tags['gen_ai.tool.name'];
  return tool !== undefined && (error || tags['error.type'] !== undefined) ? [tool] : [];
}

/** Whether an item matches each filter: leaving one out does not compile. */
const SHOWS: { readonly [Name in FilterName]: (wanted: FilterValue<Name>, shown: Shown) => boolean } = {
  sessionIdPrefix: (prefix, { item }) => item['session.id'].startsWith(prefix),
  userId: (id, { userIds }) => userIds.includes(id),
  userIdPrefix: (prefix, { userIds }) => userIds.some((id) => id.startsWith(prefix)),
  isActive: (open, { item }) => (item.state === 'active' || item.state === 'idle') === open,
  startTime: (ns, shown) => startOf(shown) >= ns,
  endTime: (ns, shown) => startOf(shown) <= ns,
  activeFrom: (ns, shown) => lastOf(shown) >= ns,
  activeTo: (ns, shown) => startOf(shown) <= ns,
  service: (names, { item }) => meets(names, item.services),
  model: (names, { item }) => meets(names, item.genai_usage?.models_used),
  provider: (names, { item }) => meets(names, item.genai_usage?.providers_used),
  state: (states, { item }) => meets(states, [item.state]),
  deviceType: (types, { item }) => meets(types, [item.client?.device_type ?? 'unknown']),
  country: (codes, { item }) => meets(codes, [item.geo?.country_code]),
  release: (releases, { item }) => meets(releases, [item.release]),
  url: (begin, { pages }) => pages.some((url) => isAt(url, begin)),
  hasErrors: (errors, { item: { error_count: failed, exception_count: thrown = 0 } }) =>
    failed + thrown > 0 === errors,
  hasCrash: (crashes, { item }) => (item.crash_count ?? 0) > 0 === crashes,
  implicit: (implicit, { item }) => isTraceId(item['session.id']) === implicit,
  minSpans: (least, { item }) => item.span_count >= least,
  maxSpans: (most, { item }) => item.span_count <= most,
  minErrors: (least, { item }) => item.error_count >= least,
  maxErrors: (most, { item }) => item.error_count <= most,
  minTraces: (least, { item }) => item.trace_count >= least,
  maxTraces: (most, { item }) => item.trace_count <= most,
  minTraceSpans: (least, { item }) => !isTraceId(item['session.id']) || item.span_count >= least,
  bots: (bots, { item }) => (item.client?.device_type === 'bot') === bots,
  minDurationMs: (least, { item }) => item.duration_ms! >= least,
  minCostUsd: (least, { item }) =>
    item.genai_usage?.estimated_cost_usd !== undefined && item.genai_usage.estimated_cost_usd >= least,
  maxDurationMs: (most, { item }) => item.duration_ms! <= most,
  maxCostUsd: (most, { item }) =>
    item.genai_usage?.estimated_cost_usd !== undefined && item.genai_usage.estimated_cost_usd <= most,
  minTokens: (least, { item }) => item.genai_usage !== undefined && tokensOf(item) >= least,
  maxTokens: (most, { item }) => item.genai_usage !== undefined && tokensOf(item) <= most,
  operation: (values, { has }) => meets(values, has('gen_ai.operation.name')),
  tool: (values, { has }) => meets(values, has('gen_ai.tool.name')),
  errorType: (values, { has }) => meets(values, has('error.type')),
  error: (values, { has }) => meets(values, has(ERROR)),
  failedTool: (values, { has }) => meets(values, has(FAILED_TOOL)),
  route: (values, { has }) => meets(values, has('http.route')),
  status: (values, { has }) => meets(values.map(String), has('http.response.status_code')),
  score: (names, { item }) =>
    meets(
      names,
      item.scores?.map(({ name }) => name),
    ),
  scoreLabel: (wanted, { item }) =>
    Object.entries(wanted).every(([name, labels]) =>
      meets(
        labels,
        item.scores?.find((score) => score.name === name)?.labels?.map(({ label }) => label),
      ),
    ),
  minScore: (wanted, { item }) =>
    Object.entries(wanted).every(([name, least]) => averageOf(item, name) >= least),
  maxScore: (wanted, { item }) =>
    Object.entries(wanted).every(([name, most]) => averageOf(item, name) <= most),
  attr: (wanted, { has }) => Object.entries(wanted).every(([key, values]) => meets(values, has(key))),
  attrExists: (keys, { has }) => keys.some((key) => has(key).length > 0),
  'not.operation': (values, { has }) => !meets(values, has('gen_ai.operation.name')),
  'not.tool': (values, { has }) => !meets(values, has('gen_ai.tool.name')),
  'not.errorType': (values, { has }) => !meets(values, has('error.type')),
  'not.error': (values, { has }) => !meets(values, has(ERROR)),
  'not.failedTool': (values, { has }) => !meets(values, has(FAILED_TOOL)),
  'not.route': (values, { has }) => !meets(values, has('http.route')),
  'not.status': (values, { has }) => !meets(values.map(String), has('http.response.status_code')),
  'not.attr': (wanted, { has }) => !Object.entries(wanted).some(([key, values]) => meets(values, has(key))),
  'not.attrExists': (keys, { has }) => !keys.some((key) => has(key).length > 0),
  'not.userId': (ids, { userIds }) => !meets(ids, userIds),
  'not.service': (names, { item }) => !meets(names, item.services),
  'not.model': (names, { item }) => !meets(names, item.genai_usage?.models_used),
  'not.provider': (names, { item }) => !meets(names, item.genai_usage?.providers_used),
  'not.state': (states, { item }) => !meets(states, [item.state]),
  'not.deviceType': (types, { item }) => !meets(types, [item.client?.device_type ?? 'unknown']),
  'not.country': (codes, { item }) => !meets(codes, [item.geo?.country_code]),
  'not.release': (releases, { item }) => !meets(releases, [item.release]),
  'not.url': (begins, { pages }) => !pages.some((url) => begins.some((begin) => isAt(url, begin))),
};

function isAt(url: string, begin: string): boolean {
  return url.startsWith(begin) || new URL(url).pathname.startsWith(begin);
}

/** NaN without a value: no bound holds. */
function averageOf({ scores = [] }: Session, name: string): number {
  return scores.find((score) => score.name === name)?.average ?? Number.NaN;
}

function tokensOf({ genai_usage: usage }: Session): number {
  return Number(usage!.total_input_tokens) + Number(usage!.total_output_tokens);
}

function shows(
  item: Session,
  filters: SessionFilters,
  userIds: readonly string[],
  pages: readonly string[],
  has: Shown['has'],
): boolean {
  const meetsFilter = <Name extends FilterName>(name: Name): boolean => {
    const wanted = filters[name];
    return wanted === undefined || SHOWS[name](wanted, { item, userIds, pages, has });
  };
  return FILTER_NAMES.every((name) => meetsFilter(name));
}

const isTraceId = (id: string): boolean => /^[0-9a-f]{32}$/.test(id);

interface PageOf {
  readonly items: Session[];
  readonly has_more: boolean;
  readonly next_cursor?: string;
  readonly prev_cursor?: string;
}

async function page(queries: SessionQueries, query: SessionListRequest): Promise<PageOf> {
  return JSON.parse(Buffer.from(await queries.list(query)).toString()) as PageOf;
}

/** All items of a list: forwards from its head, and backwards from its last page. */
async function walk(
  queries: SessionQueries,
  query: SessionListRequest,
): Promise<{ forward: Session[]; back: Session[] }> {
  let at = await page(queries, query);
  const forward = [...at.items];
  while (at.next_cursor !== undefined) {
    assert.ok(at.has_more);
    at = await page(queries, { ...query, cursor: at.next_cursor });
    forward.push(...at.items);
  }
  assert.ok(!at.has_more);
  const back = [...at.items];
  while (at.prev_cursor !== undefined) {
    at = await page(queries, { ...query, cursor: at.prev_cursor });
    back.unshift(...at.items);
  }
  return { forward, back };
}

/** Aggregates and charts under a filter are of the sessions that the list has under it. */
async function assertSums(
  queries: SessionQueries,
  byRows: SessionQueries,
  filters: SessionFilters,
  expected: readonly Session[],
  hasIn: (id: string) => Shown['has'],
): Promise<void> {
  const having = (key: string, value: string) => {
    const counts = expected.map(
      (item) => hasIn(item['session.id'])(key).filter((each) => each === value).length,
    );
    return {
      sessions: counts.filter((count) => count > 0).length,
      records: counts.reduce((sum, count) => sum + count, 0),
    };
  };
  const answers = (of: SessionQueries) =>
    Promise.all([
      of.stats(filters),
      of.timeline(filters),
      of.top({ ...filters, by: 'duration', limit: 3 }),
      of.top({ ...filters, by: 'cost', limit: 2 }),
      of.visits(filters),
      of.scoreStats(filters),
      of.toolStats(filters),
      of.errorStats(filters),
    ]);
  const texts = (bytes: readonly Uint8Array[]) => bytes.map((each) => Buffer.from(each).toString());
  assert.deepEqual(texts(await answers(queries)), texts(await answers(byRows)));
  const parse = <Answer>(bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as Answer;
  const stats = parse<SessionStatistics>(await queries.stats(filters));
  assert.equal(stats.total_sessions, expected.length);
  const { points, earlier } = parse<Timeline>(await queries.timeline(filters));
  const sessions = points.reduce((sum, { session_count }) => sum + session_count, 0);
  assert.equal(sessions + (earlier?.session_count ?? 0), expected.length);
  const top = parse<SessionTop>(await queries.top({ ...filters, by: 'duration', limit: 100 }));
  const idsOf = (items: readonly Session[]) => items.map((item) => item['session.id']).sort();
  assert.deepEqual(idsOf(top.items), idsOf(expected));
  const { items: scores } = parse<ScoreStatistics>(await queries.scoreStats(filters));
  for (const name of ['helpful', 'safe "x"']) {
    const having = expected.flatMap((item) => item.scores?.filter((score) => score.name === name) ?? []);
    const found = scores.find((score) => score.name === name);
    assert.equal(found?.sessions ?? 0, having.length);
    assert.equal(
      found?.count ?? 0,
      having.reduce((sum, { count }) => sum + count, 0),
    );
  }
  const { items: tools } = parse<ToolStatistics>(await queries.toolStats(filters));
  const { items: errors } = parse<ErrorStatistics>(await queries.errorStats(filters));
  for (const name of ['search', 'book']) {
    const those = having('gen_ai.tool.name', name);
    const tool = tools.find((each) => each.tool === name);
    assert.equal(tool?.session_count ?? 0, those.sessions);
    assert.equal(tool?.call_count ?? 0, those.records);
    assert.equal(tool?.sessions_with_failures ?? 0, having(FAILED_TOOL, name).sessions);
    assert.equal(tool?.failure_count ?? 0, having(FAILED_TOOL, name).records);
  }
  for (const shape of ['Timeout', '500', 'exception', 'documentLoad']) {
    const those = having(ERROR, shape);
    const error = errors.find((each) => each.error === shape);
    assert.equal(error?.session_count ?? 0, those.sessions);
    assert.equal(error?.error_count ?? 0, those.records);
  }
  const { visits, page_views, releases } = parse<Visits>(await queries.visits(filters));
  assert.equal(visits, expected.filter(({ visit }) => visit !== undefined).length);
  assert.equal(
    page_views,
    expected.reduce((sum, { visit }) => sum + (visit?.page_views ?? 0), 0),
  );
  for (const { release, ...counts } of releases) {
    const having = expected.filter(
      (item) => item.release === release && (item.visit !== undefined || (item.crash_count ?? 0) > 0),
    );
    assert.deepEqual(counts, {
      sessions: having.length,
      sessions_with_errors: having.filter((item) => item.error_count > 0 || (item.exception_count ?? 0) > 0)
        .length,
      sessions_with_crashes: having.filter((item) => (item.crash_count ?? 0) > 0).length,
    });
  }
}

let runs = 0;

function idOf(session: number | undefined): Record<string, string> {
  return session === undefined ? {} : { 'session.id': `s${session}` };
}

/** When sessions are packed by columns: never, between two parts of their records, or at the end. */
type Packing = 'never' | 'between' | 'end';

function stored(
  normalizer: Normalizer,
  telemetry: readonly Drawn[],
  invalidated: readonly number[],
  packing: Packing,
): string {
  const directory = join(root, `run-${runs++}`);
  const open = () =>
    openEngine(directory, {
      normalizer,
      timeoutNs: BigInt(TIMEOUT_MS) * 1_000_000n,
      hotRecords: 1000,
      now: () => NOW_NS,
    });
  let { db, engine } = open();
  const spans = telemetry.map(
    ({ session, age, length, error, service, attributes, thrown, url, tags }, i): SpanSpec => ({
      trace: (i + 1).toString(16),
      span: '1',
      start: NOW_NS - age * SECOND,
      end: NOW_NS - age * SECOND + length,
      error,
      resource: { 'service.name': service, ...RESOURCE[service] },
      ...(url !== undefined && { name: 'documentLoad' }),
      attributes: {
        ...idOf(session),
        ...attributes,
        ...tags,
        ...(url !== undefined && { 'url.full': `${url}?q=1` }),
      },
      ...(thrown === 'event' && { events: [{ name: 'exception', time: NOW_NS - age * SECOND }] }),
    }),
  );
  const ends = telemetry
    .filter(({ ended, session }) => ended && session !== undefined)
    .map(({ session, age, length }) => ({
      time: NOW_NS - age * SECOND + length,
      event: 'session.end',
      attributes: idOf(session),
    }));
  const thrown = telemetry
    .filter((each) => each.thrown === 'crash')
    .map(({ session, age }) => ({
      time: NOW_NS - age * SECOND,
      event: 'device.crash',
      attributes: { 'session.id': `s${session}` },
    }));
  const scores = telemetry.flatMap(({ session, age, score }) =>
    score === undefined || session === undefined
      ? []
      : [
          {
            time: NOW_NS - age * SECOND,
            event: 'gen_ai.evaluation.result',
            attributes: { 'session.id': `s${session}`, ...score },
          },
        ],
  );
  const half = Math.floor(spans.length / 2);
  const batches = [
    spanBatch(normalizer, spans.slice(0, half)),
    spanBatch(normalizer, spans.slice(half)),
    logBatch(normalizer, [...ends, ...thrown, ...scores]),
  ];
  for (const batch of batches) {
    if (batch.count > 0) engine.commit([{ project: 'default', batch }], true);
    if (packing !== 'between') continue;
    packSessions(db);
    db.close();
    ({ db, engine } = open());
  }
  for (const session of invalidated) engine.invalidate('default', `s${session}`);
  if (packing === 'end') packSessions(db);
  db.close();
  return directory;
}

/** The items of a list, newest first, in another order. */
function sortedBy(items: readonly Session[], sort: SessionSort, order: Order): Session[] {
  const amounts = new Map(items.map((item) => [item, AMOUNTS[sort](item)]));
  const sorted = items
    .filter((item) => amounts.get(item) !== undefined)
    .sort((a, b) => Number(amounts.get(b)! > amounts.get(a)!) - Number(amounts.get(b)! < amounts.get(a)!));
  return order === 'asc' ? sorted.reverse() : sorted;
}

const AMOUNTS: Readonly<Record<SessionSort, (item: Session) => number | bigint | undefined>> = {
  start: () => 0,
  lastActivity: ({ start_time: start, duration_ms: duration = 0 }) =>
    parseRfc3339(start)! + BigInt(Math.round(duration * 1e6)),
  duration: ({ duration_ms: duration = 0 }) => duration,
  cost: ({ genai_usage: usage }) => usage?.estimated_cost_usd,
  tokens: ({ genai_usage: usage }) =>
    usage && Number(usage.total_input_tokens) + Number(usage.total_output_tokens),
  errors: ({ error_count: errors, exception_count: exceptions = 0 }) =>
    Math.max(errors, exceptions) || undefined,
};

test('the pages of a filtered list are the matching items of the whole list, both ways', async () => {
  const normalizer = await createNormalizer({
    userIds: 'keep',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
    indexAttributes: ['team', 'env'],
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawn, { minLength: 1, maxLength: 40 }),
      fc.subarray([1, 2, 3, 4], { maxLength: 2 }),
      fc.array(
        fc.record({
          filters: someFilters,
          limit: fc.constantFrom(1, 3, 50),
          sort: fc.constantFrom(...SESSION_SORTS),
          order: fc.constantFrom(...ORDERS),
        }),
        {
          minLength: 4,
          maxLength: 12,
        },
      ),
      fc.constantFrom(2, 20_000),
      fc.constantFrom<Packing>('never', 'between', 'end'),
      async (telemetry, invalidated, asked, maxExamined, packing) => {
        const directory = stored(normalizer, telemetry, invalidated, packing);
        const queriesOf = (fewSessions: number) =>
          new SessionQueries({
            reader: new SqliteReader(
              {
                directory,
                cacheBytes: 1 << 20,
                timeoutNs: BigInt(TIMEOUT_MS) * 1_000_000n,
                maxExamined,
                fewSessions,
              },
              normalizer,
            ),
            project: 'default',
            activeMs: ACTIVE_MS,
            timeoutMs: TIMEOUT_MS,
            userIdCandidates: (id) => [id],
            now: () => NOW_NS,
          });
        const queries = queriesOf(0);
        const byRows = queriesOf(Number.POSITIVE_INFINITY);
        const { items } = await page(queries, { limit: 1000 });
        const drawnIn = (id: string): Drawn[] =>
          telemetry.filter(
            ({ session }, i) =>
              (session === undefined ? traceId((i + 1).toString(16)) : `s${session}`) === id,
          );
        const usersOf = (id: string): string[] =>
          drawnIn(id).flatMap(({ attributes }) =>
            attributes['user.id'] === undefined ? [] : [String(attributes['user.id'])],
          );
        const pagesOf = (id: string): string[] => drawnIn(id).flatMap(({ url }) => url ?? []);
        const hasIn =
          (id: string) =>
          (key: string): string[] =>
            drawnIn(id).flatMap((each) => {
              if (key === ERROR) return errorsOf(each);
              if (key === FAILED_TOOL) return failedToolsOf(each);
              const { attributes, tags, service } = each;
              const value = tags[key] ?? attributes[key] ?? RESOURCE[service]?.[key];
              return value === undefined ? [] : [String(value)];
            });
        for (const { filters, limit, sort, order } of asked) {
          const expected = items.filter((item) => {
            const id = item['session.id'];
            return shows(item, filters, usersOf(id), pagesOf(id), hasIn(id));
          });
          const sorted = sortedBy(expected, sort, order);
          const { forward, back } = await walk(queries, { ...filters, limit, sort, order });
          assert.deepEqual(forward, sorted);
          assert.deepEqual(back, sorted);
          await assertSums(queries, byRows, filters, expected, hasIn);
        }
        await queries.close();
        await byRows.close();
        rmSync(directory, { recursive: true, force: true });
      },
    ),
    { numRuns: Number(process.env.SOJOURN_FILTER_RUNS ?? 80) },
  );
});
