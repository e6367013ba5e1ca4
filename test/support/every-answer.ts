import { setTimeout as delay } from 'node:timers/promises';
import { GROUP_BY, GROUP_SORTS } from '../../src/contract/groups.js';
import type { SessionFilters } from '../../src/contract/session-filters.js';
import { ORDERS, SESSION_SORTS } from '../../src/contract/session-sort.js';
import { SESSION_STATES } from '../../src/contract/session-state.js';
import { ERROR_SORTS, TOOL_SORTS } from '../../src/contract/tools-errors.js';
import type { Random } from '../../src/demo/random.js';

/** All that a server can be asked about what it has stored, so that the answers of several can be compared. */

/** Resolves to status, type and body of the answer. */
export type Ask = (path: string) => Promise<Answer>;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Routes whose answers are about the process or what people have set there, or never end. */
const OF_THE_PROCESS = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/api/v1/alerts',
  '/api/v1/alerts/{alertId}',
  '/api/v1/audit',
  '/api/v1/jobs/{jobId}',
  '/api/v1/me',
  '/api/v1/retention',
  '/api/v1/sign-in',
  '/api/v1/sign-ins',
  '/api/v1/sessions/stream',
  '/api/v1/views',
  '/problems/{code}',
];
const SESSIONS = '/api/v1/sessions';
const EXPORTS = '/api/v1/exports/sessions';
/** Of sessions in a page. Few, so that there are many pages. */
const PAGE = 9;
/** Pages that are read of one list in one direction at most. */
const MOST_PAGES = 6;
const MOST_VALUES = 2;
const AT_A_TIME = 6;
const POLL_MS = 50;
/** One of --index-attributes by default. */
const ATTRIBUTE = 'deployment.environment.name';
/** Searches of the content: a word, a phrase, a beginning in one area, two words without a third, by who says it. */
const SEARCHES = [
  'cart',
  '"not found"',
  'in:spans ge*',
  'the -error',
  'chat tool',
  'the in:assistant',
  'the -user:the',
];
/** Where a timeline would otherwise end with the minute of the request. */
const TIMELINE_END = 'endTime=2034-01-01T00:00:59.999999999Z';

interface Page {
  readonly items?: readonly Item[];
  readonly next_cursor?: string;
  readonly prev_cursor?: string;
}

interface Item {
  readonly 'session.id': string;
  readonly 'user.id'?: string;
  readonly start_time: string;
}

/** The paths that were asked, each with its answer. */
export type Answers = ReadonlyMap<string, Answer>;

/**
 * Asks one server everything: each list with each filter and page by page, all about the session `whole`, and
 * most about some others.
 */
