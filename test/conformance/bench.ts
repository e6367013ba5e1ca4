import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { createNormalizer, type NormalizerOptions } from '../../src/normalize/create.js';
import type { Normalizer } from '../../src/normalize/normalizer.js';
import { decodeTraces } from '../../src/otlp/decode.js';
import { finish } from '../../src/otlp/steps.js';
import { hasErrors } from '../../src/query/session-filter.js';
import { isOpen, stateOf } from '../../src/query/state.js';
import type { Erasures } from '../../src/store/contract/erasure.js';
import type { EventPosition, EventScan, StoredEvent } from '../../src/store/contract/event.js';
import { packBatch } from '../../src/store/contract/packed-batch.js';
import type { SessionReader } from '../../src/store/contract/reader.js';
import type {
  ListedSession,
  SessionPosition,
  SessionScan,
  SortAmount,
  StoredSession,
} from '../../src/store/contract/session.js';
import type { SessionRange } from '../../src/store/contract/session-filter.js';
import { listedSession } from '../../src/store/contract/session-item.js';
import type {
  CountedSessions,
  FacetScan,
  Statistics,
  StatisticsScan,
  StoredFacets,
  StoredTimeline,
  TimelineScan,
  TimelineSum,
} from '../../src/store/contract/statistics.js';
import type { AppendResult, SessionWriter } from '../../src/store/contract/store.js';
import type { StoredTrace, TraceScan } from '../../src/store/contract/trace.js';
import { type LogSpec, logBatch, type SpanSpec, spanBatch, traceId } from '../support/telemetry.js';

/**
 * 2100-01-01: no session there times out by sweeping, so the time of the request alone decides which are
 * open.
 */
export const BASE_NS = 4_102_444_800_000_000_000n;

/** What a store is opened with for the suite. */
export const CONFORMANCE_SETTINGS = {
  timeoutMs: 1_800_000,
  implicitSessions: true,
  nowNs: BASE_NS,
  normalizer: {
    userIds: 'keep',
    clientIp: 'keep',
    geoDatabase: undefined,
    indexAttributes: ['team'],
  } satisfies Omit<NormalizerOptions, 'userIdKey'>,
};

/** A store of its own for one run of the suite, initially empty. */
export interface StoreUnderTest {
  /** As `StoreCapabilities.knownRecords`. */
  readonly knownRecords: boolean;
  readonly writer: SessionWriter;
  readonly reader: SessionReader;
  readonly erasures: Erasures;
  /** Indexes all texts that were appended. Undefined if the store has no content search. */
  readonly index?: () => Promise<void>;
  /** Closes writer and reader and opens the same data again; the properties above are replaced. */
  reopen(): Promise<void>;
  /**
   * Like `reopen`, but from the data as it is without closing, as after a kill. Called while nothing is being
   * appended.
   */
  crash(): Promise<void>;
  /** Closes everything and removes the data. */
  dispose(): Promise<void>;
}

export const SECOND = 1_000_000_000n;
export const HOUR = 3600n * SECOND;
export const DAY = 24n * HOUR;
export const TIMEOUT_NS = BigInt(CONFORMANCE_SETTINGS.timeoutMs) * 1_000_000n;
export const LIMITS = { activeMs: 300_000, timeoutMs: CONFORMANCE_SETTINGS.timeoutMs };
const ALL = { direction: 'older', limit: 100_000, nowNs: BASE_NS } as const satisfies SessionScan;
const ALL_TRACES = { direction: 'forward', limit: 100_000 } as const satisfies TraceScan;
export const RUNS = Number(process.env.SOJOURN_CONFORMANCE_RUNS ?? 25);

export type Attributes = NonNullable<SpanSpec['attributes']>;

export function at(seconds: number): bigint {
  return BASE_NS + BigInt(Math.round(seconds * 1000)) * 1_000_000n;
}

