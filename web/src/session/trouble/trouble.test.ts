import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionException, Turn } from '../queries.js';
import { nextError } from '../timeline/next-error.js';
import type { Outline, OutlinedSpan, OutlinedTrace } from '../timeline/outline.js';
import { firstError, isBefore } from './first-error.js';
import { isPast, promptBefore } from './prompt-before.js';

function span(id: string, parentId: string | undefined, start: number, end: number, isError = true) {
  const rest = { name: id, kind: 1, service: undefined, otherSession: undefined };
  return { id, parentId, start, end, isError, ...rest } satisfies OutlinedSpan;
}

function trace(id: string, spans: OutlinedSpan[]): OutlinedTrace {
  const errorCount = spans.filter(({ isError }) => isError).length;
  return { id, name: id, start: 0, end: 100, spans, errorCount };
}

function outline(...traces: OutlinedTrace[]): Outline {
  return { origin: 0n, duration: 100, traces, services: [], isTruncated: false };
}

describe('the first error', () => {
  it('is the cause, not the spans that failed because of it', () => {
    const spans = [
      span('request', undefined, 0, 50),
      span('retry', 'request', 1, 40, false),
      span('query', 'retry', 2, 30),
      span('later', 'request', 41, 45),
    ];
    assert.equal(firstError(outline(trace('t', spans)))?.span.id, 'query');
  });

  it('is the earliest of all traces', () => {
    const two = outline(trace('a', [span('x', undefined, 0, 90)]), trace('b', [span('y', undefined, 5, 20)]));
    assert.equal(firstError(two)?.span.id, 'y');
  });

  it('is found if parents form a circle, and is undefined if nothing failed or only another session’s span did', () => {
    const circle = trace('t', [span('a', 'b', 0, 2), span('b', 'a', 1, 3)]);
    assert.equal(firstError(outline(circle))?.span.id, 'a');
    assert.equal(firstError(outline(trace('t', [span('a', undefined, 0, 1, false)]))), undefined);
    const foreign = { ...span('a', undefined, 0, 1), otherSession: 'other' };
    assert.equal(firstError(outline(trace('t', [foreign]))), undefined);
  });
});

describe('an exception is the first error', () => {
  const at = (ms: number, spanId?: string): SessionException => ({
    count: 1,
    channels: ['log'],
    first_time: new Date(ms).toISOString(),
    last_time: new Date(ms).toISOString(),
    record: {},
    ...(spanId !== undefined && { span: { trace_id: 't', span_id: spanId } }),
  });
  const failed = outline(trace('t', [span('a', undefined, 0, 50)]));
  const first = firstError(failed)!;

  it('if it came before the failed span, and that span does not report it', () => {
    assert.equal(isBefore(at(49), first, failed), true);
    assert.equal(isBefore(at(51), first, failed), false);
    assert.equal(isBefore(at(10, 'a'), first, failed), false);
  });
});

describe('the next error', () => {
  const traces = outline(
    trace('a', [
      span('a1', undefined, 0, 1),
      span('a2', undefined, 2, 3, false),
      span('a3', undefined, 4, 5),
    ]),
    trace('b', [span('b1', undefined, 0, 1, false)]),
    trace('c', [span('c1', undefined, 0, 1)]),
  );

  it('continues in the trace, then in the next, and wraps around', () => {
    assert.deepEqual(nextError(traces, 'a', undefined), { trace: 'a', span: 'a1' });
    assert.deepEqual(nextError(traces, 'a', 'a1'), { trace: 'a', span: 'a3' });
    assert.deepEqual(nextError(traces, 'a', 'a3'), { trace: 'c', span: 'c1' });
    assert.deepEqual(nextError(traces, 'c', 'c1'), { trace: 'a', span: 'a1' });
  });

  it('is the same one if there is no other, and undefined if nothing failed', () => {
    const one = outline(trace('a', [span('a1', undefined, 0, 1)]));
    assert.deepEqual(nextError(one, 'a', 'a1'), { trace: 'a', span: 'a1' });
    assert.equal(nextError(outline(), undefined, undefined), undefined);
  });
});

describe('the prompt before an error', () => {
  const at = (seconds: number): string => `2026-03-01T09:30:0${seconds}.000000000Z`;
  const turn = (role: Turn['role'], seconds: number, text: string, traceId = 't'): Turn => ({
    role,
    time: at(seconds),
    text,
    trace_id: traceId,
  });
  const failure = { traceId: 't', time: Date.parse(at(5)) };

  it('is the user’s last message until then, in the same trace', () => {
    const turns = [
      turn('user', 1, 'first'),
      turn('user', 2, 'second'),
      turn('assistant', 3, 'answer'),
      turn('user', 4, 'elsewhere', 'other'),
      turn('user', 6, 'after'),
    ];
    assert.equal(promptBefore(turns, failure)?.text, 'second');
  });

  it('is that of another trace if this one has no messages', () => {
    assert.equal(promptBefore([turn('user', 1, 'said', 'other')], failure)?.text, 'said');
    assert.equal(promptBefore([turn('assistant', 1, 'answer')], failure), undefined);
  });

  it('is not sought in later traces', () => {
    assert.equal(isPast([turn('user', 6, 'later', 'other')], failure), true);
    assert.equal(isPast([turn('user', 6, 'later')], failure), false);
    assert.equal(isPast([turn('user', 1, 'before', 'other')], failure), false);
    assert.equal(isPast([], failure), false);
  });
});
