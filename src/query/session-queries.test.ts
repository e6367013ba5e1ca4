import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MemoryReader, type MemoryReaderData } from '../../test/support/memory-reader.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import { storedTrace } from '../../test/support/stored-traces.js';
import { ApiError } from '../contract/errors.js';
import type { SessionState } from '../contract/session-state.js';
import type { StoredSession } from '../store/contract/session.js';
import { MAX_PAGE_WEIGHT } from './page.js';
import type { SessionListRequest } from './query-service.js';
import { SessionQueries, type SessionQueriesOptions } from './session-queries.js';
import { isOpen } from './state.js';

const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };

interface PageOf<Item> {
  items: Item[];
  has_more: boolean;
  next_cursor?: string;
  prev_cursor?: string;
}
type Item = { 'session.id': string; start_time: string; state: SessionState; end_time?: string };

function parse<T>(bytes: Uint8Array | undefined): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

function queriesOver(
  data: Omit<MemoryReaderData, 'limits'>,
  options: Partial<SessionQueriesOptions> = {},
): SessionQueries {
  return new SessionQueries({
    reader: new MemoryReader({ ...data, limits: LIMITS }),
    project: 'default',
    ...LIMITS,
    userIdCandidates: (userId) => [userId],
    now: () => at(3600),
    ...options,
  });
}

/** Sessions with few different starts, so that many have the same. */
const sessionLists = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(undefined, 'u', 'v')), { maxLength: 30 })
  .map((entries) =>
    entries.map(([start, userId], index) =>
      storedSession({
        id: `s${String(index).padStart(3, '0')}`,
        startNs: at(start),
        lastNs: at(start * 700),
        ...(userId !== undefined && { userId }),
      }),
    ),
  );

const filters: fc.Arbitrary<SessionListRequest> = fc.constantFrom(
  {},
  { userId: 'u' },
  { isActive: true },
  { isActive: false },
  { startTime: at(1), endTime: at(3) },
);

function inListOrder(sessions: readonly StoredSession[]): StoredSession[] {
  return sessions.toSorted((a, b) =>
    a.startNs === b.startNs ? (a.id < b.id ? 1 : -1) : a.startNs < b.startNs ? 1 : -1,
  );
}

function selected(sessions: readonly StoredSession[], filter: SessionListRequest): string[] {
  return inListOrder(sessions)
    .filter(({ userId }) => filter.userId === undefined || userId === filter.userId)
    .filter(({ startNs }) => filter.startTime === undefined || startNs >= filter.startTime)
    .filter(({ startNs }) => filter.endTime === undefined || startNs <= filter.endTime)
    .filter(({ lastNs }) => filter.isActive === undefined || lastNs > at(1800) === filter.isActive)
    .map(({ id }) => id);
}

const idsOf = (page: PageOf<Item>): string[] => page.items.map((item) => item['session.id']);

test('pages forward, and back again, have exactly the list, with any limit', async () => {
  await fc.assert(
    fc.asyncProperty(
      sessionLists,
      filters,
      fc.integer({ min: 1, max: 7 }),
      async (sessions, filter, limit) => {
        const queries = queriesOver({ sessions });
        const expected = selected(sessions, filter);
        const pages: PageOf<Item>[] = [];
        let cursor: string | undefined;
        do {
          const page = parse<PageOf<Item>>(
            await queries.list({ ...filter, limit, ...(cursor && { cursor }) }),
          );
          assert.equal(page.has_more, page.next_cursor !== undefined);
          assert.equal(page.prev_cursor !== undefined, pages.length > 0);
          assert.ok(page.items.length === limit || page.next_cursor === undefined);
          pages.push(page);
          cursor = page.next_cursor;
        } while (cursor !== undefined);
        assert.deepEqual(pages.flatMap(idsOf), expected);

        const back = [pages.at(-1)!];
        while (back[0]!.prev_cursor !== undefined) {
          back.unshift(parse(await queries.list({ ...filter, limit, cursor: back[0]!.prev_cursor })));
          assert.equal(back[0]!.has_more, true);
        }
        assert.deepEqual(back.map(idsOf), pages.map(idsOf));
      },
    ),
  );
});

test('pages forward while sessions arrive skip no earlier session, and repeat none', async () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      sessionLists,
      arrivals,
      fc.integer({ min: 1, max: 5 }),
      async (before, starts, limit) => {
        const sessions = [...before];
        const queries = queriesOver({ sessions });
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = parse<PageOf<Item>>(await queries.list({ limit, ...(cursor && { cursor }) }));
          seen.push(...idsOf(page));
          cursor = page.next_cursor;
          const start = starts.pop();
          if (start !== undefined)
            sessions.push(storedSession({ id: `new${starts.length}`, startNs: at(start) }));
        } while (cursor !== undefined);
        assert.equal(new Set(seen).size, seen.length);
        assert.deepEqual(
          seen.filter((id) => !id.startsWith('new')),
          selected(before, {}),
        );
      },
    ),
  );
});