export async function everyAnswer(
  server: Ask,
  random: Random,
  { whole, others }: { readonly whole: string; readonly others: number },
): Promise<Answers> {
  const ask = withExportsInTurn(server);
  const found = new Map<string, Answer>();
  const keep: Ask = async (path) => {
    const known = found.get(path);
    if (known !== undefined) return known;
    const answer = await ask(path);
    found.set(path, answer);
    return answer;
  };
  await searchIsComplete(ask);
  const sessions = await allSessions(keep);
  const filters = await filterQueries(keep, sessions, random);
  await inParallel(
    filters.flatMap((query) => [
      () => pages(keep, `${SESSIONS}?${query}${query === '' ? '' : '&'}limit=${PAGE}`),
      ...['stats', 'visits', 'top', 'top-calls', 'facets'].map(
        (name) => () => keep(`${SESSIONS}/${name}?${query}`),
      ),
      () => keep(`${SESSIONS}/stats?percentiles=true&${query}`),
      () => keep(`${SESSIONS}/groups?by=${random.pick(GROUP_BY)}&sort=${random.pick(GROUP_SORTS)}&${query}`),
      () => keep(`/api/v1/scores?${query}`),
      () => keep(`/api/v1/tools?sort=${random.pick(TOOL_SORTS)}&${query}`),
      () => keep(`/api/v1/errors?sort=${random.pick(ERROR_SORTS)}&${query}`),
      () => keep(`${SESSIONS}/timeline?${query}${/endTime|activeTo/.test(query) ? '' : `&${TIMELINE_END}`}`),
    ]),
  );
  await inParallel(
    SESSION_SORTS.flatMap((sort) =>
      ORDERS.map((order) => async () => {
        const sorted = `${SESSIONS}?sort=${sort}&order=${order}`;
        await pages(keep, `${sorted}&limit=${PAGE}`);
        await pages(keep, `${sorted}&${random.pick(filters)}&limit=2`);
      }),
    ),
  );
  for (const by of [...GROUP_BY, `attr.${ATTRIBUTE}`])
    for (const limit of [1, 100]) await keep(`${SESSIONS}/groups?by=${by}&limit=${limit}`);
  for (const table of ['tools', 'errors'])
    for (const limit of [1, 100]) await keep(`/api/v1/${table}?limit=${limit}`);
  for (const query of [
    'format=jsonl',
    'format=csv&bom=true&hasErrors=true',
    'format=parquet&minSpans=2',
    'format=otlp',
    'format=jsonl&include=turns&bots=false',
  ])
    await keep(`${EXPORTS}?${query}`);
  // Other than pages, the parts of an export have no address that every server has: cursors tell its time.
  await keep(`${EXPORTS}?format=csv&limit=${PAGE}&cursor=`);
  for (const query of filters.filter((each) => /^[^&]+$/.test(each)))
    await keep(`${EXPORTS}?format=csv&limit=1&${query}`);
  for (const path of [
    `${SESSIONS}/facets`,
    `${SESSIONS}/facets?prefix=s`,
    `${SESSIONS}/facets?attribute=${ATTRIBUTE}`,
    `${SESSIONS}/facets?attribute=${ATTRIBUTE}&attr.${ATTRIBUTE}=production&bots=false`,
    `${SESSIONS}/timeline?intervalMs=60000&${TIMELINE_END}`,
    `${SESSIONS}/timeline?intervalMs=86400000&bots=false&${TIMELINE_END}`,
    `${SESSIONS}/top?by=cost&limit=5`,
    `${SESSIONS}/top?by=duration&limit=50`,
    `${SESSIONS}/top-calls?by=duration&limit=50`,
    `${SESSIONS}/top-calls?limit=3`,
    '/api/v1/projects',
    '/openapi.json',
  ])
    await keep(path);
  const asked = new Set(['none', 'f'.repeat(32)]);
  for (let count = 0; count < others; count++) asked.add(random.pick(sessions)['session.id']);
  asked.delete(whole);
  await inParallel([
    () => aboutSession(keep, whole, true),
    ...[...asked].map((id) => () => aboutSession(keep, id, false)),
  ]);
  return found;
}

