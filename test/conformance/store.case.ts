import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { after, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { createNormalizer, type NormalizerOptions } from '../../src/normalize/create.js';
import { tellsTokens } from '../../src/normalize/facts.js';
import type { Normalizer } from '../../src/normalize/normalizer.js';
import { decodeTraces } from '../../src/otlp/decode.js';
import { hasErrors } from '../../src/query/session-filter.js';
import { isOpen, stateOf } from '../../src/query/state.js';
import type { EventPosition, EventScan, StoredEvent } from '../../src/store/contract/event.js';
import type { GroupScan, KnownGroups } from '../../src/store/contract/group.js';
import type { SessionReader } from '../../src/store/contract/reader.js';
import type {
  ListedSession,
  SessionPosition,
  SessionScan,
  StoredSession,
} from '../../src/store/contract/session.js';
import type { SessionRange } from '../../src/store/contract/session-filter.js';
import { listedSession } from '../../src/store/contract/session-item.js';
import type {
  CountedSessions,
  Statistics,
  StoredTimeline,
  TimelineScan,
  TimelineSum,
  TopScan,
} from '../../src/store/contract/statistics.js';
import type { AppendResult, SessionWriter } from '../../src/store/contract/store.js';
import type { StoredTrace, TraceScan } from '../../src/store/contract/trace.js';
import type { StoredCarrier } from '../../src/store/contract/usage.js';
import { visitsOf } from '../support/memory-reader.js';
import { type LogSpec, logBatch, type SpanSpec, spanBatch, traceId } from '../support/telemetry.js';

/** 2100-01-01: no session is swept by its time-out there, and the time of the request alone says what is open. */
const BASE_NS = 4_102_444_800_000_000_000n;

/** What a store is opened with for the suite. */
export const CONFORMANCE_SETTINGS = {
  timeoutMs: 1_800_000,
  implicitSessions: true,
  nowNs: BASE_NS,
  normalizer: {
    userIds: 'keep',
    clientIp: 'keep',
    geoDatabase: undefined,
  } satisfies Omit<NormalizerOptions, 'userIdKey'>,
};

/** A store of its own for one run of the suite, empty at first. */
export interface StoreUnderTest {
  readonly writer: SessionWriter;
  readonly reader: SessionReader;
  /** Closes writer and reader and opens the same data again; the properties above are new ones then. */
  reopen(): Promise<void>;
  /** As `reopen`, but from what is left when nothing was closed, as after a kill. Called while nothing is being appended. */
  crash(): Promise<void>;
  /** Closes everything and removes the data. */
  dispose(): Promise<void>;
}

const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;
const DAY = 24n * HOUR;
const TIMEOUT_NS = BigInt(CONFORMANCE_SETTINGS.timeoutMs) * 1_000_000n;
const LIMITS = { activeMs: 300_000, timeoutMs: CONFORMANCE_SETTINGS.timeoutMs };
const ALL = { direction: 'older', limit: 100_000, nowNs: BASE_NS } as const satisfies SessionScan;
const ALL_TRACES = { direction: 'forward', limit: 100_000 } as const satisfies TraceScan;
const RUNS = Number(process.env.SOJOURN_CONFORMANCE_RUNS ?? 60);

type Attributes = NonNullable<SpanSpec['attributes']>;

function at(seconds: number): bigint {
  return BASE_NS + BigInt(Math.round(seconds * 1000)) * 1_000_000n;
}

/** A span of one second in its own session; `start` is in seconds. */
function span(
  trace: string,
  id: string,
  session: string | undefined,
  start: number,
  { attributes, ...rest }: Partial<SpanSpec> = {},
): SpanSpec {
  return {
    trace,
    span: id,
    start: at(start),
    end: at(start + 1),
    attributes: { ...(session === undefined ? {} : { 'session.id': session }), ...attributes },
    ...rest,
  };
}

function log(session: string, time: number, { attributes, ...rest }: Partial<LogSpec> = {}): LogSpec {
  return { time: at(time), attributes: { 'session.id': session, ...attributes }, ...rest };
}

/** The behaviour that every store shares. `open` makes a new, empty store with `CONFORMANCE_SETTINGS`. */
export function storeConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: behaviour of every store`, () => {
    const bench = new Bench(open);
    after(() => bench.dispose());

    describe('appending', () => appending(bench));
    describe('binding', () => binding(bench));
    describe('lists', () => lists(bench));
    describe('filters', () => filters(bench));
    describe('state', () => states(bench));
    describe('traces', () => traces(bench));
    describe('outlines', () => outlines(bench));
    describe('groups', () => groups(bench));
    describe('events', () => events(bench));
    describe('statistics', () => statistics(bench));
    describe('timelines', () => timelines(bench));
    describe('the greatest sessions', () => greatest(bench));
    describe('values to filter by', () => facets(bench));
    describe('watching', () => watching(bench));
    describe('numbers and traits', () => numbers(bench));
  });
}

/** One store for the whole suite; each test has a project of its own in it, which also shows that projects do not meet. */
class Bench {
  readonly #open: () => Promise<StoreUnderTest>;
  #opening: Promise<{ store: StoreUnderTest; normalizer: Normalizer }> | undefined;
  #projects = 0;

  constructor(open: () => Promise<StoreUnderTest>) {
    this.#open = open;
  }

  async project(): Promise<Project> {
    this.#opening ??= Promise.all([
      this.#open(),
      createNormalizer({ ...CONFORMANCE_SETTINGS.normalizer, userIdKey: new Uint8Array(32) }),
    ]).then(([store, normalizer]) => ({ store, normalizer }));
    const { store, normalizer } = await this.#opening;
    return new Project(store, normalizer, `project-${++this.#projects}`);
  }

  async dispose(): Promise<void> {
    await (await this.#opening)?.store.dispose();
  }
}

/** The store as seen from one project. */
class Project {
  readonly store: StoreUnderTest;
  readonly name: string;
  readonly #normalizer: Normalizer;
  /** Sessions as lists had them and as they were read by their ids then. */
  readonly #read = new Map<string, { readonly listed: ListedSession; readonly session: StoredSession }>();

  constructor(store: StoreUnderTest, normalizer: Normalizer, name: string) {
    this.store = store;
    this.name = name;
    this.#normalizer = normalizer;
  }

  spans(...spans: SpanSpec[]): Promise<AppendResult> {
    return this.store.writer.append(this.name, spanBatch(this.#normalizer, spans));
  }

  logs(...logs: LogSpec[]): Promise<AppendResult> {
    return this.store.writer.append(this.name, logBatch(this.#normalizer, logs));
  }

  /** All that a scan finds, in as many steps as the store takes. */
  async sessions(scan: Partial<SessionScan> = {}): Promise<StoredSession[]> {
    const asked = { ...ALL, ...scan };
    const all: StoredSession[] = [];
    // Under no condition all are read anew.
    if (Object.keys(scan).length === 0) this.#read.clear();
    let after = asked.after;
    for (;;) {
      const limit = asked.limit - all.length;
      const { sessions, stoppedAt } = await this.store.reader.sessions(this.name, {
        ...asked,
        limit,
        ...(after === undefined ? {} : { after }),
      });
      const found = await Promise.all(sessions.map((listed) => this.#whole(listed)));
      if (asked.direction === 'older') all.push(...found);
      else all.unshift(...found);
      if (stoppedAt === undefined) return all;
      assert.ok(sessions.length < limit, 'a search is given up only where it has not found enough');
      if (after !== undefined) {
        const order = comparePositions(stoppedAt, after);
        assert.ok(asked.direction === 'older' ? order < 0 : order > 0, 'a search gets on');
      }
      after = stoppedAt;
    }
  }

  /** A session of a list as it is read by its id: the list shows the same of it. */
  async #whole(listed: ListedSession): Promise<StoredSession> {
    const known = this.#read.get(listed.id);
    if (known !== undefined && isDeepStrictEqual(listed, known.listed)) return known.session;
    const session = await this.session(listed.id);
    assert.ok(session !== undefined, 'what a list has can be read');
    assert.deepEqual(listed, listedSession(session));
    this.#read.set(listed.id, { listed, session });
    return session;
  }

  async ids(scan: Partial<SessionScan> = {}): Promise<string[]> {
    return (await this.sessions(scan)).map(({ id }) => id);
  }

  session(id: string): Promise<StoredSession | undefined> {
    return this.store.reader.session(this.name, id);
  }

  traces(sessionId: string, scan: Partial<TraceScan> = {}): Promise<StoredTrace[]> {
    return this.store.reader.traces(this.name, sessionId, { ...ALL_TRACES, ...scan });
  }

  /** All events of a session in pages, each in as many steps as the store takes. */
  async events(sessionId: string, scan: Partial<EventScan> = {}): Promise<StoredEvent[]> {
    const { direction = 'forward', limit = 1000, ...rest } = scan;
    const isForward = direction === 'forward';
    const all: StoredEvent[] = [];
    let after = scan.after;
    for (;;) {
      const found = await this.store.reader.events(this.name, sessionId, {
        ...rest,
        direction,
        limit,
        ...(after && { after }),
      });
      assert.ok(found !== undefined, 'there is such a session');
      const { events, stoppedAt } = found;
      assert.ok(events.length <= limit);
      if (isForward) all.push(...events);
      else all.unshift(...events);
      if (stoppedAt !== undefined)
        assert.ok(events.length < limit, 'given up only where not enough was found');
      if (stoppedAt !== undefined && after !== undefined) {
        const order = stoppedAt.timeNs - after.timeNs || (stoppedAt.id < after.id ? -1 : 1);
        assert.ok(isForward ? order > 0 : order < 0, 'a search gets on');
      }
      const edge: EventPosition | undefined = stoppedAt ?? (isForward ? events.at(-1) : events[0])?.position;
      if (edge === undefined) return all;
      after = edge;
    }
  }

  trace(short: string): Promise<StoredTrace | undefined> {
    return this.store.reader.trace(this.name, traceId(short));
  }

  statistics(range: Partial<CountedSessions> = {}): Promise<Statistics> {
    return this.store.reader.statistics(this.name, { nowNs: BASE_NS, ...range });
  }

  timeline(scan: Partial<TimelineScan> = {}): Promise<StoredTimeline> {
    const whole = { nowNs: BASE_NS, startToNs: BASE_NS + 100n * DAY, stepFor: () => HOUR };
    return this.store.reader.timeline(this.name, { ...whole, ...scan });
  }

  /** Short ids of the spans in a trace, sorted, each with its end. */
  spansOf(trace: StoredTrace | undefined): { span: string; endNs: bigint }[] {
    assert.ok(trace !== undefined, 'there is such a trace');
    const limits = { maxRecords: 1_000_000, maxAttributesPerRecord: 1000 };
    const { batch } = decodeTraces(trace.otlp, this.#normalizer, limits);
    return Array.from({ length: batch.count }, (_, i) => ({
      span: Buffer.from(batch.bytes.subarray(batch.spanId[i]!, batch.spanId[i]! + 8))
        .toString('hex')
        .replace(/^0+/, ''),
      endNs: batch.end[i]!,
    })).sort((a, b) => (a.span < b.span ? -1 : 1));
  }

  /** All that a reader can be asked about this project, to compare before and after. */
  async everything(): Promise<unknown> {
    const sessions = await this.sessions();
    return {
      sessions,
      one: await Promise.all(sessions.map(({ id }) => this.session(id))),
      traces: await Promise.all(
        sessions.map(async ({ id }) =>
          (await this.traces(id)).map((trace) => ({ ...trace.position, spans: this.spansOf(trace) })),
        ),
      ),
      outlines: await Promise.all(
        sessions.map(({ id }) => this.store.reader.outline(this.name, id, 100_000)),
      ),
      events: await Promise.all(sessions.map(({ id }) => this.events(id, { spanEvents: true }))),
      timeline: await this.timeline({ startFromNs: BASE_NS - DAY }),
      facets: await this.store.reader.facets(this.name, 1000),
      long: await this.ids({ minDurationNs: SECOND }),
      failed: await this.ids({ errors: true }),
      open: await this.ids({ open: true }),
      closed: await this.ids({ open: false }),
      statistics: await this.statistics(),
    };
  }
}

function appending(bench: Bench): void {
  test('resolves with the numbers of new, replaced and known records', async () => {
    const p = await bench.project();
    const first = span('a', '1', 's', 0);
    assert.deepEqual(await p.spans(first, span('a', '2', 's', 0)), { stored: 2, replaced: 0, duplicates: 0 });
    assert.deepEqual(
      await p.spans(first, { ...first, end: at(9) }, { ...first, end: at(0.5) }, span('b', '1', 's', 0)),
      { stored: 1, replaced: 1, duplicates: 2 },
    );
    assert.deepEqual(await p.logs(log('s', 1), log('s', 1), log('s', 2)), {
      stored: 2,
      replaced: 0,
      duplicates: 1,
    });
  });

  test('shows what was acknowledged at once, and after closing and opening again', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's1', 0), span('b', '1', 's2', 1));
    await p.logs(log('s3', 5));
    assert.deepEqual(await p.ids(), ['s3', 's2', 's1']);
    const before = await p.everything();
    await p.store.reopen();
    assert.deepEqual(await p.everything(), before);
  });

  test('keeps what was acknowledged when it is killed', async () => {
    const p = await bench.project();
    const appends = Array.from({ length: 40 }, (_, i) => p.spans(span(`${i + 1}`, '1', `s${i % 7}`, i)));
    for (const { stored } of await Promise.all(appends)) assert.equal(stored, 1);
    const before = await p.everything();
    await p.store.crash();
    assert.deepEqual(await p.everything(), before);
    assert.equal((await p.sessions()).length, 7);
    assert.deepEqual(await p.spans(span('1', '1', 's0', 0)), { stored: 0, replaced: 0, duplicates: 1 });
    assert.deepEqual(await p.everything(), before);
  });

  test('counts a record once that arrives in several requests at the same time', async () => {
    const p = await bench.project();
    const same = () => p.spans(span('a', '1', 's', 0), span('a', '2', 's', 0), span('a', '3', 's', 0));
    const results = await Promise.all(Array.from({ length: 12 }, same));
    assert.equal(sum(results.map(({ stored }) => stored)), 3);
    assert.equal(sum(results.map(({ duplicates }) => duplicates)), 33);
    assert.equal((await p.session('s'))?.spanCount, 3);
  });

  test('changes nothing when all is sent again', async () => {
    const p = await bench.project();
    const spans = [
      span('a', '1', 's', 0, { attributes: { 'user.id': 'ann' }, error: true }),
      span('a', '2', undefined, 1, { parent: '1' }),
      span('b', '1', undefined, 2),
    ];
    const logs = [log('s', 3), log('s', 9, { event: 'session.end' })];
    await p.spans(...spans);
    await p.logs(...logs);
    const before = await p.everything();
    assert.deepEqual(await p.spans(...spans.toReversed()), { stored: 0, replaced: 0, duplicates: 3 });
    assert.deepEqual(await p.logs(...logs.toReversed()), { stored: 0, replaced: 0, duplicates: 2 });
    assert.deepEqual(await p.everything(), before);
    await p.store.reopen();
    assert.deepEqual(await p.spans(...spans), { stored: 0, replaced: 0, duplicates: 3 });
    assert.deepEqual(await p.everything(), before);
  });

  test('keeps the final version of a span, whichever came first', async () => {
    const provisional = span('a', '1', 's', 0, { error: true, resource: { 'service.name': 'draft' } });
    const final = span('a', '1', 's', 0, { end: at(60), resource: { 'service.name': 'web' } });
    const answers: unknown[] = [];
    for (const [order, second] of [
      [[provisional, final], { stored: 0, replaced: 1, duplicates: 0 }],
      [[final, provisional], { stored: 0, replaced: 0, duplicates: 1 }],
    ] as const) {
      const p = await bench.project();
      assert.equal((await p.spans(order[0])).stored, 1);
      assert.deepEqual(await p.spans(order[1]), second);
      const session = await p.session('s');
      assert.equal(session?.spanCount, 1);
      assert.equal(session.errorCount, 0);
      assert.equal(session.lastNs, at(60));
      assert.deepEqual(session.services, ['web']);
      assert.deepEqual(p.spansOf(await p.trace('a')), [{ span: '1', endNs: at(60) }]);
      answers.push(await p.everything());
    }
    assert.deepEqual(answers[0], answers[1]);
  });

  test('keeps projects apart that use the same ids', async () => {
    const [one, two, none] = [await bench.project(), await bench.project(), await bench.project()];
    await one.spans(span('a', '1', 's', 0, { attributes: { 'user.id': 'ann' } }));
    assert.deepEqual(await two.spans(span('a', '1', 's', 50), span('a', '2', 's', 50)), {
      stored: 2,
      replaced: 0,
      duplicates: 0,
    });
    assert.equal((await one.session('s'))?.spanCount, 1);
    assert.equal((await two.session('s'))?.spanCount, 2);
    assert.deepEqual(await two.ids({ userIds: ['ann'] }), []);
    assert.equal(one.spansOf(await one.trace('a')).length, 1);
    assert.equal(two.spansOf((await two.traces('s'))[0]).length, 2);
    assert.equal((await one.statistics()).uniqueUsers, 1);
    assert.equal((await two.statistics()).uniqueUsers, 0);
    assert.equal(await one.store.writer.invalidate(one.name, 's'), true);
    assert.equal((await two.session('s'))?.invalidated, false);
    assert.deepEqual(await none.sessions(), []);
    assert.equal(await none.session('s'), undefined);
    assert.deepEqual(await none.traces('s'), []);
    assert.equal(await none.trace('a'), undefined);
    assert.equal((await none.statistics()).totalSessions, 0);
  });
}

function binding(bench: Bench): void {
  test('moves spans when the parent with the session arrives late, and leaves nothing behind', async () => {
    const p = await bench.project();
    await p.spans(span('a', '2', undefined, 5, { parent: '1', error: true }), span('a', '3', undefined, 6));
    await p.logs({ trace: 'a', span: '2', time: at(7) });
    const implicit = traceId('a');
    assert.deepEqual(await p.ids(), [implicit]);
    assert.equal((await p.session(implicit))?.spanCount, 2);
    assert.equal(p.spansOf((await p.traces(implicit))[0]).length, 2);

    await p.spans(span('a', '1', 's', 4, { end: at(20) }));
    assert.deepEqual(await p.ids(), ['s']);
    assert.equal(await p.session(implicit), undefined);
    assert.deepEqual(await p.traces(implicit), []);
    const session = await p.session('s');
    assert.equal(session?.spanCount, 3);
    assert.equal(session.errorCount, 1);
    assert.equal(session.traceCount, 1);
    assert.equal(session.startNs, at(4));
    assert.equal(session.lastNs, at(20));
    const { totalSessions, bounces, durationMicros } = await p.statistics();
    assert.deepEqual(
      { totalSessions, bounces, durationMicros },
      {
        totalSessions: 1,
        bounces: 0,
        durationMicros: 16_000_000n,
      },
    );
    await p.store.crash();
    assert.deepEqual(await p.ids(), ['s']);
    assert.equal(await p.session(implicit), undefined);
  });

  test('takes start, end and user of a session back when the spans that said them leave', async () => {
    const p = await bench.project();
    await p.spans(
      span('a', '1', 's1', 10),
      span('b', '2', undefined, 1, { parent: '9', end: at(90), attributes: { 'user.id': 'ann' } }),
      span('b', '1', 's1', 20, { attributes: { 'user.id': 'bob' } }),
    );
    let session = await p.session('s1');
    assert.deepEqual([session?.startNs, session?.lastNs, session?.userId], [at(1), at(90), 'ann']);
    await p.spans(span('b', '9', 's2', 0));
    session = await p.session('s1');
    assert.deepEqual([session?.startNs, session?.lastNs, session?.userId], [at(10), at(21), 'bob']);
    session = await p.session('s2');
    assert.deepEqual([session?.startNs, session?.lastNs, session?.userId], [at(0), at(90), 'ann']);
    assert.deepEqual(await p.ids({ userIds: ['ann'] }), ['s2']);
    assert.deepEqual(await p.ids({ userIds: ['bob'] }), ['s1']);
  });

  test('does not list a session of which only a mark is known', async () => {
    const p = await bench.project();
    const start = { event: 'session.start', attributes: { 'session.previous_id': 'ghost' } };
    await p.logs(log('s', 10, start));
    assert.deepEqual(await p.ids(), ['s']);
    assert.deepEqual(await p.ids({ open: false, nowNs: at(1e6) }), ['s']);
    assert.equal(await p.session('ghost'), undefined);
    assert.deepEqual(await p.traces('ghost'), []);
    assert.equal((await p.statistics()).totalSessions, 1);
    assert.equal(await p.store.writer.invalidate(p.name, 'ghost'), false);
    await p.store.reopen();
    await p.spans(span('a', '1', 'ghost', 1));
    assert.equal((await p.session('ghost'))?.endMarkNs, at(10));
    assert.equal((await p.session('s'))?.previousId, 'ghost');
  });
}

function lists(bench: Bench): void {
  /** In UTF-8 the musical sign stands behind the full-width tilde, in UTF-16 before it. */
  const NAMES = ['a', 'Z', 'ab', 'é', '漢', '字', '～', '𝄞', '😀', 'a b', "o'c"];

  test('are newest first, and of the same start by id descending in the order of UTF-8 bytes', async () => {
    const p = await bench.project();
    await p.spans(
      ...NAMES.map((name, i) => span(`${i + 1}`, '1', name, 10)),
      span('ff', '1', 'older', 9),
      span('fe', '1', 'newer', 11),
    );
    const ordered = ['newer', ...NAMES.toSorted(compareUtf8).reverse(), 'older'];
    assert.deepEqual(await p.ids(), ordered);
    assert.ok(ordered.indexOf('𝄞') < ordered.indexOf('～'));
    for (const id of ordered) assert.equal((await p.session(id))?.id, id);
    for (const limit of [1, 2, 5]) {
      assert.deepEqual(await pagesOf(p, ordered.length, { limit, direction: 'older' }), ordered);
      assert.deepEqual(await pagesOf(p, ordered.length, { limit, direction: 'newer' }), ordered);
    }
  });

  test('begin next to a position that no session has', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 'a', 1), span('2', '1', 'c', 1), span('3', '1', 'e', 2));
    const after: SessionPosition = { startNs: at(1), id: 'b' };
    assert.deepEqual(await p.ids({ after, direction: 'older' }), ['a']);
    assert.deepEqual(await p.ids({ after, direction: 'newer' }), ['e', 'c']);
    assert.deepEqual(await p.ids({ after, direction: 'newer', limit: 1 }), ['c']);
  });

  test('have the sessions of any of the users asked for', async () => {
    const p = await bench.project();
    const user = (name: string): Partial<SpanSpec> => ({ attributes: { 'user.id': name } });
    await p.spans(
      span('1', '1', 's1', 1, user('ann')),
      span('2', '1', 's2', 2, user('bob')),
      span('3', '1', 's3', 3, user('ann')),
      span('4', '1', 's4', 4, user('名前😀')),
      span('5', '1', 's5', 5),
    );
    assert.deepEqual(await p.ids({ userIds: ['ann'] }), ['s3', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'nobody', 'ann'] }), ['s3', 's2', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'ann'], limit: 2 }), ['s3', 's2']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'ann'], limit: 2, direction: 'newer' }), ['s2', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['名前😀'] }), ['s4']);
    assert.deepEqual(await p.ids({ userIds: ['Ann'] }), []);
    assert.deepEqual(await p.ids({ userIds: [] }), []);
  });

  test('find a session by every user id on its records, wherever they are, and as long as they are', async () => {
    const p = await bench.project();
    const user = (name: string): Partial<SpanSpec> => ({ attributes: { 'user.id': name } });
    await p.spans(
      span('1', '1', 's1', 1, user('anon')),
      span('1', '2', 's1', 2, user('ann')),
      span('2', '1', 's1', 3, user('bob')),
      span('3', '1', 's2', 2, user('ann')),
      span('4', '1', 's3', 5, user('eve')),
    );
    assert.deepEqual(await p.ids({ userIds: ['anon'] }), ['s1']);
    assert.deepEqual(await p.ids({ userIds: ['ann'] }), ['s2', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['bob'] }), ['s1']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'ann', 'anon'] }), ['s2', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'ann', 'anon'], limit: 1, direction: 'newer' }), ['s1']);
    const { userId, otherUserIds } = (await p.session('s1'))!;
    assert.deepEqual([userId, ...otherUserIds!].sort(), ['ann', 'anon', 'bob']);
    assert.equal((await p.statistics()).uniqueUsers, 3, 'statistics count the users that are shown');
    await p.store.reopen();
    // The session begins earlier than was known.
    await p.spans(span('5', '1', 's1', 0, user('zoe')));
    for (const name of ['zoe', 'anon', 'ann', 'bob']) {
      assert.deepEqual(await p.ids({ userIds: [name], startToNs: at(0) }), ['s1'], name);
    }
    // A later version of the only span of a user has another.
    await p.spans({ ...span('2', '1', 's1', 3, user('carl')), end: at(9) });
    assert.deepEqual(await p.ids({ userIds: ['bob'] }), []);
    assert.deepEqual(await p.ids({ userIds: ['carl'] }), ['s1']);
    await p.store.crash();
    assert.deepEqual(await p.ids({ userIds: ['carl'], open: false, nowNs: at(9) + TIMEOUT_NS }), ['s1']);
    assert.deepEqual(await p.ids({ userIds: ['carl'], open: true, nowNs: at(9) + TIMEOUT_NS }), []);
  });

  test('find a session of very many users by the first 64 ids, and by the one it shows', async () => {
    const p = await bench.project();
    const name = (i: number): string => `u${String(i).padStart(3, '0')}`;
    const spans = Array.from({ length: 100 }, (_, i) =>
      span((1 + (i % 7)).toString(16), (i + 1).toString(16), 's', 100 - i, {
        attributes: { 'user.id': name(i) },
      }),
    );
    for (const part of [spans.slice(50), spans.slice(0, 20), spans.slice(20, 50)]) await p.spans(...part);
    const found: string[] = [];
    for (let i = 0; i < 100; i++) {
      if ((await p.ids({ userIds: [name(i)] })).length > 0) found.push(name(i));
    }
    // The earliest record is of the last of them.
    assert.deepEqual(found, [...Array.from({ length: 64 }, (_, i) => name(i)), name(99)]);
  });

  test('name a session once though a user is asked for twice', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's1', 1, { attributes: { 'user.id': 'ann' } }));
    assert.deepEqual(await p.ids({ userIds: ['ann', 'ann'] }), ['s1']);
  });

  test('of a range have both ends of it, and adjacent ranges have every session once', async () => {
    const p = await bench.project();
    const starts = [-1n, 0n, 1n, HOUR - 1n, HOUR, HOUR + 1n];
    await p.spans(
      ...starts.map((ns, i) => ({
        ...span(`${i + 1}`, '1', `s${i}`, 0),
        start: BASE_NS + ns,
        end: BASE_NS + ns,
      })),
    );
    const range = (from: bigint, to: bigint) =>
      p.ids({ startFromNs: BASE_NS + from, startToNs: BASE_NS + to });
    assert.deepEqual(await range(0n, HOUR), ['s4', 's3', 's2', 's1']);
    assert.deepEqual(await range(1n, 1n), ['s2']);
    assert.deepEqual(await range(2n, 1n), []);
    for (const cut of starts) {
      const newer = await p.ids({ startFromNs: BASE_NS + cut });
      const older = await p.ids({ startToNs: BASE_NS + cut - 1n });
      assert.deepEqual([...newer, ...older], ['s5', 's4', 's3', 's2', 's1', 's0']);
    }
  });

  test('are the same as filtering all sessions one by one, for any filters and positions', async () => {
    const p = await bench.project();
    await p.spans(...variedSpans());
    await p.logs(...variedMarks());
    await p.store.writer.invalidate(p.name, 's3');
    const every = await p.sessions();
    assert.equal(every.length, VARIED_SESSIONS);
    const position = fc.constantFrom(...every.map(({ id, startNs }) => ({ id, startNs })));
    const time = fc.constantFrom(...every.flatMap(({ startNs }) => [startNs - 1n, startNs, startNs + 1n]));
    const scans = fc.record(
      {
        userIds: fc.uniqueArray(fc.constantFrom('ann', 'bob', 'eve', 'none'), { maxLength: 3 }),
        open: fc.boolean(),
        startFromNs: time,
        startToNs: time,
        after: position,
        direction: fc.constantFrom('older', 'newer'),
        limit: fc.integer({ min: 1, max: 12 }),
        nowNs: fc.constantFrom(
          ...every.flatMap(({ lastNs }) => [lastNs + TIMEOUT_NS - 1n, lastNs + TIMEOUT_NS]),
        ),
      },
      { requiredKeys: ['direction', 'limit', 'nowNs'] },
    );
    await fc.assert(
      fc.asyncProperty(scans, async (scan) => {
        assert.deepEqual(await p.sessions(scan), scanned(every, scan));
      }),
      { numRuns: RUNS * 5 },
    );
  });
}

