import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { OutlineColumns } from '../contract/outline.js';
import type { StoredOutline } from '../store/contract/trace.js';
import { outlineColumns, outlineItem } from './outline-item.js';

const START = 1_795_559_372_537_059_001n;

const anyOutline: fc.Arbitrary<StoredOutline> = fc
  .array(
    fc.array(
      fc.record({
        parent: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
        name: fc.constantFrom('GET /', 'pay', ''),
        kind: fc.integer({ min: 0, max: 5 }),
        offset: fc.bigInt({ min: 0n, max: 1_000n }),
        length: fc.bigInt({ min: -5n, max: 1_000n }),
        statusCode: fc.integer({ min: 0, max: 2 }),
        service: fc.option(fc.constantFrom('web', 'shop'), { nil: undefined }),
        sessionId: fc.option(fc.constantFrom('other', 'third'), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    { maxLength: 4 },
  )
  .map((traces) => ({
    traces: traces.map((spans, trace) => ({
      traceId: String(trace).padStart(32, '0'),
      startNs: START,
      endNs: START + 9_999n,
      spans: spans.map(({ parent, offset, length, service, sessionId, ...rest }, index) => ({
        spanId: hex(index),
        ...(parent !== undefined && { parentId: hex(parent) }),
        startNs: START + offset,
        endNs: START + offset + length,
        ...(service !== undefined && { service }),
        ...(sessionId !== undefined && { sessionId }),
        ...rest,
      })),
    })),
    truncated: false,
  }));

function hex(value: number): string {
  return value.toString(16).padStart(16, '0');
}

test('an outline by columns says the same as one by spans, but for the ids of parents that are not in it', () => {
  fc.assert(
    fc.property(anyOutline, (stored) => {
      const item = outlineItem(stored);
      for (const { spans } of item.traces) {
        const own = new Set(spans.map(({ span_id }) => span_id));
        for (const span of spans) {
          if (span.parent_span_id !== undefined && !own.has(span.parent_span_id))
            span.parent_span_id = 'missing';
        }
      }
      assert.deepEqual(bySpans(outlineColumns(stored)), item);
    }),
  );
});

function bySpans(columns: OutlineColumns) {
  let at = 0;
  return {
    traces: columns.traces.map(({ span_count, ...trace }) => ({
      ...trace,
      spans: Array.from({ length: span_count }, () => {
        const place = at++;
        const start = BigInt(trace.start_time_unix_nano) + BigInt(columns.start_offset[place]!);
        const parent = columns.parent[place]!;
        const service = columns.service[place]!;
        const session = columns.session[place]!;
        return {
          span_id: columns.span_id[place]!,
          ...(parent !== -1 && { parent_span_id: parent < 0 ? 'missing' : columns.span_id[parent]! }),
          name: columns.names[columns.name[place]!]!,
          kind: columns.kind[place]!,
          start_time_unix_nano: String(start),
          end_time_unix_nano: String(start + BigInt(columns.duration[place]!)),
          status_code: columns.status_code[place]!,
          ...(service >= 0 && { service: columns.services[service]! }),
          ...(session >= 0 && { session_id: columns.sessions[session]! }),
        };
      }),
    })),
    truncated: columns.truncated,
  };
}
