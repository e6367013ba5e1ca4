import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attributeTag } from '../../src/normalize/tags.js';
import type { SpanSpec } from '../support/telemetry.js';
import {
  type Attributes,
  at,
  BASE_NS,
  type Bench,
  counted,
  DAY,
  HOUR,
  RUNS,
  SECOND,
  span,
  TIMEOUT_NS,
  VARIED_SESSIONS,
  variedSpans,
} from './bench.js';

export function statistics(bench: Bench): void {
  const edge = fc
    .record({
      // A time more than a day ahead is not accepted.
      day: fc.integer({ min: -4, max: 0 }),
      hour: fc.constantFrom(0, 1, 23),
      ns: fc.constantFrom(-1n, 0n, 1n, 1_500_000_000n),
    })
    .map(({ day, hour, ns }) => BigInt(day) * DAY + BigInt(hour) * HOUR + ns);
  /** Long ago, where writers have swept, and ahead of their clocks. */
  const era = fc.constantFrom(0n, 1_600_000_000n * SECOND, 1_600_000_000n * SECOND, BASE_NS);
  const time = fc.tuple(era, edge).map(([start, ns]) => (start + ns < 0n ? 0n : start + ns));
  const identity = fc.record(
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
        identity,
      })
      .map(({ session, parent, length, identity, ...rest }) => ({
        ...rest,
        ...(parent === undefined ? {} : { parent }),
        end: rest.start + length,
        attributes: {
          ...(session === undefined ? {} : { 'session.id': session }),
          ...identity,
        } as Attributes,
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

  test('equal counting the sessions one by one, after any additions, moves, changes and removals', async () => {
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
              const { durations: _, ...others } = await p.statistics({
                ...bounds,
                nowNs,
                withDurations: true,
              });
              assert.deepEqual(others, counted(every, { ...bounds, nowNs }), 'and with durations');
            }
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('add up over adjacent ranges, except for users', async () => {
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

  test('of no sessions are zero', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0));
    const zero = counted([], { nowNs: BASE_NS });
    assert.deepEqual(await p.statistics({ startFromNs: at(1), startToNs: at(0) }), zero);
    assert.deepEqual(await p.statistics({ startFromNs: at(1) }), zero);
    assert.deepEqual(await (await bench.project()).statistics(), zero);
  });
}

export function facets(bench: Bench): void {
  test('are counted, most first, and gone with the last session that has them', async () => {
    const p = await bench.project();
    const service = (name: string): Partial<SpanSpec> => ({ resource: { 'service.name': name } });
    await p.spans(
      span('1', '1', 's1', 1, service('web')),
      span('1', '2', 's1', 1, service('api')),
      span('2', '1', 's2', 2, { ...service('web'), attributes: { 'geo.country.iso_code': 'AT' } }),
      span('3', '2', undefined, 3, { parent: '1', ...service('gone') }),
    );
    let found = await p.facets();
    assert.deepEqual(found.services, [
      { value: 'web', count: 2 },
      { value: 'api', count: 1 },
      { value: 'gone', count: 1 },
    ]);
    assert.deepEqual(found.countryCodes, [{ value: 'AT', count: 1 }]);
    assert.deepEqual(found.deviceTypes, [{ value: 'unknown', count: 3 }]);
    assert.deepEqual(found.models, []);
    const { services, cut } = await p.facets({ limit: 1 });
    assert.deepEqual(services, [{ value: 'web', count: 2 }]);
    assert.deepEqual(cut, ['services']);
    await p.spans({ ...span('3', '2', undefined, 3, { parent: '1', ...service('web') }), end: at(9) });
    found = await p.facets();
    assert.deepEqual(found.services, [
      { value: 'web', count: 3 },
      { value: 'api', count: 1 },
    ]);
  });

  test('are counted over the sessions that match all filters but that of the list', async () => {
    const p = await bench.project();
    const of = (service: string, country: string, team: string): Partial<SpanSpec> => ({
      resource: { 'service.name': service },
      attributes: { 'geo.country.iso_code': country, team },
    });
    await p.spans(
      span('1', '1', 's1', 1, of('web', 'AT', 'red')),
      span('2', '1', 's2', 2, of('web', 'CH', 'sea')),
      span('3', '1', 's3', 3, of('api', 'AT', 'sea')),
      span('4', '1', 's4', 4, of('api', 'NO', 'red')),
    );
    const filter = { services: ['web'], not: [{ countryCodes: ['CH'] }], startToNs: at(3) };
    const found = await p.facets({ ...filter, attribute: 'team' });
    assert.deepEqual(found.services, [
      { value: 'api', count: 1 },
      { value: 'web', count: 1 },
    ]);
    assert.deepEqual(found.countryCodes, [
      { value: 'AT', count: 1 },
      { value: 'CH', count: 1 },
    ]);
    assert.deepEqual(found.attributeValues, [{ value: 'red', count: 1 }]);
    const team = (value: string) => [[attributeTag('team', value)]];
    const { attributeValues, services } = await p.facets({ attribute: 'team', tags: team('red') });
    assert.deepEqual(attributeValues, [
      { value: 'red', count: 2 },
      { value: 'sea', count: 2 },
    ]);
    assert.deepEqual(services, [
      { value: 'api', count: 1 },
      { value: 'web', count: 1 },
    ]);
    // Without the list of its values, it is a filter like any other.
    assert.deepEqual((await p.facets({ tags: team('none') })).services, []);
    assert.deepEqual((await p.facets({ ...filter, startToNs: at(0) })).services, []);
  });

  test('under filters are cut like the others, ties by bytes', async () => {
    const p = await bench.project();
    const names = ['a', '\uff5e', '😀'];
    const service = (name: string): Partial<SpanSpec> => ({ resource: { 'service.name': name } });
    await p.spans(...names.map((name, i) => span(`${i + 1}`, '1', `s${i}`, i, service(name))));
    for (const limit of [1, 2, 3]) {
      const all = await p.facets({ limit });
      assert.deepEqual(
        all.services.map(({ value }) => value),
        names.slice(0, limit),
      );
      assert.deepEqual(await p.facets({ limit, startFromNs: at(0) }), all);
    }
  });
}
