import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { crash, openEngine } from '../../../test/support/engine.js';
import { keptVersions } from '../../../test/support/expected-sessions.js';
import { listedItem } from '../../../test/support/listed-item.js';
import { sessionsByUser, type TraceOfUser } from '../../../test/support/sessions-by-user.js';
import { type SpanSpec, spanBatch, traceId } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import { SqliteReader } from '../sqlite/reader.js';

/** S40: traces that name a user and no session, grouped by user. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-by-user-'));
after(() => rmSync(root, { recursive: true }));

const PROJECT = 'default';
const MINUTE_NS = 60_000_000_000n;
const TIMEOUT_NS = 30n * MINUTE_NS;
const BASE_NS = 1_900_000_000_000_000_000n;
const NOW_NS = BASE_NS + 1_000n * MINUTE_NS;
const normalizer = await createNormalizer({
  userIds: 'keep',
  userIdKey: Buffer.alloc(32),
  clientIp: 'keep',
  geoDatabase: undefined,
});

interface Setup {
  readonly byUser?: boolean;
  readonly hotRecords?: number;
  readonly implicitSessions?: boolean;
  readonly mostTraces?: number;
}

class Store {
  readonly #directory = mkdtempSync(join(root, 'data-'));
  #setup: Setup;
  #open: ReturnType<typeof openEngine>;

  constructor(setup: Setup) {
    this.#setup = setup;
    this.#open = this.#openEngine();
  }

  get engine() {
    return this.#open.engine;
  }

  commit(spans: readonly SpanSpec[], fold = true): void {
    this.engine.commit([{ project: PROJECT, batch: spanBatch(normalizer, spans) }], fold);
  }

  restart(setup: Setup): void {
    this.close();
    this.#setup = setup;
    this.#open = this.#openEngine();
  }

  async read<T>(read: (reader: SqliteReader) => Promise<T>): Promise<T> {
    const { byUser = true, mostTraces } = this.#setup;
    const reader = new SqliteReader(
      {
        directory: this.#directory,
        cacheBytes: 1 << 20,
        timeoutNs: TIMEOUT_NS,
        sessionsByUser: byUser,
        ...(mostTraces !== undefined && { mostTracesByUser: mostTraces }),
      },
      normalizer,
    );
    try {
      return await read(reader);
    } finally {
      await reader.close();
    }
  }

  /** The spans of each listed session by its id, in the short form `trace.span`. */
  async sessions(): Promise<Record<string, string[]>> {
    return this.read(async (reader) => {
      const scan = { direction: 'older', limit: 1000, nowNs: NOW_NS } as const;
      const { sessions } = await reader.sessions(PROJECT, scan);
      const found: Record<string, string[]> = {};
      for (const listed of sessions) {
        const { id } = listed;
        const outline = await reader.outline(PROJECT, id, 1000);
        const spans = outline!.traces.flatMap((trace) =>
          trace.spans
            .filter(({ sessionId }) => sessionId === undefined)
            .map((span) => `${short(trace.traceId)}.${short(span.spanId)}`),
        );
        assert.equal(spans.length, listedItem(listed).span_count);
        assert.equal(outline!.traces.length, listedItem(listed).trace_count);
        found[short(id)] = spans.sort();
      }
      return found;
    });
  }

  close(): void {
    crash(this.#open.db);
  }

  #openEngine() {
    const { byUser = true, mostTraces, hotRecords = 100_000, implicitSessions = true } = this.#setup;
    return openEngine(this.#directory, {
      normalizer,
      now: () => NOW_NS,
      timeoutNs: TIMEOUT_NS,
      hotRecords,
      implicitSessions,
      sessionsByUser: byUser
        ? { identity: 'test', ...(mostTraces !== undefined && { mostTraces }) }
        : undefined,
    });
  }
}

async function withStore(setup: Setup, use: (store: Store) => Promise<void>): Promise<void> {
  const store = new Store(setup);
  try {
    await use(store);
  } finally {
    store.close();
  }
}

function short(id: string): string {
  return id.replace(/^0+/, '');
}

