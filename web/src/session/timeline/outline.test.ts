import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOutline } from './outline.js';

type Columns = Parameters<typeof readOutline>[0];

interface Span {
  readonly id: string;
  /** Place of the parent; -2 for one that is missing. */
  readonly parent?: number;
  readonly name?: string;
  readonly from: number;
  readonly length: number;
  readonly isError?: boolean;
}

function columns(...spans: Span[]): Columns {
  const names = [...new Set(spans.map(({ name = 'x' }) => name))];
  return {
    traces: [
      {
        trace_id: 't',
        start_time_unix_nano: '1795559372537059001',
        end_time_unix_nano: '1795559372537059900',
        span_count: spans.length,
      },
    ],
    names,
    services: ['web'],
    sessions: ['other'],
    span_id: spans.map(({ id }) => id),
    parent: spans.map(({ parent = -1 }) => parent),
    name: spans.map(({ name = 'x' }) => names.indexOf(name)),
    service: spans.map((_, index) => (index === 0 ? 0 : -1)),
    session: spans.map((_, index) => (index === 0 ? -1 : 0)),
    kind: spans.map(() => 1),
    status_code: spans.map(({ isError }) => (isError === true ? 2 : 0)),
    start_offset: spans.map(({ from }) => from),
    duration: spans.map(({ length }) => length),
    truncated: false,
  };
}

describe('reading an outline', () => {
  it('keeps times exact to the nanosecond, beyond the precision of a number', () => {
    const { origin, duration, traces } = readOutline(columns({ id: 'a', from: 2, length: 7, isError: true }));
    assert.equal(origin, 1795559372537059001n);
    assert.equal(duration, 0.000899);
    assert.deepEqual(traces[0]!.spans[0], {
      id: 'a',
      parentId: undefined,
      name: 'x',
      kind: 1,
      service: 'web',
      start: 0.000002,
      end: 0.000009,
      isError: true,
      otherSession: undefined,
    });
    assert.equal(traces[0]!.errorCount, 1);
  });

  it('shows a span that ends before it starts as a point', () => {
    const { traces } = readOutline(columns({ id: 'a', from: 500, length: -100 }));
    assert.equal(traces[0]!.spans[0]!.end, traces[0]!.spans[0]!.start);
  });

  it('names a trace by its earliest span without a parent in it', () => {
    const { traces } = readOutline(
      columns(
        { id: 'a', parent: 1, name: 'child', from: 0, length: 1 },
        { id: 'b', parent: -2, name: 'root', from: 0, length: 1 },
      ),
    );
    assert.equal(traces[0]!.name, 'root');
    assert.deepEqual(
      traces[0]!.spans.map(({ parentId, service, otherSession }) => [parentId, service, otherSession]),
      [
        ['b', 'web', undefined],
        [undefined, undefined, 'other'],
      ],
    );
  });

  it('may be empty', () => {
    const empty = readOutline({ ...columns(), traces: [], services: [] });
    assert.deepEqual(empty, { origin: 0n, duration: 0, traces: [], services: [], isTruncated: false });
  });
});