function filters(bench: Bench): void {
  const SERVICES = ['web', 'api', 'cart'];
  const MODELS = ['gpt-4o', 'claude-sonnet-4-5', 'local-llama'];
  const PROVIDERS = ['openai', 'anthropic'];
  const COUNTRIES = ['CH', 'NO'];
  const PHONE =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
  const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0';
  const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  const LENGTHS = [
    0n,
    1n,
    262_143n,
    262_144n,
    1_000_000n,
    5n * SECOND,
    300n * SECOND,
    301n * SECOND,
    2n * HOUR,
  ];
  const PAGES = ['https://shop.example/', 'https://shop.example/cart/1', 'https://a.example/cart'];
  const COSTS = [0, 0.000001, 0.5, 0.500000001, 3, 999_999];

  const who = fc.record(
    {
      'user.id': fc.constantFrom('ann', 'bob'),
      'geo.country.iso_code': fc.constantFrom(...COUNTRIES),
      'user_agent.original': fc.constantFrom(PHONE, DESKTOP, BOT),
      'app.version': fc.constantFrom('1.0', '1.1'),
    },
    { requiredKeys: [] },
  );
  /** What a span tells of a visit: a page that was loaded, a screen, or a web vital. */
  const visit = fc.oneof(
    fc.constantFrom(...PAGES).map((url) => ({ name: 'documentLoad', attributes: { 'url.full': url } })),
    fc.constantFrom('Cart', 'Home').map((screen) => ({
      name: 'screen name change',
      attributes: { 'screen.name': screen },
    })),
    fc
      .tuple(fc.constantFrom('LCP', 'INP', 'CLS', 'TTFB'), fc.constantFrom(0, 0.12, 90, 2600))
      .map(([vital, value]) => ({
        name: `web_vital.${vital.toLowerCase()}`,
        attributes: { 'web_vital.name': vital, 'web_vital.value': value },
      })),
  );
  const call = fc.record(
    {
      'gen_ai.operation.name': fc.constant('chat'),
      'gen_ai.request.model': fc.constantFrom(...MODELS),
      'gen_ai.provider.name': fc.constantFrom(...PROVIDERS),
      'gen_ai.usage.input_tokens': fc.constantFrom(1, 5000),
      'gen_ai.usage.cost': fc.constantFrom(...COSTS),
    },
    { requiredKeys: ['gen_ai.operation.name', 'gen_ai.usage.input_tokens'] },
  );
  /** Few starts, so that sessions of one start are common. */
  const starts = fc.integer({ min: 0, max: 6 }).map((n) => BASE_NS + BigInt(n) * 250n * SECOND);
  const spans = fc.array(
    fc
      .record({
        trace: fc.integer({ min: 1, max: 14 }).map((n) => n.toString(16)),
        span: fc.constantFrom('1', '2'),
        parent: fc.constantFrom(undefined, '1', '2'),
        session: fc.constantFrom(undefined, 's1', 's2', 's3', 's4', 's5', 's6'),
        start: starts,
        length: fc.constantFrom(...LENGTHS),
        error: fc.boolean(),
        who,
        call: fc.option(call, { nil: {} }),
        service: fc.constantFrom(undefined, ...SERVICES),
        visit: fc.option(visit, { nil: undefined }),
      })
      .map(({ session, parent, length, who, call, service, visit, ...rest }) => ({
        ...rest,
        ...(visit !== undefined && { name: visit.name }),
        ...(parent === undefined ? {} : { parent }),
        end: rest.start + length,
        resource: service === undefined ? {} : { 'service.name': service },
        attributes: {
          ...(session === undefined ? {} : { 'session.id': session }),
          ...who,
          ...call,
          ...visit?.attributes,
        } as Attributes,
      })),
    { minLength: 1, maxLength: 16 },
  );
  const marks = fc.array(
    fc.record({
      session: fc.constantFrom('s1', 's2', 's3'),
      time: starts,
      event: fc.constantFrom('session.end', 'click', 'exception', 'device.crash'),
    }),
    { maxLength: 3 },
  );
  const states = fc.subarray(['active', 'idle', 'ended', 'timed_out', 'invalidated'] as const);
  const scans = fc
    .record(
      {
        userIds: fc.subarray(['ann', 'bob', 'none'], { minLength: 1 }),
        open: fc.boolean(),
        states,
        startFromNs: starts,
        startToNs: starts,
        lastFromNs: fc.tuple(starts, fc.constantFrom(...LENGTHS)).map(([start, length]) => start + length),
        services: fc.subarray([...SERVICES, 'none']),
        models: fc.subarray(MODELS, { minLength: 1 }),
        providers: fc.subarray(PROVIDERS, { minLength: 1 }),
        deviceTypes: fc.subarray(['mobile', 'desktop', 'bot', 'unknown', 'tv'], { minLength: 1 }),
        bots: fc.boolean(),
        countryCodes: fc.subarray([...COUNTRIES, 'AT'], { minLength: 1 }),
        releases: fc.subarray(['1.0', '1.1', 'none'], { minLength: 1 }),
        pagePrefix: fc.constantFrom('/', '/cart', 'https://shop.example/cart', 'https://a', 'Ca', '/none'),
        errors: fc.boolean(),
        crashes: fc.boolean(),
        implicit: fc.boolean(),
        minSpans: fc.constantFrom(0, 1, 2, 3, 4, 5, 2 ** 31 - 1),
        minTraceSpans: fc.constantFrom(0, 1, 2, 3, 4, 2 ** 31 - 1),
        minDurationNs: fc.oneof(
          fc.constantFrom(...LENGTHS),
          fc.constantFrom(...LENGTHS.map((ns) => ns + 1n), 2n ** 63n, 2n ** 90n),
        ),
        minCostNanoUsd: fc.oneof(
          fc.constantFrom(...COSTS.map((usd) => BigInt(Math.round(usd * 1e9)))),
          fc.constantFrom(1n, 500_000_002n, 2n ** 63n),
        ),
        after: fc.record({ startNs: starts, id: fc.constantFrom('', 's2', 's4', 'z') }),
        direction: fc.constantFrom('older', 'newer'),
        limit: fc.constantFrom(1, 2, 5, 50),
        /** Since the base, when the last sessions have been active, idle, and timed out. */
        now: fc.constantFrom(0n, 400n * SECOND, 1500n * SECOND, 2200n * SECOND, 3n * HOUR),
      },
      { requiredKeys: ['direction', 'limit', 'now'], noNullPrototype: true },
    )
    .map(({ now, states, ...rest }): SessionScan => {
      const nowNs = BASE_NS + now;
      const activeAfterNs = nowNs - BigInt(LIMITS.activeMs) * 1_000_000n;
      if (states === undefined) return { ...rest, nowNs };
      return {
        ...rest,
        nowNs,
        states: states.map((name) =>
          name === 'active' || name === 'idle' ? { name, activeAfterNs } : { name },
        ),
      };
    });

  test('give what filtering all sessions one by one gives, whatever came, moved, changed or vanished', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(spans, marks, fc.constantFrom(undefined, undefined, 's1', 's4')), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.array(scans, { minLength: 1, maxLength: 12 }),
        async (steps, asked) => {
          const p = await bench.project();
          for (const [batch, ends, invalidated] of steps) {
            await p.spans(...batch);
            if (ends.length > 0) {
              await p.logs(
                ...ends.map(({ session, time, event }) => ({
                  time,
                  event,
                  attributes: { 'session.id': session },
                })),
              );
            }
            if (invalidated !== undefined) await p.store.writer.invalidate(p.name, invalidated);
            const every = await p.sessions();
            for (const scan of asked) {
              assert.deepEqual(await p.sessions(scan), scanned(every, scan));
              await assertCounts(p, every, scan);
            }
          }
        },
      ),
      { numRuns: RUNS * 2 },
    );
  });

  /** What is counted over the sessions of a filter is what counting them one by one gives. */
  async function assertCounts(
    p: Project,
    every: readonly StoredSession[],
    { after: _, direction: __, limit, ...filter }: SessionScan,
  ): Promise<void> {
    assert.deepEqual(await p.statistics(filter), counted(every, filter));
    const { startFromNs, startToNs = BASE_NS + 100n * DAY, lastFromNs } = filter;
    if (startFromNs !== undefined && startFromNs > startToNs) return;
    const inTime = fitting(every, { ...filter, startToNs });
    const { unpricedCount, unreportedCount } = counted(inTime, { nowNs: filter.nowNs });
    for (const by of ['cost', 'duration'] as const) {
      const amountOf = ({ genai, startNs, lastNs }: StoredSession): bigint | undefined =>
        by === 'cost' ? genai?.costNanoUsd : lastNs - startNs;
      const greatest = inTime
        .filter((session) => amountOf(session) !== undefined)
        .sort((a, b) => Number(amountOf(b)! - amountOf(a)!) || comparePositions(b, a));
      const found = await p.store.reader.top(p.name, { ...filter, startToNs, by, limit });
      assert.deepEqual(found, {
        sessions: greatest.slice(0, limit).map(listedSession),
        unpricedCount,
        unreportedCount,
      });
    }
    assert.deepEqual(
      await p.store.reader.visits(p.name, { ...filter, startToNs, limit }),
      visitsOf(inTime, limit),
    );
    const { fromNs, points, earlier } = await p.timeline({ ...filter, startToNs });
    const given = [startFromNs, lastFromNs].filter((ns) => ns !== undefined);
    const first = inTime.reduce((ns, { startNs }) => (startNs < ns ? startNs : ns), startToNs);
    const from = given.length === 0 ? (first / HOUR) * HOUR : given.reduce((a, b) => (a > b ? a : b));
    assert.equal(fromNs, from);
    const sums = new Map<bigint, { sessions: number; errors: number; calls: number; cost: bigint }>();
    for (const session of inTime) {
      const { startNs, genai } = session;
      const step = startNs < from ? -1n : startNs / HOUR;
      const { sessions, errors, calls, cost } = sums.get(step) ?? NO_SUM;
      sums.set(step, {
        sessions: sessions + 1,
        errors: errors + (hasErrors(session) ? 1 : 0),
        calls: calls + (genai?.requestCount ?? 0),
        cost: cost + (genai?.costNanoUsd ?? 0n),
      });
    }
    const all = earlier === undefined ? points : new Map([...points, [-1n, earlier]]);
    assert.deepEqual(
      new Map(
        [...all].map(([step, { sessions, sessionsWithErrors, calls, costNanoUsd }]) => [
          step,
          { sessions, errors: sessionsWithErrors, calls, cost: costNanoUsd ?? 0n },
        ]),
      ),
      sums,
    );
  }

  test('find by name, matched whole, and each session once', async () => {
    const p = await bench.project();
    const service = (name: string): Partial<SpanSpec> => ({ resource: { 'service.name': name } });
    /** Of the first two the last character is cut off, for one half of it is no text; the others are told apart beyond a NUL. */
    const odd = [...['😀', '𝄞', '\ufffd'].map((last) => 'x'.repeat(255) + last), 'a', 'a\0b', 'a\0c'];
    await p.spans(
      span('1', '1', 's1', 1, service('web')),
      span('1', '2', 's1', 1, service('api')),
      span('2', '1', 's2', 2, service('Web')),
      span('3', '1', 's3', 3, service('漢字 😀')),
      ...odd.map((name, i) => span('4', String(i + 1), 's4', 4, service(name))),
    );
    assert.deepEqual(await p.ids({ services: ['web'] }), ['s1']);
    assert.deepEqual(await p.ids({ services: ['api'] }), ['s1']);
    assert.deepEqual(await p.ids({ services: ['we'] }), []);
    assert.deepEqual(await p.ids({ services: ['漢字 😀'] }), ['s3']);
    assert.deepEqual(await p.ids({ services: ['web'], errors: false }), ['s1']);
    await p.store.reopen();
    assert.deepEqual(await p.ids({ services: ['web'] }), ['s1']);
    await p.store.crash();
    assert.deepEqual(await p.ids({ services: ['web'] }), ['s1']);
    assert.deepEqual(
      (await p.session('s4'))?.services.map((name) => name.length),
      [1, 3, 3, 255, 256],
    );
    assert.deepEqual(await p.ids({ services: ['a'] }), ['s4']);
    assert.deepEqual(await p.ids({ services: ['a\ufffdb'] }), ['s4']);
    await p.spans(span('4', '9', 's4', 0));
    assert.deepEqual(await p.ids({ startToNs: at(0) }), ['s4']);
  });

  test('follow a session that changes, moves in time, and vanishes', async () => {
    const p = await bench.project();
    await p.spans(
      span('a', '2', undefined, 5, { parent: '1', error: true, resource: { 'service.name': 'web' } }),
    );
    const implicit = traceId('a');
    assert.deepEqual(await p.ids({ errors: true }), [implicit]);
    await p.spans(span('a', '1', 's', 4, { end: at(400), resource: { 'service.name': 'api' } }));
    assert.deepEqual(await p.ids({ errors: true, services: ['web'] }), ['s']);
    assert.deepEqual(await p.ids({ minDurationNs: 396n * SECOND }), ['s']);
    assert.deepEqual(await p.ids({ minDurationNs: 396n * SECOND + 1n }), []);
    await p.spans(span('b', '1', 's', 1));
    assert.deepEqual(await p.ids({ services: ['api'], startToNs: at(1) }), ['s']);
    assert.deepEqual(await p.ids({ services: ['api'], startFromNs: at(1) + 1n }), []);
    // A longer, later version of the span without the error.
    await p.spans({ ...span('a', '2', undefined, 5, { parent: '1' }), end: at(9) });
    assert.deepEqual(await p.ids({ errors: true }), []);
    assert.deepEqual(await p.ids({ services: ['web'] }), []);
    assert.deepEqual(await p.ids({ errors: false }), ['s']);
  });
}

