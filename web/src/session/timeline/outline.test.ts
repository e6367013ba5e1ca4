import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOutline } from './outline.js';

type OutlineDocument = Parameters<typeof readOutline>[0];
type Span = OutlineDocument['traces'][number]['spans'][number];

function span(id: string, start: string, end: string, more: Partial<Span> = {}): Span {
  return {
    span_id: id,
    name: 'x',
    kind: 1,
    start_time_unix_nano: start,
    end_time_unix_nano: end,
    status_code: 0,
    ...more,
  };
}

function outline(...spans: Span[]): OutlineDocument {
  const trace = {
    trace_id: 't',
    start_time_unix_nano: '1795559372537059001',
    end_time_unix_nano: '1795559372537059900',
    spans,
  };
  return { traces: [trace], truncated: false };
}

describe('reading an outline', () => {
  it('keeps times exact to the nanosecond, beyond the precision of a number', () => {
    const { origin, duration, traces } = readOutline(
      outline(span('a', '1795559372537059003', '1795559372537059010', { status_code: 2 })),
    );
    assert.equal(origin, 1795559372537059001n);
    assert.equal(duration, 0.000899);
    const [read] = traces[0]!.spans;
    assert.equal(read!.start, 0.000002);
    assert.equal(read!.end, 0.000009);
    assert.equal(traces[0]!.errorCount, 1);
  });

  it('shows a span that ends before it starts as a point', () => {
    const { traces } = readOutline(outline(span('a', '1795559372537059500', '1')));
    assert.equal(traces[0]!.spans[0]!.end, traces[0]!.spans[0]!.start);
  });

  it('names a trace by its earliest span without a parent in it', () => {
    const at = '1795559372537059003';
    const { traces } = readOutline(
      outline(
        span('a', at, at, { parent_span_id: 'b', name: 'child' }),
        span('b', at, at, { parent_span_id: 'gone', name: 'root' }),
      ),
    );
    assert.equal(traces[0]!.name, 'root');
  });

  it('may be empty', () => {
    const empty = readOutline({ traces: [], truncated: false });
    assert.deepEqual(empty, { origin: 0n, duration: 0, traces: [], services: [], isTruncated: false });
  });
});
