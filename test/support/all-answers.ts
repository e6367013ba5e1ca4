import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { ExceptionPage } from '../../src/contract/exception.js';
import type { SessionUsage } from '../../src/contract/usage.js';
import type { SessionListRequest } from '../../src/query/query-service.js';
import { SessionQueries } from '../../src/query/session-queries.js';
import type { SessionReader } from '../../src/store/contract/reader.js';
import { BASE_NS, NOW_NS } from './random-telemetry.js';

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

/**
 * The bytes of all answers about random telemetry (random-telemetry.ts) of a project, as one text. The reader stays
 * open.
 * @throws if answers contradict each other
 */
export async function allAnswers(reader: SessionReader, project: string, timeoutNs: bigint): Promise<string> {
  const queries = new SessionQueries({
    reader,
    project,
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
    keep(await queries.outlineColumns(item['session.id']));
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