function states(bench: Bench): void {
  /** Whether a session is in the open list, after checking that everything agrees about it. */
  async function open(p: Project, id: string, nowNs: bigint): Promise<boolean> {
    const opens = (await p.ids({ open: true, nowNs })).includes(id);
    const closed = (await p.ids({ open: false, nowNs })).includes(id);
    assert.equal(closed, !opens, 'a session is in one of the two lists');
    const session = await p.session(id);
    assert.equal(isOpen(stateOf(session!, nowNs, LIMITS)), opens, 'its fields say the same');
    const { startNs } = session!;
    const { openSessions } = await p.statistics({ startFromNs: startNs, startToNs: startNs, nowNs });
    assert.equal(openSessions, opens ? 1 : 0, 'statistics say the same');
    return opens;
  }

  test('a session is open until its time-out has passed to the nanosecond, though nobody swept', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0, { end: at(7) }));
    assert.equal(await open(p, 's', at(0)), true);
    assert.equal(await open(p, 's', at(7) + TIMEOUT_NS - 1n), true);
    assert.equal(await open(p, 's', at(7) + TIMEOUT_NS), false);
    assert.equal(await open(p, 's', at(7) + 900n * DAY), false);
    await p.store.reopen();
    assert.equal(await open(p, 's', at(7) + TIMEOUT_NS - 1n), true);
    assert.equal(await open(p, 's', at(7) + TIMEOUT_NS), false);
  });

  test('a session of long ago is judged by the time of the request as well', async () => {
    const p = await bench.project();
    const start = 1_000_000_000n * SECOND;
    await p.spans({ ...span('1', '1', 's', 0), start, end: start });
    assert.equal(await open(p, 's', BASE_NS), false);
    assert.equal(await open(p, 's', start + TIMEOUT_NS), false);
    assert.equal(await open(p, 's', start + TIMEOUT_NS - 1n), true);
  });

  test('session.end closes a session until there is later activity', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0));
    await p.logs(log('s', 5, { event: 'session.end' }));
    assert.equal((await p.session('s'))?.endMarkNs, at(5));
    assert.equal(await open(p, 's', at(6)), false);
    await p.spans({ ...span('1', '2', 's', 3), end: at(5) });
    assert.equal(await open(p, 's', at(6)), false);
    await p.spans({ ...span('1', '3', 's', 4.9), end: at(40) });
    assert.equal(await open(p, 's', at(41)), false, 'what was in flight does not open it');
    await p.spans(span('1', '4', 's', 15));
    assert.equal(await open(p, 's', at(41)), false, 'nor what begins within ten seconds');
    await p.spans({ ...span('1', '5', 's', 15), start: at(15) + 1n });
    assert.equal(await open(p, 's', at(41)), true, 'what begins later does');
    await p.logs(log('s', 50, { event: 'session.end' }));
    assert.equal(await open(p, 's', at(51)), false);
  });

  test('marks without a session id are of the session of their span, also when they came first', async () => {
    const [end, start] = [
      { trace: '1', span: '1', time: at(5), event: 'session.end' },
      {
        trace: '1',
        span: '1',
        time: at(5),
        event: 'session.start',
        attributes: { 'session.previous_id': 'old' },
      },
    ];
    for (const markFirst of [false, true]) {
      const p = await bench.project();
      await p.spans(span('2', '1', 'old', 0));
      if (markFirst) await p.logs(end, start);
      await p.spans(span('1', '1', 's', 0));
      if (!markFirst) await p.logs(end, start);
      assert.equal((await p.session('s'))?.endMarkNs, at(5));
      assert.equal((await p.session('s'))?.previousId, 'old');
      assert.equal((await p.session('old'))?.endMarkNs, at(5));
      assert.equal(await open(p, 's', at(6)), false);
      assert.equal(await open(p, 'old', at(6)), false);
    }
  });

  test('the session.start of a successor ends a session, also when it came first', async () => {
    const start = log('next', 8, { event: 'session.start', attributes: { 'session.previous_id': 's' } });
    const answers: unknown[] = [];
    for (const markFirst of [false, true]) {
      const p = await bench.project();
      if (markFirst) await p.logs(start);
      await p.spans(span('1', '1', 's', 0));
      if (!markFirst) {
        assert.equal(await open(p, 's', at(9)), true);
        await p.logs(start);
      }
      assert.equal(await open(p, 's', at(9)), false);
      assert.equal(await open(p, 'next', at(9)), true);
      assert.equal((await p.session('next'))?.previousId, 's');
      answers.push(await p.everything());
    }
    assert.deepEqual(answers[0], answers[1]);
  });

  test('an end that arrives before all else of its session closes it', async () => {
    const p = await bench.project();
    await p.logs(log('s', 5, { event: 'session.end' }));
    assert.equal(await open(p, 's', at(6)), false);
    await p.spans(span('a', '1', 's', 0));
    assert.equal(await open(p, 's', at(6)), false);
    assert.equal((await p.session('s'))?.startNs, at(0));
    await p.spans(span('a', '2', 's', 17));
    assert.equal(await open(p, 's', at(18)), true);
  });

  test('the latest of several ends counts, in any order', async () => {
    const p = await bench.project();
    const ends = [7, 9, 8].map((time) => log('s', time, { event: 'session.end' }));
    for (const end of ends) await p.logs(end);
    assert.equal((await p.session('s'))?.endMarkNs, at(9));
    assert.equal(await open(p, 's', at(10)), false);
  });

  test('an invalidated session stays closed and is told apart', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0), span('2', '1', 'other', 0.5));
    assert.equal(await p.store.writer.invalidate(p.name, 'nobody'), false);
    assert.equal(await p.store.writer.invalidate(p.name, 's'), true);
    assert.equal(await p.store.writer.invalidate(p.name, 's'), true);
    assert.equal((await p.session('s'))?.invalidated, true);
    assert.equal(await open(p, 's', at(1)), false);
    assert.equal(await open(p, 'other', at(1)), true);
    await p.spans(span('1', '2', 's', 100));
    assert.equal(await open(p, 's', at(101)), false);
    await p.store.crash();
    assert.equal((await p.session('s'))?.invalidated, true);
    assert.equal((await p.session('s'))?.spanCount, 2);
    assert.deepEqual(await p.ids({ open: true }), ['other']);
    assert.equal((await p.statistics()).totalSessions, 2);
  });
}