/** A span of one second that begins this many minutes after the base. */
function at(trace: string, minutes: number, attributes: SpanSpec['attributes'] = {}): SpanSpec {
  const start = BASE_NS + BigInt(minutes) * MINUTE_NS;
  return { trace, span: '1', start, end: start + 1_000_000_000n, attributes };
}

const ANN = { 'user.id': 'ann' };

test('a late trace joins two sessions; if it names another user or a session, they are split again', () =>
  withStore({}, async (store) => {
    store.commit([at('a', 0, ANN), at('c', 40, ANN), at('d', 41, { 'user.id': 'bob' })]);
    assert.deepEqual(await store.sessions(), { a: ['a.1'], c: ['c.1'], d: ['d.1'] });
    store.commit([at('b', 20, ANN)]);
    assert.deepEqual(await store.sessions(), { a: ['a.1', 'b.1', 'c.1'], d: ['d.1'] });
    const other = at('b', 20, { 'user.id': 'bob' });
    store.commit([{ ...other, end: other.end + 1n }]);
    assert.deepEqual(await store.sessions(), { a: ['a.1'], b: ['b.1', 'd.1'], c: ['c.1'] });
    store.commit([{ ...at('b', 20, { 'session.id': 'visit' }), span: '2' }]);
    assert.deepEqual(await store.sessions(), { a: ['a.1'], c: ['c.1'], d: ['d.1'], visit: ['b.1', 'b.2'] });
  }));

test('a session has the id of its earliest trace and is found by the id of each', () =>
  withStore({ hotRecords: 1 }, async (store) => {
    store.commit([at('b', 10, ANN), at('c', 20, ANN)]);
    assert.deepEqual(await store.sessions(), { b: ['b.1', 'c.1'] });
    store.commit([at('a', 0, ANN)]);
    assert.deepEqual(await store.sessions(), { a: ['a.1', 'b.1', 'c.1'] });
    await store.read(async (reader) => {
      for (const trace of ['a', 'b', 'c']) {
        assert.equal((await reader.session(PROJECT, traceId(trace)))?.id, traceId('a'));
        const traces = await reader.traces(PROJECT, traceId(trace), { direction: 'forward', limit: 10 });
        assert.equal(traces.length, 3);
        const usage = await reader.usage(PROJECT, traceId(trace), { direction: 'forward', limit: 10 });
        assert.equal(usage?.session.id, traceId('a'));
        const groups = await reader.groups(PROJECT, traceId(trace), { limit: 10 });
        assert.equal(groups.length, 3);
      }
      assert.equal(await reader.session(PROJECT, traceId('d')), undefined);
    });
    assert.equal(store.engine.invalidate(PROJECT, traceId('c')), true);
    const session = await store.read((reader) => reader.session(PROJECT, traceId('a')));
    assert.equal(session?.invalidated, true);
  }));

test('an invalidated session stays invalidated under another name while the trace that named it is in it (S19)', () =>
  withStore({ hotRecords: 1 }, async (store) => {
    const invalidated = () =>
      store.read(async (reader) => {
        const scan = { direction: 'newer', limit: 9, nowNs: NOW_NS } as const;
        const { sessions } = await reader.sessions(PROJECT, scan);
        return sessions.map(({ id, invalidated }) => (invalidated ? `${short(id)}!` : short(id))).sort();
      });
    store.commit([at('b', 40, ANN), at('c', 60, ANN), at('d', 100, ANN)]);
    assert.equal(store.engine.invalidate(PROJECT, traceId('c')), true);
    assert.deepEqual(await invalidated(), ['b!', 'd']);
    store.commit([at('a', 20, ANN)]);
    assert.deepEqual(await invalidated(), ['a!', 'd']);
    store.commit([at('e', 80, ANN)]);
    assert.deepEqual(await invalidated(), ['a!']);
    store.restart({ byUser: false });
    store.restart({ byUser: true });
    assert.deepEqual(await invalidated(), ['a!']);
    store.commit([{ ...at('b', 40, { 'session.id': 's' }), span: '2' }]);
    assert.deepEqual(await invalidated(), ['a', 'c', 's']);
    assert.equal(store.engine.invalidate(PROJECT, 's'), true);
    store.commit([at('f', 300, { 'user.id': 'bob' })]);
    assert.deepEqual(await invalidated(), ['a', 'c', 'f', 's!']);
  }));