/** A span of one second in its own session; `start` is in seconds. */
export function span(
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

export function log(session: string, time: number, { attributes, ...rest }: Partial<LogSpec> = {}): LogSpec {
  return { time: at(time), attributes: { 'session.id': session, ...attributes }, ...rest };
}
/**
 * One store for the whole suite. Each test has a project of its own in it, which also shows that projects are
 * isolated.
 */
export class Bench {
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
export class Project {
  readonly store: StoreUnderTest;
  readonly name: string;
  readonly #normalizer: Normalizer;
  /** Sessions as they were listed, and as they were read by their ids at that time. */
  readonly #read = new Map<string, { readonly listed: ListedSession; readonly session: StoredSession }>();

  constructor(store: StoreUnderTest, normalizer: Normalizer, name: string) {
    this.store = store;
    this.name = name;
    this.#normalizer = normalizer;
  }

  /** Fails if an append has not resolved with this: in a store that does not look for known records, with all as stored. */
  assertResult(actual: AppendResult, expected: AppendResult): void {
    const { stored, replaced, duplicates } = expected;
    const all = { stored: stored + replaced + duplicates, replaced: 0, duplicates: 0 };
    assert.deepEqual(actual, this.store.knownRecords ? expected : all);
  }

  spans(...spans: SpanSpec[]): Promise<AppendResult> {
    return this.store.writer.append(this.name, spanBatch(this.#normalizer, spans));
  }

  /** The same as bytes, as another thread packs them. */
  packedSpans(...spans: SpanSpec[]): Promise<AppendResult> {
    const packed = finish(packBatch(spanBatch(this.#normalizer, spans), { asBytes: true }));
    return this.store.writer.append(this.name, packed);
  }

  logs(...logs: LogSpec[]): Promise<AppendResult> {
    return this.store.writer.append(this.name, logBatch(this.#normalizer, logs));
  }

  /** All results of a scan, in as many steps as the store takes. */
  async sessions(scan: Partial<SessionScan> = {}): Promise<StoredSession[]> {
    const asked = { ...ALL, ...scan };
    const all: StoredSession[] = [];
    // Without a condition all are read again.
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

  /** A session of a list, read by its id: the list shows the same. */
  async #whole(listed: ListedSession): Promise<StoredSession> {
    const known = this.#read.get(listed.id);
    if (known !== undefined && isDeepStrictEqual(listed, known.listed)) return known.session;
    const session = await this.session(listed.id);
    assert.ok(session !== undefined, 'what a list has can be read');
    const { amount: _, ...shown } = listed;
    assert.deepEqual(shown, listedSession(session));
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

  statistics(range: Partial<StatisticsScan> = {}): Promise<Statistics> {
    return this.store.reader.statistics(this.name, { nowNs: BASE_NS, ...range });
  }

  facets(scan: Partial<FacetScan> = {}): Promise<StoredFacets> {
    return this.store.reader.facets(this.name, { nowNs: BASE_NS, limit: 10, ...scan });
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

  /** All answers of a reader about this project, for comparison before and after. */
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
      facets: await this.facets({ limit: 1000 }),
      long: await this.ids({ minDurationNs: SECOND }),
      failed: await this.ids({ errors: true }),
      open: await this.ids({ open: true }),
      closed: await this.ids({ open: false }),
      statistics: await this.statistics(),
    };
  }
}
export const NO_SUM = { sessions: 0, errors: 0, calls: 0, cost: 0n };

export const NO_TIMELINE_SUM: TimelineSum = {
  sessions: 0,
  sessionsWithErrors: 0,
  calls: 0,
  inputTokens: 0n,
  outputTokens: 0n,
  unpricedCount: 0,
  unreportedCount: 0,
};

export function plus(a: TimelineSum = NO_TIMELINE_SUM, b: TimelineSum): TimelineSum {
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
export const VARIED_SESSIONS = 24;

/** Sessions with ties, users, errors and gaps of hours and days. */
export function variedSpans(): SpanSpec[] {
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

/** Model calls in some of these sessions, of two prices, one unknown. */
export function variedCalls(): SpanSpec[] {
  return [0, 2, 3, 5, 8, 10].map((i) =>
    span((i + 1).toString(16), '2', `s${i}`, (i % 6) * 3600 + (i % 4) * 86_400, {
      end: at((i % 6) * 3600 + (i % 4) * 86_400),
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': i === 8 ? 'my-own' : 'gpt-4o',
        'gen_ai.provider.name': 'openai',
        'gen_ai.usage.input_tokens': i % 2 === 0 ? 1000 : 2000,
        'gen_ai.usage.output_tokens': 10,
      },
    }),
  );
}

/** Ends of some of these sessions, one of them before the session's last activity. */
export function variedMarks(): LogSpec[] {
  return [5, 10, 15].map((i) =>
    log(`s${i}`, (i % 6) * 3600 + (i % 4) * 86_400 + 60, { event: 'session.end' }),
  );
}

/** The results of a scan among all sessions, by definition. */
export function scanned(every: readonly StoredSession[], scan: SessionScan): StoredSession[] {
  const { after, direction, limit } = scan;
  const found = fitting(every, scan)
    .map((session) => ({ session, ...positionIn(session, scan.sort) }))
    .filter(({ amount }) => scan.sort === undefined || amount !== undefined)
    .sort((a, b) => comparePositions(b, a));
  if (direction === 'older') {
    return found
      .filter((each) => after === undefined || comparePositions(each, after) < 0)
      .slice(0, limit)
      .map(({ session }) => session);
  }
  return found
    .filter((each) => after === undefined || comparePositions(each, after) > 0)
    .slice(-limit)
    .map(({ session }) => session);
}

/** The position of a session in a list that is sorted by an amount; without one if it is not in the list. */
export function positionIn(session: StoredSession, sort?: SortAmount): SessionPosition {
  const { startNs, id } = session;
  const amount = sort === undefined ? undefined : AMOUNTS[sort](session);
  return { startNs, id, ...(amount !== undefined && { amount }) };
}

const AMOUNTS: Readonly<Record<SortAmount, (session: StoredSession) => bigint | undefined>> = {
  lastActivity: ({ lastNs }) => lastNs,
  duration: ({ startNs, lastNs }) => lastNs - startNs,
  cost: ({ genai }) => genai?.costNanoUsd,
  tokens: ({ genai }) => genai && genai.inputTokens + genai.outputTokens,
  errors: ({ errorCount, exceptionCount = 0 }) => BigInt(Math.max(errorCount, exceptionCount)) || undefined,
};

/** The sessions that match a filter, by definition. */
export function fitting(every: readonly StoredSession[], filter: CountedSessions): StoredSession[] {
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
  const { releases, pagePrefix, minDurationNs, minCostNanoUsd, idPrefix, userPrefix, not = [] } = filter;
  const isWithin = <N extends number | bigint>(value: N | undefined, least?: N, most?: N): boolean =>
    (least === undefined || (value !== undefined && value >= least)) &&
    (most === undefined || (value !== undefined && value <= most));
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
    .filter(({ genai }) => minCostNanoUsd === undefined || (genai?.costNanoUsd ?? -1n) >= minCostNanoUsd)
    .filter(({ tags }) => (filter.tags ?? []).every((list) => any(list, tags)))
    .filter(({ id }) => idPrefix === undefined || id.startsWith(idPrefix))
    .filter(
      ({ userId = '', otherUserIds = [] }) =>
        userPrefix === undefined || [userId, ...otherUserIds].some((id) => id.startsWith(userPrefix)),
    )
    .filter(({ spanCount }) => isWithin(spanCount, undefined, filter.maxSpans))
    .filter(({ errorCount }) => isWithin(errorCount, filter.minErrors, filter.maxErrors))
    .filter(({ traceCount }) => isWithin(traceCount, filter.minTraces, filter.maxTraces))
    .filter(({ startNs, lastNs }) => isWithin(lastNs - startNs, undefined, filter.maxDurationNs))
    .filter(({ genai }) => isWithin(genai?.costNanoUsd, undefined, filter.maxCostNanoUsd))
    .filter(({ genai }) =>
      isWithin(genai && genai.inputTokens + genai.outputTokens, filter.minTokens, filter.maxTokens),
    )
    .filter((session) => not.every((out) => fitting([session], { ...out, nowNs }).length === 0));
}

/** Whether a place, which is a path and an origin or a name, starts with the value of a filter. */
export function begins(place: string, prefix: string): boolean {
  const [path = '', origin = ''] = place.split(' ');
  return place.startsWith(prefix) || `${origin}${path}`.startsWith(prefix);
}

/** Names a session that no record names. */
const TRACE_ID = /^[0-9a-f]{32}$/;

/** Statistics, by definition. */
export function counted(every: readonly StoredSession[], range: CountedSessions): Statistics {
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

export function inRange({ startNs, lastNs }: StoredSession, range: SessionRange): boolean {
  const { startFromNs = startNs, startToNs = startNs, lastFromNs = lastNs } = range;
  return startNs >= startFromNs && startNs <= startToNs && lastNs >= lastFromNs;
}

/** All ids of a list, read page by page; at most `pages` of them. */
export async function pagesOf(
  p: Project,
  pages: number,
  scan: Pick<SessionScan, 'limit' | 'direction' | 'services'>,
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

export function comparePositions(a: SessionPosition, b: SessionPosition): number {
  const [one = 0n, other = 0n] = [a.amount, b.amount];
  if (one !== other) return one < other ? -1 : 1;
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return compareUtf8(a.id, b.id);
}

export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