function traces(bench: Bench): void {
  test('of a session are paged both ways, earliest first, ties by trace id', async () => {
    const p = await bench.project();
    await p.spans(
      span('c', '1', 's', 5),
      span('b', '1', 's', 5),
      span('f', '1', 's', 1),
      span('a', '1', 's', 9),
      span('a', '2', 's', 3),
      span('d', '1', 'other', 1),
    );
    const all = await p.traces('s');
    const expected = [
      { startNs: at(1), traceId: traceId('f') },
      { startNs: at(3), traceId: traceId('a') },
      { startNs: at(5), traceId: traceId('b') },
      { startNs: at(5), traceId: traceId('c') },
    ];
    assert.deepEqual(
      all.map(({ position }) => position),
      expected,
    );
    for (const limit of [1, 2, 3]) {
      for (const direction of ['forward', 'backward'] as const) {
        const seen: unknown[] = [];
        let after: TraceScan['after'];
        for (;;) {
          const page = await p.traces('s', { direction, limit, ...(after === undefined ? {} : { after }) });
          if (page.length === 0) break;
          const positions = page.map(({ position }) => position);
          if (direction === 'forward') seen.push(...positions);
          else seen.unshift(...positions);
          after = direction === 'forward' ? positions.at(-1)! : positions[0]!;
        }
        assert.deepEqual(seen, expected);
      }
    }
    assert.deepEqual(await p.traces('nobody'), []);

    const sizes = all.map(({ otlp }) => otlp.length);
    /** At least two, to know that there is more; then no further than the one that spends the budget. */
    const within = (maxBytes: number, nearestFirst: readonly number[]): number => {
      let bytes = 0;
      const last = nearestFirst.findIndex((size, i) => {
        bytes += size;
        return i > 0 && bytes > maxBytes;
      });
      return last === -1 ? nearestFirst.length : last + 1;
    };
    for (const maxBytes of [0, sizes[0]!, sizes[0]! + sizes[1]! - 1, sizes[0]! + sizes[1]!, sum(sizes)]) {
      const forward = within(maxBytes, sizes);
      assert.deepEqual(await p.traces('s', { maxBytes }), all.slice(0, forward));
      const backward = within(maxBytes, sizes.toReversed());
      assert.deepEqual(await p.traces('s', { maxBytes, direction: 'backward' }), all.slice(-backward));
    }
    assert.deepEqual(await p.traces('s', { maxBytes: 0, limit: 1 }), all.slice(0, 1));
  });

  test('that are split over two sessions show each its own spans, and by id all of them', async () => {
    const p = await bench.project();
    await p.spans(
      span('a', '1', 's1', 0),
      span('a', '2', undefined, 1, { parent: '1' }),
      span('a', '3', 's2', 2, { parent: '2' }),
      span('a', '4', undefined, 3, { parent: '3' }),
      span('b', '1', 's2', 9),
    );
    const spans = async (id: string) =>
      (await p.traces(id)).map((trace) => [trace.position.startNs, p.spansOf(trace).map(({ span }) => span)]);
    assert.deepEqual(await spans('s1'), [[at(0), ['1', '2']]]);
    assert.deepEqual(await spans('s2'), [
      [at(2), ['3', '4']],
      [at(9), ['1']],
    ]);
    assert.deepEqual((await p.session('s1'))?.traceCount, 1);
    assert.deepEqual((await p.session('s2'))?.traceCount, 2);
    const whole = await p.trace('a');
    assert.deepEqual(
      p.spansOf(whole).map(({ span }) => span),
      ['1', '2', '3', '4'],
    );
    assert.equal(whole?.position.startNs, at(0));
    assert.equal(await p.trace('dead'), undefined);
  });

  test('are gathered over many appends, with the winning version of each span', async () => {
    const p = await bench.project();
    for (let i = 1; i <= 30; i++) {
      await p.spans({ ...span('a', `${i}`, 's', i) }, { ...span('a', '1', 's', 1), end: at(100 + (i % 10)) });
    }
    const spans = p.spansOf((await p.traces('s'))[0]);
    assert.equal(spans.length, 30);
    assert.equal(spans.find(({ span }) => span === '1')?.endNs, at(109));
  });

  test('a session of log records alone has none', async () => {
    const p = await bench.project();
    await p.logs(log('s', 1), log('s', 200), { trace: 'a', time: at(3), attributes: { 'session.id': 's' } });
    const session = await p.session('s');
    assert.equal(session?.traceCount, 0);
    assert.equal(session.spanCount, 0);
    assert.equal(session.startNs, at(1));
    assert.equal(session.lastNs, at(200));
    assert.deepEqual(await p.traces('s'), []);
    assert.equal(await p.trace('a'), undefined);
    assert.equal((await p.statistics()).bounces, 1);
  });
}

