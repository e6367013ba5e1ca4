import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionEvent } from '../queries.js';
import { eventMarks, eventsBySpan } from './event-marks.js';

function event(id: string, ms: number, more: Partial<SessionEvent> = {}): SessionEvent {
  const time_unix_nano = String(1_000_000_000n + BigInt(ms) * 1_000_000n);
  return { id, kind: 'log', time_unix_nano, attributes: [], resource: { attributes: [] }, ...more };
}

describe('the events on the bars of a trace', () => {
  it('are placed at their time, or at the end of the axis if they lie beyond it', () => {
    const events = [event('1', 100), event('2', 150), event('3', 400), event('4', 0)];
    const marks = eventMarks(events, { start: 100, end: 200 }, 1_000_000_000n);
    assert.deepEqual(Object.fromEntries(marks.map(({ id, at }) => [id, at])), { 1: 0, 2: 0.5, 3: 1, 4: 0 });
    assert.equal(eventMarks([event('1', 100)], { start: 100, end: 100 }, 1_000_000_000n)[0]?.at, 0);
  });

  it('are those of the part of the axis that is shown', () => {
    const events = [event('1', 100), event('2', 150), event('3', 180)];
    const marks = eventMarks(events, { start: 100, end: 200 }, 1_000_000_000n, { from: 140, to: 160 });
    assert.deepEqual(
      marks.map(({ id, at }) => [id, at]),
      [['2', 0.5]],
    );
  });

  it('are limited to a distinguishable number, including errors', () => {
    const events = Array.from({ length: 100 }, (_, index) => event(String(index), index));
    const failed = event('failed', 99, { severity_number: 17, body: 'broken' });
    const marks = eventMarks([...events, failed], { start: 0, end: 100 }, 1_000_000_000n);
    assert.equal(marks.length, 24);
    assert.deepEqual(marks.at(-1), { id: 'failed', at: 0.99, tone: 'error', title: 'log record: broken' });
  });

  it('are grouped by their span', () => {
    const bySpan = eventsBySpan([
      event('1', 0),
      event('2', 0, { span_id: 'a' }),
      event('3', 0, { span_id: 'a' }),
    ]);
    assert.deepEqual(
      [...bySpan].map(([span, events]) => [span, events.map(({ id }) => id)]),
      [['a', ['2', '3']]],
    );
  });
});
