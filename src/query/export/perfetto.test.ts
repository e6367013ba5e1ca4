import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SpanView } from '../../otlp/read.js';
import { TraceEvents } from './perfetto.js';

const span: fc.Arbitrary<Omit<SpanView, 'span_id'>> = fc
  .record({
    service: fc.constantFrom('web', 'api', undefined),
    start: fc.bigInt({ min: 0n, max: 9n }),
    length: fc.bigInt({ min: -1n, max: 9n }),
  })
  .map(({ service, start, length }) => ({
    trace_id: 'a'.repeat(32),
    name: 'work',
    kind: 1,
    start_time_unix_nano: start,
    end_time_unix_nano: start + length,
    attributes: [],
    events: [{ name: 'seen', time_unix_nano: start, attributes: [] }],
    links: [],
    status: { code: 0 },
    resource: {
      attributes: service === undefined ? [] : [{ key: 'service.name', value: service }],
    },
    instrumentation_scope: { attributes: [] },
  }));

const trace = fc
  .array(span, { maxLength: 12 })
  .map((spans) => spans.map((each, i) => ({ ...each, span_id: String(i).padStart(16, '0') })));

test('the order in which spans are stored changes nothing', () => {
  const shuffled = trace.chain((spans) =>
    fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length })),
  );
  fc.assert(
    fc.property(shuffled, shuffled, (first, second) => {
      const written = (which: 0 | 1): string => {
        const events = new TraceEvents(0n);
        events.addTrace(first[which]);
        const goesOn = new TraceEvents(0n, events.state);
        goesOn.addTrace(second[which]);
        return `${events.text},${goesOn.text}`;
      };
      assert.equal(written(1), written(0));
    }),
  );
});

test('slices of a thread lie within each other or apart', () => {
  fc.assert(
    fc.property(trace, (spans) => {
      const events = new TraceEvents(0n);
      events.addTrace(spans);
      const all = JSON.parse(`[${events.text}]`) as {
        ph: string;
        pid: number;
        tid: number;
        ts: number;
        dur: number;
      }[];
      const slices = all.filter(({ ph }) => ph === 'X');
      assert.equal(slices.length, spans.length);
      for (const a of slices) {
        for (const b of slices) {
          if (a === b || a.pid !== b.pid || a.tid !== b.tid || a.ts > b.ts) continue;
          const [aEnd, bEnd] = [a.ts + a.dur, b.ts + b.dur];
          const isWithin = bEnd <= aEnd + 1e-9 || (a.ts === b.ts && aEnd <= bEnd + 1e-9);
          assert.ok(b.ts >= aEnd - 1e-9 || isWithin, `${JSON.stringify(a)} ${JSON.stringify(b)}`);
        }
      }
    }),
  );
});
