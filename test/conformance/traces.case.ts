import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TraceScan } from '../../src/store/contract/trace.js';
import { traceId } from '../support/telemetry.js';
import { at, type Bench, log, span, sum } from './bench.js';

export function traces(bench: Bench): void {
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
    /** At least two, to know whether there are more; then up to the one that exceeds the budget. */
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

  test('that are split over two sessions show the spans of each session, and by id all of them', async () => {
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

  test('a session of log records alone has no traces', async () => {
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

export function outlines(bench: Bench): void {
  test('have every trace of the session completely, and say which spans are in another session', async () => {
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
    const sessionsOf = (trace: string) => p.store.reader.traceSessions(p.name, traceId(trace));
    assert.deepEqual(await sessionsOf('b'), [
      { sessionId: 's1', spanCount: 2 },
      { sessionId: 's2', spanCount: 1 },
    ]);
    assert.deepEqual(await sessionsOf('c'), [{ sessionId: 's2', spanCount: 1 }]);
    assert.equal(await sessionsOf('d'), undefined, 'a trace of log records alone');
    assert.equal(await sessionsOf('e'), undefined);
  });

  test('end at the limit of spans, in the middle of a trace', async () => {
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

  test('one span is read by its ids, in its winning version', async () => {
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
