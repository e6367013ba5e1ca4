import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventScan, StoredEvent } from '../../src/store/contract/event.js';
import { type LogSpec, type SpanSpec, traceId } from '../support/telemetry.js';
import { type Attributes, at, BASE_NS, type Bench, log, RUNS, SECOND, span } from './bench.js';

export function events(bench: Bench): void {
  const textsOf = (found: readonly StoredEvent[]) =>
    found.map((each) => (each.kind === 'log' ? each.log.body : each.event.name));

  test('are the log records of a session by time, each once, in any groups', async () => {
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
    assert.deepEqual(textsOf(await p.events('s')), expected);
    for (const limit of [1, 2, 3]) {
      assert.deepEqual(textsOf(await p.events('s', { limit })), expected);
      assert.deepEqual(textsOf(await p.events('s', { limit, direction: 'backward' })), expected);
    }
    for (const direction of ['forward', 'backward'] as const) {
      const inTrace = { traceId: traceId('a'), limit: 2, direction };
      assert.deepEqual(textsOf(await p.events('s', inTrace)), [expected[0], expected[1], expected[3]]);
      assert.deepEqual(textsOf(await p.events('s', { ...inTrace, traceId: traceId('b') })), []);
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
    assert.deepEqual(textsOf(all), [
      'no clock',
      'exception',
      'same time',
      'log',
      'too late',
      'after the span',
    ]);
    assert.equal(all[4]?.position.timeNs, at(11));
    assert.deepEqual(
      textsOf(await p.events('s', { spanEvents: true, limit: 1, direction: 'backward' })),
      textsOf(all),
    );
    assert.deepEqual(textsOf(await p.events('s')), ['log', 'after the span']);
    assert.deepEqual(textsOf(await p.events('s', { spanEvents: true, minSeverity: 17 })), ['exception']);
    assert.deepEqual(textsOf(await p.events('s', { spanEvents: true, names: ['too late', 'none'] })), [
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
    assert.deepEqual(textsOf(await p.events('s', { names: ['click'] })), ['a', 'b']);
    assert.deepEqual(textsOf(await p.events('s', { names: ['click', 'load'] })), ['a', 'b', 'c']);
    assert.deepEqual(textsOf(await p.events('s', { names: [] })), []);
    assert.deepEqual(textsOf(await p.events('s', { minSeverity: 13 })), ['b', 'c']);
    assert.deepEqual(textsOf(await p.events('s', { names: ['click'], minSeverity: 13 })), ['b']);
  });

  test('S70: are of severity ERROR if they report an exception and no severity', async () => {
    const p = await bench.project();
    const thrown = { 'exception.type': 'TypeError', 'exception.message': 'boom' };
    await p.logs(
      log('s', 1, { body: 'as Faro', attributes: thrown }),
      log('s', 2, { body: 'in words', severityText: 'info', attributes: thrown }),
      log('s', 3, { body: 'warned', severity: 13, attributes: thrown }),
      log('s', 4, { body: 'crashed', event: 'device.crash' }),
      log('s', 5, { body: 'none' }),
    );
    assert.deepEqual(textsOf(await p.events('s', { minSeverity: 17 })), ['as Faro', 'crashed']);
    assert.deepEqual(textsOf(await p.events('s', { minSeverity: 13 })), ['as Faro', 'warned', 'crashed']);
    assert.deepEqual(textsOf(await p.events('s', { minSeverity: 18 })), []);
  });

  test('exclude data points of metrics and recordings of the screen', async () => {
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
    assert.deepEqual(textsOf(await p.events('s')), ['log']);
  });

  test('of a page end at its limit of bytes', async () => {
    const p = await bench.project();
    await p.logs(...[1, 2, 3].map((time) => log('s', time, { body: 'x'.repeat(100) })));
    const page = (maxBytes: number) =>
      p.store.reader.events(p.name, 's', { direction: 'forward', limit: 100, maxBytes });
    assert.equal((await page(1))?.events.length, 2);
    assert.equal((await page(1000))?.events.length, 3);
  });

  test('are each listed once, in order, both ways and with every filter, for any telemetry in any order', async () => {
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
          // The first span of each id, so that there is one version. The spans of a trace decide its session.
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