function groups(bench: Bench): void {
  const read = (p: Project, more: Partial<GroupScan> = {}) =>
    p.store.reader.groups(p.name, 's', { limit: 100, ...more });
  const versions = (p: Project, known: KnownGroups) => p.store.reader.groupVersions(p.name, 's', known);

  test('are traces and minutes of log records, by time, and are read again by their keys', async () => {
    const p = await bench.project();
    await p.spans(span('b', '1', 's', 5), span('a', '1', 's', 70), span('c', '1', 'other', 1));
    await p.logs(log('s', 3), log('s', 200));
    const all = await read(p);
    assert.deepEqual(
      all.map(({ position }) => position.startNs),
      [at(3), at(5), at(70), at(200)],
    );
    assert.deepEqual(await read(p, { after: all[1]!.position }), all.slice(2));
    const [first, last] = [all[0]!, all[3]!];
    const elsewhere = { startNs: at(1), key: traceId('c') };
    const at_ = await p.store.reader.groupsAt(p.name, 's', [last.position, elsewhere, first.position]);
    assert.deepEqual(at_, [last, first]);
  });

  test('end where they have so many bytes, behind the one that goes beyond', async () => {
    const p = await bench.project();
    await p.spans(...['a', 'b', 'c', 'd'].map((trace, index) => span(trace, '1', 's', index)));
    const [first] = await read(p);
    const bytes = first!.spans.length;
    assert.equal((await read(p, { maxBytes: 1 })).length, 1);
    assert.equal((await read(p, { maxBytes: bytes + 1 })).length, 2);
  });

  test('tell of an exception on its page without query, fragment, user name and password', async () => {
    const p = await bench.project();
    const url = 'https://bob:secret@shop.example/cart?tok=1#x';
    const attributes = { 'exception.message': 'boom', 'exception.stacktrace': 'RangeError: boom\n  at pay' };
    await p.logs(log('s', 1, { attributes: { ...attributes, 'page.url.full': url } }));
    const found = await p.store.reader.exceptions(p.name, 's', { limit: 10 });
    assert.deepEqual(
      found?.exceptions.map(({ type, page }) => [type, page]),
      [['RangeError', 'https://shop.example/cart']],
    );
  });

  test('tell of pages and web vitals, where they lie in time, and of exceptions', async () => {
    const p = await bench.project();
    const url = 'https://shop.example/cart';
    await p.spans(
      { ...span('a', '1', 's', 0, { attributes: { 'url.full': `${url}?id=1` } }), name: 'documentLoad' },
      { ...span('a', '2', 's', 5), parent: '1' },
      { ...span('b', '1', 'other', 0, { attributes: { 'url.full': url } }), name: 'documentLoad' },
      span('b', '2', 's', 20, { attributes: { 'exception.type': 'TypeError', 'exception.message': 'no' } }),
    );
    await p.logs({
      ...{ time: at(60), event: 'browser.web_vital' },
      attributes: { 'session.id': 's', 'browser.web_vital.name': 'lcp', 'browser.web_vital.value': 900 },
    });
    const groups = await read(p);
    const pageGroups = await p.store.reader.pageGroups(p.name, 's', { limit: 100 });
    assert.deepEqual(
      pageGroups.map(({ position, version }) => ({ position, version })),
      groups.map(({ position, version }) => ({ position, version })),
    );
    assert.deepEqual(
      pageGroups.map(({ firstNs, lastNs, recordCount }) => [firstNs, lastNs, recordCount]),
      [
        [at(0), at(6), 2],
        [at(20), at(21), 1],
        [at(60), at(60), 1],
      ],
    );
    const [page] = pageGroups.flatMap(({ pages }) => pages);
    assert.deepEqual([page?.record.traceId, page?.timeNs, page?.page.url], [traceId('a'), at(0), url]);
    const facts = pageGroups.map(({ vitals }) => vitals?.facts?.map(({ visit }) => visit?.vitals));
    assert.deepEqual(facts, [undefined, undefined, [[{ name: 'lcp', value: 900 }]]]);
    assert.deepEqual(
      groups.map((group) =>
        group.facts?.map(({ visit, exceptions }) => [visit?.page?.url, exceptions?.length]),
      ),
      [[[url, undefined]], [[undefined, 1]], [[undefined, undefined]]],
    );
    const after = { limit: 100, after: pageGroups[0]!.position };
    assert.deepEqual(await p.store.reader.pageGroups(p.name, 's', after), pageGroups.slice(1));
    assert.equal((await p.store.reader.session(p.name, 's'))?.pageSources?.get('load'), 'documentLoad');
    assert.deepEqual(await p.store.reader.pageGroups(p.name, 'none', { limit: 1 }), []);
  });

  test('have another version when anything of them changes, and only then', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's', 0), span('b', '1', 's', 10));
    const before = await read(p);
    const known = await versions(p, { count: 100 });
    assert.equal(known.versions, before.map(({ version }) => `${version}\n`).join(''));
    assert.equal((await versions(p, { count: 100, stamp: known.stamp })).versions, undefined);
    const lines = (text: string | undefined): string[] => text!.split('\n').slice(0, -1);
    assert.deepEqual(lines((await versions(p, { count: 1 })).versions), lines(known.versions).slice(0, 1));

    await p.spans(span('c', '1', 's', 20));
    const appended = await versions(p, { count: 100, stamp: known.stamp });
    assert.deepEqual(lines(appended.versions).slice(0, 2), lines(known.versions));
    assert.equal(lines(appended.versions).length, 3);

    // Its counts stay as they are.
    await p.spans({ ...span('a', '1', 's', 0), attributes: { 'session.id': 's', more: 'x' } });
    const changed = await versions(p, { count: 100, stamp: appended.stamp });
    assert.notEqual(lines(changed.versions)[0], lines(known.versions)[0]);
    assert.deepEqual(lines(changed.versions).slice(1), lines(appended.versions).slice(1));
    assert.equal((await versions(p, { count: 100 })).versions, changed.versions);
    assert.equal((await p.store.reader.groupVersions(p.name, 'none', { count: 9 })).versions, '');
  });
}

