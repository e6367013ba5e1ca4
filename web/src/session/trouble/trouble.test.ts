import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { SessionException, Turn } from '../queries.js';
import { errorPlaces, nextError } from '../timeline/next-error.js';
import type { Outline, OutlinedSpan, OutlinedTrace } from '../timeline/outline.js';
import { failedSpans, firstError, isBefore } from './first-error.js';
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

function thrown(ms: number, spanId?: string, traceId = 't'): SessionException {
  return {
    count: 1,
    channels: ['log'],
    first_time: new Date(ms).toISOString(),
    last_time: new Date(ms).toISOString(),
    record: {},
    ...(spanId !== undefined && { span: { trace_id: traceId, span_id: spanId } }),
  };
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
    assert.equal(firstError(outline(circle))?.span.id, 'b');
    assert.equal(firstError(outline(trace('t', [span('a', undefined, 0, 1, false)]))), undefined);
    const foreign = { ...span('a', undefined, 0, 1), otherSession: 'other' };
    assert.equal(firstError(outline(trace('t', [foreign]))), undefined);
  });
});

describe('an exception is the first error', () => {
  const failed = outline(trace('t', [span('a', undefined, 0, 50)]));
  const first = firstError(failed)!;

  it('if it came before the failed span, and that span does not report it', () => {
    assert.equal(isBefore(thrown(49), first, failed), true);
    assert.equal(isBefore(thrown(51), first, failed), false);
    assert.equal(isBefore(thrown(10, 'a'), first, failed), false);
  });
});

describe('the next error', () => {
  const two = outline(
    trace('a', [
      span('a1', undefined, 0, 60),
      span('a2', 'a1', 2, 3),
      span('a3', 'a1', 4, 5, false),
      span('a4', 'a1', 30, 40),
    ]),
    trace('b', [span('b1', undefined, 0, 1, false)]),
    trace('c', [span('c1', undefined, 10, 11)]),
  );
  const placesOf = (of: Outline, exceptions: SessionException[] = []): string[] =>
    errorPlaces(of, exceptions).map((place) => place.span);

  it('is the one that failed next, in any trace, and wraps around', () => {
    assert.deepEqual(placesOf(two), ['a2', 'c1', 'a4', 'a1']);
    const places = errorPlaces(two, []);
    const after = (trace?: string, spanId?: string) =>
      nextError(places, { ...(trace && { trace }), ...(spanId && { span: spanId }) }, two)?.span;
    assert.equal(after(), 'a2');
    assert.equal(after('c'), 'c1');
    assert.equal(after('b'), 'a2', 'the trace has no error');
    assert.equal(after('a', 'a2'), 'c1');
    assert.equal(after('a', 'a3'), 'c1', 'the next after a span that did not fail');
    assert.equal(after('a', 'a1'), 'a2');
    assert.equal(nextError([], {}, outline()), undefined);
  });

  it('may be the span of an exception', () => {
    assert.deepEqual(placesOf(two, [thrown(20, 'a3', 'a')]), ['a2', 'c1', 'a3', 'a4', 'a1']);
    assert.deepEqual(placesOf(two, [thrown(1, 'a4', 'a')]), ['a4', 'a2', 'c1', 'a1']);
    assert.deepEqual(placesOf(two, [thrown(1)]), ['a2', 'c1', 'a4', 'a1'], 'without a span it has no place');
  });

  it('comes first where the page says so, and after the failed spans below it', () => {
    const times = fc.integer({ min: 0, max: 20 });
    const failures = fc.array(fc.tuple(times, times, fc.boolean(), fc.nat()), { maxLength: 12 });
    const exceptions = fc.array(fc.tuple(times, fc.nat({ max: 11 })), { maxLength: 4 });
    fc.assert(
      fc.property(failures, exceptions, (specs, thrownSpecs) => {
        const spans = specs.map(([start, length, isError, parent], index) => {
          const parentId = index === 0 ? undefined : `s${parent % index}`;
          return span(`s${index}`, parentId, start, start + length, isError);
        });
        const of = outline(trace('t', spans));
        const sorted = thrownSpecs
          .filter(([, at]) => at < spans.length)
          .sort(([a], [b]) => a - b)
          .map(([ms, at]) => thrown(ms, `s${at}`));
        const places = errorPlaces(of, sorted);
        const failed = firstError(of);
        const named =
          sorted[0] !== undefined && (failed === undefined || isBefore(sorted[0], failed, of))
            ? sorted[0].span?.span_id
            : failed?.span.id;
        assert.equal(places[0]?.span, named);
        const order = failedSpans(of).map((each) => each.span.id);
        for (const { id, parentId, isError } of spans) {
          const above = spans.find((each) => each.id === parentId);
          if (isError && above?.isError) assert.ok(order.indexOf(id) < order.indexOf(above.id));
        }
        assert.equal(order.length, spans.filter(({ isError }) => isError).length);
      }),
    );
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
