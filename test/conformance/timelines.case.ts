import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasTokens } from '../../src/normalize/facts.js';
import { hasErrors } from '../../src/query/session-filter.js';
import type { StoredSession } from '../../src/store/contract/session.js';
import type {
  StoredTimeline,
  TimelineScan,
  TimelineSum,
  TopScan,
} from '../../src/store/contract/statistics.js';
import type { StoredCallRecord } from '../../src/store/contract/usage.js';
import type { SpanSpec } from '../support/telemetry.js';
import {
  type Attributes,
  at,
  BASE_NS,
  type Bench,
  DAY,
  HOUR,
  inRange,
  NO_TIMELINE_SUM,
  plus,
  RUNS,
  SECOND,
  span,
} from './bench.js';

export function timelines(bench: Bench): void {
  const MINUTE = 60n * SECOND;
  const edges = fc
    .record({
      // A time more than a day ahead is not accepted.
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

  test('equal adding up the sessions one by one, after any additions, moves, changes and removals', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(spans, { minLength: 1, maxLength: 4 }),
        fc.array(scans, { minLength: 1, maxLength: 8 }),
        async (batches, asked) => {
          const p = await bench.project();
          for (const batch of batches) {
            await p.spans(...batch);
            const every = await p.sessions();
            const calls = new Map<string, StoredCallRecord[]>();
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

  /** The timeline, by definition. */
  function addedUp(
    every: readonly StoredSession[],
    calls: ReadonlyMap<string, readonly StoredCallRecord[]>,
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
          unpricedCount: usage.costNanoUsd === undefined && hasTokens(usage) ? 1 : 0,
          unreportedCount: hasTokens(usage) ? 0 : 1,
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
    // This many records at once are folded half a second later, or after a stop.
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
    // This many records at once are folded half a second later, or after a stop.
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

export function greatest(bench: Bench): void {
  /** A session with this duration in seconds and this cost in dollars. */
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
