import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attributeTag, TagKind, tagOf } from '../../src/normalize/tags.js';
import { hasErrors } from '../../src/query/session-filter.js';
import { type TopCall, topCallsIn } from '../../src/query/top-calls.js';
import type { SessionScan, StoredSession } from '../../src/store/contract/session.js';
import { listedSession } from '../../src/store/contract/session-item.js';
import type { CountedSessions } from '../../src/store/contract/statistics.js';
import { MemoryReader, type SessionUsageRecord, visitsOf } from '../support/memory-reader.js';
import { type SpanSpec, traceId } from '../support/telemetry.js';
import {
  type Attributes,
  at,
  BASE_NS,
  type Bench,
  comparePositions,
  counted,
  DAY,
  fitting,
  HOUR,
  LIMITS,
  NO_SUM,
  type Project,
  RUNS,
  SECOND,
  scanned,
  span,
} from './bench.js';

const GROUPINGS = [
  ['user', 'sessions'],
  ['service', 'tokens'],
  ['device', 'cost'],
  ['tool', 'errors'],
  ['attribute', 'sessions'],
] as const;

export function filters(bench: Bench): void {
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

  const identity = fc.record(
    {
      'user.id': fc.constantFrom('ann', 'bob'),
      'geo.country.iso_code': fc.constantFrom(...COUNTRIES),
      'user_agent.original': fc.constantFrom(PHONE, DESKTOP, BOT),
      'app.version': fc.constantFrom('1.0', '1.1'),
    },
    { requiredKeys: [] },
  );
  /** The visit facts of a span: a loaded page, a screen, or a web vital. */
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
  /** Few starts, so that many sessions share one. */
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
        identity,
        call: fc.option(call, { nil: {} }),
        service: fc.constantFrom(undefined, ...SERVICES),
        visit: fc.option(visit, { nil: undefined }),
        tags: fc.record(
          {
            'gen_ai.tool.name': fc.constantFrom('search', 'book'),
            'error.type': fc.constantFrom('Timeout', 'search'),
            team: fc.constantFrom('red', 'sea'),
          },
          { requiredKeys: [] },
        ),
      })
      .map(({ session, parent, length, identity, call, service, visit, tags, ...rest }) => ({
        ...rest,
        ...(visit !== undefined && { name: visit.name }),
        ...(parent === undefined ? {} : { parent }),
        end: rest.start + length,
        resource: service === undefined ? {} : { 'service.name': service },
        attributes: {
          ...(session === undefined ? {} : { 'session.id': session }),
          ...identity,
          ...tags,
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
  const durations = fc.oneof(
    fc.constantFrom(...LENGTHS),
    fc.constantFrom(...LENGTHS.map((ns) => ns + 1n), 2n ** 63n, 2n ** 90n),
  );
  const costs = fc.oneof(
    fc.constantFrom(...COSTS.map((usd) => BigInt(Math.round(usd * 1e9)))),
    fc.constantFrom(1n, 500_000_002n, 2n ** 63n),
  );
  const counts = fc.constantFrom(0, 1, 2, 3, 4, 2 ** 31 - 1);
  const tokens = fc.constantFrom(0n, 1n, 2n, 5000n, 5001n, 10_000n, 2n ** 53n);
  const TAGS = [
    tagOf(TagKind.tool, 'search'),
    tagOf(TagKind.tool, 'none'),
    tagOf(TagKind.errorType, 'Timeout'),
    attributeTag('team', 'red'),
    tagOf(TagKind.attributeKey, 'team'),
  ];
  const exclusions = fc.array(
    fc.oneof(
      fc.record({ userIds: fc.subarray(['ann', 'bob', 'none'], { minLength: 1 }) }),
      fc.record({ services: fc.subarray([...SERVICES, 'none'], { minLength: 1 }) }),
      fc.record({ models: fc.subarray([...MODELS, 'none'], { minLength: 1 }) }),
      fc.record({ deviceTypes: fc.subarray(['mobile', 'unknown'], { minLength: 1 }) }),
      fc.record({ countryCodes: fc.subarray([...COUNTRIES, 'AT'], { minLength: 1 }) }),
      fc.record({ releases: fc.constant(['none']) }),
      fc.record({ pagePrefix: fc.constantFrom('/cart', '/none') }),
      fc.record({ tags: fc.constantFrom([TAGS.slice(0, 2)], [[TAGS[4]!]], [[TAGS[3]!]]) }),
      fc.record({ states: fc.constantFrom([{ name: 'ended' } as const], [{ name: 'timed_out' } as const]) }),
    ),
    { minLength: 1, maxLength: 2 },
  );
  const filters = fc.record(
    {
      idPrefix: fc.constantFrom('s', 's1', '0', 'none'),
      userPrefix: fc.constantFrom('a', 'bo', 'none'),
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
      minSpans: counts,
      maxSpans: counts,
      minErrors: counts,
      maxErrors: counts,
      minTraces: counts,
      maxTraces: counts,
      minTraceSpans: counts,
      minDurationNs: durations,
      maxDurationNs: durations,
      minCostNanoUsd: costs,
      maxCostNanoUsd: costs,
      minTokens: tokens,
      maxTokens: tokens,
      not: exclusions,
      tags: fc.array(fc.subarray(TAGS, { minLength: 1 }), { minLength: 1, maxLength: 2 }),
      after: fc.record({ startNs: starts, id: fc.constantFrom('', 's2', 's4', 'z') }),
    },
    { noNullPrototype: true },
  );
  /** Few at a time: of many together hardly a session would be left. */
  const few = fc.tuple(filters, fc.uniqueArray(fc.nat(), { maxLength: 3 })).map(([all, chosen]) => {
    const names = Object.keys(all) as (keyof typeof all)[];
    const left: Partial<typeof all> = { ...all };
    for (const name of names) if (!chosen.some((n) => names[n % names.length] === name)) delete left[name];
    return left;
  });
  const scans = fc
    .record(
      {
        few,
        direction: fc.constantFrom('older', 'newer'),
        limit: fc.constantFrom(1, 2, 5, 50),
        /** Seconds since the base at which the last sessions have been active, idle, and timed out. */
        now: fc.constantFrom(0n, 400n * SECOND, 1500n * SECOND, 2200n * SECOND, 3n * HOUR),
      },
      { noNullPrototype: true },
    )
    .map(({ now, few: { states, ...few }, ...rest }): SessionScan => {
      const nowNs = BASE_NS + now;
      const activeAfterNs = nowNs - BigInt(LIMITS.activeMs) * 1_000_000n;
      if (states === undefined) return { ...few, ...rest, nowNs };
      return {
        ...few,
        ...rest,
        nowNs,
        states: states.map((name) =>
          name === 'active' || name === 'idle' ? { name, activeAfterNs } : { name },
        ),
      };
    });

  test('equal filtering all sessions one by one, after any additions, moves, changes and removals', async () => {
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
            const memory = new MemoryReader({
              sessions: every,
              usages: await usagesOf(p, every),
              limits: LIMITS,
            });
            for (const scan of asked) {
              assert.deepEqual(await p.sessions(scan), scanned(every, scan));
              await assertCounts(p, every, scan);
              await assertLikeMemory(p, memory, scan);
            }
          }
        },
      ),
      { numRuns: RUNS * 2 },
    );
  });

  /** The records of usage of all sessions. */
  async function usagesOf(p: Project, sessions: readonly StoredSession[]): Promise<SessionUsageRecord[]> {
    const scan = { direction: 'forward', limit: 1000 } as const;
    const usages: SessionUsageRecord[] = [];
    for (const { id } of sessions) {
      const { records } = (await p.store.reader.usage(p.name, id, scan))!;
      usages.push(...records.map((record) => ({ sessionId: id, record })));
    }
    return usages;
  }

  /** The greatest calls equal the first ones of all calls of the sessions that match. */
  async function assertTopCalls(
    p: Project,
    memory: MemoryReader,
    filter: CountedSessions,
    limit: number,
  ): Promise<void> {
    for (const by of ['cost', 'duration'] as const) {
      const { reader } = p.store;
      const found = await reader.topCalls(p.name, { ...filter, by, limit });
      assert.deepEqual(found, await memory.topCalls(p.name, { ...filter, by, limit }), by);
      const all = await memory.topCalls(p.name, { ...filter, by, limit: 1000 });
      const ids = ({ session, record, amount }: TopCall) => [session.id, record.record, amount];
      const calls = await topCallsIn(found.sessions, { reader, project: p.name, by, limit });
      const expected = await topCallsIn(all.sessions, { reader, project: p.name, by, limit: 1000 });
      assert.deepEqual(calls.map(ids), expected.map(ids).slice(0, limit), by);
    }
  }

  /** The reader that tests of the API use in place of a store gives the same answers. */
  async function assertLikeMemory(p: Project, memory: MemoryReader, scan: SessionScan): Promise<void> {
    const { sessions } = await memory.sessions(p.name, scan);
    assert.deepEqual(sessions, (await p.sessions(scan)).map(listedSession));
    const { after: _, direction: __, limit, ...filter } = scan;
    for (const withDurations of [false, true]) {
      const counted = { ...filter, withDurations };
      assert.deepEqual(await memory.statistics(p.name, counted), await p.statistics(counted));
    }
    const { startFromNs, startToNs = BASE_NS + 100n * DAY } = filter;
    if (startFromNs !== undefined && startFromNs > startToNs) return;
    for (const by of ['cost', 'duration'] as const) {
      const top = { ...filter, startToNs, by, limit };
      assert.deepEqual(await memory.top(p.name, top), await p.store.reader.top(p.name, top));
    }
    const timeline = { ...filter, startToNs, stepFor: () => HOUR };
    // Sessions do not say how much of each model they used.
    const { models: ___, ...points } = await p.store.reader.timeline(p.name, timeline);
    const { models: ____, ...expected } = await memory.timeline(p.name, timeline);
    assert.deepEqual(points, expected);
    await assertGroups(p, memory, filter, limit);
    await assertTopCalls(p, memory, filter, limit);
    for (const values of [{}, { prefix: 's', attribute: 'team' }]) {
      const scan = { ...filter, limit, ...values };
      assert.deepEqual(await p.store.reader.facets(p.name, scan), await memory.facets(p.name, scan));
    }
  }

  /** Groups equal those of the sessions added up one by one. Sessions do not say how much of each model they used. */
  async function assertGroups(
    p: Project,
    memory: MemoryReader,
    filter: CountedSessions,
    limit: number,
  ): Promise<void> {
    for (const [by, sort] of GROUPINGS) {
      const scan = { ...filter, by, sort, limit, ...(by === 'attribute' && { attribute: 'team' }) };
      assert.deepEqual(
        await p.store.reader.groupSums(p.name, scan),
        await memory.groupSums(p.name, scan),
        by,
      );
    }
    const scan = { ...filter, by: 'model', sort: 'sessions', limit } as const;
    const { total, none, groupCount, groups } = await p.store.reader.groupSums(p.name, scan);
    const expected = await memory.groupSums(p.name, scan);
    assert.deepEqual(
      { total, none, groupCount },
      {
        total: expected.total,
        none: expected.none,
        groupCount: expected.groupCount,
      },
    );
    const counts = ({ value, sessions, durations }: (typeof groups)[number]) => ({
      value,
      sessions,
      durations,
    });
    assert.deepEqual(groups.map(counts), expected.groups.map(counts));
  }

  /** Counts under a filter equal counting its sessions one by one. */
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

  test('find by exact name, and each session once', async () => {
    const p = await bench.project();
    const service = (name: string): Partial<SpanSpec> => ({ resource: { 'service.name': name } });
    /**
     * The last character of the first two is cut off, because half of it is not text; the others differ after
     * a NUL.
     */
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