test('from a page that has become empty, the pages back still have every item', async () => {
  const sessions = ['a', 'b', 'c'].map((id) => storedSession({ id, startNs: at(1) }));
  const queries = queriesOver({ sessions });
  const first = parse<PageOf<Item>>(await queries.list({ limit: 2 }));
  sessions.shift();
  const empty = parse<PageOf<Item>>(await queries.list({ limit: 2, cursor: first.next_cursor! }));
  assert.deepEqual([empty.items, empty.has_more], [[], false]);
  const back = parse<PageOf<Item>>(await queries.list({ limit: 2, cursor: empty.prev_cursor! }));
  assert.deepEqual(idsOf(back), ['c', 'b']);
});

test('from an empty page before the list, the pages forward have every item', async () => {
  const sessions = ['a', 'b', 'c'].map((id) => storedSession({ id, startNs: at(1) }));
  const queries = queriesOver({ sessions });
  const first = parse<PageOf<Item>>(await queries.list({ limit: 2 }));
  const second = parse<PageOf<Item>>(await queries.list({ limit: 2, cursor: first.next_cursor! }));
  sessions.splice(1);
  const empty = parse<PageOf<Item>>(await queries.list({ limit: 2, cursor: second.prev_cursor! }));
  assert.deepEqual([empty.items, empty.has_more, empty.prev_cursor], [[], true, undefined]);
  const on = parse<PageOf<Item>>(await queries.list({ limit: 2, cursor: empty.next_cursor! }));
  assert.deepEqual(idsOf(on), ['a']);
});

test('an empty list has no links', async () => {
  const sessions = ['a', 'b', 'c'].map((id) => storedSession({ id }));
  const queries = queriesOver({ sessions });
  const first = parse<PageOf<Item>>(await queries.list({ limit: 1 }));
  const second = parse<PageOf<Item>>(await queries.list({ limit: 1, cursor: first.next_cursor! }));
  sessions.length = 0;
  for (const cursor of [second.next_cursor!, second.prev_cursor!]) {
    assert.deepEqual(parse(await queries.list({ limit: 1, cursor })), { items: [], has_more: false });
  }
});

test('states and filters use the same time in each request', async () => {
  // A clock that advances a minute with each call.
  let seconds = 0;
  const now = () => {
    seconds += 60;
    return at(seconds);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: -3600, max: 9000 }), { maxLength: 20 }), async (lasts) => {
      const sessions = lasts.map((last, index) =>
        storedSession({ id: `s${index}`, startNs: at(-4000), lastNs: at(last) }),
      );
      for (const isActive of [true, false]) {
        const page = parse<PageOf<Item>>(await queriesOver({ sessions }, { now }).list({ isActive }));
        for (const item of page.items) {
          assert.equal(isOpen(item.state), isActive);
          assert.equal(item.end_time === undefined, isActive);
        }
      }
    }),
  );
});

test('a range that ends before it starts is empty', async () => {
  const queries = queriesOver({ sessions: [storedSession({ id: 'a', startNs: at(1) })] });
  const range = { startTime: at(2), endTime: at(0) };
  assert.deepEqual(parse(await queries.list(range)), { items: [], has_more: false });
  assert.equal(parse<{ total_sessions: number }>(await queries.stats(range)).total_sessions, 0);
});

test('a range includes both ends', async () => {
  const sessions = [1, 2, 3].map((start) => storedSession({ id: `s${start}`, startNs: at(start) }));
  const queries = queriesOver({ sessions });
  const range = { startTime: at(1), endTime: at(2) };
  assert.deepEqual(idsOf(parse(await queries.list(range))), ['s2', 's1']);
  assert.equal(parse<{ total_sessions: number }>(await queries.stats(range)).total_sessions, 2);
});

test('a user is found in any of the stored forms of its id', async () => {
  const sessions = [
    storedSession({ id: 'a', userId: 'ann@example.com' }),
    storedSession({ id: 'b', userId: 'hmac:1' }),
    storedSession({ id: 'c', userId: 'hmac:2' }),
    storedSession({ id: 'd' }),
  ];
  const queries = queriesOver({ sessions }, { userIdCandidates: (userId) => [userId, 'hmac:1'] });
  assert.deepEqual(idsOf(parse(await queries.list({ userId: 'ann@example.com' }))), ['b', 'a']);
});