function events(bench: Bench): void {
  const told = (found: readonly StoredEvent[]) =>
    found.map((each) => (each.kind === 'log' ? each.log.body : each.event.name));

  test('are the log records of a session by time, whatever groups they are in, each once', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's', 0), span('b', '1', 'other', 0));
    await p.logs(
      log('s', 300, { body: 'last' }),
      log('s', 90, { trace: 'a', body: 'in trace, late' }),
      log('s', 2, { trace: 'a', body: 'in trace' }),
      { trace: 'a', span: '1', time: at(1), body: 'of the session of its span' },
      { trace: 'b', span: '1', time: at(1), body: 'elsewhere' },
      log('s', 3, { body: 'without trace' }),
      log('s', 3, { body: 'without trace' }),
    );
    await p.logs(log('s', 300, { body: 'last' }));
    const expected = ['of the session of its span', 'in trace', 'without trace', 'in trace, late', 'last'];
    assert.deepEqual(told(await p.events('s')), expected);
    for (const limit of [1, 2, 3]) {
      assert.deepEqual(told(await p.events('s', { limit })), expected);
      assert.deepEqual(told(await p.events('s', { limit, direction: 'backward' })), expected);
    }
    for (const direction of ['forward', 'backward'] as const) {
      const inTrace = { traceId: traceId('a'), limit: 2, direction };
      assert.deepEqual(told(await p.events('s', inTrace)), [expected[0], expected[1], expected[3]]);
      assert.deepEqual(told(await p.events('s', { ...inTrace, traceId: traceId('b') })), []);
    }
    const [first] = await p.events('s', { limit: 1 });
    assert.equal(first?.kind === 'log' && first.log.trace_id, traceId('a'));
    assert.equal(await p.store.reader.events(p.name, 'none', { direction: 'forward', limit: 1 }), undefined);
  });

  test('have span events among them on request, each within its span', async () => {
    const p = await bench.project();
    const events = [
      { name: 'no clock', time: 0n },
      { name: 'exception', time: at(10.5) },
      { name: 'too late', time: at(500) },
      { name: 'same time', time: at(10.5) },
    ];
    await p.spans(span('a', '1', 's', 10, { events }), span('a', '2', 'other', 10, { events }));
    await p.logs(log('s', 10.5, { body: 'log' }), log('s', 12, { body: 'after the span' }));
    const all = await p.events('s', { spanEvents: true });
    assert.deepEqual(told(all), ['no clock', 'exception', 'same time', 'log', 'too late', 'after the span']);
    assert.equal(all[4]?.position.timeNs, at(11));
    assert.deepEqual(
      told(await p.events('s', { spanEvents: true, limit: 1, direction: 'backward' })),
      told(all),
    );
    assert.deepEqual(told(await p.events('s')), ['log', 'after the span']);
    assert.deepEqual(told(await p.events('s', { spanEvents: true, minSeverity: 17 })), ['exception']);
    assert.deepEqual(told(await p.events('s', { spanEvents: true, names: ['too late', 'none'] })), [
      'too late',
    ]);
  });

  test('are filtered by name, from field or attribute, and by severity, from number or text', async () => {
    const p = await bench.project();
    await p.logs(
      log('s', 1, { body: 'a', event: 'click', severity: 9 }),
      log('s', 2, { body: 'b', attributes: { 'event.name': 'click' }, severityText: 'warning' }),
      log('s', 3, { body: 'c', event: 'load', attributes: { 'event.name': 'click' }, severity: 17 }),
      log('s', 4, { body: 'd' }),
    );
    assert.deepEqual(told(await p.events('s', { names: ['click'] })), ['a', 'b']);
    assert.deepEqual(told(await p.events('s', { names: ['click', 'load'] })), ['a', 'b', 'c']);
    assert.deepEqual(told(await p.events('s', { names: [] })), []);
    assert.deepEqual(told(await p.events('s', { minSeverity: 13 })), ['b', 'c']);
    assert.deepEqual(told(await p.events('s', { names: ['click'], minSeverity: 13 })), ['b']);
  });

  test('S70: are of severity ERROR where they tell of an exception and of no severity', async () => {
    const p = await bench.project();
    const thrown = { 'exception.type': 'TypeError', 'exception.message': 'boom' };
    await p.logs(
      log('s', 1, { body: 'as Faro', attributes: thrown }),
      log('s', 2, { body: 'in words', severityText: 'info', attributes: thrown }),
      log('s', 3, { body: 'warned', severity: 13, attributes: thrown }),
      log('s', 4, { body: 'crashed', event: 'device.crash' }),
      log('s', 5, { body: 'none' }),
    );
    assert.deepEqual(told(await p.events('s', { minSeverity: 17 })), ['as Faro', 'crashed']);
    assert.deepEqual(told(await p.events('s', { minSeverity: 13 })), ['as Faro', 'warned', 'crashed']);
    assert.deepEqual(told(await p.events('s', { minSeverity: 18 })), []);
  });

  test('do not have the data points of metrics, nor recordings of the screen', async () => {
    const p = await bench.project();
    await p.logs(
      log('s', 1, { body: 'metric', attributes: { 'sojourn.metric.value': 3 } }),
      log('s', 1, {
        body: '{"type":3,"data":{},"timestamp":1795986284461}',
        attributes: { 'rr-web.offset': 1, 'rr-web.event': 1, 'rr-web.chunk': 1, 'rr-web.total-chunks': 1 },
        scope: 'rum.rr-web',
      }),
      log('s', 2, { body: 'log' }),
    );
    assert.deepEqual(told(await p.events('s')), ['log']);
  });

  test('of a page end where they have so many bytes', async () => {
    const p = await bench.project();
    await p.logs(...[1, 2, 3].map((time) => log('s', time, { body: 'x'.repeat(100) })));
    const page = (maxBytes: number) =>
      p.store.reader.events(p.name, 's', { direction: 'forward', limit: 100, maxBytes });
    assert.equal((await page(1))?.events.length, 2);
    assert.equal((await page(1000))?.events.length, 3);
  });

  test('are each there once, in order, both ways and with every filter, whatever came and in which order', async () => {
    const [traces, sessions] = [
      ['a', 'b', 'c'],
      ['s0', 's1'],
    ];
    const time = fc.oneof(
      fc.integer({ min: 0, max: 400_000 }).map((ms) => BASE_NS + BigInt(ms) * 1_000_000n),
      fc.integer({ min: 0, max: 3 }).map((minutes) => BASE_NS + BigInt(minutes) * 60n * SECOND),
      fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
    );
    const name = fc.constantFrom('click', 'load', 'exception');
    const anySpan = fc.record({
      kind: fc.constant('span' as const),
      trace: fc.constantFrom(...traces!),
      span: fc.constantFrom('1', '2'),
      start: time,
      length: fc.oneof(fc.bigInt({ min: 0n, max: 5n * SECOND }), fc.bigInt({ min: 0n, max: 100n * SECOND })),
      events: fc.array(fc.record({ name, time }), { maxLength: 3 }),
    });
    const anyLog = fc.record({
      kind: fc.constant('log' as const),
      trace: fc.option(fc.constantFrom(...traces!), { nil: undefined }),
      session: fc.option(fc.constantFrom(...sessions!), { nil: undefined }),
      time,
      event: name,
      severity: fc.constantFrom(0, 9, 17),
    });
    const filters: Partial<EventScan>[] = [
      {},
      { spanEvents: true },
      { names: ['click', 'exception'], spanEvents: true },
      { minSeverity: 17, spanEvents: true },
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(anySpan, anyLog), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (records, limit, batches) => {
          const p = await bench.project();
          // The first span of each id, so that there is one version; the spans of a trace say what session it has.
          const spans = new Map<string, SpanSpec>();
          const logs: LogSpec[] = [];
          const sessionOf = (trace: string) => (trace === 'c' ? undefined : `s${traces!.indexOf(trace)}`);
          for (const record of records) {
            if (record.kind === 'span') {
              const { trace, span: id, start, length, events } = record;
              const session = sessionOf(trace);
              const end = start + length < 2n ** 63n ? start + length : start;
              const attributes: Attributes = session === undefined ? {} : { 'session.id': session };
              const key = `${trace} ${id}`;
              if (!spans.has(key)) spans.set(key, { trace, span: id, start, end, events, attributes });
            } else {
              const { trace, time, event, severity } = record;
              const session = record.session ?? (trace === undefined ? 's0' : undefined);
              logs.push({
                ...(trace !== undefined && { trace }),
                time,
                event,
                severity,
                attributes: session === undefined ? {} : { 'session.id': session },
              });
            }
          }
          for (let batch = 0; batch < batches; batch++) {
            const part = <T>(all: readonly T[]) => all.filter((_, index) => index % batches === batch);
            if (batch % 2 === 0) await p.logs(...part(logs));
            await p.spans(...part([...spans.values()]));
            if (batch % 2 === 1) await p.logs(...part(logs));
          }
          const expected = new Map<
            string,
            { timeNs: bigint; name: string; severity: number; isLog: boolean }[]
          >();
          const expect = (
            session: string,
            event: { timeNs: bigint; name: string; severity: number; isLog: boolean },
          ) => expected.set(session, [...(expected.get(session) ?? []), event]);
          const traceSession = (trace: string) =>
            [...spans.values()].some((each) => each.trace === trace)
              ? (sessionOf(trace) ?? traceId(trace))
              : traceId(trace);
          const distinct = new Map(
            logs.map((each) => [
              [each.trace, each.time, each.event, each.severity, each.attributes!['session.id']].join(),
              each,
            ]),
          );
          for (const { trace, time: timeNs, event, severity, attributes } of distinct.values()) {
            const own = attributes!['session.id'] as string | undefined;
            const said = severity! || (event === 'exception' ? 17 : 0);
            expect(own ?? traceSession(trace!), { timeNs, name: event!, severity: said, isLog: true });
          }
          for (const { trace, start, end, events = [] } of spans.values()) {
            for (const { name, time } of events) {
              const timeNs = time < start ? start : time > end ? end : time;
              const severity = name === 'exception' ? 17 : 0;
              expect(traceSession(trace), { timeNs, name, severity, isLog: false });
            }
          }
          for (const [session, events] of expected) {
            for (const filter of filters) {
              const { names, minSeverity = 0, spanEvents = false } = filter;
              const wanted = events
                .filter(
                  (each) =>
                    (each.isLog || spanEvents) &&
                    (names?.includes(each.name) ?? true) &&
                    each.severity >= minSeverity,
                )
                .map(({ timeNs, name, isLog }) => `${String(timeNs).padStart(20, '0')} ${name} ${isLog}`)
                .sort();
              const forward = await p.events(session, { ...filter, limit });
              const backward = await p.events(session, { ...filter, limit, direction: 'backward' });
              assert.deepEqual(backward, forward);
              const keys = forward.map(
                ({ position: { timeNs, id } }) => `${String(timeNs).padStart(20, '0')} ${id}`,
              );
              assert.deepEqual(keys, [...new Set(keys)].sort());
              const found = forward.map((each) => {
                const name = each.kind === 'log' ? each.log.event_name : each.event.name;
                return `${String(each.position.timeNs).padStart(20, '0')} ${name} ${each.kind === 'log'}`;
              });
              assert.deepEqual(found.sort(), wanted);
            }
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
}

function outlines(bench: Bench): void {
  test('have every trace of the session whole, and say which spans are in another session', async () => {
    const p = await bench.project();
    await p.spans(
      span('b', '1', 's1', 0, { name: 'root', end: at(9), resource: { 'service.name': 'web' } }),
      span('b', '3', 's2', 2, { parent: '2', error: true }),
      span('b', '2', undefined, 2, { parent: '1', name: 'child' }),
      span('a', '1', 's1', 5),
      span('c', '1', 's2', 1),
    );
    await p.logs({ trace: 'd', time: at(3), attributes: { 'session.id': 's1' } });
    const outline = await p.store.reader.outline(p.name, 's1', 100);
    const spanId = (short: string) => short.padStart(16, '0');
    assert.deepEqual(outline, {
      traces: [
        {
          traceId: traceId('b'),
          startNs: at(0),
          endNs: at(9),
          spans: [
            {
              spanId: spanId('1'),
              name: 'root',
              kind: 1,
              startNs: at(0),
              endNs: at(9),
              statusCode: 0,
              service: 'web',
            },
            {
              spanId: spanId('2'),
              parentId: spanId('1'),
              name: 'child',
              kind: 1,
              startNs: at(2),
              endNs: at(3),
              statusCode: 0,
            },
            {
              spanId: spanId('3'),
              parentId: spanId('2'),
              name: 'work',
              kind: 1,
              startNs: at(2),
              endNs: at(3),
              statusCode: 2,
              sessionId: 's2',
            },
          ],
        },
        {
          traceId: traceId('a'),
          startNs: at(5),
          endNs: at(6),
          spans: [
            { spanId: spanId('1'), name: 'work', kind: 1, startNs: at(5), endNs: at(6), statusCode: 0 },
          ],
        },
      ],
      truncated: false,
    });
    assert.equal(await p.store.reader.outline(p.name, 'nobody', 100), undefined);
  });

  test('end where there are too many spans, in the middle of a trace', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's', 0), span('a', '2', 's', 1, { end: at(90) }), span('b', '1', 's', 5));
    const outline = async (maxSpans: number) => {
      const { traces, truncated } = (await p.store.reader.outline(p.name, 's', maxSpans))!;
      return { spans: traces.map(({ spans }) => spans.length), truncated };
    };
    assert.deepEqual(await outline(3), { spans: [2, 1], truncated: false });
    assert.deepEqual(await outline(2), { spans: [2], truncated: true });
    assert.deepEqual(await outline(1), { spans: [1], truncated: true });
    const [cut] = (await p.store.reader.outline(p.name, 's', 1))!.traces;
    assert.equal(cut?.endNs, at(90));
    await p.logs(log('logs alone', 1));
    assert.deepEqual(await p.store.reader.outline(p.name, 'logs alone', 9), { traces: [], truncated: false });
  });

  test('one span is read by its ids, its winning version alone', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's', 0), span('a', '2', 's', 1), { ...span('a', '2', 's', 1), end: at(50) });
    const read = async (trace: string, id: string) => {
      const otlp = await p.store.reader.span(p.name, traceId(trace), id.padStart(16, '0'));
      return otlp && p.spansOf({ position: { startNs: 0n, traceId: '' }, otlp });
    };
    assert.deepEqual(await read('a', '2'), [{ span: '2', endNs: at(50) }]);
    assert.equal(await read('a', '3'), undefined);
    assert.equal(await read('b', '1'), undefined);
  });
}