test('an identified user is preferred to an anonymous one; several users count as none', () =>
  withStore({}, async (store) => {
    const anonymous = { 'user.anonymous_id': 'x1' };
    store.commit([
      at('a', 0, { ...ANN, ...anonymous }),
      at('b', 1, ANN),
      at('c', 2, anonymous),
      at('d', 3, anonymous),
      at('e', 4, ANN),
      { ...at('e', 4, { 'user.id': 'bob' }), span: '2' },
      at('f', 5),
    ]);
    assert.deepEqual(await store.sessions(), {
      a: ['a.1', 'b.1'],
      c: ['c.1', 'd.1'],
      e: ['e.1', 'e.2'],
      f: ['f.1'],
    });
  }));

test('it is listed even if implicit sessions are not', () =>
  withStore({ implicitSessions: false }, async (store) => {
    store.commit([at('a', 0, ANN), at('b', 1), at('c', 2, ANN), at('d', 300, ANN)]);
    assert.deepEqual(await store.sessions(), { a: ['a.1', 'c.1'], d: ['d.1'] });
  }));

test('a restart with another setting makes all sessions again', () =>
  withStore({ byUser: false }, async (store) => {
    store.commit([at('a', 0, ANN), at('b', 1, ANN)]);
    const apart = { a: ['a.1'], b: ['b.1'] };
    const together = { a: ['a.1', 'b.1'] };
    assert.deepEqual(await store.sessions(), apart);
    for (const byUser of [true, true, false, false, true]) {
      store.restart({ byUser });
      assert.deepEqual(await store.sessions(), byUser ? together : apart);
    }
    store.commit([at('c', 2, ANN)]);
    assert.deepEqual(await store.sessions(), { a: ['a.1', 'b.1', 'c.1'] });
  }));

test('sessions of more than a day, or of too many traces, are cut at whole hours', async () => {
  const hourly = (trace: string, hour: number) =>
    at(trace, hour * 60 - (Number(BASE_NS / MINUTE_NS) % 60), ANN);
  const connected = (from: number, to: number): SpanSpec[] =>
    Array.from({ length: (to - from) * 2 }, (_, i) => ({
      ...hourly((from * 2 + i + 1).toString(16), 0),
      start: hourly('1', from).start + BigInt(i) * TIMEOUT_NS,
      end: hourly('1', from).start + BigInt(i) * TIMEOUT_NS,
    }));
  await withStore({}, async (store) => {
    store.commit(connected(0, 24));
    assert.equal(Object.keys(await store.sessions()).length, 1);
    store.commit(connected(24, 25));
    const cut = await store.sessions();
    assert.equal(Object.keys(cut).length, 25);
    assert.deepEqual(cut['3'], ['3.1', '4.1']);
  });
  await withStore({ mostTraces: 3 }, async (store) => {
    store.commit(connected(0, 1));
    store.commit([{ ...at('a', 0, ANN), start: hourly('1', 1).start, end: hourly('1', 1).start }]);
    assert.deepEqual(await store.sessions(), { 1: ['1.1', '2.1', 'a.1'] });
    store.commit([{ ...at('b', 0, ANN), start: hourly('1', 1).start + 1n, end: hourly('1', 1).start + 1n }]);
    assert.deepEqual(await store.sessions(), { 1: ['1.1', '2.1'], a: ['a.1', 'b.1'] });
    const more = ['c', 'd'].map((trace) => ({ ...hourly(trace, 1), end: hourly(trace, 1).start }));
    store.commit(more);
    assert.deepEqual(await store.sessions(), {
      1: ['1.1', '2.1'],
      a: ['a.1'],
      b: ['b.1'],
      c: ['c.1'],
      d: ['d.1'],
    });
  });
});