/** Routes and parameters of the OpenAPI document that no path has asked for. */
export function unasked(document: OpenApi, paths: Iterable<string>): string[] {
  const urls = [...paths].map((path) => new URL(path, 'http://server'));
  return Object.entries(document.paths).flatMap(([route, { get }]) => {
    if (get === undefined || OF_THE_PROCESS.includes(route)) return [];
    const pattern = new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`);
    const asked = urls.filter(({ pathname }) => pattern.test(pathname));
    if (asked.length === 0) return [route];
    return (
      (get.parameters ?? [])
        // All telemetry is in one project; test/tenants.test.ts has several.
        .filter((parameter) => parameter.in === 'query' && parameter.name !== 'project')
        .filter(({ name }) => !asked.some(({ searchParams }) => isIn(searchParams, name)))
        .map(({ name }) => `${route}?${name}`)
    );
  });
}

/** Some parameters are named by what follows a dot: `attr.KEY`. */
function isIn(parameters: URLSearchParams, name: string): boolean {
  return [...parameters.keys()].some((each) => each === name || each.startsWith(`${name}.`));
}

export interface OpenApi {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly parameters?: readonly { name: string; in: string }[] } }>
  >;
}

/** The answers to the same questions that are not the same. */
export async function otherAnswers(server: Ask, expected: Answers): Promise<string[]> {
  const ask = withExportsInTurn(server);
  const others: string[] = [];
  await searchIsComplete(ask);
  await inParallel(
    [...expected].map(([path, { status, text }]) => async () => {
      const answer = await ask(path);
      if (answer.status !== status || answer.text !== text)
        others.push(`${path}\n  ${status} ${text}\n  ${answer.status} ${answer.text}`);
    }),
  );
  return others;
}

/** One caller has few places for exports at once. */
function withExportsInTurn(ask: Ask): Ask {
  let last: Promise<unknown> = Promise.resolve();
  return (path) => {
    if (!/^\/api\/v1\/(?:exports|sessions\/[^?]*export)/.test(path)) return ask(path);
    const answer = last.then(() => ask(path));
    last = answer.catch(() => {});
    return answer;
  };
}

/** Resolves when the index of the content has everything. The index follows sessions by itself. */
async function searchIsComplete(ask: Ask): Promise<void> {
  for (;;) {
    const { text } = await ask(`${SESSIONS}?q=nothing&limit=1`);
    if ((JSON.parse(text) as { search: { is_complete: boolean } }).search.is_complete) return;
    await delay(POLL_MS);
  }
}

async function allSessions(keep: Ask): Promise<Item[]> {
  const items: Item[] = [];
  let path: string | undefined = `${SESSIONS}?limit=1000`;
  while (path !== undefined) {
    const { text } = await keep(path);
    const page = JSON.parse(text) as Page;
    items.push(...page.items!);
    path = page.next_cursor && `${SESSIONS}?limit=1000&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
  return items;
}

/** Queries with each filter alone, and with two. */
async function filterQueries(keep: Ask, sessions: readonly Item[], random: Random): Promise<string[]> {
  const facets = JSON.parse((await keep(`${SESSIONS}/facets`)).text) as Record<string, { value: string }[]>;
  const some = <T>(values: readonly T[]): T[] =>
    values.length <= MOST_VALUES
      ? [...values]
      : Array.from({ length: MOST_VALUES }, () => random.pick(values));
  const facet = (name: string): string[] => some(facets[name]!.map(({ value }) => value));
  const starts = some(sessions.map((item) => item.start_time));
  const filters: Record<keyof SessionFilters, readonly string[]> = {
    sessionIdPrefix: ['s', '0'],
    userId: ['nobody', ...some(sessions.flatMap((item) => item['user.id'] ?? []))],
    userIdPrefix: ['u', 'nobody'],
    isActive: ['true', 'false'],
    startTime: starts,
    endTime: starts,
    activeFrom: starts,
    activeTo: starts,
    service: facet('services'),
    model: facet('models'),
    provider: facet('providers'),
    state: SESSION_STATES,
    deviceType: facet('device_types'),
    country: facet('countries'),
    release: facet('releases'),
    url: ['/cart', 'https://shop.example/', 'Cart', '/'],
    hasErrors: ['true', 'false'],
    hasCrash: ['true', 'false'],
    implicit: ['true', 'false'],
    minSpans: ['0', '2'],
    maxSpans: ['2'],
    minTraceSpans: ['2', '3'],
    minErrors: ['1'],
    maxErrors: ['0'],
    minTraces: ['2'],
    maxTraces: ['1'],
    bots: ['true', 'false'],
    minDurationMs: ['0.5', '60000'],
    minCostUsd: ['0', '0.01'],
    maxDurationMs: ['60000'],
    maxCostUsd: ['0.01'],
    minTokens: ['1000'],
    maxTokens: ['1000'],
    operation: ['chat'],
    tool: ['search'],
    errorType: ['500'],
    route: ['/'],
    status: ['500'],
    attr: [],
    attrExists: [ATTRIBUTE],
    score: ['helpful'],
    scoreLabel: [],
    minScore: [],
    maxScore: [],
    'not.operation': ['chat'],
    'not.tool': ['search'],
    'not.errorType': ['500'],
    error: ['Timeout', 'AbortError', '500'],
    failedTool: ['search'],
    'not.error': ['Timeout'],
    'not.failedTool': ['search'],
    'not.route': ['/'],
    'not.status': ['500'],
    'not.attr': [],
    'not.attrExists': [ATTRIBUTE],
    'not.userId': ['nobody'],
    'not.service': facet('services').slice(0, 1),
    'not.model': facet('models').slice(0, 1),
    'not.provider': facet('providers').slice(0, 1),
    'not.state': ['timed_out'],
    'not.deviceType': ['unknown'],
    'not.country': facet('countries').slice(0, 1),
    'not.release': facet('releases').slice(0, 1),
    'not.url': ['/cart'],
  };
  const single = Object.entries(filters).flatMap(([name, values]) =>
    [...new Set(values)].map((value) => `${name}=${encodeURIComponent(value)}`),
  );
  single.push(
    `attr.${ATTRIBUTE}=production`,
    `not.attr.${ATTRIBUTE}=production`,
    'scoreLabel.helpful=yes',
    'minScore.helpful=0.5',
    'maxScore.helpful=0.5',
    ...SEARCHES.map((q) => `q=${encodeURIComponent(q)}`),
  );
  const pairs = single.map((query) => `${query}&${random.pick(single)}`);
  const several = (query: string): boolean => {
    const [a, b] = query.split('&').map((part) => part.split('=')[0]!);
    return a !== b || a!.startsWith('not.') || ['service', 'model', 'provider', 'state'].includes(a!);
  };
  return ['', ...single, ...pairs.filter(several)];
}

/** Reads a list page by page, and back again. */
async function pages(keep: Ask, path: string): Promise<void> {
  const at = (cursor: string): string => `${path}&cursor=${encodeURIComponent(cursor)}`;
  let page = JSON.parse((await keep(path)).text) as Page;
  for (let read = 1; page.next_cursor !== undefined && read < MOST_PAGES; read++)
    page = JSON.parse((await keep(at(page.next_cursor))).text) as Page;
  for (let read = 1; page.prev_cursor !== undefined && read < MOST_PAGES; read++)
    page = JSON.parse((await keep(at(page.prev_cursor))).text) as Page;
}

const OF_SESSION: readonly (readonly [route: string, queries: readonly string[]])[] = [
  ['/traces', ['limit=2']],
  ['/usage', ['limit=3']],
  ['/exceptions', ['limit=2']],
  ['/scores', ['']],
  ['/conversation', ['limit=4']],
  ['/pages', ['limit=2']],
  [
    '/export',
    ['format=jsonl', 'format=otlp', 'format=perfetto', 'format=jsonl&cursor=', 'format=otlp&cursor='],
  ],
  [
    '/events',
    [
      'spanEvents=true&limit=6',
      'order=desc&limit=3',
      'name=click&name=exception&limit=5',
      'minSeverity=WARN&limit=5',
    ],
  ],
];

async function aboutSession(keep: Ask, id: string, wholly: boolean): Promise<void> {
  const asked = (path: string) => (path.includes('/export') ? keep(path) : pages(keep, path));
  const base = `${SESSIONS}/${encodeURIComponent(id)}`;
  await keep(base);
  const { text: outline } = await keep(`${base}/outline`);
  await keep(`${base}/outline-columns`);
  for (const [route, queries] of OF_SESSION) {
    for (const query of queries) await asked(`${base}${route}?${query}`);
  }
  const { text: said } = await keep(`${base}/conversation?limit=200`);
  const media = valuesOf(said, 'media_id').slice(0, 2);
  for (const each of media) await keep(`${base}/media/${encodeURIComponent(each)}`);
  const traces = valuesOf(outline, 'trace_id').slice(0, 3);
  for (const trace of traces) await keep(`/api/v1/traces/${trace}`);
  for (const trace of traces) await keep(`/api/v1/traces/${trace}/sessions`);
  for (const trace of traces.slice(0, 1)) await pages(keep, `${base}/events?traceId=${trace}&limit=5`);
  if (!wholly && media.length === 0) return;
  for (const trace of traces) {
    const { text } = await keep(`/api/v1/traces/${trace}`);
    for (const span of valuesOf(text, 'span_id').slice(0, 4))
      await keep(`/api/v1/traces/${trace}/spans/${span}`);
  }
  const byId = (route: string, query = ''): string =>
    `${SESSIONS}/by-id${route}?id=${encodeURIComponent(id)}${query === '' ? '' : `&${query}`}`;
  await keep(byId(''));
  await keep(byId('/outline'));
  await keep(byId('/outline-columns'));
  for (const [route, queries] of OF_SESSION) for (const query of queries) await asked(byId(route, query));
  for (const trace of traces.slice(0, 1)) await keep(byId('/events', `traceId=${trace}`));
  for (const each of media) await keep(byId(`/media/${encodeURIComponent(each)}`));
}

/** The different values of a property that is a string, anywhere in the JSON. */
function valuesOf(json: string, name: string): string[] {
  const matches = json.matchAll(new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*")`, 'g'));
  return [...new Set([...matches].map(([, text]) => JSON.parse(text!) as string))];
}

/** Some at a time. If one fails, no further ones begin. */
async function inParallel(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  const left = [...work].reverse();
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        try {
          await next();
        } catch (error) {
          left.length = 0;
          throw error;
        }
      }
    }),
  );
}