function timelines(bench: Bench): void {
  const MINUTE = 60n * SECOND;
  const edges = fc
    .record({
      // A time more than a day ahead is not believed.
      day: fc.integer({ min: -4, max: 0 }),
      minutes: fc.constantFrom(0, 1, 59, 60, 61, 1438),
      ns: fc.constantFrom(-1n, 0n, 1n, 1_500_000_000n),
    })
    .map(({ day, minutes, ns }) => BASE_NS + BigInt(day) * DAY + BigInt(minutes) * MINUTE + ns);
  const call = fc.record(
    {
      'gen_ai.operation.name': fc.constant('chat'),
      'gen_ai.request.model': fc.constantFrom('gpt-4o', 'local-llama', 'mine'),
      'gen_ai.usage.input_tokens': fc.constantFrom(0, 7, 2 ** 32),
      'gen_ai.usage.output_tokens': fc.constantFrom(0, 3),
      'gen_ai.usage.cost': fc.constantFrom(0, 0.25, 999_999.999999999),
      'gen_ai.response.id': fc.constantFrom('r1', 'r2'),
    },
    { requiredKeys: ['gen_ai.operation.name'] },
  );
  const spans = fc.array(
    fc
      .record({
        trace: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        span: fc.constantFrom('1', '2', '3'),
        parent: fc.constantFrom(undefined, '1', '2'),
        session: fc.constantFrom(undefined, undefined, 's1', 's2', 's3'),
        start: edges,
        length: fc.constantFrom(1n, MINUTE, 25n * HOUR),
        error: fc.boolean(),
        call: fc.option(call, { nil: {} }),
      })
      .map(({ session, parent, call, length, ...rest }) => ({
        ...rest,
        ...(parent === undefined ? {} : { parent }),
        end: rest.start + length,
        attributes: { ...(session === undefined ? {} : { 'session.id': session }), ...call } as Attributes,
      })),
    { minLength: 1, maxLength: 10 },
  );
  const scans = fc.record({
    from: fc.option(edges, { nil: undefined }),
    activeFrom: fc.option(edges, { nil: undefined }),
    to: edges,
    stepNs: fc.constantFrom(MINUTE, 5n * MINUTE, HOUR, 6n * HOUR, DAY, 7n * DAY),
  });

  test('are what adding up the sessions one by one gives, whatever came, moved, changed or vanished', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(spans, { minLength: 1, maxLength: 4 }),
        fc.array(scans, { minLength: 1, maxLength: 8 }),
        async (batches, asked) => {
          const p = await bench.project();
          for (const batch of batches) {
            await p.spans(...batch);
            const every = await p.sessions();
            const calls = new Map<string, StoredCarrier[]>();
            for (const { id } of every) {
              const scan = { direction: 'forward', limit: 1000 } as const;
              const { records } = (await p.store.reader.usage(p.name, id, scan))!;
              calls.set(
                id,
                records.flatMap((record) =>
                  record.usage !== undefined && record.reason === undefined ? [record] : [],
                ),
              );
            }
            for (const { from, activeFrom, to, stepNs } of asked) {
              if (from !== undefined && from > to) continue;
              const scan: TimelineScan = {
                ...(from === undefined ? {} : { startFromNs: from }),
                ...(activeFrom === undefined ? {} : { lastFromNs: activeFrom }),
                startToNs: to,
                nowNs: BASE_NS,
                stepFor: () => stepNs,
              };
              assert.deepEqual(sorted(await p.timeline(scan)), sorted(addedUp(every, calls, scan)));
            }
          }
        },
      ),
      { numRuns: RUNS * 2 },
    );
  });

  /** The timeline by its definition. */
  function addedUp(
    every: readonly StoredSession[],
    calls: ReadonlyMap<string, readonly StoredCarrier[]>,
    scan: TimelineScan,
  ): StoredTimeline {
    const { startFromNs, startToNs, lastFromNs, stepFor } = scan;
    const inTime = every.filter((session) => inRange(session, scan));
    const first = inTime.map(({ startNs }) => startNs).sort((a, b) => (a < b ? -1 : 1))[0] ?? startToNs;
    const given = [startFromNs, lastFromNs].filter((ns) => ns !== undefined);
    const from = given.length === 0 ? undefined : given.reduce((a, b) => (a > b ? a : b));
    const stepNs = stepFor(from ?? first);
    const points = new Map<bigint, TimelineSum>();
    const models = new Map<string, TimelineSum>();
    let earlier: TimelineSum | undefined;
    for (const session of inTime) {
      const { id, startNs } = session;
      const add = (numbers: TimelineSum): void => {
        if (from !== undefined && startNs < from) earlier = plus(earlier, numbers);
        else points.set(startNs / stepNs, plus(points.get(startNs / stepNs), numbers));
      };
      add({ ...NO_TIMELINE_SUM, sessions: 1, sessionsWithErrors: hasErrors(session) ? 1 : 0 });
      for (const { usage } of calls.get(id)!) {
        const used: TimelineSum = {
          ...NO_TIMELINE_SUM,
          calls: 1,
          inputTokens: BigInt(usage.inputTokens ?? 0),
          outputTokens: BigInt(usage.outputTokens ?? 0),
          ...(usage.costNanoUsd === undefined ? {} : { costNanoUsd: BigInt(usage.costNanoUsd) }),
          unpricedCount: usage.costNanoUsd === undefined && tellsTokens(usage) ? 1 : 0,
          unreportedCount: tellsTokens(usage) ? 0 : 1,
        };
        add(used);
        if (usage.model !== undefined) models.set(usage.model, plus(models.get(usage.model), used));
      }
    }
    return {
      fromNs: from ?? (first / stepNs) * stepNs,
      stepNs,
      points,
      ...(earlier === undefined ? {} : { earlier }),
      models,
    };
  }

  function sorted({ fromNs, stepNs, points, earlier, models }: StoredTimeline): unknown {
    return {
      fromNs,
      earlier,
      stepNs,
      points: [...points].sort(([a], [b]) => (a < b ? -1 : 1)),
      models: [...models].sort(([a], [b]) => (a < b ? -1 : 1)),
    };
  }

  test('durations add up beyond what a column of the store can hold', async () => {
    const p = await bench.project();
    const sessions = 3000;
    const from2000 = 946_684_800n * SECOND;
    await p.spans(
      ...Array.from({ length: sessions }, (_, i) => ({
        ...span((i + 1).toString(16), '1', `s${i}`, 0),
        start: from2000,
        end: BASE_NS,
      })),
    );
    // So many records at once are read half a second late, or after a stop.
    await p.store.reopen();
    const { totalSessions, durationMicros } = await p.statistics();
    assert.equal(totalSessions, sessions);
    assert.equal(durationMicros, BigInt(sessions) * ((BASE_NS - from2000) / 1000n));
    assert.ok(durationMicros > 2n ** 63n);
    await p.spans(span('1', '1', 's0', 0));
    assert.equal((await p.statistics()).totalSessions, sessions, 'and the store goes on');
  });

  test('costs add up beyond what a column of the store can hold', async () => {
    const p = await bench.project();
    const attributes = {
      'session.id': 's',
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'dear',
      'gen_ai.usage.cost': 999_999.999999999,
    };
    const calls = 9300;
    const start = at(0);
    for (let batch = 0; batch < 3; batch++) {
      await p.spans(
        ...Array.from({ length: calls / 3 }, (_, i) => ({
          trace: (batch * calls + i + 1).toString(16),
          span: '1',
          start,
          end: start + 1n,
          attributes,
        })),
      );
    }
    const costNanoUsd = BigInt(calls) * 999_999_999_999_999n;
    assert.ok(costNanoUsd > 2n ** 63n);
    // So many records at once are read half a second late, or after a stop.
    await p.store.reopen();
    const { points, models } = await p.timeline();
    assert.deepEqual(
      [...points.values()].map((sum) => sum.costNanoUsd),
      [costNanoUsd],
    );
    assert.equal(models.get('dear')?.costNanoUsd, costNanoUsd);
    assert.deepEqual(await p.ids({ minCostNanoUsd: 9_000_000_000_000_000_000n }), ['s']);
    assert.deepEqual(await p.ids({ minCostNanoUsd: costNanoUsd }), ['s']);
    assert.deepEqual(await p.ids({ minCostNanoUsd: costNanoUsd + 1n }), []);
  });
}

const NO_SUM = { sessions: 0, errors: 0, calls: 0, cost: 0n };

const NO_TIMELINE_SUM: TimelineSum = {
  sessions: 0,
  sessionsWithErrors: 0,
  calls: 0,
  inputTokens: 0n,
  outputTokens: 0n,
  unpricedCount: 0,
  unreportedCount: 0,
};

function plus(a: TimelineSum = NO_TIMELINE_SUM, b: TimelineSum): TimelineSum {
  const costNanoUsd =
    a.costNanoUsd === undefined && b.costNanoUsd === undefined
      ? undefined
      : (a.costNanoUsd ?? 0n) + (b.costNanoUsd ?? 0n);
  return {
    sessions: a.sessions + b.sessions,
    sessionsWithErrors: a.sessionsWithErrors + b.sessionsWithErrors,
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...(costNanoUsd === undefined ? {} : { costNanoUsd }),
    unpricedCount: a.unpricedCount + b.unpricedCount,
    unreportedCount: a.unreportedCount + b.unreportedCount,
  };
}

function greatest(bench: Bench): void {
  /** A session that lasts so many seconds and costs so many dollars. */
  const lasting = (id: string, offset: number, seconds: number, usd?: number): SpanSpec => ({
    ...span(id, '1', `s${id}`, offset),
    end: at(offset + seconds),
    ...(usd !== undefined && {
      attributes: {
        'session.id': `s${id}`,
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 1,
        'gen_ai.usage.cost': usd,
      },
    }),
  });

  test('come greatest first, ties newest first, of the range alone', async () => {
    const p = await bench.project();
    await p.spans(
      lasting('1', 0, 50, 0.5),
      lasting('2', 10, 50, 1.5),
      lasting('3', 20, 51, 1.5),
      lasting('4', 30, 2),
      lasting('5', 40, 900, 0.000_001),
    );
    const top = async (scan: Omit<TopScan, 'limit' | 'nowNs'> & { limit?: number }) =>
      (await p.store.reader.top(p.name, { nowNs: BASE_NS, limit: 10, ...scan })).sessions.map(({ id }) => id);
    assert.deepEqual(await top({ by: 'cost' }), ['s3', 's2', 's1', 's5'], 'those with a cost');
    assert.deepEqual(await top({ by: 'cost', limit: 2 }), ['s3', 's2']);
    assert.deepEqual(await top({ by: 'duration' }), ['s5', 's3', 's2', 's1', 's4']);
    const range = { startFromNs: at(10), startToNs: at(30) };
    assert.deepEqual(await top({ by: 'duration', ...range }), ['s3', 's2', 's4']);
    assert.deepEqual(await top({ by: 'cost', startFromNs: at(30), startToNs: at(10) }), []);
    await p.spans({ ...lasting('4', 30, 1000), span: '2' });
    assert.deepEqual(await top({ by: 'duration', limit: 1 }), ['s4'], 'as they are now');
    // s1 was active to 50 s, s2 to 60, s3 to 71, s4 to 1030, s5 to 940; s4 and s5 started at 30 and 40.
    assert.deepEqual(await top({ by: 'duration', lastFromNs: at(60) }), ['s4', 's5', 's3', 's2']);
    assert.deepEqual(await top({ by: 'duration', lastFromNs: at(60) + 1n }), ['s4', 's5', 's3']);
    assert.deepEqual(await top({ by: 'cost', lastFromNs: at(40), limit: 2 }), ['s3', 's2']);
    assert.deepEqual(await top({ by: 'cost', lastFromNs: at(40), startToNs: at(19) }), ['s2', 's1']);
    assert.deepEqual(await top({ by: 'cost', lastFromNs: at(40), startFromNs: at(1) }), ['s3', 's2', 's5']);
    assert.deepEqual(await top({ by: 'duration', lastFromNs: at(1031) }), []);
  });
}

function facets(bench: Bench): void {
  test('are counted, most first, and gone with the last session that has them', async () => {
    const p = await bench.project();
    const service = (name: string): Partial<SpanSpec> => ({ resource: { 'service.name': name } });
    await p.spans(
      span('1', '1', 's1', 1, service('web')),
      span('1', '2', 's1', 1, service('api')),
      span('2', '1', 's2', 2, { ...service('web'), attributes: { 'geo.country.iso_code': 'AT' } }),
      span('3', '2', undefined, 3, { parent: '1', ...service('gone') }),
    );
    let found = await p.store.reader.facets(p.name, 10);
    assert.deepEqual(found.services, [
      { value: 'web', count: 2 },
      { value: 'api', count: 1 },
      { value: 'gone', count: 1 },
    ]);
    assert.deepEqual(found.countryCodes, [{ value: 'AT', count: 1 }]);
    assert.deepEqual(found.deviceTypes, [{ value: 'unknown', count: 3 }]);
    assert.deepEqual(found.models, []);
    assert.deepEqual((await p.store.reader.facets(p.name, 1)).services, [{ value: 'web', count: 2 }]);
    await p.spans({ ...span('3', '2', undefined, 3, { parent: '1', ...service('web') }), end: at(9) });
    found = await p.store.reader.facets(p.name, 10);
    assert.deepEqual(found.services, [
      { value: 'web', count: 3 },
      { value: 'api', count: 1 },
    ]);
  });
}

function watching(bench: Bench): void {
  test('a change is told of when readers see it, to those who watch, for as long as they do', async () => {
    const p = await bench.project();
    const { writer } = p.store;
    const told: string[] = [];
    let whenTold: () => void = () => {};
    const watch = await writer.watch((project, ids) => {
      if (project !== p.name) return;
      told.push(...ids);
      whenTold();
    });
    /** Waits until the session was told of, and looks at it then. */
    const seen = async (id: string): Promise<StoredSession | undefined> => {
      while (!told.includes(id)) {
        await new Promise<void>((resolve) => {
          whenTold = resolve;
        });
      }
      told.length = 0;
      return p.session(id);
    };
    const first = p.spans(span('a', '1', 's1', 0));
    assert.equal((await seen('s1'))?.spanCount, 1);
    await first;
    await p.spans(span('a', '2', 's1', 1, { error: true }));
    assert.equal((await seen('s1'))?.errorCount, 1);
    await writer.invalidate(p.name, 's1');
    assert.equal((await seen('s1'))?.invalidated, true);
    watch.end();
    await p.spans(span('b', '1', 's2', 0));
    // A watch of somebody else’s that began later has heard of later changes.
    let heard: () => void = () => {};
    const later = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const other = await writer.watch((_project, ids) => {
      if (ids.includes('s3')) heard();
    });
    await p.spans(span('c', '1', 's3', 0));
    await later;
    other.end();
    assert.deepEqual(told, []);
  });
}