/** Few traces and users, and times near the time-out. Versions of a span that end later may differ. */
const spanOfWorld: fc.Arbitrary<SpanSpec> = fc
  .record({
    trace: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '7', '8'),
    span: fc.constantFrom('1', '2'),
    minute: fc.constantFrom(0, 1, 29, 30, 31, 59, 60, 61, 90, 125),
    length: fc.constantFrom(0n, 0n, 1n, 31n),
    user: fc.option(fc.constantFrom('ann', 'ann', 'bob'), { nil: undefined, freq: 5 }),
    session: fc.option(fc.constantFrom('s1', 's2'), { nil: undefined, freq: 7 }),
  })
  .map(({ minute, length, user, session, ...rest }) => {
    const { start } = at('a', minute);
    return {
      ...rest,
      start,
      end: start + length * MINUTE_NS,
      attributes: {
        ...(user !== undefined && { 'user.id': user }),
        ...(session !== undefined && { 'session.id': session }),
      },
    };
  });

/** All sessions of these spans, computed from all of them at once, in the form of `Store.sessions`. */
function expected(spans: readonly SpanSpec[], mostTraces: number): Record<string, string[]> {
  const kept = keptVersions(spans);
  const traces = new Map<string, SpanSpec[]>();
  for (const span of kept) traces.set(span.trace, [...(traces.get(span.trace) ?? []), span]);
  const ownOf = ({ attributes }: SpanSpec) => attributes?.['session.id'] as string | undefined;
  const ofUsers: TraceOfUser[] = [];
  for (const [id, all] of traces) {
    if (all.some((span) => ownOf(span) !== undefined)) continue;
    const users = new Set(all.flatMap(({ attributes }) => attributes?.['user.id'] ?? []));
    if (users.size !== 1) continue;
    const startNs = all.reduce((least, { start }) => (start < least ? start : least), all[0]!.start);
    const endNs = all.reduce((last, { end }) => (end > last ? end : last), all[0]!.end);
    ofUsers.push({ id: traceId(id), user: String([...users][0]), startNs, endNs });
  }
  const byUser = sessionsByUser(ofUsers, { pauseNs: TIMEOUT_NS, mostTraces });
  const found: Record<string, string[]> = {};
  for (const span of kept) {
    const carried = traces
      .get(span.trace)!
      .filter((each) => ownOf(each) !== undefined)
      .sort((a, b) => (a.start !== b.start ? (a.start < b.start ? -1 : 1) : a.span < b.span ? -1 : 1))[0];
    const inherited = carried && ownOf(carried);
    const id = ownOf(span) ?? inherited ?? short(byUser.get(traceId(span.trace)) ?? traceId(span.trace));
    found[id] = [...(found[id] ?? []), `${span.trace}.${span.span}`].sort();
  }
  return found;
}

test('any spans in any steps, with restarts and with the setting off for a while', async () => {
  const step = fc.record({
    spans: fc.array(spanOfWorld, { minLength: 1, maxLength: 5 }),
    fold: fc.boolean(),
    parts: fc.array(fc.record({ records: fc.constantFrom(1, 2), isEnd: fc.boolean() }), { maxLength: 2 }),
    restart: fc.option(
      fc.record({
        byUser: fc.constantFrom(true, true, true, false),
        hotRecords: fc.constantFrom(1, 5, 100_000),
      }),
      {
        nil: undefined,
        freq: 3,
      },
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 3, 10_000),
      fc.constantFrom(1, 100_000),
      async (steps, mostTraces, hotRecords) => {
        await withStore({ mostTraces, hotRecords }, async (store) => {
          const all: SpanSpec[] = [];
          let isByUser = true;
          for (const { spans, fold, parts, restart } of steps) {
            // Each version of a span ends at a different time.
            const each = spans.map((span, i) => ({ ...span, end: span.end + BigInt(all.length + i) }));
            all.push(...each);
            store.commit(each, fold);
            for (const { records, isEnd } of parts) {
              store.engine.foldSome(records);
              if (isEnd) store.engine.endFold();
            }
            if (restart === undefined) continue;
            store.restart({ mostTraces, ...restart });
            isByUser = restart.byUser;
          }
          if (isByUser) store.engine.fold();
          else store.restart({ mostTraces, hotRecords });
          assert.deepEqual(sorted(await store.sessions()), sorted(expected(all, mostTraces)));
        });
      },
    ),
    { numRuns: Number(process.env.SOJOURN_RUNS ?? 60) },
  );
});

function sorted(sessions: Record<string, string[]>): [string, string[]][] {
  return Object.entries(sessions).sort(([a], [b]) => (a < b ? -1 : 1));
}
