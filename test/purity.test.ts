import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { ExceptionPage } from '../src/contract/exception.js';
import type { SessionUsage } from '../src/contract/usage.js';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import type { SessionListRequest } from '../src/query/query-service.js';
import { SessionQueries } from '../src/query/session-queries.js';
import { SqliteReader } from '../src/store/sqlite/reader.js';
import { crash, openEngine } from './support/engine.js';
import {
  arrivals,
  BASE_NS,
  batchesOf,
  NOW_NS,
  ofUsers,
  type Step,
  telemetry,
} from './support/random-telemetry.js';

/**
 * The first promise: a session is a pure function of the set of telemetry accepted for it. Random telemetry
 * is sent once in one batch, and again permuted, split, repeated and with commits that fail and crashes
 * between. All answers must have the same bytes.
 */

const PROJECT = 'default';
const root = mkdtempSync(join(tmpdir(), 'sojourn-purity-'));
after(() => rmSync(root, { recursive: true, force: true }));

const FILTERS: readonly SessionListRequest[] = [
  { service: ['web'] },
  { service: ['web'], hasErrors: true },
  { hasErrors: false, minDurationMs: 60_000 },
  { hasCrash: true },
  { model: ['gpt-4o'] },
  { provider: ['anthropic'], minCostUsd: 0.01 },
  { deviceType: ['desktop'], country: ['US'] },
  { deviceType: ['unknown'] },
  { release: ['2.0', '1.1'] },
  { url: '/cart' },
  { url: 'https://shop.example/', release: ['1.0'] },
  { state: ['ended'] },
  { state: ['timed_out'], minDurationMs: 1 },
  { state: ['timed_out'] },
  { state: ['ended', 'timed_out'], deviceType: ['desktop', 'mobile'] },
  { activeFrom: BASE_NS, activeTo: BASE_NS + 600_000_000_000n },
  { userId: 'bob', activeFrom: BASE_NS + 60_000_000_000n },
  { implicit: true },
  { bots: false, minSpans: 2 },
];

let runs = 0;

/** The settings of sessions. */
interface Rules {
  readonly timeoutNs: bigint;
  /** Maximum number of traces of a session by user; undefined if traces are not grouped by user. */
  readonly mostTracesByUser?: number;
}

const BY_ID: Rules = { timeoutNs: 1_800_000_000_000n };

async function answersAfter(
  normalizer: Normalizer,
  steps: readonly Step[],
  hotRecords: number,
  { timeoutNs, mostTracesByUser }: Rules,
): Promise<string> {
  const directory = join(root, `run-${runs++}`);
  const sessionsByUser =
    mostTracesByUser === undefined ? undefined : { identity: 'test', mostTraces: mostTracesByUser };
  const open = () =>
    openEngine(directory, { normalizer, hotRecords, timeoutNs, sessionsByUser, now: () => NOW_NS });
  let store = open();
  for (const { items, fold, parts, fault } of steps) {
    const batches = () => batchesOf(normalizer, items).map((batch) => ({ project: PROJECT, batch }));
    if (fault === 'disk') {
      store.engine.stage(batches(), () => undefined);
      store.engine.giveUp();
    }
    store.engine.commit(batches(), fold);
    for (const { records, isEnd } of parts) {
      store.engine.foldSome(records);
      if (isEnd) store.engine.endFold();
    }
    if (fault === 'crash') {
      crash(store.db);
      store = open();
    }
  }
  store.engine.fold();
  store.db.close();

  const reader = new SqliteReader(
    {
      directory,
      cacheBytes: 1 << 20,
      timeoutNs,
      ...(mostTracesByUser !== undefined && { sessionsByUser: true, mostTracesByUser }),
    },
    normalizer,
  );
  const queries = new SessionQueries({
    reader,
    project: PROJECT,
    activeMs: 60_000,
    timeoutMs: Number(timeoutNs / 1_000_000n),
    userIdCandidates: (id) => [id],
    now: () => NOW_NS,
  });
  const answers: string[] = [];
  const keep = (bytes: Uint8Array | undefined): string => {
    const text = bytes === undefined ? 'none' : Buffer.from(bytes).toString();
    answers.push(text);
    return text;
  };
  const list = JSON.parse(keep(await queries.list({ limit: 1000 }))) as {
    items: { 'session.id': string; exception_count?: number }[];
  };
  for (const isActive of [true, false]) keep(await queries.list({ isActive, limit: 3 }));
  keep(await queries.list({ userId: 'ann' }));
  for (const filters of FILTERS) keep(await queries.list({ ...filters, limit: 2 }));
  keep(await queries.timeline({}));
  keep(await queries.stats({ implicit: false, minSpans: 2 }));
  keep(await queries.timeline({ bots: false, minTraceSpans: 2 }));
  keep(await queries.timeline({ startTime: BASE_NS + 90_000_000_000n, intervalMs: 120_000 }));
  for (const by of ['cost', 'duration'] as const) keep(await queries.top({ by, limit: 3 }));
  keep(await queries.top({ by: 'cost', activeFrom: BASE_NS + 60_000_000_000n, limit: 3 }));
  keep(await queries.facets());
  keep(await queries.timeline({ activeFrom: BASE_NS + 90_000_000_000n, intervalMs: 120_000 }));
  keep(await queries.stats({}));
  keep(await queries.stats({ activeFrom: BASE_NS + 60_000_000_000n, activeTo: BASE_NS + 180_000_000_000n }));
  keep(await queries.stats({ startTime: BASE_NS + 60_000_000_000n, endTime: BASE_NS + 180_000_000_000n }));
  for (const item of list.items) {
    keep(await queries.get(item['session.id']));
    keep(await queries.traces(item['session.id'], { limit: 2 }));
    keep(await queries.outline(item['session.id']));
    for (const limit of [2, 200]) keep(await queries.conversation(item['session.id'], { limit }));
    keep(await queries.events(item['session.id'], { spanEvents: true }));
    keep(await queries.events(item['session.id'], { name: ['click', 'late'], order: 'desc', limit: 2 }));
    const id = item['session.id'];
    const thrown = JSON.parse(keep(await queries.exceptions(id))) as ExceptionPage;
    assert.equal(
      thrown.items.reduce((sum, { count }) => sum + count, 0),
      item.exception_count ?? 0,
    );
    assert.deepEqual(await exceptionsInPages(queries, id), thrown.items);
    const usage = JSON.parse(keep(await queries.usage(id))) as SessionUsage;
    assertAddsUp(usage);
    await assertPages(usage, async (cursor) => {
      const page = await queries.usage(id, { limit: 2, ...(cursor !== undefined && { cursor }) });
      return JSON.parse(keep(page)) as SessionUsage;
    });
  }
  for (const trace of ['a', 'b', 'c', 'd', 'e', 'f']) {
    // Including sessions that are not listed.
    const implicit = trace.padStart(32, '0');
    keep(await queries.get(implicit));
    const echo = await queries.usage(implicit);
    if (echo !== undefined) assertAddsUp(JSON.parse(keep(echo)) as SessionUsage);
    keep(await queries.trace(trace.padStart(32, '0')));
    keep(await queries.span(trace.padStart(32, '0'), '1'.padStart(16, '0')));
  }
  await queries.close();
  rmSync(directory, { recursive: true, force: true });
  return answers.join('\n');
}