function statistics(bench: Bench): void {
  const edge = fc
    .record({
      // A time more than a day ahead is not believed.
      day: fc.integer({ min: -4, max: 0 }),
      hour: fc.constantFrom(0, 1, 23),
      ns: fc.constantFrom(-1n, 0n, 1n, 1_500_000_000n),
    })
    .map(({ day, hour, ns }) => BigInt(day) * DAY + BigInt(hour) * HOUR + ns);
  /** Long ago, where writers have swept, and ahead of their clocks. */
  const era = fc.constantFrom(0n, 1_600_000_000n * SECOND, 1_600_000_000n * SECOND, BASE_NS);
  const time = fc.tuple(era, edge).map(([start, ns]) => (start + ns < 0n ? 0n : start + ns));
  const who = fc.record(
    {
      'user.id': fc.constantFrom('ann', 'bob', 'eve'),
      'geo.country.iso_code': fc.constantFrom('CH', 'NO', 'JP'),
      'user_agent.original': fc.constantFrom(
        'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
        'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
        'Googlebot/2.1 (+http://www.google.com/bot.html)',
      ),
      'gen_ai.operation.name': fc.constant('chat'),
    },
    { requiredKeys: [] },
  );
  const spans = fc.array(
    fc
      .record({
        trace: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        span: fc.constantFrom('1', '2', '3'),
        parent: fc.constantFrom(undefined, '1', '2'),
        session: fc.constantFrom(undefined, undefined, 's1', 's2', 's3'),
        start: time,
        length: fc.constantFrom(0n, 1n, 999n, 1000n, 5n * SECOND, 3n * HOUR, 40n * DAY),
        error: fc.boolean(),
        who,
      })
      .map(({ session, parent, length, who, ...rest }) => ({
        ...rest,
        ...(parent === undefined ? {} : { parent }),
        end: rest.start + length,
        attributes: { ...(session === undefined ? {} : { 'session.id': session }), ...who } as Attributes,
      })),
    { minLength: 1, maxLength: 10 },
  );
  const range = fc.record(
    {
      startFromNs: time,
      startToNs: time,
      lastFromNs: time,
      nowNs: time.map((ns) => ns + BASE_NS + TIMEOUT_NS),
    },
    { requiredKeys: ['nowNs'] },
  );

  test('are what counting the sessions one by one gives, whatever came, moved, changed or vanished', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(spans, { minLength: 1, maxLength: 4 }),
        fc.array(range, { minLength: 1, maxLength: 8 }),
        async (batches, ranges) => {
          const p = await bench.project();
          for (const batch of batches) {
            await p.spans(...batch);
            const every = await p.sessions();
            for (const { nowNs, ...bounds } of [{ nowNs: BASE_NS }, ...ranges]) {
              assert.deepEqual(
                await p.statistics({ ...bounds, nowNs }),
                counted(every, { ...bounds, nowNs }),
              );
            }
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('add up over adjacent ranges, but for users', async () => {
    const p = await bench.project();
    await p.spans(...variedSpans());
    const whole = await p.statistics();
    assert.equal(whole.totalSessions, VARIED_SESSIONS);
    for (const { startNs } of await p.sessions()) {
      const older = await p.statistics({ startToNs: startNs - 1n });
      const newer = await p.statistics({ startFromNs: startNs });
      assert.equal(older.totalSessions + newer.totalSessions, whole.totalSessions);
      assert.equal(older.durationMicros + newer.durationMicros, whole.durationMicros);
      assert.equal(older.bounces + newer.bounces, whole.bounces);
    }
  });

  test('of nothing are zero', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0));
    const zero = counted([], { nowNs: BASE_NS });
    assert.deepEqual(await p.statistics({ startFromNs: at(1), startToNs: at(0) }), zero);
    assert.deepEqual(await p.statistics({ startFromNs: at(1) }), zero);
    assert.deepEqual(await (await bench.project()).statistics(), zero);
  });
}

function numbers(bench: Bench): void {
  test('tokens and costs are exact beyond what a double holds', async () => {
    const p = await bench.project();
    const calls = 11;
    const call = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 2 ** 32 - 1,
      'gen_ai.usage.output_tokens': 1,
      'gen_ai.usage.cost': 999_999.999999999,
    };
    for (let i = 1; i <= calls; i++) await p.spans(span(`${i}`, '1', 's', i, { attributes: call }));
    const expected = {
      requestCount: calls,
      inputTokens: BigInt(calls) * (2n ** 32n - 1n),
      outputTokens: BigInt(calls),
      models: ['gpt-4o'],
      providers: ['openai'],
      // More than 2^53, and odd.
      costNanoUsd: BigInt(calls) * 999_999_999_999_999n,
      unpricedCount: 0,
      unreportedCount: 0,
    };
    assert.deepEqual((await p.session('s'))?.genai, expected);
    await p.store.reopen();
    assert.deepEqual((await p.session('s'))?.genai, expected);
    await p.spans({ ...span('1', '1', 's', 1), end: at(50) });
    const { requestCount, costNanoUsd } = (await p.session('s'))!.genai!;
    assert.deepEqual([requestCount, costNanoUsd], [10, 10n * 999_999_999_999_999n]);
  });

  test('calls without a price are counted as such, and no cost is made up', async () => {
    const p = await bench.project();
    const call = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'a-model-nobody-knows',
      'gen_ai.usage.input_tokens': 5,
    };
    await p.spans(span('1', '1', 's', 0, { attributes: call }), span('2', '1', 'plain', 0));
    const genai = (await p.session('s'))?.genai;
    assert.equal(genai?.unpricedCount, 1);
    assert.ok(!('costNanoUsd' in genai));
    assert.ok(!('genai' in (await p.session('plain'))!));
  });

  test('of user, client and place the earliest word counts, each for itself', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 9, { attributes: { 'user.id': 'late', 'geo.locality.name': 'Bern' } }));
    await p.spans(span('2', '1', 's', 5, { attributes: { 'user.id': 'early' } }));
    await p.logs(log('s', 7, { attributes: { 'geo.locality.name': 'Oslo', 'client.address': '192.0.2.7' } }));
    const session = await p.session('s');
    assert.equal(session?.userId, 'early');
    assert.equal(session.geo?.city, 'Oslo');
    assert.equal(session.client?.ip, '192.0.2.7');
    assert.deepEqual(await p.ids({ userIds: ['late'] }), ['s'], 'found by every user, whoever is shown');
    assert.deepEqual(await p.ids({ userIds: ['early'] }), ['s']);
  });

  test('services are named once each, sorted', async () => {
    const p = await bench.project();
    const service = (name: string): Partial<SpanSpec> => ({ resource: { 'service.name': name } });
    await p.spans(
      span('1', '1', 's', 0, service('web')),
      span('1', '2', 's', 0, service('api')),
      span('2', '1', 's', 0, service('web')),
    );
    assert.deepEqual((await p.session('s'))?.services, ['api', 'web']);
  });
}

const VARIED_SESSIONS = 24;

/** Sessions with ties, users, errors and gaps of hours and days. */
function variedSpans(): SpanSpec[] {
  const users = ['ann', 'bob', 'eve', undefined];
  return Array.from({ length: VARIED_SESSIONS }, (_, i) => {
    const user = users[i % users.length];
    const start = (i % 6) * 3600 + (i % 4) * 86_400;
    return span((i + 1).toString(16), '1', `s${i}`, start, {
      end: at(start + (i % 5) * 300),
      error: i % 7 === 0,
      attributes: user === undefined ? {} : { 'user.id': user },
    });
  });
}

/** Ends of some of these sessions, one of them before the session's last activity. */
function variedMarks(): LogSpec[] {
  return [5, 10, 15].map((i) =>
    log(`s${i}`, (i % 6) * 3600 + (i % 4) * 86_400 + 60, { event: 'session.end' }),
  );
}

/** What a scan finds among all sessions, by its definition. */
function scanned(every: readonly StoredSession[], scan: SessionScan): StoredSession[] {
  const { after, direction, limit } = scan;
  const found = fitting(every, scan).sort((a, b) => comparePositions(b, a));
  if (direction === 'older') {
    return found
      .filter((session) => after === undefined || comparePositions(session, after) < 0)
      .slice(0, limit);
  }
  return found.filter((session) => after === undefined || comparePositions(session, after) > 0).slice(-limit);
}

/** The sessions that match a filter, by its definition. */
function fitting(every: readonly StoredSession[], filter: CountedSessions): StoredSession[] {
  const { open, userIds, nowNs, states, services, models, providers } = filter;
  const {
    deviceTypes,
    bots,
    countryCodes,
    errors,
    crashes,
    implicit,
    minSpans = 0,
    minTraceSpans = 0,
  } = filter;
  const { releases, pagePrefix, minDurationNs, minCostNanoUsd } = filter;
  const any = (wanted: readonly string[] | undefined, has: readonly (string | undefined)[] = []): boolean =>
    wanted === undefined || has.some((value) => value !== undefined && wanted.includes(value));
  return every
    .filter((session) => inRange(session, filter))
    .filter(({ userId, otherUserIds = [] }) => any(userIds, [userId, ...otherUserIds]))
    .filter((session) => open === undefined || isOpen(stateOf(session, nowNs, LIMITS)) === open)
    .filter((session) =>
      any(
        states?.map(({ name }) => name),
        [stateOf(session, nowNs, LIMITS)],
      ),
    )
    .filter((session) => any(services, session.services))
    .filter(({ genai }) => any(models, genai?.models))
    .filter(({ genai }) => any(providers, genai?.providers))
    .filter(({ client }) => any(deviceTypes, [client?.device_type ?? 'unknown']))
    .filter(({ client }) => bots === undefined || (client?.device_type === 'bot') === bots)
    .filter(({ id }) => implicit === undefined || TRACE_ID.test(id) === implicit)
    .filter(({ spanCount }) => spanCount >= minSpans)
    .filter(({ id, spanCount }) => !TRACE_ID.test(id) || spanCount >= minTraceSpans)
    .filter(({ geo }) => any(countryCodes, [geo?.country_code]))
    .filter((session) => errors === undefined || hasErrors(session) === errors)
    .filter(({ crashCount = 0 }) => crashes === undefined || crashCount > 0 === crashes)
    .filter(({ release }) => any(releases, [release]))
    .filter(
      ({ places = [] }) => pagePrefix === undefined || places.some((place) => begins(place, pagePrefix)),
    )
    .filter(({ startNs, lastNs }) => minDurationNs === undefined || lastNs - startNs >= minDurationNs)
    .filter(({ genai }) => minCostNanoUsd === undefined || (genai?.costNanoUsd ?? -1n) >= minCostNanoUsd);
}

/** Whether a place, which is a path and an origin or a name, begins as a filter says. */
function begins(place: string, prefix: string): boolean {
  const [path = '', origin = ''] = place.split(' ');
  return place.startsWith(prefix) || `${origin}${path}`.startsWith(prefix);
}

/** Names a session that no record names. */
const TRACE_ID = /^[0-9a-f]{32}$/;

/** Statistics by their definition. */
function counted(every: readonly StoredSession[], range: CountedSessions): Statistics {
  const sessions = fitting(every, range);
  const byDeviceType = new Map<string, number>();
  const byCountry = new Map<string, { name: string | undefined; count: number }>();
  for (const { client, geo } of sessions) {
    const device = client?.device_type ?? 'unknown';
    byDeviceType.set(device, (byDeviceType.get(device) ?? 0) + 1);
    if (geo?.country_code === undefined) continue;
    const count = (byCountry.get(geo.country_code)?.count ?? 0) + 1;
    byCountry.set(geo.country_code, { name: geo.country_name, count });
  }
  return {
    openSessions: sessions.filter((session) => isOpen(stateOf(session, range.nowNs, LIMITS))).length,
    totalSessions: sessions.length,
    uniqueUsers: new Set(sessions.flatMap(({ userId }) => userId ?? [])).size,
    durationMicros: sessions.reduce((total, { startNs, lastNs }) => total + (lastNs - startNs) / 1000n, 0n),
    sessionsWithErrors: sessions.filter(hasErrors).length,
    sessionsWithGenAi: sessions.filter(({ genai }) => genai !== undefined).length,
    bounces: sessions.filter(({ spanCount }) => spanCount <= 1).length,
    unpricedCount: sessions.reduce((sum, { genai }) => sum + (genai?.unpricedCount ?? 0), 0),
    unreportedCount: sessions.reduce((sum, { genai }) => sum + (genai?.unreportedCount ?? 0), 0),
    byDeviceType,
    byCountry,
  };
}

function inRange({ startNs, lastNs }: StoredSession, range: SessionRange): boolean {
  const { startFromNs = startNs, startToNs = startNs, lastFromNs = lastNs } = range;
  return startNs >= startFromNs && startNs <= startToNs && lastNs >= lastFromNs;
}

/** All ids of a list, read page by page; at most `pages` of them. */
async function pagesOf(
  p: Project,
  pages: number,
  scan: Pick<SessionScan, 'limit' | 'direction'>,
): Promise<string[]> {
  const seen: string[] = [];
  let after: SessionPosition | undefined;
  for (let i = 0; i <= pages; i++) {
    const page = await p.sessions({ ...scan, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) return seen;
    const ids = page.map(({ id }) => id);
    if (scan.direction === 'older') seen.push(...ids);
    else seen.unshift(...ids);
    const { id, startNs } = scan.direction === 'older' ? page.at(-1)! : page[0]!;
    after = { id, startNs };
  }
  assert.fail('the pages do not end');
}

function comparePositions(a: SessionPosition, b: SessionPosition): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return compareUtf8(a.id, b.id);
}

function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