test('a cursor of one list is invalid for another', async () => {
  const sessions = ['a', 'b'].map((id) => storedSession({ id }));
  const traces = [1, 2].map((start) => ({
    sessionId: 'a',
    trace: storedTrace(`${start}`.repeat(32), [
      { spanId: 'a'.repeat(16), startNs: at(start), endNs: at(start) },
    ]),
  }));
  const queries = queriesOver({ sessions, traces });
  const list = parse<PageOf<Item>>(await queries.list({ limit: 1 }));
  const tracePage = parse<PageOf<unknown>>(await queries.traces('a', { limit: 1 }));
  const invalid = (error: unknown) => error instanceof ApiError && error.code === 'cursor.invalid';

  await assert.rejects(queries.list({ userId: 'u', cursor: list.next_cursor! }), invalid);
  await assert.rejects(queries.list({ startTime: at(0), cursor: list.next_cursor! }), invalid);
  await assert.rejects(queries.list({ cursor: tracePage.next_cursor! }), invalid);
  await assert.rejects(queries.traces('a', { cursor: list.next_cursor! }), invalid);
  await assert.rejects(queries.traces('b', { cursor: tracePage.next_cursor! }), invalid);
  // The limit is not a filter.
  assert.equal(
    parse<PageOf<Item>>(await queries.list({ limit: 5, cursor: list.next_cursor! })).items.length,
    1,
  );
});

test('traces are listed from the earliest, with pages in both directions', async () => {
  const traceIds = ['c', 'a', 'b', 'e', 'd'].map((digit) => digit.repeat(32));
  const traces = traceIds.map((traceId, index) => ({
    sessionId: 's',
    // The first three have the same start, so their ids decide.
    trace: storedTrace(traceId, [
      { spanId: 'a'.repeat(16), startNs: at(Math.max(0, index - 2)), endNs: at(9) },
    ]),
  }));
  const queries = queriesOver({ sessions: [storedSession({ id: 's' })], traces });
  const walk: string[][] = [];
  let page = parse<PageOf<{ trace_id: string }>>(await queries.traces('s', { limit: 2 }));
  const digits = () => page.items.map(({ trace_id }) => trace_id[0]!);
  walk.push(digits());
  while (page.next_cursor !== undefined) {
    page = parse(await queries.traces('s', { limit: 2, cursor: page.next_cursor }));
    walk.push(digits());
  }
  assert.deepEqual(walk, [['a', 'b'], ['c', 'e'], ['d']]);
  page = parse(await queries.traces('s', { limit: 2, cursor: page.prev_cursor! }));
  assert.deepEqual(digits(), ['c', 'e']);
  page = parse(await queries.traces('s', { limit: 2, cursor: page.prev_cursor! }));
  assert.deepEqual(digits(), ['a', 'b']);
  assert.equal(page.prev_cursor, undefined);
});

test('a page of very large traces is shorter, and the list continues', async () => {
  const text = 'x'.repeat(MAX_PAGE_WEIGHT / 3);
  const traces = ['a', 'b', 'c', 'd'].map((digit, index) => ({
    sessionId: 's',
    trace: storedTrace(digit.repeat(32), [
      { spanId: 'a'.repeat(16), startNs: at(index), endNs: at(index), more: { name: text } },
    ]),
  }));
  const queries = queriesOver({ sessions: [storedSession({ id: 's' })], traces });
  const digits = (page: PageOf<{ trace_id: string }>) => page.items.map(({ trace_id }) => trace_id[0]);
  const first = parse<PageOf<{ trace_id: string }>>(await queries.traces('s', {}));
  assert.deepEqual(digits(first), ['a', 'b']);
  const second = parse<PageOf<{ trace_id: string }>>(
    await queries.traces('s', { cursor: first.next_cursor! }),
  );
  assert.deepEqual(digits(second), ['c', 'd']);
  assert.equal(second.next_cursor, undefined);
  const back = parse<PageOf<{ trace_id: string }>>(
    await queries.traces('s', { cursor: second.prev_cursor! }),
  );
  assert.deepEqual(digits(back), ['a', 'b']);
});

test('missing sessions and traces are undefined', async () => {
  const queries = queriesOver({ sessions: [] });
  assert.equal(await queries.get('x'), undefined);
  assert.equal(await queries.traces('x', {}), undefined);
  assert.equal(await queries.trace('0'.repeat(32)), undefined);
});

test('a store that cannot count with filters is only asked for ranges of time', async () => {
  const queries = queriesOver(
    { sessions: [storedSession({ id: 'a' })] },
    { capabilities: { filteredCounts: false } },
  );
  const isUnsupported = (error: unknown) => error instanceof ApiError && error.code === 'store.unsupported';
  for (const count of ['stats', 'timeline', 'top', 'visits'] as const) {
    assert.ok(await queries[count]({ startTime: at(0), activeTo: at(9) }));
    await assert.rejects(queries[count]({ startTime: at(0), hasErrors: true }), isUnsupported);
  }
  assert.ok(await queries.facets({ prefix: 'a' }));
  await assert.rejects(queries.facets({ startTime: at(0) }), isUnsupported);
  assert.ok(await queries.list({ hasErrors: true }));
});