/** The content of one page, read page by page. */
async function exceptionsInPages(queries: SessionQueries, id: string): Promise<ExceptionPage['items']> {
  const items: ExceptionPage['items'] = [];
  let cursor: string | undefined;
  do {
    const bytes = await queries.exceptions(id, { limit: 1, ...(cursor !== undefined && { cursor }) });
    const page = JSON.parse(Buffer.from(bytes!).toString()) as ExceptionPage;
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return items;
}

/** The counts equal those of the session, to the last token and the last billionth of a dollar. */
function assertAddsUp({ counted, genai_usage: usage, items }: SessionUsage): void {
  const rows = items.filter((item) => item.counted);
  const sum = (of: (item: (typeof rows)[number]) => number) =>
    rows.reduce((total, item) => total + of(item), 0);
  const calls = rows.filter(({ kind }) => kind === 'call' || kind === 'wrapper').length;
  assert.equal(calls, usage?.request_count ?? 0);
  assert.equal(counted.request_count, calls);
  assert.equal(usage === undefined, rows.length === 0);
  assert.equal(
    sum((item) => item.input_tokens ?? 0),
    Number(usage?.total_input_tokens ?? 0),
  );
  assert.equal(
    sum((item) => item.output_tokens ?? 0),
    Number(usage?.total_output_tokens ?? 0),
  );
  const nanoUsd = sum((item) => Math.round((item.cost_usd ?? 0) * 1e9));
  assert.equal(nanoUsd, Math.round((usage?.estimated_cost_usd ?? 0) * 1e9));
  for (const item of items) assert.equal(item.reason === undefined, item.counted);
}

/** Page by page the content is that of one page, and back again; each page has the totals of all. */
async function assertPages(
  whole: SessionUsage,
  pageAt: (cursor: string | undefined) => Promise<SessionUsage>,
): Promise<void> {
  const found: string[] = [];
  let page = await pageAt(undefined);
  for (;;) {
    assert.deepEqual([page.genai_usage, page.counted], [whole.genai_usage, whole.counted]);
    assert.equal(page.has_more, page.next_cursor !== undefined);
    for (const item of page.items) found.push(JSON.stringify(item));
    if (page.next_cursor === undefined) break;
    page = await pageAt(page.next_cursor);
  }
  assert.deepEqual(found.sort(), whole.items.map((item) => JSON.stringify(item)).sort());
  let back = page.items.length;
  while (page.prev_cursor !== undefined) {
    page = await pageAt(page.prev_cursor);
    back += page.items.length;
  }
  assert.equal(back, found.length);
}

async function assertPure(items: typeof telemetry, rules: fc.Arbitrary<Rules>): Promise<void> {
  const normalizer = await createNormalizer({
    userIds: 'auto',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
    quietRoutes: ['default'],
  });
  await fc.assert(
    fc.asyncProperty(
      items.chain((all) => fc.tuple(fc.constant(all), arrivals(all))),
      fc.constantFrom(1, 8, 100_000),
      rules,
      async ([items, steps], hotRecords, rules) => {
        const once = await answersAfter(
          normalizer,
          [{ items, fold: true, parts: [], fault: 'none' }],
          100_000,
          rules,
        );
        const otherwise = await answersAfter(normalizer, steps, hotRecords, rules);
        assert.equal(otherwise, once);
      },
    ),
    { numRuns: Number(process.env.SOJOURN_PURITY_RUNS ?? 120) },
  );
}

test('promise 1: the order, batches, repetitions and crashes of telemetry change no byte of any answer', () =>
  assertPure(telemetry, fc.constant(BY_ID)));

test('promise 1 with traces grouped by user', () =>
  assertPure(
    fc.oneof({ weight: 3, arbitrary: ofUsers }, { weight: 1, arbitrary: telemetry }),
    fc.record({
      timeoutNs: fc.constantFrom(61_000_000_000n, 1_800_000_000_000n),
      mostTracesByUser: fc.constantFrom(1, 2, 10_000),
    }),
  ));
