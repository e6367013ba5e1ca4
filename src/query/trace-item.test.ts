import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at } from '../../test/support/stored-sessions.js';
import { storedTrace } from '../../test/support/stored-traces.js';
import { traceJson } from './serialize.js';
import { traceItem } from './trace-item.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const [A, B, C] = ['000000000000000a', '000000000000000b', '000000000000000c'] as const;
const span = (spanId: string, start: number, end: number, parentSpanId?: string) => ({
  spanId,
  startNs: at(start),
  endNs: at(end),
  ...(parentSpanId !== undefined && { parentSpanId }),
});

test('a trace spans from its earliest start to its latest end', () => {
  const item = traceItem(storedTrace(TRACE, [span(B, 2, 9, A), span(A, 1, 5), span(C, 2, 3, A)]));
  assert.equal(item.trace_id, TRACE);
  assert.deepEqual(
    item.spans.map(({ span_id }) => span_id),
    [A, B, C],
  );
  assert.equal(item.span_count, 3);
  assert.equal(item.duration_ns, 8_000_000_000n);
  assert.equal(item.start_time, '2026-03-01T00:00:01.000000000Z');
  assert.equal(item.end_time, '2026-03-01T00:00:09.000000000Z');
  assert.equal(item.root_span?.span_id, A);
  assert.equal(item.has_error, false);
});

test('the root is the earliest span without a parent, even if another span is earlier', () => {
  const item = traceItem(storedTrace(TRACE, [span(B, 1, 2, A), span(C, 3, 4), span(A, 2, 3)]));
  assert.equal(item.root_span?.span_id, A);
});

test('if every span has a parent, the root is the earliest whose parent is missing', () => {
  const item = traceItem(storedTrace(TRACE, [span(A, 1, 2, B), span(B, 2, 3, 'ffffffffffffffff')]));
  assert.equal(item.root_span?.span_id, B);
});

test('a trace with a cycle has no root', () => {
  const item = traceItem(storedTrace(TRACE, [span(A, 1, 2, B), span(B, 2, 3, A)]));
  assert.equal(item.root_span, undefined);
  assert.equal('root_span' in item, false);
});

test('a span that ends before it starts has no duration', () => {
  const item = traceItem(storedTrace(TRACE, [span(A, 5, 1)]));
  assert.equal(item.duration_ns, 0n);
  assert.equal(item.end_time, item.start_time);
});

test('services are distinct and sorted, and one failed span makes the trace failed', () => {
  const item = traceItem(
    storedTrace(TRACE, [
      { ...span(A, 1, 2), service: 'web' },
      { ...span(B, 1, 2), service: 'api', error: true },
      { ...span(C, 1, 2), service: 'web' },
    ]),
  );
  assert.deepEqual(item.services, ['api', 'web']);
  assert.equal(item.has_error, true);
});

test('integers keep all digits in the answer', () => {
  const trace = storedTrace(TRACE, [
    {
      spanId: A,
      startNs: 1_772_323_200_123_456_789n,
      endNs: 1_772_323_200_123_456_790n,
      more: {
        attributes: [
          { key: 'big', value: { intValue: '9223372036854775807' } },
          { key: 'nan', value: { doubleValue: 'NaN' } },
          { key: '__proto__', value: { stringValue: '<script>' } },
        ],
      },
    },
  ]);
  const json = new TextDecoder().decode(traceJson(traceItem(trace)));
  assert.match(
    json,
    /"start_time_unix_nano":"1772323200123456789","end_time_unix_nano":"1772323200123456790",/,
  );
  assert.match(json, /"duration_ns":1,/);
  assert.match(json, /\{"key":"big","value":"9223372036854775807"\}/);
  assert.match(json, /\{"key":"nan","value":"NaN"\},\{"key":"__proto__","value":"<script>"\}/);
  assert.doesNotThrow(() => JSON.parse(json));
});

test('a span without a start begins at its end, and is shown unchanged', () => {
  const item = traceItem(storedTrace(TRACE, [{ ...span(A, 0, 7), startNs: 0n }, span(B, 5, 6)]));
  assert.deepEqual(
    item.spans.map(({ span_id, start_time_unix_nano }) => [span_id, start_time_unix_nano]),
    [
      [B, String(at(5))],
      [A, '0'],
    ],
  );
  assert.equal(item.start_time, '2026-03-01T00:00:05.000000000Z');
  assert.equal(item.duration_ns, 2_000_000_000n);
});
